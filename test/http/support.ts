import { readFileSync } from "node:fs";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo, Server as NetServer } from "node:net";
import net from "node:net";
import express from "express";
import { onTestFinished } from "vitest";

// Express 4 stands here under another name, and comes without declarations.
export const express4 = createRequire(import.meta.url)("express4") as typeof express;

/** Both versions that are supported, for `describe.each`. */
export const EXPRESSES = [
  { version: "Express 5", express },
  { version: "Express 4", express: express4 },
] as const;

/** A key for 127.0.0.1 and localhost that nothing but these tests trusts. */
export const CERTIFICATE = {
  key: readFileSync(new URL("fixtures/localhost-key.pem", import.meta.url)),
  cert: readFileSync(new URL("fixtures/localhost-cert.pem", import.meta.url)),
};

/** A folder with page.txt and folder/page.txt. */
export const PUBLIC = new URL("fixtures/public", import.meta.url).pathname;

/** A response as it went over the wire: names in the case in which they were written. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Names in order, each as often as it was sent. */
  readonly names: readonly string[];
  readonly body: string;
}

/** Listens until the test is over, with whatever is still open. */
export async function listen(server: NetServer): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return (server.address() as AddressInfo).port;
}

/** Serves over plain http/1.1 until the test is over. */
export function serve(listener: http.RequestListener): Promise<number> {
  return listen(http.createServer(listener));
}

/** The same over TLS. */
export function serveSecurely(listener: http.RequestListener): Promise<number> {
  return listen(https.createServer(CERTIFICATE, listener));
}

export interface Question {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly secure?: boolean;
}

/** One request over a connection of its own. */
export function ask(port: number, path = "/", { method = "GET", headers = {}, secure = false }: Question = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port, path, method, headers, agent: false, ca: CERTIFICATE.cert };
    const request = (secure ? https : http).request(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, ...pairs(response.rawHeaders), body }));
    });
    request.on("error", reject);
    request.end();
  });
}

function pairs(raw: readonly string[]): Pick<Answer, "headers" | "names"> {
  const lines = Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] as string, raw[2 * index + 1] as string] as const);
  return { headers: Object.fromEntries(lines), names: lines.map(([name]) => name) };
}

/** What Node and Express send by themselves. */
const THEIRS = [
  "Accept-Ranges",
  "Allow",
  "Connection",
  "Content-Length",
  "Content-Range",
  "Content-Type",
  "Date",
  "ETag",
  "Keep-Alive",
  "Last-Modified",
  "Location",
  "Transfer-Encoding",
  "Vary",
];

/** All that was sent, but for what Node and Express send by themselves. */
export function ours({ headers }: Answer): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !THEIRS.some((one) => one.toLowerCase() === name.toLowerCase())));
}

/** Says these lines over a bare socket, and gives all that comes back before it closes. */
export function say(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(text));
  });
}

/** Asks for a path, waits for the first bytes (or not), and hangs up. */
export function hangUp(port: number, path: string, when: "at once" | "midway"): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`, () => when === "at once" && setTimeout(() => socket.destroy(), 30));
    });
    socket.on("data", () => socket.destroy());
    socket.on("error", reject);
    socket.on("close", () => resolve());
  });
}

/** A client of an http/2 server, closed when the test is over. */
export function connect2(port: number, secure = false): http2.ClientHttp2Session {
  const session = http2.connect(`${secure ? "https" : "http"}://127.0.0.1:${port}`, { ca: CERTIFICATE.cert });
  onTestFinished(() => session.destroy());
  return session;
}

/** One request over http/2; names come in lower case there. */
export function ask2(session: http2.ClientHttp2Session, headers: http2.OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ":path": "/", ...headers });
    let head: http2.IncomingHttpHeaders = {};
    let body = "";
    stream.setEncoding("utf8");
    stream.on("response", (received) => {
      head = received;
    });
    stream.on("data", (chunk: string) => {
      body += chunk;
    });
    stream.on("error", reject);
    stream.on("end", () => {
      const { ":status": status = "0", ...rest } = head as Record<string, unknown>;
      const lines = Object.entries(rest).map(([name, value]) => [name, String(value)] as const);
      resolve({ status: Number(status), headers: Object.fromEntries(lines), names: lines.map(([name]) => name), body });
    });
    stream.end();
  });
}

/** An error handler that leaves the headers alone, and tells what it got. */
export const tellError: express.ErrorRequestHandler = (error, _req, res, _next) => {
  res.status(500).json({ name: error.name, code: error.code, path: error.path, message: error.message });
};
