import { ownerOf } from "../../middleware/routes.js";
import type { Place, Site, Target } from "../target.js";
import { objectName, placesOf, serviceOf } from "./kubernetes-gateway.js";
import { slugsOf } from "./terraform.js";
import { yamlOf } from "./yaml.js";

/** An Ingress for each place, because annotations are for a whole one. */
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

/** What the controller must allow before it takes these. ingress-nginx, "ConfigMap". */
function warnOf(site: Site, warn: (text: string) => void): void {
  warn('The controller has to allow snippets: allow-snippet-annotations: "true", annotations-risk-level: "Critical".');
  warn(`An annotation-value-word-blocklist must have none of the words of the values in it; "'" and "location" are usual there.`);
  warn('The controller sends its own Strict-Transport-Security unless its ConfigMap has hsts: "false".');
  const exact = placesOf(site).flatMap((place) => [
    ...(place.path === undefined || place.path.below ? [] : [place.path.path]),
    ...barePaths(site, place),
  ]);
  const strict = exact.filter((path) => !/^[\w./-]+$/.test(path));
  if (strict.length > 0) warn(`The controller takes these paths only with strict-validate-path-type: "false": ${strict.join(", ")}.`);
}

/** A prefix of Kubernetes would take /api for /api/ too; that of nginx does not. */
function pathOf({ path }: Place) {
  if (path === undefined) return { path: "/", pathType: "Prefix" };
  return { path: path.path, pathType: path.below ? "ImplementationSpecific" : "Exact" };
}

/** `/api` of each `/api/` for which this is the place: without a path of its own the controller would redirect it there. */
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

/** nginx refuses a parameter of 4,096 bytes or more; quotes and escapes count. */
const LONGEST_PARAMETER = 4_000;
const LONGEST_CONSTANT = 2_000;

/** The value, or constants of the http block: a dollar sign has no escape, and a parameter an end. */
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
  return `# Of the controller; name and namespace may be others. Literal texts: nginx would read a $ in a value, and takes no parameter over 4 kB.
${yamlOf({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "ingress-nginx-controller", namespace: "ingress-nginx" },
  data: { "http-snippet": snippet },
})}`;
}
