import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { ProxyLogEntry, ProxyOptions } from "../../src/proxy/index.js";
import { createProxy } from "../../src/proxy/index.js";
import { ask, CERTIFICATE, say, serve } from "../http/support.js";
import { freePort } from "../servers/support.js";
import { bareAnswer, bareServer, connected, echo, proxyTo, until, witness } from "./support.js";

const fillers = (count: number) => Array.from({ length: count }, (_, index) => `F${index}: x`);

/** What comes back over one connection until it closes, whatever closes it. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text, "latin1"));
    socket.setEncoding("latin1");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

/** Requests in one go, the last of which ends the connection. */
const pipelined = (count: number) =>
  Array.from(
    { length: count },
    (_, index) => `GET /${index} HTTP/1.1\r\nHost: a\r\n${index === count - 1 ? "Connection: close\r\n" : ""}\r\n`,
  ).join("");

/** The status lines in what came back. */
const statuses = (answer: string) => [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));

describe("Header lines beyond what Node shows", () => {
  it.each(["Content-Length: 45", "Transfer-Encoding: chunked"])("frame nothing unseen: %s behind 1,000 others is a 431", async (line) => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const body = line.startsWith("C") ? "GET /smuggled HTTP/1.1\r\nHost: a\r\nX-Padding: 1" : "0";
    const answer = await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close", ...fillers(1_000), line, "", body]);
    expect(statuses(answer)).toEqual([431]);
    expect(answer).toContain("\r\nX-Frame-Options: DENY\r\n");
    expect(seen).toEqual([]);
  });

  it("are passed on whole up to 300", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const answer = await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close", ...fillers(298)]);
    expect([statuses(answer), seen[0]?.headers["f297"]]).toEqual([[200], "x"]);
  });

  it("are a 431 from 301 on", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const answer = await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close", ...fillers(299)]);
    expect([statuses(answer), seen]).toEqual([[431], []]);
  });

  it("of the application lose no Set-Cookie among 1,000", async () => {
    const head = ["HTTP/1.1 200 OK", "Content-Length: 2", ...fillers(998), "Set-Cookie: last=1", "", "ok"];
    const { port } = await proxyTo(await bareAnswer(head));
    const answer = await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close"]);
    expect([statuses(answer), answer.includes("\r\nSet-Cookie: last=1\r\n")]).toEqual([[200], true]);
  });

  it("of the application are a 502 from 1,001 on", async () => {
    const head = ["HTTP/1.1 200 OK", "Content-Length: 2", ...fillers(1_000), "Set-Cookie: last=1", "", "ok"];
    const { port } = await proxyTo(await bareAnswer(head));
    expect(statuses(await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close"]))).toEqual([502]);
  });
});

