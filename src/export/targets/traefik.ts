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
    if (site.listen.length > 0)
      warn("Traefik listens where the entry points of its static configuration say: the addresses are not printed.");
    const places = placesOf(site);
    const names = [...new Set(places.flatMap(namesOf))];
    for (const name of names) checkName(name, report);
    const changed = names.filter((name) => name !== canonical(name)).map((name) => `${name} as ${canonical(name)}`);
    if (changed.length > 0) warn(`Traefik writes ${changed.join(", ")}, which is the same to browsers.`);
    if (site.upstream === undefined) warn('Put the name of your service instead of "app".');
    const slugs = slugsOf(site);
    const named = places.map((place): Named => ({ name: objectName(slugs[site.routes.indexOf(place)] ?? "site"), place }));
    return [
      { path: "portcullis-traefik.yaml", text: `${FILE_HEAD}${fileOf(site, named)}` },
      { path: "docker-compose.portcullis.yaml", text: `${LABELS_HEAD}${labelsOf(site, named)}` },
    ];
  },
};

const FILE_HEAD = `# For the file provider. The entry point websecure is that for HTTPS; in Traefik's static configuration it needs
#   http.encodedCharacters.allowEncodedSlash: false
# so that "/admin%2Fx" is refused, and does not pass with the headers of the site.
`;
const LABELS_HEAD =
  "# The same for the Docker provider: docker compose --file docker-compose.yaml --file docker-compose.portcullis.yaml up\n";

interface Named {
  readonly name: string;
  readonly place: Place;
}

/** How Go writes the name of a header, whatever it is given. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

/** Labels have names of several parts, with dots between them. */
function checkName(name: string, report: ReportIssue): void {
  if (name.includes(".")) report({ path: [name], message: "is a name that labels of Traefik do not take", hint: "Write it without dots." });
}

/** An empty value removes; `browserXssFilter` and its like would write values of their own. */
function headersOf({ lines, remove }: Place): Readonly<Record<string, string>> {
  return Object.fromEntries([...remove.map((name) => [name, ""]), ...lines]);
}

/** Traefik takes the router of the highest priority: by itself the length of the rule, so that an exact path needs more. */
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
  // The file provider runs a file through Go's templates first; what stands in quotes takes an escape instead.
  return yamlOf({ http }).replaceAll("{{", "{\\u007b");
}

/** Traefik waits for an answer as long as it takes, unless told; a stream or a WebSocket may be silent for any time. */
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
  // Compose would read a variable after a $.
  return yamlOf({ services: { app: { labels: labels.map((label) => label.replaceAll("$", "$$$$")) } } });
}
