import { ownerOf } from "../../middleware/routes.js";
import type { Place, Site, Target } from "../target.js";
import { objectName, placesOf, serviceOf } from "./kubernetes-gateway.js";
import { slugsOf } from "./terraform.js";
import { yamlOf } from "./yaml.js";

/** An Ingress for each place, because annotations apply to a whole Ingress. */
export const ingressNginx: Target<"ingress-nginx"> = {
  name: "ingress-nginx",
  title: "ingress-nginx: an Ingress with a snippet for each path",
  uses: ["serverName"],

  print(site, { warn }) {
    const { name, port, tls } = serviceOf(site, warn);
    const constants = new Map<string, string>();
    const slugs = slugsOf(site);
    const host = site.serverName.toLowerCase();
    const documents = placesOf(site).map((place) => {
      const backend = { service: { name, port: { number: port } } };
      const paths = [pathOf(place), ...barePaths(site, place).map((path) => ({ path, pathType: "Exact" }))];
      return yamlOf({
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: objectName(slugs[site.routes.indexOf(place)] ?? "site"), annotations: annotationsOf(place, tls, constants) },
        spec: {
          ingressClassName: "nginx",
          tls: [{ hosts: [host], secretName: `${host.replaceAll(".", "-")}-tls` }],
          rules: [{ host, http: { paths: paths.map((path) => ({ ...path, backend })) } }],
        },
      });
    });
    warnOf(site, warn);
    const ingress = { path: "portcullis-ingress.yaml", text: documents.join("---\n") };
    if (constants.size === 0) return [ingress];
    warn("Merge portcullis-configmap.yaml into the ConfigMap of the controller first: the snippets need its constants.");
    return [{ path: "portcullis-configmap.yaml", text: configMapOf(constants) }, ingress];
  },
};

const ANNOTATION = "nginx.ingress.kubernetes.io";

/** Warns of the settings that the controller needs. ingress-nginx, "ConfigMap". */
function warnOf(site: Site, warn: (text: string) => void): void {
  warn('The controller must allow snippets: allow-snippet-annotations: "true", annotations-risk-level: "Critical".');
  warn(`An annotation-value-word-blocklist must not contain words of the values. "'" and "location" are often in it.`);
  warn('The controller sends its own Strict-Transport-Security unless its ConfigMap has hsts: "false".');
  const exact = placesOf(site).flatMap((place) => [
    ...(place.path === undefined || place.path.below ? [] : [place.path.path]),
    ...barePaths(site, place),
  ]);
  const strict = exact.filter((path) => !/^[\w./-]+$/.test(path));
  if (strict.length > 0) warn(`The controller accepts these paths only with strict-validate-path-type: "false": ${strict.join(", ")}.`);
}

/** A Kubernetes Prefix /api/ also matches /api; a prefix of nginx does not. */
function pathOf({ path }: Place) {
  if (path === undefined) return { path: "/", pathType: "Prefix" };
  return { path: path.path, pathType: path.below ? "ImplementationSpecific" : "Exact" };
}

/** For each route below `/api/`, the path `/api` if it belongs to this place: otherwise the controller redirects it to `/api/`. */
function barePaths(site: Site, place: Place): readonly string[] {
  const exact = new Set(site.routes.flatMap(({ path }) => (path === undefined || path.below ? [] : [path.path])));
  return site.routes
    .flatMap(({ path }) => (path?.below && path.path !== "/" ? [path.path.slice(0, -1)] : []))
    .filter((bare) => !exact.has(bare) && ownerOf(site, bare) === place);
}

function annotationsOf({ lines, remove }: Place, tls: boolean, constants: Map<string, string>) {
  const gone = remove.map((name) => `more_clear_headers ${parameter(name)};\n`);
  const set = lines.map(([name, value]) => `more_set_headers ${parameter(`${name}: ${constantText(name, value, constants)}`)};\n`);
  const snippet = [...gone, ...set].join("");
  return {
    ...(tls && { [`${ANNOTATION}/backend-protocol`]: "HTTPS" }),
    ...(snippet !== "" && { [`${ANNOTATION}/configuration-snippet`]: snippet }),
  };
}

/** nginx refuses a parameter of 4,096 bytes or more, with quotes and escapes. */
const LONGEST_PARAMETER = 4_000;
const LONGEST_CONSTANT = 2_000;

/** The value, or constants of the http block: a dollar sign cannot be escaped, and a parameter has a maximum length. */
function constantText(name: string, value: string, constants: Map<string, string>): string {
  if (!value.includes("$") && parameter(`${name}: ${value}`).length < LONGEST_PARAMETER) return value;
  const parts = value.match(new RegExp(`.{1,${LONGEST_CONSTANT}}`, "gs")) ?? [];
  return parts.map((part) => `\${${constantOf(part, constants)}}`).join("");
}

function constantOf(text: string, constants: Map<string, string>): string {
  const known = constants.get(text) ?? `portcullis_${constants.size + 1}`;
  constants.set(text, known);
  return known;
}

function parameter(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function configMapOf(constants: ReadonlyMap<string, string>): string {
  const snippet = [...constants].map(([text, name]) => `geo $${name} { default ${parameter(text)}; }\n`).join("");
  return `# The ConfigMap of the controller; adapt name and namespace. Literal texts: nginx would interpret a $, and limits a parameter to 4 kB.
${yamlOf({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
  data: { "http-snippet": snippet },
})}`;
}
