import type { Limits, ShedCause } from "./limits.js";

/** The body of a request: Node's stream, and what a body parser has made of it. */
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

/** A body that was received and is not parsed: its chunks, or what a body parser made of them. `held` is its share of the load. */
export type Body = ({ readonly chunks: readonly (Uint8Array | string)[] } | { readonly parsed: unknown }) & { readonly held: number };

/** Bytes of the bodies of one client that are being read or wait to be parsed. */
export interface Load {
  change(bytes: number): void;
  /** Whether there is no room, for all clients or for this one. */
  isFull(): boolean;
}

/** One client may take this part of the room. */
const SHARE = 1 / 4;

/** Returns the load of a client. `room` is in bytes, for all clients together. */
export function loads(room: number): (client: string) => Load {
  const byClient = new Map<string, number>();
  let all = 0;
  return (client) => ({
    change(bytes) {
      all += bytes;
      const own = (byClient.get(client) ?? 0) + bytes;
      if (own === 0) byClient.delete(client);
      else byClient.set(client, own);
    },
    isFull: () => all >= room || (byClient.get(client) ?? 0) >= room * SHARE,
  });
}

/** What an open request costs, however little it has sent. */
export const REQUEST_BYTES = 4_096;

/** What a chunk costs besides its bytes: a client that sends one byte at a time makes a buffer of each. */
const CHUNK_BYTES = 256;

/** How much of a body may be read. */
export interface Intake {
  readonly limits: Limits;
  readonly load: Load;
  readonly contentLength: number | undefined;
  /** Whether the rate of the client allows a body of so many bytes. */
  pays(size: number): boolean;
}

/**
 * Reads a body within the limits. Calls `done` once, with the body or with the cause why it was not read.
 *
 * The bytes stay on `load`, together with {@link REQUEST_BYTES}, until the receiver of the body subtracts its `held`.
 */
export function readBody(req: BodyStream, intake: Intake, done: (body: Body | ShedCause) => void): void {
  // A body parser for other types leaves an empty object, and the stream unread.
  if (req.readableEnded === true || typeof req.on !== "function") done(parsedBody(req, intake));
  else readStream(req, req.on.bind(req), intake, done);
}

/** What a body parser has read. */
function parsedBody({ body }: BodyStream, { limits, load, contentLength, pays }: Intake): Body | ShedCause {
  const size = sizeOf(body, contentLength, limits);
  if (size > limits.bodyBytes) return "too-large";
  if (!pays(size)) return "over-rate";
  const held = REQUEST_BYTES + size;
  load.change(held);
  return { parsed: body, held };
}

/** Bytes of a body that a parser has read; of an object of unknown length, the most that it can be. */
function sizeOf(body: unknown, contentLength: number | undefined, { bodyBytes }: Limits): number {
  if (typeof body === "string" || body instanceof Uint8Array) return body.length;
  return contentLength ?? (body === undefined ? 0 : bodyBytes);
}

function readStream(req: BodyStream, on: NonNullable<BodyStream["on"]>, intake: Intake, done: (body: Body | ShedCause) => void): void {
  const { limits, load, pays } = intake;
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
    // The rest of the stream may fail, and an error without a listener is thrown.
    on("error", () => undefined);
    if (typeof outcome === "string") {
      load.change(-held);
      discard(req, limits);
    }
    done(outcome);
  }
  for (const [event, listener] of listeners) on(event, listener);
}

/** Bytes of one connection that are read and dropped. */
const DISCARDED_BYTES = 65_536;

/** Milliseconds in which a client that is cut off can read the answer. */
const LINGER_MS = 500;

const discarded = new WeakMap<object, number>();

/**
 * Reads and drops the rest of a body, within `bodyMs` and {@link DISCARDED_BYTES} of one connection; then closes the connection.
 * Call it before the answer: after that, Node reads on by itself.
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
    // Another request on a connection that is being closed.
    if (before > DISCARDED_BYTES) return void req.destroy?.();
    req.pause?.();
    clear();
    deadline = later(() => req.destroy?.(), LINGER_MS);
  };
  req.on("data", onData);
  for (const event of ["error", "end", "close"]) req.on(event, clear);
  req.resume?.();
}

/** A timer that does not keep the process alive. */
function later(act: () => void, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(act, ms);
  (timer as { unref?(): unknown }).unref?.();
  return timer;
}

/** The value of a JSON body; undefined where it is not JSON. */
export function parseBody(body: Body): unknown {
  const text = bodyText(body);
  if (text === undefined) return (body as { readonly parsed: unknown }).parsed;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text of a body; undefined where a body parser has made something else of it. */
export function bodyText(body: Body): string | undefined {
  if (!("parsed" in body)) return decoded(body.chunks);
  const { parsed } = body;
  return typeof parsed === "string" || parsed instanceof Uint8Array ? decoded([parsed]) : undefined;
}

function decoded(chunks: readonly (Uint8Array | string)[]): string {
  const decoder = new TextDecoder();
  const text = chunks.map((chunk) => (typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }))).join("");
  return text + decoder.decode();
}
