import { type HeaderLine, type Place, QUIET_TIMEOUT, READ_TIMEOUT, type RoutePath, type Site, type Target } from "../target.js";

/** HAProxy. Tested with 2.6 and newer. */
export const haproxy: Target<"haproxy"> = {
  name: "haproxy",
  title: "HAProxy: headers for a frontend, or a complete configuration",

  print(site, { warn }) {
    const rules = rulesOf(site);
    warn("HAProxy sends the names of all other headers in lower case. Header names are case-insensitive.");
    if (site.upstream === undefined) {
      warn("Load portcullis/global.cfg before your own configuration: haproxy -f portcullis/global.cfg -f haproxy.cfg.");
      warn(
        "Copy portcullis/headers.cfg to the top of your frontend, above all its other http-request lines. It applies to all hosts of the frontend.",
      );
      warn('Add "option h1-case-adjust-bogus-client" to the frontend.');
      return [
        { path: "portcullis/global.cfg", text: `${GLOBAL_HEAD}${globalOf(site)}` },
        { path: "portcullis/headers.cfg", text: `${HEADERS_HEAD}${rules}` },
      ];
    }
    if (site.certificateKey !== site.certificate && site.certificateKey !== `${site.certificate}.key`) {
      warn(`HAProxy looks for the key in ${site.certificate} itself, or in ${site.certificate}.key: ${site.certificateKey} is not read.`);
    }
    return [{ path: "portcullis.cfg", text: `${globalOf(site)}\n${proxyOf(site, site.upstream, rules)}` }];
  },
};

const GLOBAL_HEAD = `# Load it before your own configuration: haproxy -f portcullis/global.cfg -f haproxy.cfg
# Debian's systemd unit adds EXTRAOPTS last: copy these lines into the global section of haproxy.cfg instead.
`;

const HEADERS_HEAD = `# HAProxy cannot include files: copy these lines to the top of a frontend. They apply to all its hosts.
# With an http-request above them that responds or rewrites ("deny", "return", "set-path"), a path would get the headers of another one.
`;

/** Only the request has a path: a variable keeps the number of the route until the response. The narrowest comes last. */
function rulesOf({ all, routes }: Site): string {
  const paths = routes.map(
    (place, index) => `http-request set-var(txn.portcullis) int(${index + 1}) if ${isAt(place.path as RoutePath)}\n`,
  );
  const places = routes.map((place, index) => rulesFor(place, `{ var(txn.portcullis) -m int ${index + 1} }`));
  const normalized = routes.length === 0 ? "" : NORMALIZED;
  return [normalized, ...paths, rulesFor(all, routes.length === 0 ? undefined : "!{ var(txn.portcullis) -m found }"), ...places].join("");
}

/** HAProxy matches the path as sent, but an application may serve `/admin/` for each of these too. */
const NORMALIZED = `# Routes are matched against a normalized copy of the path: "//admin/", "/%61dmin/" and "/x/../admin/" are /admin/.
http-request deny deny_status 400 if { path -m sub -i %2f } { path -m reg -i (?:[.]|%2e){2}(?:/|%2f|$) }
http-request deny deny_status 400 if { path -m sub %00 }
http-request set-var(txn.portcullis_url) url
http-request set-path %[path,regsub(%2f,/,gi)]
http-request normalize-uri percent-decode-unreserved
http-request normalize-uri path-merge-slashes
http-request normalize-uri path-strip-dot
http-request normalize-uri path-strip-dotdot full
http-request set-var(txn.portcullis_path) path
http-request set-var(txn.portcullis_path) path,url_dec
# The application gets the path as it was sent.
http-request set-uri %[var(txn.portcullis_url)]
`;

function isAt({ path, below }: RoutePath): string {
  return `{ var(txn.portcullis_path) -m ${below ? "beg" : "str"} ${path} }`;
}

function rulesFor({ lines, remove }: Place, condition: string | undefined): string {
  const where = condition === undefined ? "" : ` if ${condition}`;
  const gone = remove.map((name) => `http-after-response del-header ${name}${where}\n`);
  const set = lines.map(([name, value]) => `http-after-response set-header ${name} ${formatted(value)}${where}\n`);
  return [...gone, ...set].join("");
}

/** A log format in double quotes. */
function formatted(value: string): string {
  return quoted(value.replaceAll("%", "%%"));
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"$]/g, "\\$&")}"`;
}

/** Default of tune.maxrewrite. */
const FREE = 1_024;
/** Default of tune.bufsize. */
const BUFFER = 16_384;

function globalOf(site: Site): string {
  const places = [site.all, ...site.routes];
  const room = FREE + Math.max(...places.map(({ lines }) => sizeOf(lines)));
  const names = [...new Set(places.flatMap(({ lines }) => lines.map(([name]) => name)))].filter((name) => name !== name.toLowerCase());
  const normalizing = "    # For normalize-uri, which is experimental.\n    expose-experimental-directives\n";
  return `global
${site.routes.length === 0 ? "" : normalizing}    # Room for the headers in the buffer of a response.
    tune.bufsize ${BUFFER + room}
    tune.maxrewrite ${room}
    # Without these lines, HAProxy sends the names in lower case.
${names.map((name) => `    h1-case-adjust ${name.toLowerCase()} ${name}\n`).join("")}`;
}

function sizeOf(lines: readonly HeaderLine[]): number {
  return lines.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

function proxyOf(site: Site, upstream: string, rules: string): string {
  const { serverName, httpsPort, httpPort, certificate, healthPath, readTimeout = READ_TIMEOUT } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  const { protocol, hostname, port: upstreamPort } = new URL(upstream);
  const tls = protocol === "https:";
  const verified = tls ? ` ssl verify required ca-file @system-ca sni str(${hostname})` : "";
  const isHealth = site.routes.length === 0 ? `{ path ${healthPath} }` : isAt({ path: healthPath, below: false });
  return `frontend portcullis-http
    mode http
    timeout client 60s
${bindsOf(site, httpPort, "")}    http-request redirect prefix https://${serverName}${port} code 301

frontend portcullis
    mode http
    timeout client 60s
${bindsOf(site, httpsPort, ` ssl crt ${quoted(certificate)} alpn h2,http/1.1 ssl-min-ver TLSv1.2`)}    option forwardfor
    option h1-case-adjust-bogus-client
    http-request set-header X-Forwarded-Proto https

${indent(rules)}
    http-request return status 200 content-type text/plain string "healthy\\n" if ${isHealth}
    default_backend portcullis-app

backend portcullis-app
    mode http
    timeout connect 60s
    # Time limit for the start of a response and for each pause in it, then the idle timeout of a WebSocket.
    timeout server ${readTimeout}s
    timeout tunnel ${Math.max(readTimeout, QUIET_TIMEOUT)}s
    server app ${hostname}:${upstreamPort || (tls ? 443 : 80)}${verified}
`;
}

function bindsOf({ listen }: Site, port: number, options: string): string {
  const addresses = listen.length === 0 ? [""] : listen.map((address) => (address.includes(":") ? `[${address}]` : address));
  return addresses.map((address) => `    bind ${address}:${port}${options}\n`).join("");
}
