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
  /** Its host names; empty if it responds to any. */
  readonly hosts: readonly string[];
  /** Host names that are read as separate sites. */
  readonly apart: readonly string[];
  /** Names of placeholders that `map` sets. */
  readonly mapped: ReadonlySet<string>;
  readonly note: Note;
}

/** A possible outcome of a request. */
export interface Outcome {
  /** A response; an error of Caddy; or `"nothing"` if no directive responds. */
  readonly kind: "answer" | "error" | "nothing";
  readonly line: number;
  readonly changes: readonly Change[];
  /** Whether all requests that were not answered before have this outcome. */
  readonly sure: boolean;
}

/** The state of requests for one path, or for all below it, while the directives of a site run. */
export interface Run {
  readonly site: CaddySite;
  readonly begin: RoutePath;
  readonly discover: Discover;
  readonly outcomes: Outcome[];
  /** Whether `handle_errors` runs: a further error ends the request. */
  readonly inError: boolean;
  here: readonly Here[] | undefined;
  variables: Variables;
  /** Changes that are applied already. */
  now: readonly Change[];
  /** Changes deferred until the response, the outermost first. */
  later: readonly Handler[];
  /** The condition of the lines, if it is unknown whether it is met. */
  only: string | undefined;
  /** Why the lines may be skipped. */
  unless: string | undefined;
}

/** A change with its current value. */
export function withValue(change: Change, { variables, site }: Run): Change {
  return { ...change, value: withPlaceholders({ text: change.value, line: change.line }, variables, site.mapped, site.note) };
}

/** Records a response to some requests, and continues. */
export function perhapsAnswer(run: Run, line: number): false {
  const { only } = run;
  run.only = only ?? "may answer";
  finish(run, "answer", line);
  run.only = only;
  return false;
}

/** Records the outcome of the requests that arrive here. */
export function finish(run: Run, kind: Outcome["kind"], line: number): true {
  const sure = run.only === undefined;
  // Without a response, deferred changes are not applied.
  run.outcomes.push({ kind: run.inError ? "error" : kind, line, changes: changesOf(run, kind !== "nothing"), sure });
  return true;
}

/** All changes in order: deferred changes are applied from the innermost handler to the outermost. */
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
