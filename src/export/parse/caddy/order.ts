import { didYouMean } from "../../../values/text.js";
import type { Note } from "../limits.js";
import type { Matched } from "./matchers.js";
import type { Statement } from "./statements.js";

/** The order in which Caddy runs directives, independent of their position. The directives of Caddy 2.6 and 2.11 have the same order. */
const ORDER: readonly string[] = [
  "tracing",
  "map",
  "vars",
  "fs",
  "root",
  "log_append",
  "skip_log",
  "log_skip",
  "log_name",
  "header",
  "copy_response_headers",
  "request_body",
  "redir",
  "method",
  "rewrite",
  "uri",
  "try_files",
  "basicauth",
  "basic_auth",
  "forward_auth",
  "request_header",
  "encode",
  "push",
  "intercept",
  "templates",
  "invoke",
  "handle",
  "handle_path",
  "route",
  "abort",
  "error",
  "copy_response",
  "respond",
  "metrics",
  "reverse_proxy",
  "php_fastcgi",
  "php_server",
  "file_server",
  "acme_server",
];

/** The order with the changes of the global option `order`. */
export function orderOf(globals: readonly Statement[], note: Note): readonly string[] {
  let order = ORDER;
  for (const { words, line } of globals) {
    const [option, name, where = "", other = ""] = words;
    if (option !== "order" || name === undefined) continue;
    const rest = order.filter((one) => one !== name);
    const at = { first: 0, last: rest.length, before: rest.indexOf(other), after: rest.indexOf(other) + 1 }[where];
    const known = where === "first" || where === "last" || rest.includes(other);
    if (at === undefined || !known)
      note(line, `orders ${name} in a way that Caddy does not support: not read. ${didYouMean(other, ORDER)}`.trim());
    else order = [...rest.slice(0, at), name, ...rest.slice(at)];
    note.spend("work", order.length);
  }
  return order;
}

/** A directive with its matcher. */
export interface Route extends Matched {
  readonly statement: Statement;
  /** The name by which it is sorted, and grouped with others of which only one block runs. */
  readonly directive: string;
}

/** Caddy sorts both as one directive, and runs only the first that matches. */
export const directiveOf = (word: string) => (word === "handle_path" ? "handle" : word);

/** Sorts as Caddy does: by directive, and those of one directive the longest path first; `vars` is sorted in reverse. */
export function sorted(routes: readonly Route[], order: readonly string[]): readonly Route[] {
  const places = new Map(order.map((name, index) => [name, index]));
  // The position of other directives is unknown: they are noted first.
  const placeOf = ({ directive }: Route) => places.get(directive) ?? -1;
  return [...routes].sort((one, other) => placeOf(one) - placeOf(other) || byMatcher(one, other));
}

function byMatcher(one: Route, other: Route): number {
  const turned = one.directive === "vars" ? -1 : 1;
  const [path, otherPath] = [one.matcher.single, other.matcher.single];
  if (path !== undefined && otherPath !== undefined) {
    // `/a` before `/a*`, in both directions.
    if (path.replace(/\*$/, "") === otherPath.replace(/\*$/, "")) return path.length - otherPath.length;
    return turned * (otherPath.length - path.length);
  }
  return turned * (Number(one.matcher.key === "") - Number(other.matcher.key === ""));
}
