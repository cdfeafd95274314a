import { show } from "../../values/text.js";
import type { RoutePath } from "../target.js";
import { type Data, itemsOf, memberOf, stringOf } from "./data.js";
import type { Note } from "./limits.js";
import { exactly, LOOSE, ofPattern, type Paths, SITE, together, withAllBelow } from "./paths.js";
import type { Rule } from "./site.js";

/** How a format reads its rules. */
interface Dialect {
  /** Replaces placeholders of the source in a value with dynamic parts. */
  readonly filled: (value: string, source: string) => string;
  /** Whether a trailing slash is ignored. */
  readonly ignoresSlash?: true;
}

/** Reads a list of `{ source, headers: [{ key, value }] }`. */
export function rulesOf(list: Data | undefined, dialect: Dialect, note: Note): readonly Rule[] {
  return itemsOf(list).flatMap((rule) => ruleOf(rule, list?.line ?? rule.line, dialect, note));
}

function ruleOf(rule: Data, top: number, dialect: Dialect, note: Note): readonly Rule[] {
  // This has been noted.
  if (rule.value === undefined) return [];
  const source = stringOf(memberOf(rule, "source"));
  const condition = ["has", "missing"].find((key) => itemsOf(memberOf(rule, key)).length > 0);
  const read = source === undefined ? undefined : pathsOf(dialect.ignoresSlash ? source.replaceAll("/?$", "$") : source);
  const headers = itemsOf(memberOf(rule, "headers"));
  const names = headers.map((header) => stringOf(memberOf(header, "key")) ?? "?").join(", ");
  // In a file of one line, the line number is not enough.
  const which = rule.line === top && source !== undefined ? `${show(source)} ` : "";
  if (condition !== undefined) note(rule.line, `${which}applies under a condition (${condition}): not read; its headers: ${names}`);
  else if (read === undefined && isKnown(memberOf(rule, "source"))) {
    const line = (memberOf(rule, "source") ?? rule).line;
    note(line, `${which}is a pattern that no Portcullis path can express: not read; its headers: ${names}`);
  }
  if (condition !== undefined || read === undefined) return [];
  const changes = headers.flatMap((header) => {
    const [name, value] = [stringOf(memberOf(header, "key")), stringOf(memberOf(header, "value"))];
    if (name !== undefined && value !== undefined)
      return [{ kind: "set" as const, name, value: dialect.filled(value, source ?? ""), line: header.line }];
    if (isKnown(header) && isKnown(memberOf(header, "key")) && isKnown(memberOf(header, "value")))
      note(header.line, 'is not a header: write { "key": "…", "value": "…" }. Not read');
    return [];
  });
  if (read.loose) note((memberOf(rule, "source") ?? rule).line, `${which}${LOOSE}`);
  return [{ paths: read.paths, except: read.except ?? [], changes }];
}

/** Reads sources such as `/(.*)` and `/api/:path*`. path-to-regexp allows more. */
function pathsOf(source: string): (Paths & { readonly except?: readonly RoutePath[] }) | undefined {
  if (/^\/(?::\w+\*|:\w+\(\.\*\)|\(\.\*\)\??|\(\.\+\))$/.test(source)) return { paths: [SITE] };
  const [, tree] = /^(\/.*)\/:\w+\*$/.exec(source) ?? [];
  if (tree !== undefined) return withAllBelow(tree);
  const [, around, others] = /^(\/|\/[^(]*\/)\(\(\?!(.*)\)\.\*\)$/.exec(source) ?? [];
  if (around !== undefined && others !== undefined) return allBut(unescaped(around), others);
  const [, folder] = /^(\/.*\/)(?::\w+)?\((?:\.\*|\.\+)\)$/.exec(source) ?? [];
  if (folder !== undefined) return withAllBelow(unescaped(folder));
  // A colon without a word after it, and an escaped character, are literal.
  return /(?<!\\)[:(){}*+?]/.test(source) ? undefined : exactly(unescaped(source));
}

/** All paths below a folder, except those that begin with one of these alternatives. */
function allBut(folder: string, others: string): (Paths & { readonly except: readonly RoutePath[] }) | undefined {
  const around = withAllBelow(folder);
  const read = others.split("|").map((other) => ofPattern(`^/${other}`));
  if (around === undefined || !read.every((one) => one !== undefined)) return undefined;
  const { paths, ...loose } = together(read);
  return { ...around, ...loose, except: paths.map(({ path, below }) => ({ path: `${folder}${path.slice(1)}`, below })) };
}

const unescaped = (text: string) => text.replace(/\\(.)/g, "$1");

const isKnown = (json: Data | undefined) => json === undefined || json.value !== undefined;
