import type { Agent, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ResponseLike } from "../middleware/types.js";
import type { ProxySettings } from "./options.js";
import type { PageStatus } from "./response.js";

/** What is under way in one proxy. */
export interface Traffic {
  readonly agent: Agent;
  /** How many requests are not over. */
  running: number;
  /** Both ends of every WebSocket, and of what is about to become one. */
  readonly tunnels: Set<Duplex>;
  /** Connections that Node has let go of for an upgrade, and that get an answer instead. */
  readonly answering: Set<Duplex>;
  closing: boolean;
}

/** What the two kinds of traffic, requests and tunnels, share. */
export interface Desk {
  readonly settings: ProxySettings;
  readonly traffic: Traffic;
  /** The policy over what is set already: sealed, because nothing is written after it. What went wrong. */
  secure(req: IncomingMessage, res: ResponseLike & { getHeader(name: string): unknown }): unknown;
  /** Answers an upgrade by a page of the proxy's own. */
  refuse(req: IncomingMessage, socket: Duplex, status: PageStatus, error?: unknown): void;
  /** Begins the entry of the log; it is written when the request is over. */
  entryOf(req: IncomingMessage): (status: number, error?: string) => void;
}
