import { contains } from "../../../middleware/routes.js";
import type { RoutePath } from "../../target.js";
import { beginningWith, exactly, ofPattern, type Paths, SITE, together } from "../paths.js";
import type { Statement } from "./words.js";

/**
 * The same function, which computes the result of each argument once. A condition is asked for every path of a site, and may have thousands
 * of patterns.
 */
function memoized<Argument extends object, Result>(compute: (argument: Argument) => Result): (argument: Argument) => Result {
  const known = new WeakMap<Argument, { readonly result: Result }>();
  return (argument) => {
    const entry = known.get(argument) ?? { result: compute(argument) };
    known.set(argument, entry);
    return entry.result;
  };
}

/** Whether a condition is met. Undefined if that depends on the request. */
export type Truth = boolean | undefined;

/** The value of a variable: the path, the whole URL, a text, or unknown. */
export type Held = { readonly kind: "path" | "url" | "unknown" } | { readonly kind: "text"; readonly text: string };

/** The known values of a request. */
export interface State {
  readonly path: RoutePath;
  /** Whether the path is that of the request, was changed, or is not available any more. */
  readonly pathIs: "sent" | "changed" | "gone";
  readonly secure: boolean;
  readonly variables: ReadonlyMap<string, Held>;
  readonly acls: ReadonlyMap<string, readonly (readonly string[])[]>;
}

/** All ACLs of some lines by name. Several with one name are alternatives. */
export const aclsOf = memoized((statements: readonly Statement[]): State["acls"] => {
  const acls = new Map<string, (readonly string[])[]>();
  for (const { words } of statements) {
    const [keyword, name = "", ...test] = words;
    if (keyword !== "acl") continue;
    const known = acls.get(name);
    if (known === undefined) acls.set(name, [test]);
    else known.push(test);
  }
  return acls;
});

interface SplitLine {
  readonly head: readonly string[];
  /** `unless` instead of `if`. */
  readonly negated: boolean;
  readonly condition: readonly string[];
}

/** The condition at the end of a line, and the words before it. */
export const splitAtCondition = memoized((words: readonly string[]): SplitLine => {
  const at = words.findIndex((word) => word === "if" || word === "unless");
  if (at < 0) return { head: words, negated: false, condition: [] };
  return { head: words.slice(0, at), negated: words[at] === "unless", condition: words.slice(at + 1) };
});

/** A named ACL or a test in braces, with or without `!`. */
interface Term {
  readonly negated: boolean;
  readonly name?: string;
  readonly test?: readonly string[];
}

/** The alternatives of a condition; all terms of an alternative must hold. */
const termsOf = memoized((condition: readonly string[]): readonly (readonly Term[])[] => {
  const alternatives: Term[][] = [[]];
  let negated = false;
  for (let at = 0; at < condition.length; at++) {
    const word = (condition[at] ?? "").replace(/^!+/, (marks) => {
      if (marks.length % 2 === 1) negated = !negated;
      return "";
    });
    if (word === "") continue;
    if (word === "or" || word === "||") alternatives.push([]);
    else if (word === "{") {
      const end = condition.indexOf("}", at);
      alternatives.at(-1)?.push({ negated, test: condition.slice(at + 1, end < 0 ? undefined : end) });
      at = end < 0 ? condition.length : end;
    } else alternatives.at(-1)?.push({ negated, name: word });
    if (word !== "or" && word !== "||") negated = false;
  }
  return alternatives;
});

/** Whether a condition is met. An empty one is. */
export function truthOf({ negated, condition }: { readonly negated: boolean; readonly condition: readonly string[] }, state: State): Truth {
  if (condition.length === 0) return true;
  return not(anyOf(termsOf(condition).map((terms) => allOf(terms.map((term) => termHolds(term, state))))), negated);
}

const not = (truth: Truth, negated = true): Truth => (truth === undefined ? undefined : truth !== negated);
const anyOf = (truths: readonly Truth[]): Truth => (truths.includes(true) ? true : truths.includes(undefined) ? undefined : false);
const allOf = (truths: readonly Truth[]): Truth => not(anyOf(truths.map((one) => not(one))));

const PREDEFINED: Readonly<Record<string, boolean>> = { TRUE: true, FALSE: false };

function termHolds({ negated, name, test }: Term, state: State): Truth {
  if (test !== undefined) return not(testHolds(test, state), negated);
  const known = state.acls.get(name ?? "");
  if (known !== undefined) return not(anyOf(known.map((one) => testHolds(one, state))), negated);
  return Object.hasOwn(PREDEFINED, name ?? "") ? not(PREDEFINED[name ?? ""], negated) : undefined;
}

