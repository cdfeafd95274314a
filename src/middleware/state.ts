import { type Path, type PolicyError, policyError } from "../errors.js";
import type { DynamicPart } from "../headers/header.js";
import { type CompiledPolicy, type Difference, fill, type Template, type Transport, type Variant } from "../policy/compile.js";
import { noRoom } from "../policy/size.js";
import { createNonce } from "../values/nonces.js";
import type { PerRequest } from "../values/slots.js";
import { sourceText } from "../values/sources.js";
import { show } from "../values/text.js";
import { type Committing, onCommit, quietly, takeHead, type WriteHead } from "./commit.js";
import { farther, type Looks, look, SEEN, type Seen, transportOf } from "./transport.js";
import type { RequestLike, ResponseLike } from "./types.js";

/** What is in force on one response. Shared by the responses of a fixed policy: changed in copies only. */
export interface State {
  readonly compiled: CompiledPolicy;
  readonly seen: Seen;
  /** One for the response, however many policies it passes through. */
  readonly nonce: string | undefined;
  /** What the perRequest functions gave: each runs once a response. */
  readonly given: Map<PerRequest, Given> | undefined;
  /** What the response inherits, where ours stands in front of it. */
  readonly writeHead?: WriteHead | undefined;
}

type Given = { readonly values: readonly unknown[]; readonly error?: PolicyError };

// Versioned and global: an override from the CommonJS copy finds the policy that the ESM copy put in force.
const STATE: unique symbol = Symbol.for("portcullis.state@1") as never;

type Stateful = { [STATE]?: State; locals?: Record<string, unknown> };

export function stateOf(res: object): State | undefined {
  return (res as Stateful)[STATE];
}

/** How a policy is put in force on a response; a policy before it is replaced whole, and only its nonce stays. */
export function enforcer(compiled: CompiledPolicy): (req: RequestLike, res: ResponseLike) => PolicyError | undefined {
  const { fixed, looks, strip } = compiled;
  const bySeen = <T>(make: (seen: Seen) => T) => Object.fromEntries(SEEN.map((seen) => [seen, make(seen)])) as Record<Seen, T>;
  const lines = bySeen((seen) => compiled[transportOf(seen)]);
  const states = bySeen((seen): State => ({ compiled, seen, nonce: undefined, given: undefined }));

  return function enforce(req, res) {
    const before = stateOf(res);
    if (before !== undefined) return replace(req, res, before, compiled);
    const seen = looks === "no" ? "unseen" : look("unseen", looks, req);
    if (!fixed) return start(req, res, states[seen], lines[seen]);
    removeAll(res, strip);
    const { names, values } = lines[seen] as { names: readonly string[]; values: readonly string[] };
    for (let index = 0; index < names.length; index += 1) res.setHeader(names[index] as string, values[index] as string);
    // Last: until then the response has the shape that all others have, and takes headers faster.
    (res as Stateful)[STATE] = states[seen];
    return undefined;
  };
}

function start(req: RequestLike, res: ResponseLike, state: State, lines: Variant): PolicyError | undefined {
  removeAll(res, state.compiled.strip);
  return write(req, res, put(res as Stateful, state, state.compiled, state.seen), lines);
}

function replace(req: RequestLike, res: ResponseLike, before: State, compiled: CompiledPolicy): PolicyError | undefined {
  const seen = look(before.seen, farther(before.compiled.looks, compiled.looks), req);
  removeAll(res, before.compiled[transportOf(seen)].names);
  removeAll(res, compiled.strip);
  return write(req, res, put(res as Stateful, before, compiled, seen), compiled[transportOf(seen)]);
}

/** What an override makes of one policy it met: the new one, and per transport the lines that differ. */
export interface Change extends Readonly<Record<Transport, Difference>> {
  readonly compiled: CompiledPolicy;
  readonly strip: readonly string[];
  /** How far one of the two policies looks. */
  readonly looks: Looks;
}

/** Puts a changed policy in force, writing only the lines that differ. */
export function change(req: RequestLike, res: ResponseLike, before: State, made: Change): PolicyError | undefined {
  const seen = look(before.seen, made.looks, req);
  const { remove, set } = made[transportOf(seen)];
  removeAll(res, remove);
  removeAll(res, made.strip);
  return write(req, res, put(res as Stateful, before, made.compiled, seen), set);
}

/** The state of this response from now on. */
function put(res: Stateful, before: State, compiled: CompiledPolicy, seen: Seen): State {
  const nonce = compiled.nonce ? (before.nonce ?? createNonce()) : before.nonce;
  const given = compiled.fixed ? before.given : (before.given ?? new Map());
  const writeHead = compiled.nonce && before.nonce === undefined ? keepNonceOutOf304(res) : before.writeHead;
  const state: State = { compiled, seen, nonce, given, writeHead };
  res[STATE] = state;
  provideNonce(res, state);
  return state;
}

/**
 * A cached page keeps the nonce that its scripts were stamped with. A 304 that brings another replaces the stored header (RFC 9111
 * §3.2), and its scripts are blocked; one without the header leaves it as it is.
 */
