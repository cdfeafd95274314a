import type { RoutePath } from "../../target.js";
import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import type { Change } from "../site.js";
import { type Handler, meantBy } from "./headers.js";
import type { Discover, Here } from "./matchers.js";
import type { Statement } from "./statements.js";
import { type Variables, withPlaceholders } from "./values.js";

/** What is the same for all requests to a site. */
export interface CaddySite {
  readonly statements: readonly Statement[];
  readonly routes: ReadonlyMap<string, readonly Statement[]>;
  readonly order: readonly string[];
  /** Names that it is asked by; none where any will do. */
  readonly hosts: readonly string[];
  /** Names that are looked at as sites of their own. */
  readonly apart: readonly string[];
  /** Names of placeholders that `map` sets. */
  readonly mapped: ReadonlySet<string>;
  readonly note: Note;
}

/** What a request may end with. */
export interface Outcome {
  /** An answer; an error of Caddy's own; or nothing, where no directive answers. */
  readonly kind: "answer" | "error" | "nothing";
  readonly line: number;
  readonly changes: readonly Change[];
  /** Whether it is what all requests end with that came so far. */
  readonly sure: boolean;
}

/** Requests for one path, or for all below it, on their way through a site. */
export interface Run {
  readonly site: CaddySite;
  readonly begin: RoutePath;
  readonly discover: Discover;
  readonly outcomes: Outcome[];
  /** Whether an error is answered: errors in it have no other way out. */
  readonly inError: boolean;
  here: readonly Here[] | undefined;
  variables: Variables;
  /** Changes that are made already. */
  now: readonly Change[];
  /** Those that wait for the answer, the outermost first. */
  later: readonly Handler[];
  /** The condition that the lines stand under, if it cannot be told whether it holds. */
  only: string | undefined;
  /** Why the lines may be left out. */
  unless: string | undefined;
}

/** A change with the value that it has by now. */
export function withValue(change: Change, { variables, site }: Run): Change {
  return { ...change, value: withPlaceholders({ text: change.value, line: change.line }, variables, site.mapped, site.note) };
}

/** Notes down an answer that some requests get, and goes on. */
export function perhapsAnswer(run: Run, line: number): false {
  const { only } = run;
  run.only = only ?? "may answer";
  finish(run, "answer", line);
  run.only = only;
  return false;
}

/** Notes down what the requests end with that come here. */
export function finish(run: Run, kind: Outcome["kind"], line: number): true {
  const sure = run.only === undefined;
  // Nothing writes an answer then, and what waits for it is not done.
  run.outcomes.push({ kind: run.inError ? "error" : kind, line, changes: changesOf(run, kind !== "nothing"), sure });
  return true;
}

/** All changes in their order: what waits runs from the innermost handler to the outermost. */
function changesOf(run: Run, answered: boolean): readonly Change[] {
  const changes = [...run.now];
  run.site.note.spend("work", STEPS_OF_A_COPY * (changes.length + run.later.length));
  if (!answered) return changes;
  for (const handler of [...run.later].reverse()) {
    if (handler.unless.length > 1 && handler.unless.some((name) => isThere(name, changes))) continue;
    for (const change of handler.changes) {
      if (change.kind !== "remove") changes.push(withValue(change, run));
      else for (const name of meantBy(change.name, changes)) changes.push({ ...change, name });
    }
  }
  return changes;
}

function isThere(name: string, changes: readonly Change[]): boolean {
  const last = changes.findLast((one) => one.name.toLowerCase() === name);
  return last !== undefined && last.kind !== "remove";
}
