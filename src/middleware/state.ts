import type { PolicyError } from "../errors.js";
import type { CompiledPolicy, DependsOn, HeaderValue, Transport, Variant, VariantChange } from "../policy/compile.js";
import { fill } from "../policy/fill.js";
import { silentForm } from "../policy/sample.js";
import { createNonce } from "../values/nonces.js";
import type { PerRequest } from "../values/slots.js";
import { type Committing, callWriteHead, onCommit, quietly, takeHead, type WriteHead } from "./commit.js";
import { type SlotResult, slotText, type Writing } from "./run-slots.js";
import { farther, look, SEEN, type Seen, transportOf } from "./transport.js";
import type { RequestLike, ResponseLike } from "./types.js";

/** What is in force on one response. Responses of a static policy share it: it is replaced, never changed. */
export interface State {
  readonly compiled: CompiledPolicy;
  readonly seen: Seen;
  /** One for the response, however many policies it passes through. */
  readonly nonce: string | undefined;
  /** What the perRequest functions returned: each runs once a response. */
  readonly slotResults: Map<PerRequest, SlotResult> | undefined;
  /** The response's inherited `writeHead`, where ours is in front of it. */
  readonly writeHead?: WriteHead | undefined;
}

// Versioned and global: an override from the CommonJS copy finds the policy that the ESM copy put in force.
const STATE: unique symbol = Symbol.for("portcullis.state@1") as never;

type Stateful = { [STATE]?: State; locals?: Record<string, unknown> };

/** The state of a response; undefined if no policy is in force on it, and for a call without a response. */
export function stateOf(res: object | undefined): State | undefined {
  return (res as Stateful | undefined)?.[STATE];
}

type Enforce = (req: RequestLike, res: ResponseLike) => PolicyError | undefined;

/**
 * Prepares to put a policy in force.
 *
 * @returns a function for each response, which returns the error of a perRequest function. A policy that is in force already is
 *   replaced whole; only its nonce stays.
 */
export function enforcer(compiled: CompiledPolicy): Enforce {
  const { sample, policyOf } = compiled;
  const whole = enforcerOf(compiled);
  if (sample === undefined) return whole;
  const silent = enforcerOf(silentForm(policyOf(), policyOf));
  return (req, res) => (Math.random() < sample ? whole(req, res) : silent(req, res));
}

function enforcerOf(compiled: CompiledPolicy): Enforce {
  const { isStatic, dependsOn, stripKeys } = compiled;
  const bySeen = <T>(make: (seen: Seen) => T) => Object.fromEntries(SEEN.map((seen) => [seen, make(seen)])) as Record<Seen, T>;
  const variants = bySeen((seen) => compiled[transportOf(seen)]);
  const states = bySeen((seen): State => ({ compiled, seen, nonce: undefined, slotResults: undefined }));

  return function enforce(req, res) {
    const before = stateOf(res);
    if (before !== undefined) return replace(req, res, before, compiled);
    const seen = dependsOn === "nothing" ? "unseen" : look("unseen", dependsOn, req);
    removeAll(res, stripKeys);
    if (!isStatic) return write(req, res, put(res as Stateful, states[seen], compiled, seen), variants[seen]);
    const { names, values } = variants[seen] as { names: readonly string[]; values: readonly string[] };
    for (let index = 0; index < names.length; index += 1) res.setHeader(names[index] as string, values[index] as string);
    // Last: until then the response has the shape that all others have, and takes headers faster.
    (res as Stateful)[STATE] = states[seen];
    return undefined;
  };
}

function replace(req: RequestLike, res: ResponseLike, before: State, compiled: CompiledPolicy): PolicyError | undefined {
  const seen = look(before.seen, farther(before.compiled.dependsOn, compiled.dependsOn), req);
  removeAll(res, before.compiled[transportOf(seen)].keys);
  removeAll(res, compiled.stripKeys);
  return write(req, res, put(res as Stateful, before, compiled, seen), compiled[transportOf(seen)]);
}

/** How an override changes one policy: the new policy, and per transport the lines that differ. */
export interface PolicyChange extends Readonly<Record<Transport, VariantChange>> {
  readonly compiled: CompiledPolicy;
  /** What at least one of the two policies depends on in the request. */
  readonly dependsOn: DependsOn;
}

/** Puts a changed policy in force, and writes only the lines that differ. Returns the error of a perRequest function. */
export function applyChange(req: RequestLike, res: ResponseLike, before: State, change: PolicyChange): PolicyError | undefined {
  const seen = look(before.seen, change.dependsOn, req);
  const changed = change[transportOf(seen)];
  removeAll(res, changed.remove);
  return write(req, res, put(res as Stateful, before, change.compiled, seen), changed);
}

