import type { ReportIssue } from "../../errors.js";
import { ownerOf } from "../../middleware/routes.js";
import { type Place, patternText, type Site, type Target, withinLimits } from "../target.js";
import { type YamlMap, yamlOf } from "./yaml.js";

/** An HTTPRoute of the Gateway API. */
export const kubernetesGateway: Target<"kubernetes-gateway"> = {
  name: "kubernetes-gateway",
  title: "Kubernetes Gateway API: an HTTPRoute that modifies response headers",
  uses: ["serverName"],
  longestValue: 4_096,
  mostHeaders: 16,
  // The limit is 16 rules; one is for the site.
  mostRoutes: 15,

  print(site, { report, warn }) {
    for (const place of [site.all, ...site.routes]) checkPlace(place, report);
    const service = serviceOf(site, warn);
    if (service.tls) warn("The Service speaks TLS: the Gateway API needs a BackendTLSPolicy for that.");
    const backendRefs = [{ name: service.name, port: service.port }];
    const rules = placesOf(site).map((place) => ({
      matches: matchesOf(site, place).map((path) => ({ path })),
      ...filtersOf(place),
      backendRefs,
    }));
    const document = {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "portcullis" },
      spec: { parentRefs: [{ name: "gateway" }], hostnames: [site.serverName.toLowerCase()], rules },
    };
    const files = [{ path: "portcullis-httproute.yaml", text: `${HEAD}${yamlOf(document)}` }];
    return withinLimits(kubernetesGateway, site, files, report);
  },
};

const HEAD = "# Replace gateway with the name of your Gateway. It needs an HTTPS listener.\n";

/** Maximum number of headers that a filter removes. */
const MOST_REMOVED = 16;

/** A Service, as far as the upstream shows it. */
export interface Service {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
}

/** The Service that the upstream names, or `app`. */
export function serviceOf({ upstream }: Site, warn: (text: string) => void): Service {
  if (upstream === undefined) {
    warn('Replace "app" and 80 with the name and the port of your Service.');
    return { name: "app", port: 80, tls: false };
  }
  const { hostname, port, protocol } = new URL(upstream);
  const known = /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(hostname) && hostname !== "localhost";
  const tls = protocol === "https:";
  if (!known) warn(`${hostname} is not the name of a Service: replace "app" with the name of yours.`);
  return { name: known ? hostname : "app", port: Number(port) || (tls ? 443 : 80), tls };
}

/** All places, without the site if a route is for all paths: of two equal prefixes Kubernetes uses the first. */
export function placesOf({ all, routes }: Site): readonly Place[] {
  return routes.some(({ path }) => path?.below && path.path === "/") ? routes : [all, ...routes];
}

/** An exact path has priority, then the longest prefix. A prefix `/api/` also matches `/api`, so the place of `/api` gets an exact match. */
function matchesOf(site: Site, place: Place): readonly YamlMap[] {
  const { path, below } = place.path ?? { path: "/", below: true };
  const bare = site.routes
    .flatMap((one) => (one.path?.below && one.path.path !== "/" ? [one.path.path.slice(0, -1)] : []))
    .filter((text) => ownerOf(site, text) === place && text !== path);
  return [{ type: below ? "PathPrefix" : "Exact", value: path }, ...bare.map((value) => ({ type: "Exact", value }))];
}

function filtersOf({ lines, remove }: Place): YamlMap {
  if (lines.length === 0 && remove.length === 0) return {};
  const responseHeaderModifier = {
    ...(lines.length > 0 && { set: lines.map(([name, value]) => ({ name, value })) }),
    ...(remove.length > 0 && { remove }),
  };
  return { filters: [{ type: "ResponseHeaderModifier", responseHeaderModifier }] };
}

function checkPlace({ path, remove }: Place, report: ReportIssue): void {
  const where = path === undefined ? "the site" : patternText(path);
  if (remove.length > MOST_REMOVED) {
    const message = `${where} has ${remove.length} headers to remove, and the maximum of the target is ${MOST_REMOVED}`;
    report({ path: ["stripHeaders"], message, hint: "Remove the names you need least." });
  }
}

/** The name of an object: `portcullis-api-all`. Kubernetes allows only lower case. */
export function objectName(slug: string): string {
  return `portcullis-${slug.toLowerCase()}`;
}
