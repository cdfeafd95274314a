import type { Limits, ShedCause } from "./limits.js";

/** A request's body, as far as it is read: Node's stream, and what a body parser has left of it. */
export interface BodyStream {
  readonly readableEnded?: boolean;
  readonly body?: unknown;
  on?(event: string, listener: (chunk: never) => void): unknown;
  off?(event: string, listener: (chunk: never) => void): unknown;
  resume?(): unknown;
  destroy?(): unknown;
}

/** A body that is here, and not parsed yet: its bytes, or what a parser made of them. */
export type Body = { readonly chunks: readonly (Uint8Array | string)[]; readonly size: number } | { readonly parsed: unknown };

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

/**
 * Reads a body, as far as the limits go. `done` is called once, with the body or with why there is none.
 *
 * The bytes stay on `load`, together with {@link REQUEST_BYTES}, until who gets the body takes them off.
 */
export function readBody(req: BodyStream, limits: Limits, load: Load, done: (body: Body | ShedCause) => void): void {
  // A parser before this one that was not meant for it leaves an empty object, and the stream unread.
  if (req.readableEnded === true || typeof req.on !== "function") {
    load.change(REQUEST_BYTES);
    return done({ parsed: req.body });
  }
  const chunks: (Uint8Array | string)[] = [];
  let size = 0;
  load.change(REQUEST_BYTES);

  const onData = (chunk: Uint8Array | string): void => {
    size += chunk.length;
    load.change(chunk.length);
    chunks.push(chunk);
    if (size > limits.bodyBytes) finish("too-large");
    else if (load.isFull()) finish("busy");
  };
  const onEnd = (): void => finish({ chunks, size });
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
      load.change(-size - REQUEST_BYTES);
      discard(req, limits);
    }
    done(outcome);
  }
  for (const [event, listener] of listeners) req.on(event, listener);
}

/** Lets the rest of a body run into nothing, for as long as a body may take; then the connection goes. */
export function discard(req: BodyStream, { bodyMs }: Limits): void {
  if (typeof req.on !== "function" || req.readableEnded === true) return;
  const deadline: { unref?(): unknown } | number = setTimeout(() => req.destroy?.(), bodyMs);
  if (typeof deadline === "object") deadline.unref?.();
  const clear = (): void => clearTimeout(deadline as Parameters<typeof clearTimeout>[0]);
  req.on("error", clear);
  req.on("end", clear);
  req.on("close", clear);
  req.resume?.();
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

/** How much of the load is a body's. */
export function bytesOf(body: Body): number {
  return REQUEST_BYTES + ("parsed" in body ? 0 : body.size);
}
