import http from "node:http";
import net, { type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createProxy, type ProxyOptions, type ProxyServer } from "../../src/proxy/index.js";
import { listen } from "../http/support.js";

/** A proxy in front of a port of this machine, until the test is over. */
export async function proxyTo(target: number, options: Partial<ProxyOptions> = {}): Promise<{ port: number; proxy: ProxyServer }> {
  const proxy = createProxy({ target: `http://127.0.0.1:${target}`, policy: ["none", { xFrameOptions: "DENY" }], ...options });
  const { port } = await proxy.listen({ port: 0 });
  onTestFinished(async () => void (await proxy.close(0)));
  return { port, proxy };
}

/** What an application got of one request. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An application that keeps what it gets, and answers 200. */
export async function witness(): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const port = await listen(
    http.createServer(async (req, res) => {
      let body = "";
      for await (const chunk of req) body += chunk;
      seen.push({ method: req.method ?? "", url: req.url ?? "", headers: req.headers as Record<string, string>, body });
      res.end("A page.");
    }),
  );
  return { port, seen };
}

/** A server of bare bytes. */
export function bareServer(onData: (socket: Socket, text: string) => void): Promise<number> {
  return listen(
    net.createServer((socket) => {
      socket.setEncoding("latin1");
      socket.on("data", (text) => onData(socket, String(text)));
    }),
  );
}

/** A server that says these lines to whoever asks, and closes. */
export function bareAnswer(lines: readonly string[]): Promise<number> {
  return bareServer((socket) => socket.end(Buffer.from(`${lines.join("\r\n")}`, "latin1")));
}

/** An application with a WebSocket that echoes, and says who it is. */
export async function echo(): Promise<{ port: number; sockets: Set<WebSocket>; server: http.Server }> {
  const server = http.createServer((_req, res) => void res.end("A page."));
  const sockets = new Set<WebSocket>();
  const wss = new WebSocketServer({ server });
  wss.on("headers", (headers) => headers.push("Server: echo/1.0", "X-Mine: kept"));
  wss.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("message", (data, binary) => socket.send(data, { binary }));
  });
  return { port: await listen(server), sockets, server };
}

/** A WebSocket that is open, closed with the test. */
export async function connected(url: string, options?: object): Promise<WebSocket> {
  const socket = new WebSocket(url, options);
  onTestFinished(() => socket.terminate());
  await new Promise<void>((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  socket.on("error", () => undefined);
  return socket;
}

/** What comes back for a message. */
export function told(socket: WebSocket, message: string): Promise<string> {
  const answer = new Promise<string>((resolve, reject) => {
    socket.once("message", (data) => resolve(String(data)));
    socket.once("close", () => reject(new Error("the WebSocket was closed")));
  });
  socket.send(message);
  return answer;
}

/** The answer to an upgrade that was refused. */
export function refused(port: number): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const request = http.get({
      host: "127.0.0.1",
      port,
      agent: false,
      headers: {
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    request.on("response", async (response) => {
      let body = "";
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    request.on("upgrade", () => reject(new Error("was not refused")));
    request.on("error", reject);
  });
}

/** Waits until something holds; the runner's own time limit is the bound. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
