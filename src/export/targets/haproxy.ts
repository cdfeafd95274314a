import type { Line, Place, RoutePath, Site, Target } from "../target.js";

/** HAProxy: what it takes is known from 2.6 and newer. */
export const haproxy: Target = {
  title: "HAProxy: headers for a frontend, or a complete configuration",

  print(site, { warn }) {
    const rules = rulesOf(site);
    warn("HAProxy writes the names of all other headers in lower case: to a browser the same.");
    if (site.upstream === undefined) {
      warn('Give HAProxy portcullis/global.cfg too, and write "option h1-case-adjust-bogus-client" into the frontend.');
      return [
        { path: "portcullis/global.cfg", text: `# A further -f for haproxy.\n${globalOf(site)}` },
        { path: "portcullis/headers.cfg", text: `# For a frontend: HAProxy includes no files.\n${rules}` },
      ];
    }
    if (site.certificateKey !== site.certificate && site.certificateKey !== `${site.certificate}.key`) {
      warn(`HAProxy looks for the key in ${site.certificate} itself, or in ${site.certificate}.key: ${site.certificateKey} is not read.`);
    }
    return [{ path: "portcullis.cfg", text: `${globalOf(site)}\n${proxyOf(site, site.upstream, rules)}` }];
  },
};

/** The path is known with the request alone: which route it takes is kept until the response, the narrowest last. */
function rulesOf({ all, routes }: Site): string {
  const paths = routes.map((place, index) => {
    const { path, below } = place.path as RoutePath;
    return `http-request set-var(txn.portcullis) int(${index + 1}) if { path -m ${below ? "beg" : "str"} ${path} }\n`;
  });
  const places = routes.map((place, index) => rulesFor(place, `{ var(txn.portcullis) -m int ${index + 1} }`));
  return [...paths, rulesFor(all, routes.length === 0 ? undefined : "!{ var(txn.portcullis) -m found }"), ...places].join("");
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

/** What HAProxy leaves free in a buffer for headers that are added, unless told. */
const FREE = 1_024;
/** The buffer itself. */
const BUFFER = 16_384;

function globalOf(site: Site): string {
  const places = [site.all, ...site.routes];
  const room = FREE + Math.max(...places.map(({ lines }) => sizeOf(lines)));
  const names = [...new Set(places.flatMap(({ lines }) => lines.map(([name]) => name)))].filter((name) => name !== name.toLowerCase());
  return `global
    # Room for the headers, beside an answer that fills a buffer.
    tune.bufsize ${BUFFER + room}
    tune.maxrewrite ${room}
    # HAProxy would write all names in lower case.
${names.map((name) => `    h1-case-adjust ${name.toLowerCase()} ${name}\n`).join("")}`;
}

function sizeOf(lines: readonly Line[]): number {
  return lines.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

function proxyOf(site: Site, upstream: string, rules: string): string {
  const { serverName, httpsPort, httpPort, certificate, healthPath } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  const { protocol, hostname, port: upstreamPort } = new URL(upstream);
  const tls = protocol === "https:";
  const verified = tls ? ` ssl verify required ca-file @system-ca sni str(${hostname})` : "";
  return `frontend portcullis-http
    mode http
    timeout client 60s
    bind :${httpPort}
    http-request redirect prefix https://${serverName}${port} code 301

frontend portcullis
    mode http
    timeout client 60s
    bind :${httpsPort} ssl crt ${quoted(certificate)} alpn h2,http/1.1 ssl-min-ver TLSv1.2
    option forwardfor
    option h1-case-adjust-bogus-client
    http-request set-header X-Forwarded-Proto https

${indent(rules)}
    http-request return status 200 content-type text/plain string "healthy\\n" if { path ${healthPath} }
    default_backend portcullis-app

backend portcullis-app
    mode http
    timeout connect 60s
    timeout server 60s
    timeout tunnel 1h
    server app ${hostname}:${upstreamPort || (tls ? 443 : 80)}${verified}
`;
}
