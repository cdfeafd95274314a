import type { Format } from "../format.js";
import type { Note } from "../limits.js";
import type { ReadSite } from "../site.js";
import type { Source } from "../sources.js";
import { addressesOf, type SchemePorts, schemePorts } from "./addresses.js";
import { type Definitions, imported, noteUnused, unfolded } from "./imports.js";
import { covers } from "./matchers.js";
import { orderOf } from "./order.js";
import type { CaddySite } from "./requests.js";
import { caddySite } from "./site.js";
import { flat, type Statement } from "./statements.js";

/** Caddyfiles. */
export const caddy: Format<"caddy"> = {
  name: "caddy",
  title: "a Caddyfile",
  fileNames: ["caddy"],
  clues:
    /^[ \t]*(?:header[ \t]+(?:[@/*][^ \t\n]*[ \t]+)?(?:\{|[>+?-]?[A-Z])|(?:reverse_proxy|file_server|encode|tls|handle|handle_path|handle_errors|route|respond|redir|import)(?:[ \t\r\n]|$))/gm,
  read: readCaddy,
};

/**
 * Reads the sites of a Caddyfile, or the inside of one, or nothing but snippets.
 *
 * @throws {PolicyError} where braces or quotes do not match.
 */
function readCaddy(source: Source, note: Note): readonly ReadSite[] {
  const known: Definitions = { snippets: new Map(), routes: new Map() };
  const statements = withAddressesTogether(unfolded(source, known, note));
  const blocks = statements.filter(isSite);
  const globals = blocks.filter(({ words }) => words.length === 0).flatMap(({ block = [] }) => block);
  const around = { routes: unfoldedRoutes(known, note), order: orderOf(globals, note), note };
  const ports = schemePorts(globals);
  const sites = blocks.filter(({ words }) => words.length > 0);
  noteUnusedIn(known, sites, note);
  if (sites.length > 0) return sites.flatMap((site) => sitesOf(site, ports, around));
  // Without braces the first line has the addresses, unless the text is a file to import.
  const [first] = statements.filter((one) => !blocks.includes(one));
  const addresses = first !== undefined && first.block === undefined && /[.:]|^localhost/.test(first.words[0] ?? "") ? first : undefined;
  const inside = statements.filter((one) => one !== addresses && !blocks.includes(one));
  const read =
    inside.length > 0
      ? inside
      : imported(
          [...known.snippets.values()].flatMap(({ block }) => block),
          known,
          note,
        );
  return sitesOf({ words: addresses?.words ?? [], line: source.first, block: read }, ports, around);
}

/** If the file contains only snippets, these are read. */
function noteUnusedIn(known: Definitions, sites: readonly Statement[], note: Note): void {
  if (sites.length > 0) noteUnused(known, note);
}

function unfoldedRoutes(known: Definitions, note: Note): ReadonlyMap<string, readonly Statement[]> {
  return new Map([...known.routes].map(([name, block]) => [name, imported(block, known, note)]));
}

/** Addresses may continue on the next line after a comma. */
function withAddressesTogether(statements: readonly Statement[]): readonly Statement[] {
  const all: Statement[] = [];
  for (const statement of statements) {
    const before = all.at(-1);
    if (before?.block === undefined && before?.words.at(-1)?.endsWith(",")) {
      all[all.length - 1] = { ...statement, words: [...before.words, ...statement.words], line: before.line };
    } else all.push(statement);
  }
  return all;
}

const DIRECTIVES =
  /^(?:@|(?:header|handle|handle_path|handle_errors|route|vars|import|reverse_proxy|log|tls|encode|file_server|php_fastcgi|map|intercept|root|redir|respond|invoke|forward_auth|basicauth|basic_auth)$)/;

function isSite({ words, block }: Statement): boolean {
  return block !== undefined && !DIRECTIVES.test(words[0] ?? "");
}

/** Steps to compare a host of a matcher with a name of the site. */
const STEPS_OF_A_HOST = 5;

/** One site for all its hosts, and one for each host that a matcher distinguishes. */
function sitesOf(
  { words, line, end, block = [] }: Statement,
  ports: SchemePorts,
  around: Pick<CaddySite, "routes" | "order" | "note">,
): readonly ReadSite[] {
  const addresses = addressesOf(words, ports);
  const hosts = hostsIn(block);
  around.note.spend("work", STEPS_OF_A_HOST * hosts.length * (1 + addresses.names.length));
  const apart = hosts.filter((host) => addresses.names.some((name) => name === host || covers(name, host)));
  const others = addresses.names.filter((name) => !apart.includes(name));
  around.note.spend("work", 1_000 * apart.length);
  const all =
    apart.length === 0 || (apart.length === 1 && others.length === 0)
      ? [addresses.names]
      : [...(others.length > 0 ? [others] : []), ...apart.map((host) => [host])];
  return all.map((names) => ({
    ...caddySite(line, block, words.length > 0, { ...around, hosts: names, apart }),
    ...(end !== undefined && { end }),
    names,
    ports: addresses.ports,
  }));
}

/** Hosts that matchers name. */
function hostsIn(block: readonly Statement[]): readonly string[] {
  const all = flat(block).flatMap(({ words: [first = "", ...rest] }) => {
    const words = first.startsWith("@") ? rest : [first, ...rest];
    const at = words[0] === "not" ? 1 : 0;
    return words[at] === "host" ? words.slice(at + 1).map((host) => host.toLowerCase()) : [];
  });
  return [...new Set(all)].filter((host) => !/[*{]/.test(host));
}
