import { withAllBelow } from "../paths.js";
import { ALWAYS, all, type Condition, not, onPaths, patternOf, type Variable, type Variables } from "./conditions.js";
import { expressionOf } from "./expressions.js";
import type { Directive } from "./lines.js";
import type { Mappings } from "./mappings.js";
import { type GroupedNote, type Operation, operationOf, type SectionScope } from "./operations.js";

/** Properties of the server around a section. */
export interface Surroundings {
  readonly mappings: Mappings;
  readonly variables: Variables;
  /** Whether it responds over https only. */
  readonly secure: boolean;
  readonly note: GroupedNote;
}

/** Sections are merged in this order, independent of their position. Apache, "How the sections are merged". */
const RANK = { server: 0, directory: 100, directoryMatch: 200, files: 300, location: 400, if: 500 } as const;

/** The server itself, whose directives have no condition. */
export const SERVER: SectionScope = { when: ALWAYS, rank: RANK.server };

/** The `Header` lines among some directives, and in their sections. */
export function operationsIn(directives: readonly Directive[], place: SectionScope, around: Surroundings): readonly Operation[] {
  let otherwise: Condition = ALWAYS;
  let branches = 0;
  return directives.flatMap((one): readonly Operation[] => {
    const { name, args, line, block } = one;
    if (name === "header") return list(operationOf(args, line, place, around.variables, around.secure, around.note));
    if (name === "expiresactive" && /^on$/i.test(args[0] ?? "")) around.note(line, "sets Cache-Control: not read");
    if (block === undefined || name === "virtualhost") return [];
    const [when, rank] = IFS.has(name) ? [ifOf(one, otherwise, around.variables), RANK.if] : sectionOf(one, around);
    if (IFS.has(name)) {
      branches = name === "if" ? 1 : branches + 1;
      const reached =
        branches > MOST_BRANCHES ? TOO_MANY_BRANCHES : all(name === "if" ? ALWAYS : otherwise, not(whole(one, around.variables)));
      otherwise = reached;
    }
    // Nested sections are merged after all of these, in the order of their parents.
    const own = rank === RANK.files || rank === RANK.if ? rank + place.rank / 1_000 : rank;
    return operationsIn(block, { when: all(place.when, when), rank: own }, around);
  });
}

/** Branches of one `<If>` that are read: the condition of each depends on all before it. */
const MOST_BRANCHES = 200;
const TOO_MANY_BRANCHES: Condition = { kind: "unknown", text: `one of more than ${MOST_BRANCHES} branches` };

const list = <T>(one: T | undefined): readonly T[] => (one === undefined ? [] : [one]);

const IFS: ReadonlySet<string> = new Set(["if", "elseif", "else"]);

function ifOf(section: Directive, otherwise: Condition, variables: Variables): Condition {
  const own = whole(section, variables);
  return section.name === "if" ? own : all(otherwise, own);
}

function whole({ name, args }: Directive, variables: Variables): Condition {
  if (name === "else") return ALWAYS;
  const text = args.join(" ");
  return expressionOf(text, variables) ?? { kind: "unknown", text };
}

/** When a section applies, and its rank. */
function sectionOf(section: Directive, { mappings }: Surroundings): readonly [Condition, number] {
  const { name, args } = section;
  const [when, rank] = SECTIONS.get(name)?.(args, mappings) ?? [undefined, RANK.server];
  return [when ?? { kind: "unknown", text: `<${[name, ...args].join(" ")}>` }, rank];
}

type Read = (args: readonly string[], mappings: Mappings) => readonly [Condition | undefined, number];

const SECTIONS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["location", ([first = "", second = ""]) => [first === "~" ? matched(second) : location(first), RANK.location]],
  ["locationmatch", ([pattern = ""]) => [matched(pattern), RANK.location]],
  [
    "directory",
    ([first = "", second = ""], { inFolder, inFoldersLike }) => {
      if (first === "~") return [inFoldersLike(second), RANK.directoryMatch];
      return [inFolder(first), RANK.directory + Math.min(first.split("/").filter((part) => part !== "").length, 90)];
    },
  ],
  ["directorymatch", ([pattern = ""], { inFoldersLike }) => [inFoldersLike(pattern), RANK.directoryMatch]],
  ["files", ([first = "", second = ""], { files }) => [first === "~" ? filesLike(second, files) : filesNamed(first, files), RANK.files]],
  ["filesmatch", ([pattern = ""], { files }) => [filesLike(pattern, files), RANK.files]],
  ["proxy", ([url = ""], { proxied }) => [proxied(url), RANK.directory]],
]);

function matched(pattern: string): Condition | undefined {
  if (/^\^?(?:\.\*|\/)?\$?$/.test(pattern) && pattern !== "^/$" && pattern !== "/$" && pattern !== "^$") return ALWAYS;
  return onPaths(patternOf(pattern));
}

function location(path: string): Condition | undefined {
  return /[*?[\]]/.test(path) ? undefined : onPaths(withAllBelow(path));
}

