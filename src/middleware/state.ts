import { type Path, type PolicyError, policyError } from "../errors.js";
import type { DynamicPart } from "../headers/header.js";
import { type CompiledPolicy, type Difference, fill, type Template, type Transport, type Variant } from "../policy/compile.js";
import { createNonce } from "../values/nonces.js";
import type { PerRequest } from "../values/slots.js";
import { show } from "../values/text.js";
import { isLoopback, type Scheme, schemeOf } from "./transport.js";
import type { RequestLike, ResponseLike } from "./types.js";

/** What is in force on one response. */
export interface State {
  compiled: CompiledPolicy;
  /** Looked up when a policy first depends on it. */
  scheme: Scheme | undefined;
  onLoopback: boolean | undefined;
  /** One for the response, however many policies it passes through. */
  nonce: string | undefined;
  /** What the perRequest functions gave: each runs once a response. */
  given: Map<PerRequest, Given> | undefined;
}

type Given = { readonly values: readonly unknown[]; readonly error?: PolicyError };

// Versioned and global: an override from the CommonJS copy finds the policy that the ESM copy put in force.
const STATE: unique symbol = Symbol.for("portcullis.state@1") as never;

type Stateful = { [STATE]?: State; locals?: Record<string, unknown> };

export function stateOf(res: object): State | undefined {
  return (res as Stateful)[STATE];
}

/** Puts a policy in force; a policy before it is replaced whole, and only its nonce stays. */
export function enforce(req: RequestLike, res: ResponseLike, compiled: CompiledPolicy): PolicyError | undefined {
  const before = stateOf(res);
  if (before !== undefined) return replace(req, res, before, compiled);
  const state: State = { compiled, scheme: undefined, onLoopback: undefined, nonce: undefined, given: undefined };
  // A perRequest function may ask what is in force; a fixed policy runs nothing, and a response that is
  // still of the shape that all others have takes its headers faster.
  if (!compiled.fixed) {
    (res as Stateful)[STATE] = state;
    provideNonce(res as Stateful, state);
  }
  removeAll(res, compiled.strip);
  const failed = write(req, res, state, variantOf(state, compiled, req));
  if (compiled.fixed) (res as Stateful)[STATE] = state;
  return failed;
}

function replace(req: RequestLike, res: ResponseLike, state: State, compiled: CompiledPolicy): PolicyError | undefined {
  removeAll(res, variantOf(state, state.compiled, req).names);
  return change(req, res, state, compiled, { remove: [], set: variantOf(state, compiled, req) }, compiled.strip);
}

/** Puts a changed policy in force, writing only the lines that differ. */
export function change(
  req: RequestLike,
  res: ResponseLike,
  state: State,
  compiled: CompiledPolicy,
  { remove, set }: Difference,
  strip: readonly string[],
): PolicyError | undefined {
  state.compiled = compiled;
  provideNonce(res as Stateful, state);
  removeAll(res, remove);
  removeAll(res, strip);
  return write(req, res, state, set);
}

function removeAll(res: ResponseLike, names: readonly string[]): void {
  for (let index = 0; index < names.length; index += 1) res.removeHeader(names[index] as string);
}

function provideNonce(res: Stateful, state: State): void {
  if (state.compiled.nonce) {
    state.nonce ??= createNonce();
    // Express's own place for what templates read.
    if (typeof res.locals === "object" && res.locals !== null) res.locals["cspNonce"] = state.nonce;
  } else if (state.nonce !== undefined && res.locals?.["cspNonce"] === state.nonce) {
    // A page stamped with a nonce that nothing allows would be blank.
    delete res.locals["cspNonce"];
  }
}

function write(req: RequestLike, res: ResponseLike, state: State, { names, values }: Variant): PolicyError | undefined {
  let failed: PolicyError | undefined;
  for (let index = 0; index < names.length; index += 1) {
    const value = values[index] as string | Template;
    if (typeof value === "string") {
      res.setHeader(names[index] as string, value);
      continue;
    }
    const text = fill(value, state.nonce, (part) => {
      const given = textOf(part, req, res, state);
      failed ??= given.error;
      return given.text;
    });
    res.setHeader(names[index] as string, text);
  }
  return failed;
}

/** What stands in a part; what failed is left out, and told. */
function textOf(part: DynamicPart, req: RequestLike, res: ResponseLike, state: State): { text: string; error?: PolicyError | undefined } {
  const given = part.slots.map((slot) => give(slot as PerRequest, part.path, req, res, state));
  const lists = given.map(({ values }) => values);
  const error = given.find((one) => one.error !== undefined)?.error;
  if (error !== undefined)
    for (const slot of part.slots) if (state.given?.get(slot as PerRequest)?.error !== undefined) silence(slot as PerRequest, state);
  try {
    return { text: part.join(lists), error };
  } catch (cause) {
    const good = lists.map((list, index) => (joins(part, lists, index) ? list : []));
    for (const [index, slot] of part.slots.entries()) if (good[index]?.length === 0) silence(slot as PerRequest, state);
    return { text: part.join(good), error: cause as PolicyError };
  }
}

/** A slot that failed gives nothing more, and its error is told once: an error page's own override has to get through. */
function silence(slot: PerRequest, state: State): void {
  state.given?.set(slot, { values: [] });
}

function joins(part: DynamicPart, lists: readonly (readonly unknown[])[], only: number): boolean {
  try {
    part.join(lists.map((list, index) => (index === only ? list : [])));
    return true;
  } catch {
    return false;
  }
}

/** What a perRequest function gives; it runs once a response. */
function give(slot: PerRequest, path: Path, req: RequestLike, res: ResponseLike, state: State): Given {
  state.given ??= new Map();
  let given = state.given.get(slot);
  if (given === undefined) {
    given = call(slot, path, req, res);
    state.given.set(slot, given);
  }
  return given;
}

function call(slot: PerRequest, path: Path, req: RequestLike, res: ResponseLike): Given {
  const failed = (message: string, cause?: unknown): Given => {
    const hint = "Return a source, a list of sources, or [] for none, synchronously.";
    return { values: [], error: policyError("slot-failed", path, message, hint, cause) };
  };
  try {
    const value: unknown = slot.fn(req as never, res as never);
    if (typeof value === "string") return { values: [value] };
    if (Array.isArray(value)) return { values: [...value] };
    if (!isThenable(value)) return failed(`perRequest gave ${show(value)}`);
    // Nobody waits for it, so that its rejection has to end here.
    Promise.resolve(value).catch(() => undefined);
    return failed("perRequest gave a promise");
  } catch (cause) {
    return failed(`perRequest threw ${cause instanceof Error ? show(cause.message) : show(cause)}`, cause);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** How the request came, as far as one of these policies depends on it; looked up once a response. */
export function transportFor(state: State, req: RequestLike, looks: CompiledPolicy["looks"]): Transport {
  if (looks === "no") return "secure";
  state.scheme ??= schemeOf(req);
  if (state.scheme !== "unknown") return state.scheme;
  if (looks === "at the scheme") return "secure";
  state.onLoopback ??= isLoopback(req);
  return state.onLoopback ? "loopback" : "secure";
}

function variantOf(state: State, compiled: CompiledPolicy, req: RequestLike): Variant {
  return compiled[transportFor(state, req, compiled.looks)];
}
