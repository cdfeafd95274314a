import { patternOf } from "../../middleware/routes.js";
import { QUIET_TIMEOUT, READ_TIMEOUT, type RoutePath, type Site, type Target } from "../target.js";
import { apacheSite, headerLines, indent, quoted, variables } from "./apache-headers.js";

/** Apache 2.4.47 and newer. */
export const apache: Target<"apache"> = {
  name: "apache",
  title: "Apache 2.4: headers to include, or a complete virtual host",

  print(given, context) {
    const site = apacheSite(given, context);
    const headers = `${locationOf(site)}${headerLines(site)}`;
    const modules = site.routes.length === 0 ? ["headers"] : ["headers", "setenvif"];
    if (site.upstream === undefined) {
      const head = `# For the server or a <VirtualHost>. Modules: a2enmod ${modules.join(" ")}\n`;
      return [{ path: "portcullis/headers.conf", text: `${head}\n${headers}` }];
    }
    return [{ path: "portcullis.conf", text: hostOf(site, site.upstream, [...modules, "proxy", "proxy_http", "rewrite", "ssl"], headers) }];
  },
};

function locationOf(site: Site): string {
  const lines = variables(site);
  return lines === "" ? "" : `<Location "/">\n${indent(lines)}</Location>\n\n`;
}

function hostOf(site: Site, upstream: string, modules: readonly string[], headers: string): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey, healthPath, readTimeout = READ_TIMEOUT } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  return `# Modules: a2enmod ${modules.join(" ")}
${listenOf(site)}ServerTokens Prod

<VirtualHost ${addressesOf(site, httpPort)}>
    ServerName ${serverName}

    # The path as it came: Redirect would encode a %2F again.
    AllowEncodedSlashes NoDecode
    RewriteEngine On
    RewriteCond "%{THE_REQUEST}" "^\\S+ (?:\\w+://[^/?\\s]*)?(/[^?\\s]*)?"
    RewriteRule "^" "https://${serverName}${port}%1" [R=301,NE,L]
</VirtualHost>

<VirtualHost ${addressesOf(site, httpsPort)}>
    ServerName ${serverName}

    SSLEngine on
    SSLCertificateFile ${quoted(certificate)}
    SSLCertificateKeyFile ${quoted(certificateKey)}
    SSLProtocol -all +TLSv1.2 +TLSv1.3

    ProxyPreserveHost On
    # Seconds for an answer to begin and to go on. A WebSocket may be silent for the longer of the two.
    ProxyTimeout ${readTimeout}
    Timeout ${Math.max(readTimeout, QUIET_TIMEOUT)}
    AllowEncodedSlashes NoDecode
${upstream.startsWith("https:") ? "    SSLProxyEngine on\n" : ""}    # Apache appends the host to the value that the client sends.
    RequestHeader unset X-Forwarded-Host
    RequestHeader set X-Forwarded-Proto "https"
    RequestHeader set X-Forwarded-Port "${httpsPort}"
    ProxyPass "/" "${upstream}/" nocanon retry=0 upgrade=websocket
    ProxyPassReverse "/" "${upstream}/"

${refusals(site)}    # Answered here, and not by the application.
    <LocationMatch "${patternOf({ path: healthPath, below: false })}">
        ProxyPass "!"
        RedirectMatch 200 "^"
        ErrorDocument 200 "healthy\\n"
    </LocationMatch>

${indent(headers)}</VirtualHost>
`;
}

/** A slash, and texts that an application may decode to a slash, in a path that Apache has decoded except for `%2F`. */
const SLASH = String.raw`(?:[/\x5c]|%2[fF])+`;

/** Refuses paths whose route depends on whether they are decoded first. portcullis proxy refuses them too. */
function refusals({ routes }: Site): string {
  if (routes.length === 0) return "";
  const moved = routes.map(({ path }) => {
    const { path: text, below } = path as RoutePath;
    const pattern = text.replace(/[.+]/g, "\\$&").replaceAll("/", SLASH);
    return `    RewriteCond "%{REQUEST_URI}" "^(?!${patternOf({ path: text, below }).slice(1)})${pattern}${below ? "" : "$"}"`;
  });
  return String.raw`    # If an application decodes "%2F" or "%5C" first, it serves another page: 400 where that page may have other headers.
    RewriteEngine On
    RewriteCond "%{THE_REQUEST}" "^\S+ [^?\s]*(?:\x5c|%2f|%5c)" [NC]
    RewriteCond "%{THE_REQUEST}" "^\S+ [^?\s]*(?:[/\x5c]|%2f|%5c)(?:\.|%2e){1,2}(?:[/\x5c?\s]|%2f|%5c)" [NC,OR]
${moved.join(" [OR]\n")}
    RewriteRule "^" "-" [R=400,L]

`;
}

/** Apache cannot listen on a port twice, and its default configuration has 80 and 443 for all addresses. */
function listenOf({ listen, httpPort, httpsPort }: Site): string {
  const ports = [httpPort, httpsPort];
  if (listen.length === 0) {
    const others = ports.filter((one) => one !== 80 && one !== 443);
    return `# Listen 80 and Listen 443 are in Apache's own configuration.\n${onceEach(others.map(String))}`;
  }
  const own = ports.filter((one) => one === 80 || one === 443).map((one) => `Listen ${one}`);
  const why = own.length === 0 ? "" : `# Remove ${own.join(" and ")} from Apache's own configuration, which listens on all addresses.\n`;
  return `${why}${onceEach(ports.flatMap((one) => listen.map((address) => withPort(address, one))))}`;
}

/** `Listen` lines that several sites may have. A name of `Define` cannot have a colon. */
function onceEach(listens: readonly string[]): string {
  if (listens.length === 0) return "";
  const guarded = listens.map((one) => {
    const name = `portcullis_listen_${one.replace(/[^\w.]/g, "_")}`;
    return `<IfDefine !${name}>\n    Define ${name}\n    Listen ${one}\n</IfDefine>\n`;
  });
  return `# Applied once, even if several sites have these lines.\n${guarded.join("")}\n`;
}

const addressesOf = ({ listen }: Site, port: number) =>
  listen.length === 0 ? `*:${port}` : listen.map((address) => withPort(address, port)).join(" ");

const withPort = (address: string, port: number) => `${address.includes(":") ? `[${address}]` : address}:${port}`;