/** `<Files>` matches names, not paths: a policy is for HTML files. */
function filesNamed(glob: string, files: Condition): Condition | undefined {
  if (glob === "*") return files;
  return /^(?:\*|index|default)\.(?:x?html?|php\d?)$/i.test(glob) ? all(files, { kind: "html" }) : undefined;
}

function filesLike(pattern: string, files: Condition): Condition | undefined {
  if (/^\^?\.[*+]\$?$|^$/.test(pattern)) return files;
  const [, inner = ""] = /^(?:\(\?i\))?\^?(?:\.\*|\.\+|index)?\\\.([\w|()?:]+)\$?$/i.exec(pattern) ?? [];
  const words = inner.split(/[|()?:]/).filter((word) => word !== "" && word !== "i");
  return words.length > 0 && words.every((word) => /^(?:[xsdjp]?html?|php\d?)$/i.test(word)) ? all(files, { kind: "html" }) : undefined;
}

/** The environment variables that some directives set, each with its condition. */
export function variablesIn(directives: readonly Directive[], mappings: Mappings, note: GroupedNote): Variables {
  const found = new Map<string, Variable & { readonly settings: Variable["settings"][number][] }>();
  const walk = (some: readonly Directive[], outer: Condition): void => {
    for (const one of some) {
      const { name, args, block } = one;
      if (name === "virtualhost") continue;
      if (block !== undefined) {
        const around = { mappings, variables: found, secure: false, note };
        walk(block, all(outer, IFS.has(name) ? { kind: "unknown", text: `<${name}>` } : sectionOf(one, around)[0]));
      } else {
        for (const [key, value, when, path] of variableSettings(name, args, found)) {
          const known = found.get(key) ?? { settings: [] };
          known.settings.push({ value, when: all(outer, when) });
          found.set(key, path === undefined ? known : { ...known, path });
        }
      }
    }
  };
  walk(directives, ALWAYS);
  return found;
}

type Setting = readonly [name: string, value: string | undefined, when: Condition, path?: "first" | "last"];

function variableSettings(name: string, args: readonly string[], variables: Variables): readonly Setting[] {
  const [first = "", second = "", ...rest] = args;
  if (name === "setenv") return [[first, second, ALWAYS]];
  if (name === "unsetenv") return args.map((one) => [one, undefined, ALWAYS] as const);
  if (name === "passenv") return args.map((one) => [one, "", { kind: "unknown", text: `env=${one}` }] as const);
  if (/^browsermatch(?:nocase)?$/.test(name))
    return [second, ...rest].map((one) => assigned(one, { kind: "unknown", text: `${name} ${first}` }));
  if (/^setenvif(?:nocase)?$/.test(name)) {
    const isPath = name === "setenvif" && /^request_uri$/i.test(first);
    if (isPath && /^\^?\(\.\*\)\$?$/.test(second)) return rest.map((one) => pathAs(one, "last"));
    const when = isPath ? matched(second) : undefined;
    return rest.map((one) => assigned(one, when ?? { kind: "unknown", text: `${name} ${first} ${second}` }));
  }
  if (name === "setenvifexpr") {
    const assignments = [second, ...rest];
    // Apache keeps the path before an internal redirect under these names.
    const [, before] = /^\s*reqenv\('(SCRIPT_URL|REDIRECT_\w+)'\)\s*=~\s*m#\(\.\+\)#\s*$/.exec(first) ?? [];
    const isRedirected = /^\s*reqenv\('REDIRECT_STATUS'\)\s*=~\s*m#\.#\s*$/.test(first);
    // Removed and set again after an internal redirect.
    if (isRedirected && assignments.every((one) => variables.get(one.replace(/^!/, ""))?.path !== undefined)) return [];
    if (before !== undefined && assignments.every((one) => variables.get(one.split("=")[0] ?? "")?.path !== undefined)) {
      return assignments.map((one) => pathAs(one, before === `REDIRECT_${one.split("=")[0]}` ? "first" : undefined));
    }
    return assignments.map((one) => assigned(one, expressionOf(first, variables) ?? { kind: "unknown", text: first }));
  }
  const [, env] = name === "rewriterule" ? (/[[,]E(?:NV)?=!?([^:,\]]+)/i.exec(args.join(" ")) ?? []) : [];
  return env === undefined ? [] : [[env, "", { kind: "unknown", text: `RewriteRule ${first} sets ${env}` }]];
}

function assigned(written: string, when: Condition): Setting {
  if (written.startsWith("!")) return [written.slice(1), undefined, when];
  const [name = "", ...value] = written.split("=");
  return [name, value.length === 0 ? "1" : value.join("="), value.join("=").includes("$") ? { kind: "unknown", text: written } : when];
}

/** `name=$1`, where that is the whole path. */
function pathAs(written: string, path: "first" | "last" | undefined): Setting {
  const [name = "", value] = written.split("=");
  if (value !== "$1") return assigned(written, ALWAYS);
  return path === undefined ? [name, "", ALWAYS] : [name, "", ALWAYS, path];
}
