import { patternOf, patternOfAll, within } from "../../middleware/routes.js";
import { namesOf, type Place, type RoutePath, type Site, type Target } from "../target.js";

/** Apache 2.4: a header stands in one of two tables, and what an upstream sends is not in the one that errors get. */
export const apache: Target = {
  title: "Apache 2.4: headers to include, or a complete virtual host",

  print(site, { report, warn }) {
    for (const [name] of [site.all, ...site.routes].flatMap(({ lines }) => lines).filter(([, value]) => value.startsWith("expr="))) {
      report({ path: [name], message: 'starts with "expr=", and Apache would work it out', hint: "Begin the value with something else." });
    }
    if ([site.all, ...site.routes].flatMap(namesOf).some((name) => name.toLowerCase() === "server")) {
      warn("Apache always sends a Server header of its own; ServerTokens Prod takes its version away.");
    }
    const headers = [headersOf(site, site.all), ...site.routes.map((place) => sectionOf(site, place))].join("\n");
    const define = headers.includes(DOLLAR) ? `# Apache would read \${ in a value.\nDefine portcullis_dollar $\n\n` : "";
    return site.upstream === undefined
      ? [{ path: "portcullis/headers.conf", text: `${INCLUDE}${define}${headers}` }]
      : [{ path: "portcullis.conf", text: `${MODULES}${define}${hostOf(site, site.upstream, headers)}` }];
  },
};

const INCLUDE = '# For the server or a <VirtualHost>, behind its own <Location> sections. Module: headers ("a2enmod headers").\n';
const MODULES = "# Modules: a2enmod headers proxy proxy_http proxy_wstunnel rewrite ssl\n";

/** What the upstream sends under these names is taken away, and what belongs here goes out with errors too. */
function headersOf(site: Site, place: Place): string {
  const own = [...new Set(namesOf(place))];
  const strip = own.map((name) => `Header onsuccess unset ${name}${exceptWhereFree(site, place, name)}\n`).join("");
  const set = place.lines.map(([name, value]) => `Header always set ${name} ${formatted(value)}\n`).join("");
  const unset = place.remove.map((name) => `Header always unset ${name}\n`).join("");
  return `${strip}${unset}${set}`;
}

/** A section lies on those that mean its path too: what they set is taken back here, unless it is set again. */
function sectionOf(site: Site, place: Place): string {
  const own = namesOf(place);
  const before = [site.all, ...site.routes].filter((other) => within(site, other).includes(place));
  const inherited = new Set(before.flatMap(({ lines }) => lines.map(([name]) => name)).filter((name) => !own.includes(name)));
  const back = [...inherited].map((name) => `Header always unset ${name}\n`).join("");
  return `<LocationMatch "${patternOf(place.path as RoutePath)}">\n${indent(`${back}${headersOf(site, place)}`)}</LocationMatch>\n`;
}

/** Where a narrower place says nothing of a name, the upstream's own header passes there: nothing could bring it back. */
function exceptWhereFree(site: Site, place: Place, name: string): string {
  const free = within(site, place).filter((other) => !namesOf(other).includes(name));
  return free.length === 0 ? "" : ` "expr=! %{REQUEST_URI} =~ m#${patternOfAll(free)}#"`;
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: Apache's, not ours
const DOLLAR = "${portcullis_dollar}";

/** A format of mod_headers in a quoted argument: both have escapes. */
function formatted(value: string): string {
  const format = value.replaceAll("\\", "\\\\").replaceAll("%", "%%");
  return quoted(format).replaceAll("${", `${DOLLAR}{`);
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

function hostOf(site: Site, upstream: string, headers: string): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey, healthPath } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  const listen = [httpPort, httpsPort].filter((one) => one !== 80 && one !== 443).map((one) => `Listen ${one}\n`);
  const health = patternOf({ path: healthPath, below: false });
  return `# Listen 80 and Listen 443 stand in Apache's own configuration.
${listen.join("")}ServerTokens Prod

<VirtualHost *:${httpPort}>
    ServerName ${serverName}
    Redirect permanent "/" "https://${serverName}${port}/"
</VirtualHost>

<VirtualHost *:${httpsPort}>
    ServerName ${serverName}

    SSLEngine on
    SSLCertificateFile ${quoted(certificate)}
    SSLCertificateKeyFile ${quoted(certificateKey)}
    SSLProtocol -all +TLSv1.2 +TLSv1.3

    ProxyPreserveHost On
    ProxyTimeout 60
    AllowEncodedSlashes NoDecode
${upstream.startsWith("https:") ? "    SSLProxyEngine on\n" : ""}    RequestHeader set X-Forwarded-Proto "https"

    RewriteEngine On
    RewriteRule "${health}" "-" [R=200,L]
    <LocationMatch "${health}">
        ErrorDocument 200 "healthy\\n"
    </LocationMatch>
    RewriteCond "%{HTTP:Upgrade}" "=websocket" [NC]
    RewriteRule "^/(.*)$" "${upstream.replace(/^http/, "ws")}/$1" [P,L]
    ProxyPass "/" "${upstream}/" nocanon retry=0
    ProxyPassReverse "/" "${upstream}/"

${indent(headers)}</VirtualHost>
`;
}
