import type { Agent, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { guarded } from "./guard.js";
import { DISCARD_TIME, DISCARDED_BYTES } from "./limits.js";
import type { ProxySettings } from "./options.js";

/** The connections and requests of one proxy. */
export interface Traffic {
  /** For connections to the application that are kept. */
  readonly kept: Agent;
  /** For connections of one request each. */
  readonly single: Agent;
  /** The number of requests that are not finished. */
  running: number;
  /** Both ends of every WebSocket, also of one that is being opened. */
  readonly tunnels: Set<Duplex>;
  /** Connections whose last response is sent, and that are read until the client has received it. */
  readonly lingering: Set<Duplex>;
  closing: boolean;
}

/** Set on the connection itself: a WeakMap with an entry per request costs much garbage collection. */
const OPEN = Symbol("open");
const REFUSED = Symbol("refused");
type Connection = Duplex & { [OPEN]?: Set<ServerResponse>; [REFUSED]?: true };

/** The responses of a connection that are not finished. */
export function openResponses(connection: Duplex): Set<ServerResponse> {
  const { [OPEN]: open } = connection as Connection;
  if (open !== undefined) return open;
  const made = new Set<ServerResponse>();
  (connection as Connection)[OPEN] = made;
  // Node emits "close" only on the first of several responses when the connection closes.
  connection.once("close", () =>
    setImmediate(() => {
      for (const res of made) {
        res.destroyed = true;
        res.emit("close");
      }
    }),
  );
  return made;
}

/** Calls a function once the response before this one on its connection is finished. A request that waits holds no connection to the application. */
export function inTurn(connection: Duplex, res: ServerResponse, go: () => void): void {
  let before: ServerResponse | undefined;
  for (const one of openResponses(connection)) {
    if (one === res) break;
    before = one;
  }
  if (before === undefined) return go();
  const next = () => {
    // If that response has ended the connection, the client cannot receive another one.
    if (connection.writable) go();
  };
  before.once(
    "close",
    guarded(next, () => connection),
  );
}

/**
 * Lets a connection end with the current response: bytes after a refused request could be a part of it, and are neither parsed nor
 * answered. RFC 9112 §9.3. After the response they are read and discarded for a while, because a client that still sends would not
 * receive the response otherwise. RFC 9112 §9.6.
 */
export function closeBehind(connection: Duplex, traffic: Traffic): void {
  if (isClosedBehind(connection)) return;
  const socket = connection as Socket & Connection;
  socket[REFUSED] = true;
  let left = DISCARDED_BYTES;
  const count = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) socket.destroy();
  };
  const parsed = socket.listeners("data");
  // In this order: Node's parser reads the connection itself until another listener is added.
  socket.on("data", count);
  for (const listener of parsed) socket.removeListener("data", listener as () => void);
  socket.resume();
  const { destroySoon } = socket;
  // Called by Node and by the proxy once the response is sent.
  socket.destroySoon = () => {
    if (traffic.closing) return destroySoon.call(socket);
    if (traffic.lingering.has(socket)) return;
    traffic.lingering.add(socket);
    const timer = setTimeout(() => socket.destroy(), DISCARD_TIME);
    socket.once("close", () => {
      clearTimeout(timer);
      traffic.lingering.delete(socket);
    });
    socket.end();
  };
}

/** Whether a connection ends with its current response; see {@link closeBehind}. */
export function isClosedBehind(connection: Duplex): boolean {
  return (connection as Connection)[REFUSED] === true;
}

/** The response that is being sent on a connection; undefined between two requests. */
export function answeringOn(connection: Duplex): ServerResponse | undefined {
  return (connection as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/** What all functions of one proxy share. */
export interface ProxyContext {
  readonly settings: ProxySettings;
  readonly traffic: Traffic;
}
