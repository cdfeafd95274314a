import type { Format } from "../format.js";
import type { Note } from "../limits.js";
import type { ReadSite } from "../site.js";
import type { Source } from "../sources.js";
import { filesOf } from "./files.js";
import { type Directive, directivesOf } from "./grammar.js";
import { type Level, levelOf, OUTERMOST } from "./levels.js";
import { serverSite } from "./server.js";
import { type Tables, tablesOf } from "./tables.js";

/** nginx configurations, and what `nginx -T` prints. */
export const nginx: Format<"nginx"> = {
  name: "nginx",
  title: "an nginx configuration",
  fileNames: ["nginx"],
  clues:
    /^[ \t]*(?:(?:add_header|server_name|listen|location|proxy_pass|proxy_hide_header|ssl_certificate)[ \t]|(?:server|http|events)[ \t]*\{|# configuration file )/gm,
  read: readNginx,
};

/**
 * Reads the servers of an nginx configuration, of a part of one, or of an `nginx -T` output.
 *
 * @throws {PolicyError} if braces, quotes or semicolons do not match.
 */
function readNginx(source: Source, note: Note): readonly ReadSite[] {
  const files = filesOf(source, note);
  const directives = directivesOf(files.main, files, note);
  files.noteUnread();
  const tables = tablesOf(directives, note);
  const sites = sitesIn(directives, OUTERMOST, tables, note);
  if (sites.length > 0) return sites;
  // An included file may have no server block, and an http block may have its servers in other files.
  const block = directives.flatMap((one) => (one.name === "http" ? (one.block ?? []) : [one]));
  const part: Directive = { name: "server", args: [], line: source.first, block };
  return [serverSite(part, tables, levelOf(block, OUTERMOST, source.first, note), note)];
}

function sitesIn(directives: readonly Directive[], outer: Level, tables: Tables, note: Note): readonly ReadSite[] {
  const servers = directives.filter(({ name, block }) => name === "server" && block !== undefined);
  const http = directives.filter(({ name, block }) => name === "http" && block !== undefined);
  if (servers.length + http.length === 0) return [];
  const level = levelOf(directives, outer, 1, note);
  return [
    ...servers.map((server) => serverSite(server, tables, levelOf(server.block ?? [], level, server.line, note), note)),
    ...http.flatMap(({ block = [] }) => sitesIn(block, level, tables, note)),
  ];
}
