import { type ExportedFile, type Line, namesOf, type Place, type RoutePath, type Site, type Target } from "../target.js";

/** nginx refuses a parameter of 4,096 bytes or more; quotes and escapes count. */
const LONGEST_PARAMETER = 4_000;

/** A response of nginx: what it takes is known from nginx 1.22 and newer. */
export const nginx: Target = {
  title: "nginx: headers to include, or a complete server",

  print(site, { warn }) {
    const constants = new Map<string, string>();
    const names = [site.all, ...site.routes].flatMap(namesOf);
    if (names.some((name) => name.toLowerCase() === "server")) {
      warn("nginx always sends a Server header of its own; server_tokens off takes its version away.");
    }
    const all = namesOf(site.all).length === 0 ? "" : headersOf(site.all, constants);
    const files = fileNames(site.routes);
    const routes = site.routes.map((place, index) => ({ place, text: headersOf(place, constants), file: files[index] }));
    const body = site.upstream === undefined ? undefined : serverOf(site, site.upstream, all, routes);
    const printed: ExportedFile[] =
      body === undefined
        ? [
            { path: "portcullis/headers.conf", text: `${INCLUDE}${all}` },
            ...routes.map(({ place, text, file }) => ({ path: `portcullis/${file}.conf`, text: `${INCLUDE_ROUTE(place)}${text}` })),
          ]
        : [{ path: "portcullis.conf", text: body }];
    if (constants.size === 0) return printed;
    const geos = [...constants].map(([name, text]) => `geo $${name} { default ${quoted(text)}; }\n`).join("");
    const why = "# Literal texts: nginx would read a $ in a value, and takes no parameter over 4 kB.\n";
    if (body !== undefined) return [{ path: "portcullis.conf", text: `${why}${geos}\n${body}` }];
    warn("Include portcullis/constants.conf in the http block: the headers need it.");
    return [{ path: "portcullis/constants.conf", text: `# For the http block.\n${why}${geos}` }, ...printed];
  },
};

const INCLUDE = "# For the server block, and for every location that has an add_header of its own: nginx would drop all of these there.\n";
const INCLUDE_ROUTE = ({ path }: Place) => `# For ${locationOf(path as RoutePath)}: the whole set, because nginx merges nothing.\n`;

/** `embed`, `api-all`: a name for the file of each route; what would have the name of another gets a number. */
function fileNames(routes: readonly Place[]): readonly string[] {
  const taken = new Set(["headers", "constants"]);
  return routes.map(({ path }) => {
    const { path: text, below } = path as RoutePath;
    const plain = `${text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "") || "root"}${below ? "-all" : ""}`;
    let name = plain;
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${plain}-${number}`;
    taken.add(name.toLowerCase());
    return name;
  });
}

/** Keeps a location from taking over what the server block hides and adds; an empty value sends nothing. */
const NOTHING = 'proxy_hide_header X-Portcullis;\nadd_header X-Portcullis "" always;\n';

/** Hides what the upstream sends under these names, and sets what belongs here. */
function headersOf({ lines, remove }: Place, constants: Map<string, string>): string {
  const own = [...new Set([...lines.map(([name]) => name), ...remove])];
  if (own.length === 0) return NOTHING;
  const hidden = own.map((name) => `proxy_hide_header ${name};\n`).join("");
  // A location without an add_header would take over those of the server; one with an empty value sends nothing.
  const none = lines.length === 0 ? `add_header ${own[0]} "" always;\n` : "";
  return `${hidden}${none}${lines.map((line) => addHeader(line, constants)).join("")}`;
}

function addHeader([name, value]: Line, constants: Map<string, string>): string {
  return `add_header ${name} ${parameter(name, value, constants)} always;\n`;
}

/** A value that nginx takes as it stands, or made of constants of the http block, where nothing expands. */
function parameter(name: string, value: string, constants: Map<string, string>): string {
  if (!value.includes("$") && value.length < LONGEST_PARAMETER) return quoted(value);
  const parts = value.match(/.{1,2000}/gs) ?? [];
  return `"${parts.map((part) => `\${${constant(name, part, constants)}}`).join("")}"`;
}

function constant(header: string, text: string, constants: Map<string, string>): string {
  for (const [name, known] of constants) if (known === text) return name;
  const name = `portcullis_${header.toLowerCase().replaceAll("-", "_")}_${constants.size + 1}`;
  constants.set(name, text);
  return name;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

function locationOf({ path, below }: RoutePath): string {
  return below ? `location ${path === "/" ? "" : "^~ "}${path}` : `location = ${path}`;
}

const indent = (text: string, depth: number) => text.replace(/^(?=.)/gm, "    ".repeat(depth));

function serverOf(site: Site, upstream: string, all: string, routes: readonly { place: Place; text: string }[]): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey, healthPath } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  const pass = `proxy_pass ${upstream};\n`;
  const taken = new Set(routes.map(({ place }) => locationOf(place.path as RoutePath)));
  const locations = routes.flatMap(({ place, text }) => {
    const path = place.path as RoutePath;
    // Without a location of its own nginx would answer /api by a redirect to /api/.
    const bare = `location = ${path.path.slice(0, -1)}`;
    const others = path.below && path.path !== "/" && !taken.has(bare) ? [locationBlock(bare, pass)] : [];
    return [...others, locationBlock(locationOf(path), `${text}${pass}`)];
  });
  if (!taken.has("location /")) locations.push(locationBlock("location /", pass));
  return `map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      close;
}

server {
    listen ${httpPort};
    server_name ${serverName};
    server_tokens off;
    return 301 https://${serverName}${port}$request_uri;
}

server {
    listen ${httpsPort} ssl;
    server_name ${serverName};
    server_tokens off;

    ssl_certificate ${quoted(certificate)};
    ssl_certificate_key ${quoted(certificateKey)};
    ssl_protocols TLSv1.2 TLSv1.3;

${indent(all, 1)}
${indent(PROXYING, 1)}
    location = ${healthPath} {
        access_log off;
        default_type text/plain;
        return 200 "healthy\\n";
    }

${indent(locations.join("\n"), 1)}}
`;
}

function locationBlock(head: string, body: string): string {
  return `${head} {\n${indent(body, 1)}}\n`;
}

/** For all locations: nginx hands these down where a location has none of its own. */
const PROXYING = `# How large an upload may be, the application says; nginx would stop at 1 MB.
client_max_body_size 0;
proxy_http_version 1.1;
proxy_set_header Host $host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
proxy_connect_timeout 60s;
proxy_send_timeout 60s;
proxy_read_timeout 60s;
`;