/** Keeps what is in force on this response from now on. */
function put(res: Stateful, before: State, compiled: CompiledPolicy, seen: Seen): State {
  const nonce = compiled.hasNonce ? (before.nonce ?? createNonce()) : before.nonce;
  const slotResults = compiled.hasPerRequest ? (before.slotResults ?? new Map()) : before.slotResults;
  const writeHead = compiled.hasNonce && before.nonce === undefined ? keepNonceOutOf304(res) : before.writeHead;
  const state: State = { compiled, seen, nonce, slotResults, writeHead };
  res[STATE] = state;
  provideNonce(res, state);
  return state;
}

/**
 * A cached page keeps the nonce in its script tags. A 304 with another nonce replaces the stored header (RFC 9111
 * §3.2), and its scripts are blocked; one without the header leaves it as it is.
 */
function keepNonceOutOf304(res: Stateful): WriteHead | undefined {
  const response = res as Stateful & Committing;
  const { writeHead } = response;
  if (typeof writeHead !== "function") return undefined;
  if (Object.hasOwn(res, "writeHead")) {
    onCommit(res, (status) => status === 304 && removeNonceHeaders(response, stateOf(res)));
    return undefined;
  }
  response.writeHead = writeHeadOfNonce;
  return writeHead as WriteHead;
}

/** Shared by all responses, so that a nonce costs none of them a closure. */
const writeHeadOfNonce = quietly(function writeHead(this: Committing, status: number, ...rest: unknown[]) {
  const state = stateOf(this) as State & { readonly writeHead: WriteHead };
  if (Number(status) !== 304 || this.headersSent) return state.writeHead.call(this, status, ...rest);
  const reason = takeHead(this, rest[0], rest[1]);
  removeNonceHeaders(this, state);
  return callWriteHead(state.writeHead, this, status, reason);
});

/** Removes the headers that contain the nonce. A header that other code has replaced with a value without the nonce is kept. */
export function removeNonceHeaders(res: Pick<Committing, "getHeader" | "removeHeader">, state: State | undefined): void {
  if (state?.nonce === undefined) return;
  for (const name of state.compiled.nonceHeaders) if (String(res.getHeader(name)).includes(state.nonce)) res.removeHeader(name);
}

function removeAll(res: ResponseLike, names: readonly string[]): void {
  for (let index = 0; index < names.length; index += 1) res.removeHeader(names[index] as string);
}

function provideNonce(res: Stateful, { compiled, nonce }: State): void {
  if (nonce === undefined) return;
  const { locals } = res;
  if (typeof locals !== "object" || locals === null) return;
  // Express's templates read it here. The scripts of a page whose nonce no header allows would be blocked.
  if (compiled.hasNonce) locals["cspNonce"] = nonce;
  else if (locals["cspNonce"] === nonce) delete locals["cspNonce"];
}

function write(req: RequestLike, res: ResponseLike, state: State, { names, values, rooms }: Variant): PolicyError | undefined {
  const writing: Writing = { req, res, slotResults: state.slotResults, failed: undefined };
  for (let index = 0; index < names.length; index += 1) {
    const value = values[index] as HeaderValue;
    res.setHeader(
      names[index] as string,
      typeof value === "string" ? value : fill(value, rooms[index] as number, state.nonce, slotText, writing),
    );
  }
  return writing.failed;
}

/**
 * Writes the policy in force again when headers are about to be sent: every header has its value, nothing that is switched off or
 * stripped comes back, and a 304 has no header of the policy with a nonce in it.
 */
export function reapply(req: RequestLike, res: ResponseLike & { getHeader(name: string): unknown }, status?: number): void {
  const state = stateOf(res);
  if (state === undefined) return;
  const { compiled, slotResults, nonce } = state;
  const transport = transportOf(state.seen);
  const { names, keys, values, rooms } = compiled[transport];
  const writing: Writing = { req, res, slotResults, failed: undefined };
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    if (status === 304 && compiled.nonceHeaders.includes(name)) continue;
    const value = values[index] as HeaderValue;
    const text = typeof value === "string" ? value : fill(value, rooms[index] as number, nonce, slotText, writing);
    if (res.getHeader(keys[index] as string) !== text) res.setHeader(name, text);
  }
  removeAll(res, compiled.removedKeys[transport]);
  if (status === 304) removeAll(res, compiled.nonceHeaders);
}
