import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { HEADER_BYTES, UPSTREAM_IDLE, UPSTREAM_IDLE_SOCKETS } from "./limits.js";
import type { ProxySettings } from "./options.js";

/** An agent whose connections are kept for the next request, without a limit of simultaneous ones. */
export function keepingAgent(target: URL): http.Agent {
  const agent = newAgent(target, { keepAlive: true, maxFreeSockets: UPSTREAM_IDLE_SOCKETS, timeout: UPSTREAM_IDLE });
  const { keepSocketAlive, reuseSocket } = agent;
  // Bytes that arrive between two requests would be read as the response to the next one, of another visitor.
  return Object.assign(agent, {
    keepSocketAlive(socket: Socket) {
      socket.on("data", closeUnrequested);
      return keepSocketAlive.call(agent, socket);
    },
    reuseSocket(socket: Socket, request: ClientRequest) {
      socket.removeListener("data", closeUnrequested);
      reuseSocket.call(agent, socket, request);
    },
  });
}

function closeUnrequested(this: Socket): void {
  this.destroy();
}

/** An agent whose connections serve one request each. */
export function singleAgent(target: URL): http.Agent {
  return newAgent(target, { keepAlive: false });
}

function newAgent({ protocol }: URL, options: http.AgentOptions): http.Agent {
  return protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
}

/** Starts a request to the application. `lines` are names and values of the headers in turn; Node adds only Connection. */
export type Ask = (req: Pick<IncomingMessage, "method" | "url">, lines: readonly string[], agent: http.Agent) => ClientRequest;

/** Makes the function that starts requests to the application. */
export function asker({ target, base }: ProxySettings): Ask {
  const { protocol, hostname, port } = target;
  const { request } = protocol === "https:" ? https : http;
  const host = hostname.replace(/^\[|\]$/g, "");
  return (req, headers, agent) => {
    const { method, url } = req;
    const path = url === "*" ? url : `${base}${url}`;
    const framed = SENDING_NOTHING.has(method as string) || headers.some(isFraming) ? headers : [...headers, "Content-Length", "0"];
    const options = { host, port, method, path, agent, headers: framed, maxHeaderSize: HEADER_BYTES, insecureHTTPParser: false };
    const asked = request(options as http.RequestOptions);
    asked.maxHeadersCount = 0;
    return asked;
  };
}

/** Methods that Node sends without a body if no header announces one; to all others it would add chunks. RFC 9110 §8.6. */
const SENDING_NOTHING: ReadonlySet<string> = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);

function isFraming(text: string, index: number): boolean {
  return index % 2 === 0 && /^(?:content-length|transfer-encoding)$/i.test(text);
}

/**
 * Destroys a request to the application that is not connected in time, or not answered in time.
 *
 * @param request to the application.
 * @param req the client's request if it has a body: each piece of it restarts the timer. Interim responses, such as 103, do not.
 * @returns stops the timer, once the response has begun.
 */
export function limit(
  request: ClientRequest,
  req: IncomingMessage | undefined,
  { connectTimeout, responseTimeout }: Pick<ProxySettings, "connectTimeout" | "responseTimeout">,
): () => void {
  const timer = setTimeout(() => request.destroy(timedOut("respond")), responseTimeout);
  const again = () => void timer.refresh();
  req?.on("data", again);
  const stop = () => {
    req?.removeListener("data", again);
    clearTimeout(timer);
  };
  request.once("close", stop);
  request.once("socket", (socket) => {
    if (!socket.connecting) return;
    const connecting = setTimeout(() => request.destroy(timedOut("connect")), connectTimeout);
    for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(connecting));
  });
  return stop;
}

function timedOut(what: "connect" | "respond"): Error {
  return Object.assign(new Error(`the application did not ${what} in time`), { code: "ETIMEDOUT" });
}

/** The status that the client gets if the application sends no response. */
export const statusOf = (error: unknown): 502 | 504 => ((error as NodeJS.ErrnoException).code === "ETIMEDOUT" ? 504 : 502);

/** Why there is no response of the application, for the log. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/** Whether the application closed a kept connection just when it was used again: it has not read the request then. */
export function lostRace(error: unknown, request: ClientRequest): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return request.reusedSocket === true && (code === "ECONNRESET" || code === "EPIPE");
}
