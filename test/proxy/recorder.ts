import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net, { type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../servers/support.js";

/** An application of bare bytes, which takes apart what comes by itself, and keeps it. */
export interface Recorder {
  readonly port: number;
  /** Method, path and body of the requests of one exchange, sorted, with `~` for its own paths. */
  seenBy(index: number): string[];
  /** What came and was the beginning of no whole request. */
  leftovers(): string[];
  close(): Promise<void>;
}

interface Whole {
  readonly head: string;
  readonly body: string;
  readonly rest: string;
}

/** The first whole request of a text; undefined where it is not whole yet. As literal as it can be: no library that could mend anything. */
function firstOf(text: string): Whole | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const after = text.slice(end + 4);
  if (/^transfer-encoding: chunked$/im.test(head)) return chunked(head, after);
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  return after.length < length ? undefined : { head, body: after.slice(0, length), rest: after.slice(length) };
}

function chunked(head: string, text: string): Whole | undefined {
  let [body, rest] = ["", text];
  for (;;) {
    const [line, size = ""] = /^([\da-f]+)\r\n/i.exec(rest) ?? [];
    const length = Number.parseInt(size, 16);
    if (line === undefined || rest.length < line.length + length + 2) return undefined;
    const chunk = rest.slice(line.length, line.length + length);
    rest = rest.slice(line.length + length + 2);
    if (length === 0) return { head, body, rest };
    body += chunk;
  }
}

export async function recorder(): Promise<Recorder> {
  const seen: string[] = [];
  const sockets = new Map<Socket, string>();
  const server = net.createServer((socket) => {
    sockets.set(socket, "");
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      let text = `${sockets.get(socket)}${chunk.toString("latin1")}`;
      for (let whole = firstOf(text); whole !== undefined; whole = firstOf(text)) {
        const [method, path] = whole.head.split(" ");
        seen.push(`${method} ${path} ${whole.body}`);
        text = whole.rest;
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      }
      sockets.set(socket, text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seenBy: (index) =>
      seen
        .filter((request) => new RegExp(`^\\S+ \\S*?/?\\b${index}-`).test(request))
        .map((request) => request.replaceAll(`${index}-`, "~"))
        .sort(),
    leftovers: () => [...sockets.values()].filter((text) => text !== "" && !/^POST \/\d+- HTTP/.test(text)),
    close: async () => {
      for (const socket of sockets.keys()) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** nginx as it is usually put before an application, with connections that are kept. */
export async function startNginx(upstream: number): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "portcullis-smuggling-"));
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`).join(" ");
  writeFileSync(
    join(folder, "nginx.conf"),
    `user root; worker_processes 1; daemon off; pid nginx.pid; error_log stderr crit; events {}
http { access_log off; ${temporary}
upstream application { server 127.0.0.1:${upstream}; keepalive 8; }
server { listen 127.0.0.1:${port}; location / { proxy_pass http://application; proxy_http_version 1.1;
proxy_set_header Host $http_host; proxy_set_header Connection ""; proxy_request_buffering off; } } }\n`,
  );
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit");
  for (let rest = 200; rest > 0; rest -= 1) {
    if (await listens(port)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => resolve(socket.destroy() !== undefined));
    socket.on("error", () => resolve(false));
  });
}
