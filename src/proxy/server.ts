import http, { type IncomingMessage, type Server, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Middleware } from "../middleware/types.js";
import type { Handlers } from "./handlers.js";
import { CLIENT_IDLE, HEADER_BYTES, HEADERS_TIME, STALL_TIME } from "./limits.js";
import { badTls, type ProxySettings, type ProxyTls } from "./options.js";

/** One port of a proxy. */
export interface Listener {
  readonly server: Server;
  /** The connections of clients, also those whose TLS handshake is not finished, which are no connections of http for Node. */
  readonly connections: ReadonlySet<Socket>;
}

/**
 * Makes the server of one port; it does not listen yet.
 *
 * @param tls for https; undefined for http.
 * @param first may respond before the application is asked.
 * @throws {PolicyError} if Node refuses the key or the certificate.
 */
export function listenerOf(handlers: Handlers, { maxConnections }: ProxySettings, tls: ProxyTls | undefined, first?: Middleware): Listener {
  const server = tls === undefined ? http.createServer(PARSER) : secureServer(tls);
  const connections = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  // Without this listener Node responds to Expect itself, before the request is checked.
  for (const event of ["request", "checkContinue", "checkExpectation"]) {
    server.on(event, (req: IncomingMessage, res: ServerResponse) => handlers.handle(req, res, first));
  }
  server.on("upgrade", (req, socket, head) => handlers.upgrade(req, socket, head, first));
  server.on("connect", (req, socket) => handlers.connect(req, socket, first));
  server.on("clientError", (error, socket) => handlers.misfit(error, socket, first));
  server.on("timeout", handlers.stalled);
  // Node would drop lines beyond its limit, also such as frame a body; the proxy counts them itself.
  server.maxHeadersCount = 0;
  server.maxConnections = maxConnections;
  server.timeout = STALL_TIME;
  server.keepAliveTimeout = CLIENT_IDLE;
  return { server, connections };
}

/** Listens; returns the port. Rejects with the error of Node for a port that is in use or not permitted. */
export async function bind({ server }: Listener, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen({ port, host }, resolve));
  // For example no free file descriptor for another connection.
  server.on("error", (error) => process.emitWarning(error));
  return (server.address() as AddressInfo).port;
}

/** The limits of Node, and its strict parser, whatever the environment sets. */
const PARSER: http.ServerOptions = {
  maxHeaderSize: HEADER_BYTES,
  insecureHTTPParser: false,
  // The proxy checks Host itself, and responds with the policy.
  requireHostHeader: false,
  headersTimeout: HEADERS_TIME,
  // An upload has no time limit as long as data arrives.
  requestTimeout: 0,
};

function secureServer(tls: ProxyTls): Server {
  try {
    const server = https.createServer({
      ...PARSER,
      handshakeTimeout: HEADERS_TIME,
      key: Buffer.from(tls.key),
      cert: Buffer.from(tls.cert),
    });
    // Before Node emits clientError: a response would wait forever for the handshake to end.
    return server.prependListener("tlsClientError", (_, socket) => socket.destroy());
  } catch (cause) {
    throw badTls(cause);
  }
}
