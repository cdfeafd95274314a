import { ownerOf } from "../../middleware/routes.js";
import { type Place, QUIET_TIMEOUT, type RoutePath, type Site } from "../target.js";
import { quoted } from "./nginx-constants.js";
import { isLeftSomewhere, printHeaders, type SentHeader } from "./nginx-headers.js";

/** A complete server in front of the application. */
export function printServer(site: Site, headers: readonly SentHeader[], warn: (text: string) => void): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey, healthPath, upstream } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  const pass = `proxy_pass ${upstream};\n`;
  // Sends the host name in the TLS handshake (SNI), which nginx does not do by default.
  const tls = upstream?.startsWith("https:") ? "proxy_ssl_server_name on;\n" : "";
  // Headers that are passed on from the application are not added again.
  const { http, server } = printHeaders(site, headers, () => '""');
  const locations = headers.some(isLeftSomewhere) ? locationsOf(site, headers, pass) : block("location /", pass);
  return `${http}${http === "" ? "" : "\n"}${MAPS}
server {
${indent(listening(site, httpPort, ""))}    server_name ${serverName};
    server_tokens off;
    return 301 https://${serverName}${port}$request_uri;
}

server {
${indent(listening(site, httpsPort, " ssl"))}    server_name ${serverName};
    server_tokens off;

    ssl_certificate ${quoted(certificate)};
    ssl_certificate_key ${quoted(certificateKey)};
    ssl_protocols TLSv1.2 TLSv1.3;

${server === "" ? "" : `${indent(server)}\n`}${indent(`${PROXYING}${tls}${timersOf(site, warn)}`)}
    location = ${healthPath} {
        access_log off;
        default_type text/plain;
        return 200 "healthy\\n";
    }

${indent(locations)}}
`;
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

const block = (head: string, body: string) => `${head} {\n${indent(body)}}\n`;

/** One line for each address, or one for all IPv4 addresses. */
function listening({ listen }: Site, port: number, words: string): string {
  const addresses = listen.map((address) => `${address.includes(":") ? `[${address}]` : address}:${port}`);
  return (listen.length === 0 ? [port] : addresses).map((address) => `listen ${address}${words};\n`).join("");
}

/** Locations for all routes, if some pass on a header of the application and others do not. */
function locationsOf(site: Site, headers: readonly SentHeader[], pass: string): string {
  const bodyOf = (place: Place) => {
    const index = site.routes.indexOf(place);
    const left = headers.filter(({ routes, rest }) => (index < 0 ? rest : routes[index]) === undefined);
    return `${left.map(({ name }) => `proxy_pass_header ${name};\n`).join("")}${pass}`;
  };
  const bodies = new Map(site.routes.map((place) => [locationOf(place.path as RoutePath), bodyOf(place)]));
  // Without this location, nginx would redirect /api to /api/.
  const slashed = site.routes.flatMap(({ path }) => (path !== undefined && /.[/]$/.test(path.path) ? [path.path] : []));
  for (const bare of slashed.map((path) => path.slice(0, -1))) {
    const head = `location = ${bare}`;
    if (!bodies.has(head)) bodies.set(head, bodyOf(ownerOf(site, bare)));
  }
  // The server responds to the health check itself.
  bodies.delete(`location = ${site.healthPath}`);
  bodies.set("location /", bodyOf(site.all));
  return [...bodies].map(([head, body]) => block(head, body)).join("\n");
}

function locationOf({ path, below }: RoutePath): string {
  return below ? `location ^~ ${path}` : `location = ${path}`;
}

const MAPS = `# The host with its port, as the client sent it. HTTP/1.0 requests may have none.
map $http_host $portcullis_host {
    default $http_host;
    ''      $host;
}
map $http_upgrade $connection_upgrade {
    default upgrade;
    ''      close;
}
`;

/** For all locations: a location inherits these if it has none itself. */
const PROXYING = `# Events and other streams go out as they come: nginx would hold them back until a buffer is full. The cost is that a slow
# client keeps its connection to the application for as long as it reads.
proxy_buffering off;
# Uploads pass as they come too: the application says how large they may be, and nginx would stop at 1 MB.
proxy_request_buffering off;
client_max_body_size 0;

# Before 1.29 nginx takes 103 Early Hints for the answer, and sends the real one without the headers: the application must send none.
proxy_http_version 1.1;
proxy_set_header Host $portcullis_host;
proxy_set_header X-Real-IP $remote_addr;
proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
proxy_set_header X-Forwarded-Proto $scheme;
proxy_set_header X-Forwarded-Host $portcullis_host;
proxy_set_header X-Forwarded-Port $server_port;
proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection $connection_upgrade;
`;

function timersOf({ readTimeout = QUIET_TIMEOUT }: Site, warn: (text: string) => void): string {
  if (readTimeout < QUIET_TIMEOUT)
    warn(`nginx has one timer for responses and WebSockets: WebSockets that are idle for ${readTimeout} s are closed too.`);
  return `# For responses and idle WebSockets.
proxy_read_timeout ${readTimeout}s;
proxy_send_timeout ${readTimeout}s;
`;
}
