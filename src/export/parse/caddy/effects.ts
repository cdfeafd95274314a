import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { LOOSE } from "../paths.js";
import { changeOf, fieldsIn, handlersOf } from "./headers.js";
import type { Route } from "./order.js";
import { type Run, withValue } from "./requests.js";
import { movedBy } from "./rewrites.js";
import { flat, type Statement } from "./statements.js";
import { variable } from "./values.js";

/** Runs a `vars`. */
export function setVariables({ statement, rest }: Route, run: Run): boolean {
  const [name, value] = rest;
  const pairs = [
    ...(name !== undefined && value !== undefined ? [[name, value] as const] : []),
    ...(statement.block ?? []).map(({ words }) => [words[0] ?? "", words[1] ?? ""] as const),
  ];
  run.site.note.spend("work", STEPS_OF_A_COPY * (run.variables.size + pairs.length));
  // Replaced now, because placeholders may have other values later.
  const values = pairs.map(
    ([name, value]) => [name, variable({ text: value, line: statement.line }, run.variables, run.site.mapped, run.site.note)] as const,
  );
  run.variables = new Map([...run.variables, ...values]);
  return false;
}

/** Runs a directive that may change the path. */
export function move(run: Run, words: readonly string[]): false {
  const { here } = run;
  run.here = here === undefined ? undefined : movedBy(words, here, run.discover);
  return false;
}

/** Runs a `header`. */
export function setHeaders({ statement, rest }: Route, run: Run): boolean {
  const { note } = run.site;
  const fields = fieldsIn(statement, rest);
  if (run.only !== undefined) {
    const why = run.only === LOOSE ? LOOSE : `${run.only}: not read`;
    for (const one of fields.filter(({ words: [first] }) => first !== "defer")) note(one.line, why);
    return false;
  }
  if (run.unless !== undefined) {
    const names = fields.flatMap(({ words: [first = ""] }) => (first === "defer" ? [] : [first])).join(", ");
    const why = run.unless === LOOSE ? LOOSE : `left out where a block before it ${run.unless}. Read as sent always`;
    note(statement.line, `${names}: ${why}`);
  }
  note.spend("work", STEPS_OF_A_COPY * (run.now.length + run.later.length + fields.length));
  for (const handler of handlersOf(statement, rest, note)) {
    if (handler.deferred) run.later = [...run.later, handler];
    else run.now = [...run.now, ...handler.changes.map((change) => withValue(change, run))];
  }
  return false;
}

/** Applies what the subdirectives of a `reverse_proxy` change in the responses of the application. */
export function changeResponses({ line, block: inner = [] }: Statement, run: Run): void {
  const { note } = run.site;
  const down = inner.filter(({ words }) => words[0] === "header_down").map(({ words, line }) => ({ words: words.slice(1), line }));
  noteOthers({ words: ["reverse_proxy"], line, block: inner.filter(({ words }) => words[0] !== "header_down") }, note);
  if (run.only !== undefined) {
    for (const one of down) note(one.line, `${run.only}: not read`);
    return;
  }
  const responds = inner.some(({ words }) => words[0] === "handle_response");
  if (responds) for (const one of down) note(one.line, "handle_response may send another response without it: read as always sent");
  const changes = down.flatMap((one) => changeOf(one, true, note)).map((change) => withValue(change, run));
  for (const { words, line: own } of down) {
    if (/^[?>]/.test(words[0] ?? "")) note(own, "Caddy does not accept this sign here: read as set");
  }
  const gone = changes.filter(({ kind, name }) => kind === "remove" && !name.includes("*"));
  // Added to the existing headers: the application's response is merged into them.
  const added = changes.filter(({ kind }) => kind !== "remove").map((change) => ({ ...change, kind: "add" as const }));
  const kept = added.filter(({ name }) => !gone.some((one) => one.name.toLowerCase() === name.toLowerCase()));
  run.now = [...gone, ...run.now, ...kept];
}

/** Subdirectives of others that change headers of responses; their matchers do not. */
export function noteOthers({ words, block: inner = [] }: Statement, note: Note): void {
  if (words[0] === "log" || inner.length === 0) return;
  for (const one of flat(inner)) {
    if (/^(?:header|header_down|copy_response_headers)$/.test(one.words[0] ?? "") && one.words.length + (one.block?.length ?? 0) > 1) {
      note(one.line, `is inside ${words[0]}: not read`);
    }
  }
}
