import type { ReportIssue } from "../../errors.js";
import { namesOf, type Place, type Site, type Target } from "../target.js";
import { objectName, placesOf } from "./kubernetes-gateway.js";
import { slugsOf } from "./terraform.js";
import { type YamlMap, yamlOf } from "./yaml.js";

/** Traefik 2 or 3: routers and middlewares, as a file and as labels. */
export const traefik: Target<"traefik"> = {
  name: "traefik",
  title: "Traefik: middlewares and routers, as a file and as labels of Docker Compose",
  uses: ["serverName", "readTimeout"],
  usesAlone: ["serverName"],

  print(site, { report, warn }) {
    if (site.listen.length > 0) warn("The addresses are not printed: Traefik listens on the entry points of its static configuration.");
    const places = placesOf(site);
    const names = [...new Set(places.flatMap(namesOf))];
    for (const name of names) checkName(name, report);
    const changed = names.filter((name) => name !== canonical(name)).map((name) => `${name} as ${canonical(name)}`);
    if (changed.length > 0) warn(`Traefik sends ${changed.join(", ")}. Header names are case-insensitive.`);
    if (site.upstream === undefined) warn('Replace "app" with the name of your service.');
    const slugs = slugsOf(site);
    const named = places.map((place): Named => ({ name: objectName(slugs[site.routes.indexOf(place)] ?? "site"), place }));
    return [
      { path: "portcullis-traefik.yaml", text: `${FILE_HEAD}${fileOf(site, named)}` },
      { path: "docker-compose.portcullis.yaml", text: `${LABELS_HEAD}${labelsOf(site, named)}` },
    ];
  },
};

const FILE_HEAD = `# For the file provider. websecure is the entry point for HTTPS. In Traefik's static configuration it needs
#   http.encodedCharacters.allowEncodedSlash: false
# so that "/admin%2Fx" is refused instead of getting the headers of the site.
`;
const LABELS_HEAD =
  "# The same for the Docker provider: docker compose --file docker-compose.yaml --file docker-compose.portcullis.yaml up\n";

interface Named {
  readonly name: string;
  readonly place: Place;
}

/** Go's canonical form of a header name. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Dots separate the parts of a label's name. */
function checkName(name: string, report: ReportIssue): void {
  if (name.includes(".")) report({ path: [name], message: "is a name that Traefik labels cannot have", hint: "Write it without dots." });
}

/** An empty value removes a header. Options such as `browserXssFilter` would set other values. */
function headersOf({ lines, remove }: Place): Readonly<Record<string, string>> {
  return Object.fromEntries([...remove.map((name) => [name, ""]), ...lines]);
}

/** Traefik uses the router with the highest priority. Its default is the length of the rule, so an exact path needs a higher one. */
function ruleOf({ serverName }: Site, { path }: Place): { readonly rule: string; readonly priority?: number } {
  const host = `Host(\`${serverName}\`)`;
  if (path === undefined) return { rule: host };
  const prefix = `${host} && PathPrefix(\`${path.path}\`)`;
  return path.below
    ? { rule: prefix, priority: prefix.length }
    : { rule: `${host} && Path(\`${path.path}\`)`, priority: prefix.length + 1 };
}

const hasHeaders = ({ place }: Named) => namesOf(place).length > 0;

function fileOf(site: Site, named: readonly Named[]): string {
  const routers = named.map((one): [string, YamlMap] => [
    one.name,
    {
      ...ruleOf(site, one.place),
      entryPoints: ["websecure"],
      ...(hasHeaders(one) && { middlewares: [one.name] }),
      service: "app",
      tls: {},
    },
  ]);
  const middlewares = named
    .filter(hasHeaders)
    .map(({ name, place }): [string, YamlMap] => [name, { headers: { customResponseHeaders: headersOf(place) } }]);
  const http = {
    routers: Object.fromEntries(routers),
    ...(middlewares.length > 0 && { middlewares: Object.fromEntries(middlewares) }),
    ...(site.upstream !== undefined && { ...servicesOf(site.upstream, site.readTimeout) }),
  };
  // The file provider first runs the file through Go templates. An escape in the quoted text prevents that.
  return yamlOf({ http }).replaceAll("{{", "{\\u007b");
}

/** By default, Traefik has no time limit for the start of a response. Streams and WebSockets have no idle timeout. */
function servicesOf(url: string, readTimeout: number | undefined): YamlMap {
  const loadBalancer = { servers: [{ url }], ...(readTimeout !== undefined && { serversTransport: "portcullis" }) };
  const forwardingTimeouts = { responseHeaderTimeout: `${readTimeout}s` };
  return {
    services: { app: { loadBalancer } },
    ...(readTimeout !== undefined && { serversTransports: { portcullis: { forwardingTimeouts } } }),
  };
}

function labelsOf(site: Site, named: readonly Named[]): string {
  const port = site.upstream === undefined ? undefined : Number(new URL(site.upstream).port);
  const labels = [
    "traefik.enable=true",
    ...(port ? [`traefik.http.services.app.loadbalancer.server.port=${port}`] : []),
    ...named.flatMap((one) => {
      const router = `traefik.http.routers.${one.name}`;
      const { rule, priority } = ruleOf(site, one.place);
      return [
        `${router}.rule=${rule}`,
        ...(priority === undefined ? [] : [`${router}.priority=${priority}`]),
        `${router}.entrypoints=websecure`,
        `${router}.tls=true`,
        `${router}.service=app`,
        ...(hasHeaders(one) ? [`${router}.middlewares=${one.name}`] : []),
        ...Object.entries(headersOf(one.place)).map(
          ([name, value]) => `traefik.http.middlewares.${one.name}.headers.customresponseheaders.${name}=${value}`,
        ),
      ];
    }),
  ];
  // Escapes $, which Compose interpolates.
  return yamlOf({ services: { app: { labels: labels.map((label) => label.replaceAll("$", "$$$$")) } } });
}
