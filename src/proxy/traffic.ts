import type { Agent, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { guarded } from "./guard.js";
import { DISCARD_TIME, DISCARDED_BYTES } from "./limits.js";
import type { ProxySettings } from "./options.js";

/** What is under way in one proxy. */
export interface Traffic {
  /** Connections to the application that are kept. */
  readonly kept: Agent;
  /** Those for one request each. */
  readonly single: Agent;
  /** How many requests are not over. */
  running: number;
  /** Both ends of every WebSocket, and of what is about to become one. */
  readonly tunnels: Set<Duplex>;
  /** Connections that Node has let go of for an upgrade, and that get an answer instead. */
  readonly answering: Set<Duplex>;
  /** Connections whose last answer is out, and that are read until the client has seen it. */
  readonly lingering: Set<Duplex>;
  closing: boolean;
}

/** On the connection itself: a WeakMap of every request keeps the garbage collector busy. */
const OPEN = Symbol("open");
const REFUSED = Symbol("refused");
type Connection = Duplex & { [OPEN]?: Set<ServerResponse>; [REFUSED]?: true };

/** The responses that are not over on a connection. */
export function openOn(connection: Duplex): Set<ServerResponse> {
  const { [OPEN]: open } = connection as Connection;
  if (open !== undefined) return open;
  const made = new Set<ServerResponse>();
  (connection as Connection)[OPEN] = made;
  // Node tells only the first of several responses that the connection is gone.
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

/** Does what a response needs once the one before it on its connection is over: what waits holds nothing but itself. */
export function inTurn(connection: Duplex, res: ServerResponse, go: () => void): void {
  let before: ServerResponse | undefined;
  for (const one of openOn(connection)) {
    if (one === res) break;
    before = one;
  }
  if (before === undefined) return go();
  const next = () => {
    if (!connection.destroyed) go();
  };
  before.once(
    "close",
    guarded(next, () => connection),
  );
}

/**
 * Makes of a connection one on which nothing more is answered: whatever comes behind a refused request could be a part of it. RFC 9112 §9.3.
 * It comes to nobody's parser either, and once the answer is out it is read for a while: a client that still sends would not see the
 * answer otherwise. RFC 9112 §9.6.
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
  // In this order: Node's parser reads the connection itself until somebody else listens.
  socket.on("data", count);
  for (const listener of parsed) socket.removeListener("data", listener as () => void);
  socket.resume();
  const { destroySoon } = socket;
  // What Node calls, and we call, once the answer is out.
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

export function isClosedBehind(connection: Duplex): boolean {
  return (connection as Connection)[REFUSED] === true;
}

/** The message whose answer goes out on a connection; between two messages Node says null. */
export function answeringOn(connection: Duplex): ServerResponse | undefined {
  return (connection as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/** What the parts of a proxy share. */
export interface Desk {
  readonly settings: ProxySettings;
  readonly traffic: Traffic;
}
