import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import type { ProxySettings } from "./options.js";

/** Idle connections are given up before servers that do not announce their own limit close them: five seconds is the usual one. */
const IDLE = 4_000;

/** Connections to the application, kept for the next request; as many at once as there are requests. */
export function agentFor(target: URL): http.Agent {
  const options = { keepAlive: true, maxFreeSockets: 256, timeout: IDLE };
  return target.protocol === "https:" ? new https.Agent(options) : new http.Agent(options);
}

/** Ends a request to the application that finds no connection in time, or gets no response. */
export function limit(request: ClientRequest, { connectTimeout, responseTimeout }: ProxySettings): void {
  const start = (socket: Socket) => {
    const timer = setTimeout(() => request.destroy(timedOut("connect")), connectTimeout);
    for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(timer));
  };
  if (request.socket === null) request.once("socket", start);
  else if (request.socket.connecting) start(request.socket);
  request.setTimeout(responseTimeout, noResponse);
}

function noResponse(this: ClientRequest): void {
  this.destroy(timedOut("respond"));
}

/** What has begun may take as long as it likes. */
export function unlimit(response: IncomingMessage): void {
  response.socket.setTimeout(0);
}

function timedOut(what: "connect" | "respond"): Error {
  return Object.assign(new Error(`the application did not ${what} in time`), { code: "ETIMEDOUT" });
}

/** What the client is told where there is no response of the application. */
export const statusOf = (error: unknown): 502 | 504 => ((error as NodeJS.ErrnoException).code === "ETIMEDOUT" ? 504 : 502);

/** Why there is no response of the application, in a word for the log. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

/** Whether the application closed a kept connection at the very moment it was used again: then it has not seen the request. */
export function lostRace(error: unknown, request: ClientRequest | undefined): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return request?.reusedSocket === true && (code === "ECONNRESET" || code === "EPIPE");
}
