import { patternOf, patternOfAll, within } from "../../middleware/routes.js";
import { namesOf, type Place, type Site, type Target } from "../target.js";

/** Caddy: what it takes is known from 2.6 and newer. */
export const caddy: Target = {
  title: "Caddy: headers to import, or a complete site",

  print(site, { warn }) {
    const headers = headersOf(site);
    const names = [...new Set([site.all, ...site.routes].flatMap(({ lines }) => lines.map(([name]) => name)))];
    const changed = names.filter((name) => name !== canonical(name)).map((name) => `${name} as ${canonical(name)}`);
    if (changed.length > 0) warn(`Caddy writes ${changed.join(", ")}: to a browser the same.`);
    if (site.upstream !== undefined) warn("Caddy sends an Alt-Svc header of its own, for HTTP/3.");
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
  const places = [site.all, ...site.routes].map((place, index) => ({ place, matcher: `portcullis-${index}` }));
  const own = places.filter(({ place }) => namesOf(place).length > 0);
  const matchers = own.map(({ place, matcher }) => matcherOf(site, place, matcher)).join("");
  const blocks = own.map(({ place, matcher }) => blockOf(place, matcher)).join("");
  const literals = [OPEN, TICK].filter(({ written }) => blocks.includes(written)).map(({ vars }) => vars);
  const why = literals.length === 0 ? "" : "# Caddy would read {…} and a backtick in a value.\n";
  // An error is answered anew, and nothing of the first answer is left.
  return `${why}${literals.join("")}${matchers}${blocks}handle_errors {\n${indent(blocks)}}\n`;
}

/** No path has two places, so that the order of the blocks means nothing. Caddy's own path matcher would not tell cases apart. */
function matcherOf(site: Site, place: Place, name: string): string {
  const others = patternOfAll(within(site, place));
  const meant = place.path === undefined ? [] : [`path_regexp \`${patternOf(place.path)}\``];
  const not = others === "" ? [] : [`not path_regexp \`${others}\``];
  const lines = [...meant, ...not];
  return `@${name} ${lines.length === 0 ? "path *" : `{\n${indent(`${lines.join("\n")}\n`)}}`}\n`;
}

/** Deferred, so that it also meets what the upstream sends. */
function blockOf({ lines, remove }: Place, matcher: string): string {
  const gone = remove.map((name) => `-${name}\n`);
  const set = lines.map(([name, value]) => `${name} ${quoted(value)}\n`);
  return `header @${matcher} {\n${indent(["defer\n", ...gone, ...set].join(""))}}\n`;
}

// A brace alone would open a block; a placeholder that stands for nothing keeps it company.
const OPEN = { written: "{http.vars.portcullis-open}", vars: "vars portcullis-open `{http.vars.portcullis-nothing}{`\n" };
const TICK = { written: "{http.vars.portcullis-tick}", vars: 'vars portcullis-tick "`"\n' };

/** In backticks nothing has an escape; a brace opens a placeholder even there, and `{$` a variable of the environment. */
function quoted(text: string): string {
  const literal = text.replace(/[{`]/g, (char) => (char === "{" ? OPEN : TICK).written);
  return `\`${literal}\``;
}

const indent = (text: string) => text.replace(/^(?=.)/gm, "\t");

function siteOf(site: Site, upstream: string, headers: string): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey, healthPath } = site;
  const port = httpsPort === 443 ? "" : `:${httpsPort}`;
  return `http://${serverName}${httpPort === 80 ? "" : `:${httpPort}`} {
	redir https://${serverName}${port}{uri} 301
}

https://${serverName}${port} {
	tls ${quoted(certificate)} ${quoted(certificateKey)}

${indent(headers)}
	@portcullis-health path_regexp \`${patternOf({ path: healthPath, below: false })}\`
	respond @portcullis-health \`healthy
\` 200
	reverse_proxy ${upstream}
}
`;
}