/** Whether a condition needs the path or request variables, which a response does not have. */
export function asksWhatIsGone(condition: readonly string[], { acls }: State): boolean {
  const tests = termsOf(condition).flatMap((terms) =>
    terms.flatMap(({ name, test }) => (test === undefined ? (acls.get(name ?? "") ?? []) : [test])),
  );
  return tests.some(([fetch = ""]) => /^(?:path(?:[_,]|$)|var\(req\.)/.test(fetch));
}

/** The parts of a test: `path_beg -i /a /b`, `var(txn.a) -m int 1`. */
interface Test {
  readonly fetch: string;
  readonly method: string;
  readonly anyCase: boolean;
  readonly patterns: readonly string[];
}

const testOf = memoized(([first = "", ...rest]: readonly string[]): Test | undefined => {
  const suffix = /^path_(beg|dir|end|sub|reg|dom|len)$/.exec(first)?.[1];
  let method = suffix ?? "";
  let anyCase = false;
  let at = 0;
  for (; rest[at]?.startsWith("-"); at++) {
    const flag = rest[at];
    if (flag === "-i") anyCase = true;
    else if (flag === "-m") method = rest[++at] ?? "";
    else if (flag === "--") return { fetch: first, method, anyCase, patterns: rest.slice(at + 1) };
    // Patterns from a file, and other flags.
    else return undefined;
  }
  return { fetch: suffix === undefined ? first : "path", method, anyCase, patterns: rest.slice(at) };
});

/** Converters that do not change the meaning of a path. */
const KEEPING: readonly string[] = ["url_dec", "lower"];

/** The tested fetch, without converters that do not change its meaning. */
export function plainFetch(expression: string): string {
  const [fetch = "", ...converters] = expression.split(",");
  return converters.every((one) => KEEPING.includes(one)) ? fetch : expression;
}

function testHolds(words: readonly string[], state: State): Truth {
  const test = testOf(words);
  if (test === undefined) return undefined;
  const fetch = plainFetch(test.fetch);
  if (fetch === "ssl_fc") return state.secure;
  if (fetch === "always_true" || fetch === "always_false") return fetch === "always_true";
  if (fetch === "path") return state.pathIs === "gone" ? false : state.pathIs === "changed" ? undefined : pathHolds(test, state.path);
  const variable = /^var\(([\w.]+)\)$/.exec(fetch)?.[1];
  return variable === undefined ? undefined : variableHolds(test, state.variables.get(variable), state.path);
}

function variableHolds(test: Test, held: Held | undefined, path: RoutePath): Truth {
  // An undefined variable matches nothing.
  if (held === undefined) return false;
  if (held.kind === "unknown") return undefined;
  if (test.method === "found") return true;
  if (held.kind === "path") return pathHolds(test, path);
  if (held.kind !== "text") return undefined;
  if (test.method === "bool") return /^(?:true|[1-9]\d*)$/.test(held.text);
  if (test.method === "int" && !test.patterns.every((one) => /^-?\d+$/.test(one))) return undefined;
  if (test.method !== "str" && test.method !== "int" && test.method !== "") return undefined;
  return test.patterns.includes(held.text);
}

function pathHolds(test: Test, path: RoutePath): Truth {
  if (test.method === "found") return true;
  return pathsOfTest(test)?.paths.some((one) => contains(one, path));
}

const READS: Readonly<Record<string, (pattern: string) => Paths | undefined>> = {
  "": exactly,
  str: exactly,
  beg: (pattern) => (pattern === "/" ? { paths: [SITE] } : beginningWith(pattern)),
  reg: ofPattern,
};

const pathsOfTest = memoized(({ method, patterns }: Test): Paths | undefined => {
  const read = Object.hasOwn(READS, method) ? patterns.map((one) => READS[method]?.(one)) : [undefined];
  return read.every((one) => one !== undefined) ? together(read) : undefined;
});

/** The paths that a line tests for, if it does. */
export function pathsIn({ words }: Statement): readonly (Paths & { readonly anyCase: boolean; readonly variable: boolean })[] {
  const tests =
    words[0] === "acl"
      ? [words.slice(2)]
      : termsOf(splitAtCondition(words).condition).flatMap((terms) => terms.flatMap(({ test }) => (test === undefined ? [] : [test])));
  return tests.flatMap((one) => {
    const test = testOf(one);
    if (test === undefined || !/^(?:path|var\()/.test(test.fetch)) return [];
    const paths = pathsOfTest(test);
    const anyCase = test.anyCase || /,lower\b/.test(test.fetch);
    return paths === undefined ? [] : [{ ...paths, anyCase, variable: !test.fetch.startsWith("path") }];
  });
}