describe("Where a visitor comes from", () => {
  /** The header lines that an application gets, in order. */
  async function linesOf(text: readonly string[], options: Partial<ProxyOptions> = {}): Promise<string[]> {
    let got = "";
    const upstream = await bareServer((socket, chunk) => {
      got += chunk;
      if (got.includes("\r\n\r\n")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
    const { port } = await proxyTo(upstream, options);
    await say(port, text);
    return got.split("\r\n\r\n")[0]?.split("\r\n").slice(1) ?? [];
  }

  it("stands before all that the client sends", async () => {
    const lines = await linesOf(["GET / HTTP/1.1", "Host: site.example", "Connection: close", "X-Own: 1"]);
    expect(lines.slice(0, 5)).toEqual([
      "X-Forwarded-For: 127.0.0.1",
      "X-Forwarded-Proto: http",
      "X-Forwarded-Host: site.example",
      "Host: site.example",
      "X-Own: 1",
    ]);
  });

  it("stands there too where a trusted front says it behind the client's own lines", async () => {
    const front = ["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https", "X-Forwarded-Host: front.example"];
    const text = ["GET / HTTP/1.1", "Host: site.example", "Connection: close", ...fillers(200), ...front];
    const lines = await linesOf(text, { trustProxy: true });
    expect(lines.slice(0, 4)).toEqual([
      "X-Forwarded-For: 203.0.113.9, 127.0.0.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: front.example",
      "Host: site.example",
    ]);
  });

  it("is not lost where a trusted front says it behind 1,000 lines: that is a 431", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream, { trustProxy: true });
    const answer = await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close", ...fillers(1_000), "X-Forwarded-For: 203.0.113.9"]);
    expect([statuses(answer), seen]).toEqual([[431], []]);
  });

  it("is every line of the client's, in its order, spelling and number", async () => {
    const own = [
      "X-b: 2",
      "x-A: 1",
      "Accept: text/html",
      "accept: */*",
      "__proto__: x",
      "constructor: y",
      "Authorization: a",
      "Authorization: b",
    ];
    const lines = await linesOf(["GET / HTTP/1.1", "Host: a", "Connection: close", ...own]);
    expect(lines.slice(4)).toEqual([...own, expect.stringMatching(/^Via: 1\.1 portcullis-/), "Connection: keep-alive"]);
  });
});

describe("Nothing ends the process", () => {
  it("not what is no HTTP behind a good request: that one keeps its answer", async () => {
    const { port: upstream } = await witness();
    const { port } = await proxyTo(upstream);
    const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    let text = "";
    let garbage = false;
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.includes("A page.") && !garbage) {
        garbage = true;
        socket.write("GARBAGE\r\n\r\n");
      }
    });
    await once(socket, "close");
    expect(statuses(text)).toEqual([200, 400]);
    expect((await ask(port, "/")).status).toBe(200);
  });

  it("not what is no HTTP along with a good request: that one keeps its answer", async () => {
    const { port } = await proxyTo((await witness()).port);
    const answer = await exchange(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n");
    expect([statuses(answer), answer.endsWith("A page.")]).toEqual([[200], true]);
  });

  it("and a request is not passed on whose response could not be sent, because the one before it ends the connection", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const answer = await exchange(
      port,
      "GET /0 HTTP/1.1\r\nHost: a\r\n\r\nPOST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGARBAGE\r\n\r\n",
    );
    await ask(port, "/2");
    expect([statuses(answer), seen.map(({ url }) => url)]).toEqual([[200], ["/0", "/2"]]);
  });

  it("not an upgrade behind a request that is not answered yet", async () => {
    const { port } = await proxyTo(await bareServer(() => undefined), { responseTimeout: 500 });
    const upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n";
    await exchange(port, `GET /slow HTTP/1.1\r\nHost: a\r\n\r\n${upgrade}`);
    expect((await ask(port, "/health")).status).toBe(200);
  });

  it("not a status text that Node refuses: the status goes out with the usual text, and the log says so", async () => {
    const entries: ProxyLogEntry[] = [];
    const upstream = await bareAnswer(["HTTP/1.1 200 O\x7fK", "Content-Length: 2", "", "ok"]);
    const { port } = await proxyTo(upstream, { log: (entry) => void entries.push(entry) });
    const answer = await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close"]);
    expect([answer.split("\r\n")[0], answer.endsWith("\r\n\r\nok")]).toEqual(["HTTP/1.1 200 OK", true]);
    await until(() => entries.length > 0);
    expect(entries[0]?.error).toBe("status text left out");
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("log is full");
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("log is full");
      },
    ],
  ])("not a log that %s: it is a warning", async (_, log) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    onTestFinished(() => warned.mockRestore());
    const { port } = await proxyTo((await witness()).port, { log });
    expect((await ask(port, "/")).status).toBe(200);
    await until(() => warned.mock.calls.length > 0);
    expect(String(warned.mock.calls[0]?.[0])).toContain("log is full");
  });
});

describe("Answers of the proxy's own", () => {
  it.each([
    ["an expectation that nobody knows", ["GET / HTTP/1.1", "Host: a", "Expect: x"], 417],
    ["no Host", ["GET / HTTP/1.1", "Connection: close"], 400],
    ["an empty Host", ["GET / HTTP/1.1", "Host:", "Connection: close"], 400],
    ["two Hosts", ["GET / HTTP/1.1", "Host: a", "Host: b", "Connection: close"], 400],
    ["the same Host twice", ["GET / HTTP/1.1", "Host: a", "Host: a", "Connection: close"], 400],
    ["a Host with a path", ["GET / HTTP/1.1", "Host: a/b", "Connection: close"], 400],
    ["a Host with a user", ["GET / HTTP/1.1", "Host: u@a", "Connection: close"], 400],
    ["a Host of two words", ["GET / HTTP/1.1", "Host: a b", "Connection: close"], 400],
    ["an IPv6 Host that is none", ["GET / HTTP/1.1", "Host: [1:2]", "Connection: close"], 400],
    ["CONNECT", ["CONNECT a:443 HTTP/1.1", "Host: a:443"], 501],
    ["TRACE", ["TRACE / HTTP/1.1", "Host: a", "Connection: close"], 501],
    ["HTTP/1.0 with chunks", ["POST / HTTP/1.0", "Host: a", "Transfer-Encoding: chunked", "", "0"], 400],
    ["a tab in its path", ["GET /a\tb HTTP/1.1", "Host: a", "Connection: close"], 400],
  ])("carry the policy, and reach no application: %s", async (_, lines, status) => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const answer = await say(port, lines);
    expect(statuses(answer)).toEqual([status]);
    expect(answer).toContain("\r\nX-Frame-Options: DENY\r\n");
    expect(seen).toEqual([]);
  });

  it("close the connection where a request is refused, and what comes behind it is not asked", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const answer = await exchange(port, "GET /first HTTP/1.1\r\nHost: a b\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n");
    expect([statuses(answer), seen]).toEqual([[400], []]);
  });

  it("say why in the log", async () => {
    const entries: ProxyLogEntry[] = [];
    const { port } = await proxyTo((await witness()).port, { log: (entry) => void entries.push(entry) });
    await say(port, ["GET / HTTP/1.1", "Host: a", "Host: b"]);
    await until(() => entries.length > 0);
    expect([entries[0]?.status, entries[0]?.error]).toEqual([400, "not one valid Host"]);
  });
});

