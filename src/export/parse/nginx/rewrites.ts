import { STEPS_OF_A_COPY } from "../limits.js";
import { ifCondition, ifMatch } from "./conditions.js";
import type { Directive } from "./grammar.js";
import { pathMatch, pathRegexOf } from "./patterns.js";
import type { Match } from "./regex-match.js";
import { countWay, type Ending, type Position, pathWithValues, type RequestState, type Search, valuesOf } from "./requests.js";
import { failed } from "./responses.js";
import { variableName } from "./tables.js";
import { expanded } from "./variables.js";

/** Continues after some rewrites. `moved`: whether they have changed the path. */
export type Next = (at: Position, moved: boolean) => readonly Ending[];

/** Directives of the rewrite module, and what comes after them. */
interface Rewrites {
  readonly directives: readonly Directive[];
  /** After the last directive. */
  readonly after: Next;
  /** After a directive that ends the rewriting. */
  readonly stop: Next;
}

/** Maximum number of conditions, rewrites and locations for one request. The reader recurses for each. */
const DEEPEST = 500;

/** One directive of the rewrite module, with its variables. */
const STEPS_OF_A_REWRITE = 100;

/** Runs the directives of the rewrite module in a block. */
export function afterRewrites(block: readonly Directive[], at: Position, search: Search, after: Next): readonly Ending[] {
  return run({ directives: rewritesIn(block), after, stop: after }, 0, at, false, search);
}

function run(rewrites: Rewrites, first: number, at: Position, moved: boolean, search: Search): readonly Ending[] {
  search.depth += 1;
  if (search.depth > DEEPEST) {
    const message = `more than ${DEEPEST} conditions and rewrites apply to one request`;
    search.note.refuse(at.place.line, message, "Pass the part that sets headers.");
  }
  const endings = follow(rewrites, first, at, moved, search);
  search.depth -= 1;
  return endings;
}

/** The directives in order, from the one with the index `first`. The ends of requests that may take another way are last. */
function follow(rewrites: Rewrites, first: number, begin: Position, moved: boolean, search: Search): readonly Ending[] {
  const { directives, after, stop } = rewrites;
  const others: Ending[] = [];
  let at = begin;
  for (let index = first; index < directives.length; index++) {
    const directive = directives[index] as Directive;
    const { name, args, block = [] } = directive;
    search.note.spend("work", STEPS_OF_A_REWRITE);
    if (name === "break") return [...stop(at, moved), ...others];
    if (name === "return") return [...returned(at, args[0] ?? "", search), ...others];
    if (name === "set") {
      at = { ...at, state: withVariable(args, at.state, search) };
      continue;
    }
    const { match, known } = matchOf(directive, at.state, search);
    at = { ...at, state: { ...at.state, known } };
    if (match === "no") continue;
    const goOn: Next = (next, isMoved) => run(rewrites, index + 1, next, isMoved, search);
    const taken = (from: Position) =>
      name === "if"
        ? run({ directives: rewritesIn(block), after: goOn, stop }, 0, insideIf(directive, from), moved, search)
        : rewritten(args, from, { after: goOn, stop }, search);
    if (match === "yes") return [...taken(at), ...others];
    const why = name === "if" ? "condition" : (at.state.why ?? "rewrite");
    if (countWay(search)) others.push(...taken({ ...at, state: { ...at.state, why } }));
  }
  return [...after(at, moved), ...others];
}

/** The headers of an `if` of a server are those of the server. */
function insideIf(directive: Directive, at: Position): Position {
  const { place, level } = at;
  return place.sign === "server" ? at : { ...at, level: place.conditions.get(directive) ?? level };
}

function withVariable([variable = "", value = ""]: readonly string[], state: RequestState, search: Search): RequestState {
  const values = valuesOf(state, search);
  const set = new Map(state.set).set(variableName(variable), expanded(value, values));
  search.note.spend("work", STEPS_OF_A_COPY * set.size);
  return { ...state, set, known: values.scene.known };
}

/** Whether an `if` or a `rewrite` applies, and the values that are known after it. */
function matchOf({ name, args }: Directive, state: RequestState, search: Search): Pick<RequestState, "known"> & { readonly match: Match } {
  const values = valuesOf(state, search);
  const match =
    name === "if" ? ifMatch(ifCondition(args), values) : pathMatch(pathRegexOf(args[0] ?? "", false), state.uri, state, search.note);
  return { match, known: values.scene.known };
}

/** A `rewrite` that matches. */
function rewritten(
  args: readonly string[],
  at: Position,
  { after, stop }: Omit<Rewrites, "directives">,
  search: Search,
): readonly Ending[] {
  const [, replacement = "", flag] = args;
  if (/^(?:https?:\/\/|\$scheme)/.test(replacement) || flag === "redirect" || flag === "permanent") return [{ ...at, kind: "redirect" }];
  const to = { ...at, state: { ...at.state, uri: pathWithValues(replacement, at.state, search), isOwn: false } };
  if (flag === "break") return stop(to, false);
  return flag === "last" ? stop(to, true) : after(to, true);
}

function returned(at: Position, code: string, search: Search): readonly Ending[] {
  if (code === "444") return [{ ...at, kind: "closed" }];
  if (/^30\d$/.test(code) || !/^\d+$/.test(code)) return [{ ...at, kind: "redirect" }];
  if (/^[45]/.test(code)) return failed(at, code, search);
  return [{ ...at, kind: at.state.error === "sent" ? "error" : "page" }];
}

const REWRITES: ReadonlySet<string> = new Set(["set", "if", "rewrite", "return", "break"]);

const rewritesOfBlocks = new WeakMap<readonly Directive[], readonly Directive[]>();

/** The directives of the rewrite module in a block. */
function rewritesIn(block: readonly Directive[]): readonly Directive[] {
  const found = rewritesOfBlocks.get(block) ?? block.filter(({ name }) => REWRITES.has(name));
  rewritesOfBlocks.set(block, found);
  return found;
}
