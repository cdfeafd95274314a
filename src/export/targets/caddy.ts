import { contains, patternOf, patternOfAll, within } from "../../middleware/routes.js";
import { namesOf, type Place, QUIET_TIMEOUT, READ_TIMEOUT, type Site, type Target } from "../target.js";

/** Caddy. Tested with 2.6 and newer. */
export const caddy: Target<"caddy"> = {
  name: "caddy",
  title: "Caddy: headers to import, or a complete site",

  print(site, { warn }) {
    const headers = headersOf(site);
    const names = [...new Set([site.all, ...site.routes].flatMap(({ lines }) => lines.map(([name]) => name)))];
    const changed = names.filter((name) => name !== canonical(name)).map((name) => `${name} as ${canonical(name)}`);
    if (changed.length > 0) warn(`Caddy sends ${changed.join(", ")}. Header names are case-insensitive.`);
    if (site.upstream !== undefined) warn("Caddy adds its own Alt-Svc header for HTTP/3.");
    return site.upstream === undefined
      ? [{ path: "portcullis/headers.caddy", text: `# For a site: import portcullis/headers.caddy\n${headers}` }]
      : [{ path: "portcullis.caddy", text: `# For the Caddyfile: import portcullis.caddy\n${siteBlock(site, site.upstream, headers)}` }];
  },
};

/** Go's canonical form of a header name. */
function canonical(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

function headersOf(site: Site): string {
  const taken = site.routes.some(({ path }) => path !== undefined && contains(path, EVERYTHING));
  const places = [...(taken ? [] : [site.all]), ...site.routes].map((place, index) => ({ place, matcher: `portcullis-${index}` }));
  const own = places.filter(({ place }) => namesOf(place).length > 0);
  const matchers = own.map(({ place, matcher }) => matcherOf(site, place, matcher)).join("");
  const blocks = own.map(({ place, matcher }) => blocksOf(place, matcher)).join("");
  const literals = Object.values(LITERALS)
    .filter(({ written }) => blocks.includes(written))
    .map(({ vars }) => vars);
  const why = literals.length === 0 ? "" : "# Texts in which Caddy would interpret {…} or a backtick.\n";
  const refusal = places.length > 1 ? REFUSAL : "";
  return `${why}${literals.join("")}${matchers}${blocks === "" ? "" : TWICE}${blocks}${refusal}${errorsOf(own, own.length === places.length)}`;
}

/** A CEL expression: the original path has an encoded slash or a backslash, and "..". */
export const AMBIGUOUS =
  '{http.request.orig_uri}.matches(r"(?i)^[^?]*(%2f|%5c|\\\\)") && {http.request.orig_uri.path}.matches(r"(^|[/\\\\])[.][.]([/\\\\]|$)")';

/** Caddy runs `redir` before every other directive that responds. */
const REFUSAL = `# "/admin/..%2Fembed" is /embed in Caddy, but may be another page of the application: refused with 400.
# Of all that answers, redir comes first; a status that is no redirect it takes from a variable only.
vars portcullis-refused 400
@portcullis-ambiguous expression \`${AMBIGUOUS}\`
redir @portcullis-ambiguous / {http.vars.portcullis-refused}
`;

const TWICE = `# Headers that are set at once also apply to error responses of Caddy and to handle_errors.
# Deferred, they replace what an application sends.
`;

const EVERYTHING = { path: "/", below: true };

/** The blocks exclude each other, so their order has no effect. Caddy's path matcher ignores letter case, so it is not used. */
function matcherOf(site: Site, place: Place, name: string): string {
  const others = patternOfAll(within(site, place));
  const meant = place.path === undefined ? [] : [`path_regexp \`${patternOf(place.path)}\``];
  const not = others === "" ? [] : [`not path_regexp \`${others}\``];
  const lines = [...meant, ...not];
  return `@${name} ${lines.length === 0 ? "path *" : `{\n${indent(`${lines.join("\n")}\n`)}}`}\n`;
}

function blocksOf({ lines, remove }: Place, matcher: string): string {
  const gone = remove.map((name) => `-${name}\n`).join("");
  const set = lines.map(([name, value]) => `${name} ${quoted(value)}\n`).join("");
  const block = (inside: string) => `header @${matcher} {\n${indent(inside)}}\n`;
  return `${lines.length === 0 ? "" : block(set)}${block(`defer\n${gone}${set}`)}`;
}

/** Headers of Caddy's own error responses. */
const CADDYS = /^(?:server|alt-svc)$/i;

/** Deferred changes do not apply to errors: Caddy's own headers are removed again. */
function errorsOf(own: readonly { readonly place: Place; readonly matcher: string }[], all: boolean): string {
  const goneIn = ({ remove }: Place) => remove.filter((name) => CADDYS.test(name));
  const names = [...new Set(own.flatMap(({ place }) => goneIn(place)))];
  const lines = names.map((name) => {
    const there = own.filter(({ place }) => goneIn(place).includes(name));
    if (all && there.length === own.length) return `header -${name}\n`;
    return there.map(({ matcher }) => `header @${matcher} -${name}\n`).join("");
  });
  return lines.length === 0 ? "" : `handle_errors {\n${indent(lines.join(""))}}\n`;
}

// A lone brace would open or close a block. An undefined placeholder beside it prevents that.
const NOTHING = "{http.vars.portcullis-nothing}";
const OPEN = { written: "{http.vars.portcullis-open}", vars: `vars portcullis-open \`${NOTHING}{\`\n` };
const TICK = { written: "{http.vars.portcullis-tick}", vars: 'vars portcullis-tick "`"\n' };
const BACKSLASH = { written: "{http.vars.portcullis-backslash}", vars: "vars portcullis-backslash `\\`\n" };
const LITERALS: Readonly<Record<string, typeof OPEN>> = { "{": OPEN, "`": TICK, "\\": BACKSLASH };

/**
 * There is no escape in backticks. A brace opens a placeholder even there, and `{$` an environment variable.
 * Later a backslash before a brace escapes it, and is removed.
 */
function quoted(text: string): string {
  const read = /\\[\\{}`]/.test(text) ? /[{`\\]/g : /[{`]/g;
  const literal = text.replace(read, (char) => LITERALS[char]?.written ?? char);
  return `\`${literal === "}" ? NOTHING : ""}${literal}\``;
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "\t");

/** Seconds that Caddy keeps an idle connection to the application. The read timeout already runs on it. */
const KEPT = 120;

function siteBlock(site: Site, upstream: string, headers: string): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey, healthPath, listen, readTimeout = READ_TIMEOUT } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  const bind = listen.length === 0 ? "" : `\tbind ${listen.join(" ")}\n`;
  return `http://${serverName}${httpPort === 80 ? "" : `:${httpPort}`} {
${bind}	redir https://${serverName}${port}{uri} 301
}

https://${serverName}${port} {
${bind}	tls ${quoted(certificate)} ${quoted(certificateKey)}

${indent(headers)}
	@portcullis-health path_regexp \`${patternOf({ path: healthPath, below: false })}\`
	respond @portcullis-health \`healthy
\` 200
	reverse_proxy ${upstream} {
		transport http {
			# Until an answer begins.
			response_header_timeout ${readTimeout}s
			# Silence in an answer, and in a WebSocket.
			read_timeout ${Math.max(readTimeout + KEPT, QUIET_TIMEOUT)}s
		}
	}
}
`;
}
