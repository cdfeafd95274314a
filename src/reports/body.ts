import type { Limits, ShedCause } from "./limits.js";

/** A request's body, as far as it is read: Node's stream, and what a body parser has left of it. */
export interface BodyStream {
  readonly readableEnded?: boolean;
  readonly body?: unknown;
  readonly socket?: unknown;
  on?(event: string, listener: (chunk: never) => void): unknown;
  off?(event: string, listener: (chunk: never) => void): unknown;
  resume?(): unknown;
  pause?(): unknown;
  destroy?(): unknown;
}

/** A body that is here, and not parsed yet: its bytes, or what a parser made of them. `held` is how much of the load is its own. */
export type Body = ({ readonly chunks: readonly (Uint8Array | string)[] } | { readonly parsed: unknown }) & { readonly held: number };

/** Bytes of bodies that are being read or wait to be parsed: one sender's share of them. */
export interface Load {
  change(bytes: number): void;
  /** Whether there is no room: for anybody, or for this sender. */
  isFull(): boolean;
}

/** How many senders it takes to fill all the room. */
const SENDERS = 4;

/** @param room bytes for all senders together. */
export function loads(room: number): (address: string) => Load {
  const byAddress = new Map<string, number>();
  let all = 0;
  return (address) => ({
    change(bytes) {
      all += bytes;
      const own = (byAddress.get(address) ?? 0) + bytes;
      if (own === 0) byAddress.delete(address);
      else byAddress.set(address, own);
    },
    isFull: () => all >= room || (byAddress.get(address) ?? 0) >= room / SENDERS,
  });
}

/** What an open request costs, however little it has sent. */
export const REQUEST_BYTES = 4_096;

/** What a piece of a body costs beside its bytes: whoever writes one byte at a time makes a buffer of each. */
const CHUNK_BYTES = 256;

/** How far a body may be read. */
export interface Intake {
  readonly limits: Limits;
  readonly load: Load;
  /** The Content-Length, where there is one. */
  readonly announced: number | undefined;
  /** Whether the sender's rate allows a body of so many bytes. */
  pays(size: number): boolean;
}

/**
 * Reads a body, as far as the limits go. `done` is called once, with the body or with why there is none.
 *
 * The bytes stay on `load`, together with {@link REQUEST_BYTES}, until who gets the body takes its `held` off.
 */
export function readBody(req: BodyStream, { limits, load, announced, pays }: Intake, done: (body: Body | ShedCause) => void): void {
  // A parser before this one that was not meant for it leaves an empty object, and the stream unread.
  if (req.readableEnded === true || typeof req.on !== "function") {
    const size = sizeOf(req.body, announced, limits);
    if (size > limits.bodyBytes) return done("too-large");
    if (!pays(size)) return done("over-rate");
    const held = REQUEST_BYTES + size;
    load.change(held);
    return done({ parsed: req.body, held });
  }
  const chunks: (Uint8Array | string)[] = [];
  let size = 0;
  let held = REQUEST_BYTES;
  load.change(held);

  const onData = (chunk: Uint8Array | string): void => {
    size += chunk.length;
    held += chunk.length + CHUNK_BYTES;
    load.change(chunk.length + CHUNK_BYTES);
    chunks.push(chunk);
    if (size > limits.bodyBytes) finish("too-large");
    else if (!pays(size)) finish("over-rate");
    else if (load.isFull()) finish("busy");
  };
  const onEnd = (): void => finish({ chunks, held });
  const onClose = (): void => finish("broken-off");
  const deadline = setTimeout(() => finish("slow"), limits.bodyMs);
  const listeners = [
    ["data", onData],
    ["end", onEnd],
    ["close", onClose],
    ["error", onClose],
  ] as const;

  function finish(outcome: Body | ShedCause): void {
    clearTimeout(deadline);
    for (const [event, listener] of listeners) req.off?.(event, listener);
    // What is to come still may fail, and nobody else may be listening.
    req.on?.("error", () => undefined);
    if (typeof outcome === "string") {
      load.change(-held);
      discard(req, limits);
    }
    done(outcome);
  }
  for (const [event, listener] of listeners) req.on(event, listener);
}

/** Bytes of a body that a parser has read; of an object whose length nobody announced, the most that it can be. */
function sizeOf(body: unknown, announced: number | undefined, { bodyBytes }: Limits): number {
  if (typeof body === "string" || body instanceof Uint8Array) return body.length;
  return announced ?? (body === undefined ? 0 : bodyBytes);
}

/** Bytes that one connection may send for nothing. */
const DISCARDED_BYTES = 65_536;

/** Milliseconds in which a sender that is cut off can still read the answer. */
const LINGER = 500;

const discarded = new WeakMap<object, number>();

/**
 * Lets the rest of a body run into nothing: for as long as a body may take, and as far as {@link DISCARDED_BYTES} of one connection.
 * Then nothing is read any more, and the connection goes. To be called before the answer, after which Node reads on by itself.
 */
export function discard(req: BodyStream, { bodyMs }: Limits): void {
  if (typeof req.on !== "function" || req.readableEnded === true) return;
  const connection = (req.socket ?? req) as object;
  let deadline = later(() => req.destroy?.(), bodyMs);
  const clear = (): void => clearTimeout(deadline);
  const onData = (chunk: Uint8Array | string): void => {
    const before = discarded.get(connection) ?? 0;
    discarded.set(connection, before + chunk.length);
    if (before + chunk.length <= DISCARDED_BYTES) return;
    req.off?.("data", onData);
    // Another request of a connection that is being cut off.
    if (before > DISCARDED_BYTES) return void req.destroy?.();
    req.pause?.();
    clear();
    deadline = later(() => req.destroy?.(), LINGER);
  };
  req.on("data", onData);
  req.on("error", clear);
  req.on("end", clear);
  req.on("close", clear);
  req.resume?.();
}

/** A timer that does not keep the process alive. */
function later(act: () => void, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(act, ms);
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}

/** What a body says; undefined where it is no JSON. */
export function parseBody(body: Body): unknown {
  if ("parsed" in body && !(body.parsed instanceof Uint8Array) && typeof body.parsed !== "string") return body.parsed;
  try {
    return JSON.parse("parsed" in body ? textOf([body.parsed as string | Uint8Array]) : textOf(body.chunks));
  } catch {
    return undefined;
  }
}

function textOf(chunks: readonly (Uint8Array | string)[]): string {
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))).join("");
  return text + decoder.decode();
}