describe("An application that misbehaves", () => {
  it("has its endless 103s counted against responseTimeout", async () => {
    const upstream = await bareServer((socket) => {
      const timer = setInterval(() => socket.write("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), 20);
      socket.on("close", () => clearInterval(timer));
    });
    const { port } = await proxyTo(upstream, { responseTimeout: 300 });
    expect((await ask(port, "/")).status).toBe(504);
  });

  it.each([204, 304])("does not cut the client off by a body where there is none: %i", async (status) => {
    const upstream = await bareServer((socket) => socket.write(`HTTP/1.1 ${status} X\r\nContent-Length: 5\r\nX-Own: 1\r\n\r\nhello`));
    const { port } = await proxyTo(upstream);
    const answers = [await ask(port, "/"), await ask(port, "/")];
    expect(answers.map(({ status, headers, body }) => [status, headers["X-Own"], body])).toEqual([
      [status, "1", ""],
      [status, "1", ""],
    ]);
  });

  it.each([
    ["behind a 204", "GET", "HTTP/1.1 204 X\r\nContent-Length: 40\r\n\r\n"],
    ["behind an answer to HEAD", "HEAD", "HTTP/1.1 200 X\r\nContent-Length: 40\r\n\r\n"],
  ])("answers nobody else by bytes that come late %s", async (_, method, first) => {
    let connections = 0;
    const upstream = await bareServer((socket, text) => {
      if (socket.bytesWritten === 0) connections += 1;
      socket.write(text.includes("/first") ? first : "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
    });
    const { port } = await proxyTo(upstream);
    await ask(port, "/first", { method });
    expect([(await ask(port, "/second")).body, connections]).toEqual(["good", 2]);
  });

  it("loses a connection on which it speaks unasked", async () => {
    const sockets: net.Socket[] = [];
    const upstream = await bareServer((socket) => {
      if (!sockets.includes(socket)) sockets.push(socket);
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
    });
    const { port } = await proxyTo(upstream);
    await ask(port, "/");
    await new Promise((resolve) => setTimeout(resolve, 50));
    sockets[0]?.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([(await ask(port, "/")).body, sockets.length]).toEqual(["good", 2]);
  });

  it("answers nobody else by what it reads out of a chunked upload", async () => {
    const uploads = new Set<net.Socket>();
    const upstream = await bareServer((socket, text) => {
      const body = uploads.has(socket) ? "evil" : "good";
      if (text.startsWith("POST")) uploads.add(socket);
      if (text.startsWith("GET") || text.endsWith("0\r\n\r\n")) socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n${body}`);
    });
    const { port } = await proxyTo(upstream);
    await exchange(port, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    expect([uploads.size, (await ask(port, "/")).body]).toEqual([1, "good"]);
  });

  it.each([
    [true, 1],
    [false, 3],
  ])("is asked over connections of their own where told: keepAlive %s, three requests, %i connections", async (keepAlive, connections) => {
    const sockets = new Set<net.Socket>();
    const upstream = await serve((req, res) => {
      sockets.add(req.socket);
      res.end("A page.");
    });
    const { port } = await proxyTo(upstream, { keepAlive });
    for (const path of ["/1", "/2", "/3"]) await ask(port, path);
    expect(sockets.size).toBe(connections);
  });

  it.each([
    ["a coding that it does not undo", ["Transfer-Encoding: gzip, chunked", "", "2", "ok", "0", "", ""]],
    ["a length that is none", ["Content-Length: 2, 2", "", "ok"]],
  ])("is a 502 with %s", async (_, lines) => {
    const { port } = await proxyTo(await bareAnswer(["HTTP/1.1 200 OK", ...lines]));
    expect((await ask(port, "/")).status).toBe(502);
  });

  it("has a nonce of its own kept off a 304, whose page has an older one", async () => {
    const upstream = await serve((_req, res) => {
      res
        .writeHead(304, { "Content-Security-Policy": "script-src 'NONCE-abc'", "Content-Security-Policy-Report-Only": "img-src 'self'" })
        .end();
    });
    const { port } = await proxyTo(upstream, { keepUpstream: true });
    const { headers } = await ask(port, "/");
    expect([headers["Content-Security-Policy"], headers["Content-Security-Policy-Report-Only"], headers["X-Frame-Options"]]).toEqual([
      undefined,
      "img-src 'self'",
      "DENY",
    ]);
  });
});

describe("The redirect to https", () => {
  it.each([
    ["site.example", 308],
    ["evil.example", 400],
  ])("goes to no host but those it is told: %s", async (host, status) => {
    const proxy = createProxy({
      target: `http://127.0.0.1:${await freePort()}`,
      policy: ["none", { xFrameOptions: "DENY" }],
      tls: CERTIFICATE,
    });
    const { redirectPort = 0 } = await proxy.listen({ port: 0, redirectPort: 0, hosts: ["site.example"] });
    onTestFinished(async () => void (await proxy.close(0)));
    const answer = await ask(redirectPort, "/", { headers: { Host: host } });
    expect([answer.status, answer.headers["X-Frame-Options"]]).toEqual([status, "DENY"]);
  });
});

describe("What one client may hold", () => {
  it("is a number of connections in all", async () => {
    const { port } = await proxyTo((await witness()).port, { maxConnections: 2 });
    const sockets = await Promise.all(
      [1, 2].map(async () => {
        const socket = net.connect(port, "127.0.0.1");
        socket.on("error", () => undefined);
        onTestFinished(() => void socket.destroy());
        await once(socket, "connect");
        return socket;
      }),
    );
    await expect(ask(port, "/")).rejects.toThrow();
    for (const socket of sockets) socket.destroy();
    await until(() => sockets.every(({ closed }) => closed));
    await vi.waitFor(async () => expect((await ask(port, "/")).status).toBe(200));
  });

  it("is a WebSocket that is not silent for longer than told", async () => {
    const { port } = await proxyTo((await echo()).port, { webSocketTimeout: 200 });
    const socket = await connected(`ws://127.0.0.1:${port}/`);
    expect((await once(socket, "close"))[0]).toBe(1_006);
  });

  it("is one request at the application for each connection", async () => {
    let running = 0;
    let most = 0;
    const upstream = await serve((req, res) => {
      running += 1;
      most = Math.max(most, running);
      setTimeout(() => {
        running -= 1;
        res.end(req.url);
      }, 20);
    });
    const { port } = await proxyTo(upstream);
    const answer = await exchange(port, pipelined(10));
    expect([answer.match(/^\/\d/gm), most]).toEqual([["/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"], 1]);
  });

  it("is 16 requests at once on a connection, and no warning of Node's", async () => {
    const warned: string[] = [];
    const warn = (warning: Error) => void warned.push(warning.name);
    process.on("warning", warn);
    onTestFinished(() => void process.off("warning", warn));
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const answer = await exchange(port, pipelined(200));
    expect([statuses(answer), seen.length, warned]).toEqual([[...Array.from({ length: 16 }, () => 200), 400], 16, []]);
  });

  it("is not the requests of a connection that is gone", async () => {
    const asked: string[] = [];
    const closed: string[] = [];
    const upstream = await serve((req, res) => {
      asked.push(req.url ?? "");
      res.on("close", () => closed.push(req.url ?? ""));
    });
    const { port } = await proxyTo(upstream);
    const socket = net.connect(port, "127.0.0.1", () => socket.write(pipelined(2)));
    await until(() => asked.length === 1);
    socket.destroy();
    await until(() => closed.length === 1);
    await ask(port, "/health");
    expect([asked, closed]).toEqual([["/0"], ["/0"]]);
  });

  it.each([
    ["an application that is not there", "/", 502],
    ["the health path", "/health", 200],
    ["a redirect to https", "/", 308],
  ])("is a body that is read to an end only if it is short, where nobody takes it: %s", async (_, path, status) => {
    const proxy = createProxy({ target: `http://127.0.0.1:${await freePort()}`, policy: ["none"], tls: CERTIFICATE, trustProxy: true });
    const { redirectPort: port = 0 } = await proxy.listen({ port: 0, redirectPort: 0 });
    onTestFinished(async () => void (await proxy.close(0)));
    const head = [
      `POST ${path} HTTP/1.1`,
      "Host: a",
      ...(status === 502 ? ["X-Forwarded-Proto: https"] : []),
      "Content-Length: 1000000000",
    ];
    let said = "";
    let sent = 0;
    const chunk = Buffer.alloc(1_000_000);
    const socket = net.connect(port, "127.0.0.1");
    socket.write(`${head.join("\r\n")}\r\n\r\n`);
    socket
      .on("error", () => undefined)
      .on("data", (data) => {
        said += data;
      });
    const more = () =>
      socket.write(chunk, (error) => {
        if (error != null) return;
        sent += chunk.length;
        if (sent < 200_000_000) more();
      });
    more();
    await new Promise((resolve) => socket.once("close", resolve));
    expect([statuses(said), sent < 100_000_000]).toEqual([[status], true]);
  });
});

describe("An upload that is refused", () => {
  /** The status that a client reads which first sends all of its five megabytes. */
  async function statusFor(port: number, lines: readonly string[], secure: boolean): Promise<number | undefined> {
    const socket = secure ? tls.connect({ port, host: "127.0.0.1", ca: CERTIFICATE.cert }) : net.connect(port, "127.0.0.1");
    let answer = "";
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.pause();
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    for (let sent = 0; sent < 50 && !socket.destroyed; sent += 1) {
      await new Promise((resolve) => socket.write(Buffer.alloc(100_000, "GET / HTTP/1.1\r\n\r\n"), resolve));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.resume();
    if (!socket.closed) await once(socket, "close");
    return statuses(answer)[0];
  }

  it.each([
    ["an unknown Expect", ["POST / HTTP/1.1", "Host: a", "Expect: x", "Content-Length: 5000000"], 417],
    ["no Host", ["POST / HTTP/1.1", "Content-Length: 5000000"], 400],
    ["two readings of where it ends", ["POST / HTTP/1.1", "Host: a", "Content_Length: 3", "Content-Length: 5000000"], 400],
    ["two framings", ["POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Content-Length: 5000000"], 400],
    ["too many lines", ["POST / HTTP/1.1", "Host: a", ...fillers(300), "Content-Length: 5000000"], 431],
    ["lines that are too long", ["POST / HTTP/1.1", "Host: a", `X: ${"x".repeat(20_000)}`, "Content-Length: 5000000"], 431],
    ["TRACE", ["TRACE / HTTP/1.1", "Host: a", "Content-Length: 5000000"], 501],
    ["CONNECT", ["CONNECT a:80 HTTP/1.1", "Host: a:80"], 501],
    ["an upgrade", ["GET / HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket", "Content-Length: 5000000"], 400],
  ])("has its answer read by a client that sends it whole first: %s", async (_, lines, status) => {
    const { port: upstream, seen } = await witness();
    const [plain, secure] = [await proxyTo(upstream), await proxyTo(upstream, { tls: CERTIFICATE })];
    const got = [await statusFor(plain.port, lines, false), await statusFor(secure.port, lines, true)];
    expect([got, seen]).toEqual([[status, status], []]);
  });

  it("is read for 16 megabytes, and no further", async () => {
    const { port } = await proxyTo((await witness()).port);
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined).resume();
    socket.write("POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n");
    let sent = 0;
    while (sent < 200_000_000 && !socket.destroyed) {
      await new Promise((resolve) => socket.write(Buffer.alloc(1_000_000), resolve));
      sent += 1_000_000;
    }
    expect([sent >= 16_000_000, sent < 100_000_000]).toEqual([true, true]);
  });

  it("does not keep close() waiting", async () => {
    const { port, proxy } = await proxyTo((await witness()).port);
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined).resume();
    socket.write("POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n");
    await once(socket, "end");
    const closed = once(socket, "close");
    await proxy.close(1_000_000);
    socket.end();
    await closed;
    expect(socket.destroyed).toBe(true);
  });
});
