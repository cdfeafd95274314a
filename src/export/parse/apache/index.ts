import type { RoutePath } from "../../target.js";
import type { Format } from "../format.js";
import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { keyOf } from "../paths.js";
import type { ReadSite } from "../site.js";
import type { Source } from "../sources.js";
import { answersOf } from "./answers.js";
import { applicationsOf } from "./applications.js";
import { costOf, holdsAt, leavesOf, NEVER, replaced } from "./conditions.js";
import { changesAt } from "./headers.js";
import { type Host, hostsOf } from "./hosts.js";
import { type Directive, directivesOf } from "./lines.js";
import { mappingsOf } from "./mappings.js";
import { collector } from "./notes.js";
import type { GroupedNote, Operation } from "./operations.js";
import { turnsIn } from "./redirects.js";
import { operationsIn, SERVER, variablesIn } from "./sections.js";

/** Apache configurations and `.htaccess` files. */
export const apache: Format<"apache"> = {
  name: "apache",
  title: "an Apache configuration",
  fileNames: [".htaccess", "httpd", "apache"],
  clues:
    /^[ \t]*(?:<\/?(?:VirtualHost|If|IfModule|IfDefine|Directory|Location|Files)(?:Match)?\b|(?:Header[ \t]+(?:always|onsuccess|set|unset|append|add|merge|edit)|RequestHeader|ServerName|ServerAlias|DocumentRoot|RewriteEngine|RewriteRule|RewriteCond|ErrorDocument|DirectoryIndex)[ \t])/gim,
  read: readApache,
};

/**
 * Reads the servers of an Apache configuration, or a part such as `.htaccess`.
 *
 * @throws {PolicyError} if sections are not closed in order.
 */
function readApache(source: Source, note: Note): readonly ReadSite[] {
  const { block, modules } = directivesOf(source, note);
  const collected = collector(note);
  const isPart = !block.some(({ name }) => name === "virtualhost" || name === "documentroot") && modules.size === 0;
  const sites = hostsOf(block, source.first).map((host) => hostSite(host, block, { modules, note, grouped: collected.grouped, isPart }));
  collected.flush();
  return sites;
}

interface Reading {
  readonly modules: ReadonlySet<string>;
  readonly note: Note;
  readonly grouped: GroupedNote;
  /** Whether it may be a `.htaccess`. */
  readonly isPart: boolean;
}

/** Steps to read one directive of a host. */
const STEPS_OF_A_DIRECTIVE = 3 * STEPS_OF_A_COPY;

/** Directives that {@link mappingsOf} may read a mapping from. */
const MAPPING = /^(?:(?:script|wsgiscript)?alias(?:match)?|proxypass(?:match)?|rewriterule|location(?:match)?)$/;

function hostSite(host: Host, common: readonly Directive[], reading: Reading): ReadSite {
  const { note, grouped, modules, isPart } = reading;
  const directives = [...common.filter(({ name }) => name !== "virtualhost"), ...host.directives];
  note.spend("work", STEPS_OF_A_DIRECTIVE * directives.length);
  // A mapping applies only if none before it does.
  const maps = directives.filter(({ name }) => MAPPING.test(name)).length;
  note.spend("work", (STEPS_OF_A_COPY * maps * maps) / 2);
  const mappings = mappingsOf(directives);
  const secure = directives.some(({ name, args }) => name === "sslengine" && /^on$/i.test(args[0] ?? ""));
  const around = { mappings, variables: variablesIn(directives, mappings, grouped), secure, note: grouped };
  const operations = inOrder(operationsIn(directives, SERVER, around));
  const applications = applicationsOf(directives, modules);
  const cost = operations.reduce((sum, { when }) => sum + costOf(when), 1);
  const answers = answersOf({
    named: namedBy(operations, note),
    turns: turnsIn(directives, isPart),
    operations,
    note: grouped,
    isFile: (path) =>
      holdsAt(
        replaced(mappings.files, (part) => (part.kind === "unknown" ? NEVER : part)),
        path,
      ),
    answer: (first, last, tell) => {
      note.spend("work", cost);
      return changesAt(operations, { first, last }, applications, tell);
    },
  });
  const { line, end, names, ports, redirects } = host;
  const paths = [...answers.values()].map(({ path }) => path);
  return { line, ...(end !== undefined && { end }), names, ports, redirects, paths, at: (path) => answers.get(keyOf(path))?.changes ?? [] };
}

/** The order in which Apache merges sections does not depend on their positions. */
function inOrder(operations: readonly Operation[]): readonly Operation[] {
  return [...operations].sort((one, other) => one.rank - other.rank);
}

/** All paths in conditions, each once. Many conditions share a list. */
function namedBy(operations: readonly Operation[], note: Note): readonly RoutePath[] {
  const lists = new Set(operations.flatMap(({ when }) => leavesOf(when)).flatMap((part) => (part.kind === "paths" ? [part.paths] : [])));
  const named = new Map([...lists].flat().map((one) => [keyOf(one), one]));
  note.cap("paths", named.size);
  return [...named.values()];
}
