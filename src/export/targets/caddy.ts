import { contains, patternOf, patternOfAll, within } from "../../middleware/routes.js";
import { namesOf, type Place, QUIET_TIMEOUT, READ_TIMEOUT, type Site, type Target } from "../target.js";

/** Caddy: what it takes is known from 2.6 and newer. */
export const caddy: Target<"caddy"> = {
  name: "caddy",
  title: "Caddy: headers to import, or a complete site",

  print(site, { warn }) {
    const headers = headersOf(site);
    const names = [...new Set([site.all, ...site.routes].flatMap(({ lines }) => lines.map(([name]) => name)))];
    const changed = names.filter((name) => name !== canonical(name)).map((name) => `${name} as ${canonical(name)}`);
    if (changed.length > 0) warn(`Caddy writes ${changed.join(", ")}, which is the same to browsers.`);
    if (site.upstream !== undefined) warn("Caddy sends its own Alt-Svc header, for HTTP/3.");
    return site.upstream === undefined
      ? [{ path: "portcullis/headers.caddy", text: `# For a site: import portcullis/headers.caddy\n${headers}` }]
      : [{ path: "portcullis.caddy", text: `# For the Caddyfile: import portcullis.caddy\n${siteOf(site, site.upstream, headers)}` }];
  },
};

/** How Go writes the name of a header, whatever it is given. */
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
  const why = literals.length === 0 ? "" : "# Caddy would read {…} and a backtick in a value.\n";
  const refusal = places.length > 1 ? REFUSAL : "";
  return `${why}${literals.join("")}${matchers}${blocks === "" ? "" : TWICE}${blocks}${refusal}${errorsOf(own, own.length === places.length)}`;
}

/** The request's own path has an encoded slash, or a backslash, and ".." in it: in CEL, which Caddy's `expression` takes. */
export const AMBIGUOUS =
  '{http.request.orig_uri}.matches(r"(?i)^[^?]*(%2f|%5c|\\\\)") && {http.request.orig_uri.path}.matches(r"(^|[/\\\\])[.][.]([/\\\\]|$)")';

/** Of what can answer, Caddy runs `redir` first, before each `handle`. */
const REFUSAL = `# "/admin/..%2Fembed" is /embed here, and may be another page to an application: it gets no answer but 400.
# Of all that answers, redir comes first; a status that is no redirect it takes from a variable only.
vars portcullis-refused 400
@portcullis-ambiguous expression \`${AMBIGUOUS}\`
redir @portcullis-ambiguous / {http.vars.portcullis-refused}
`;

const TWICE = `# Set at once, headers stay on errors that Caddy makes itself, and on the pages of a handle_errors.
# Deferred, they replace what an application sends.
`;

const EVERYTHING = { path: "/", below: true };

/** No path has two places, so that the order of the blocks means nothing. Caddy's own path matcher would not tell cases apart. */
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

/** What Caddy itself sends with errors. */
const CADDYS = /^(?:server|alt-svc)$/i;

/** Nothing that waited for an answer is done to an error: what Caddy sends of itself is taken away anew. */
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

// A brace alone would open or close a block; a placeholder that is not defined keeps it company.
const NOTHING = "{http.vars.portcullis-nothing}";
const OPEN = { written: "{http.vars.portcullis-open}", vars: `vars portcullis-open \`${NOTHING}{\`\n` };
const TICK = { written: "{http.vars.portcullis-tick}", vars: 'vars portcullis-tick "`"\n' };
const BACKSLASH = { written: "{http.vars.portcullis-backslash}", vars: "vars portcullis-backslash `\\`\n" };
const LITERALS: Readonly<Record<string, typeof OPEN>> = { "{": OPEN, "`": TICK, "\\": BACKSLASH };

/**
 * In backticks the Caddyfile has no escape; a brace opens a placeholder even there, and `{$` a variable of the environment.
 * Later a backslash before a brace, ours too, takes that meaning from it and is gone.
 */
function quoted(text: string): string {
  const read = /\\[\\{}`]/.test(text) ? /[{`\\]/g : /[{`]/g;
  const literal = text.replace(read, (char) => LITERALS[char]?.written ?? char);
  return `\`${literal === "}" ? NOTHING : ""}${literal}\``;
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "\t");

/** Seconds that Caddy keeps an idle connection to the application, on which the timer for its silence runs already. */
const KEPT = 120;

function siteOf(site: Site, upstream: string, headers: string): string {
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