function keepNonceOutOf304(res: Stateful): WriteHead | undefined {
  const response = res as Stateful & Committing;
  const { writeHead } = response;
  if (typeof writeHead !== "function") return undefined;
  if (Object.hasOwn(res, "writeHead")) {
    onCommit(res, (status) => status === 304 && removeNonced(response, stateOf(res)));
    return undefined;
  }
  response.writeHead = writeHeadOfNonce;
  return writeHead as WriteHead;
}

/** Shared by all responses, so that a nonce costs none of them a closure. */
const writeHeadOfNonce = quietly(function writeHead(this: Committing, status: number, ...rest: unknown[]) {
  const state = stateOf(this) as State & { readonly writeHead: WriteHead };
  if (Number(status) !== 304 || this.headersSent) return state.writeHead.call(this, status, ...rest);
  const reason = takeHead(this, rest);
  removeNonced(this, state);
  return state.writeHead.call(this, status, ...reason);
});

/** Takes away the headers that have the nonce in them; one that somebody else has written without it stays. */
export function removeNonced(res: Pick<Committing, "getHeader" | "removeHeader">, state: State | undefined): void {
  if (state?.nonce === undefined) return;
  for (const name of state.compiled.nonced) if (String(res.getHeader(name)).includes(state.nonce)) res.removeHeader(name);
}

function removeAll(res: ResponseLike, names: readonly string[]): void {
  for (let index = 0; index < names.length; index += 1) res.removeHeader(names[index] as string);
}

function provideNonce(res: Stateful, { compiled, nonce }: State): void {
  if (nonce === undefined) return;
  const { locals } = res;
  if (typeof locals !== "object" || locals === null) return;
  // Express's own place for what templates read. A page stamped with a nonce that nothing allows would be blank.
  if (compiled.nonce) locals["cspNonce"] = nonce;
  else if (locals["cspNonce"] === nonce) delete locals["cspNonce"];
}

interface Writing {
  readonly req: RequestLike;
  readonly res: ResponseLike;
  readonly state: State;
  failed: PolicyError | undefined;
}

function write(req: RequestLike, res: ResponseLike, state: State, { names, values, rooms }: Variant): PolicyError | undefined {
  const writing: Writing = { req, res, state, failed: undefined };
  for (let index = 0; index < names.length; index += 1) {
    const value = values[index] as string | Template;
    res.setHeader(
      names[index] as string,
      typeof value === "string" ? value : fill(value, rooms[index] as number, state.nonce, textOf, writing),
    );
  }
  return writing.failed;
}

/**
 * Makes what is about to go out what is in force: nothing that differs stays, nothing that is switched off or stripped comes back,
 * and on a 304 no header of the policy that holds a nonce.
 */
export function settle(req: RequestLike, res: ResponseLike & { getHeader(name: string): unknown }, status?: number): void {
  const state = stateOf(res);
  if (state === undefined) return;
  const transport = transportOf(state.seen);
  const { names, values, rooms } = state.compiled[transport];
  const writing: Writing = { req, res, state, failed: undefined };
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] as string;
    const value = values[index] as string | Template;
    if (status === 304 && state.compiled.nonced.includes(name)) continue;
    const text = typeof value === "string" ? value : fill(value, rooms[index] as number, state.nonce, textOf, writing);
    if (res.getHeader(name) !== text) res.setHeader(name, text);
  }
  removeAll(res, state.compiled.gone[transport]);
  if (status === 304) removeAll(res, state.compiled.nonced);
}

/** What stands in a part; what failed, or does not fit into the header's limit, is left out, and told. */
function textOf(part: DynamicPart, room: number, writing: Writing): string {
  const text = joinedText(part, writing);
  if (text.length <= room) return text;
  const empty = part.join(part.slots.map(() => []));
  if (text === empty) return text;
  for (const slot of part.slots) fail(slot as PerRequest, noRoom(part, text, room), writing);
  return empty;
}

function joinedText(part: DynamicPart, writing: Writing): string {
  const slots = part.slots as readonly PerRequest[];
  const lists = slots.map((slot) => {
    const given = give(slot, part.path, writing);
    if (given.error !== undefined) fail(slot, given.error, writing);
    return given.values;
  });
  try {
    return part.join(lists);
  } catch (cause) {
    const good = lists.map((list, index) => (joins(part, lists, index) ? list : []));
    for (const [index, slot] of slots.entries()) if (good[index]?.length === 0) fail(slot, cause as PolicyError, writing);
    return part.join(good);
  }
}

/** A slot that failed gives nothing more, and its error is told once: an error page's own override has to get through. */
function fail(slot: PerRequest, error: PolicyError, writing: Writing): void {
  writing.failed ??= error;
  writing.state.given?.set(slot, { values: [] });
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
function give(slot: PerRequest, path: Path, { req, res, state }: Writing): Given {
  const given = state.given?.get(slot) ?? call(slot, path, req, res);
  state.given?.set(slot, given);
  return given;
}

function call(slot: PerRequest, path: Path, req: RequestLike, res: ResponseLike): Given {
  const failed = (message: string, cause?: unknown): Given => {
    const hint = "Return a source, a list of sources, or [] for none, synchronously.";
    return { values: [], error: policyError("slot-failed", path, message, hint, cause) };
  };
  try {
    const value: unknown = slot.fn(req as never, res as never);
    if (typeof value === "string" || sourceText(value) !== undefined) return { values: [value] };
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
