import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import net from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { definePolicy, nonce, perRequest } from "../../src/index.js";
import { createProxy, type ProxyLogEntry, type ProxyOptions } from "../../src/proxy/index.js";
import { ask, CERTIFICATE, listen, say, serve } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { freePort } from "../servers/support.js";
import { bareAnswer, bareServer, proxyTo, refused, type Seen, until, witness } from "./support.js";

/** What this machine's servers send of themselves. */
const THEIRS = /^(?:connection|keep-alive|date|content-length|transfer-encoding)$/i;

async function lines(port: number, path = "/", headers: http.OutgoingHttpHeaders = {}) {
  const answer = await ask(port, path, { headers });
  return answer.names.filter((name) => !THEIRS.test(name)).map((name) => `${name}: ${answer.headers[name]}`);
}

describe("What a response carries", () => {
  it.each([200, 304, 404, 500])("is the policy, once each, whatever the application sends: %i", async (status) => {
    const upstream = await serve((_req, res) => {
      res.writeHead(status, ["x-frame-options", "ALLOWALL", "X-FRAME-OPTIONS", "SAMEORIGIN", "referrer-policy", "unsafe-url"]);
      res.end();
    });
    const { port } = await proxyTo(upstream, { policy: ["none", { xFrameOptions: "DENY", referrerPolicy: "origin" }] });
    const answer = await ask(port, "/");
    expect(answer.status).toBe(status);
    expect(answer.names.filter((name) => /frame|referrer/i.test(name)).map((name) => `${name}: ${answer.headers[name]}`)).toEqual([
      "X-Frame-Options: DENY",
      "Referrer-Policy: origin",
    ]);
  });

  it("takes the name of a preset", async () => {
    const { port } = await proxyTo((await witness()).port, { policy: "api" });
    expect(await lines(port)).toContain("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'");
  });

  it("lets through what the policy says nothing of, in the application's own spelling", async () => {
    const upstream = await serve((_req, res) => {
      res.setHeader("x-OWN", "1");
      res.setHeader("Set-Cookie", ["a=1", "b=2"]);
      res.end();
    });
    const { port } = await proxyTo(upstream);
    expect(await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close"])).toMatch(
      /x-OWN: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n/,
    );
  });

  it("drops what a patch has switched off, and what is stripped", async () => {
    const upstream = await serve((_req, res) => {
      res.setHeader("X-Frame-Options", "DENY");
      res.setHeader("X-Own", "1");
      res.end();
    });
    const { port } = await proxyTo(upstream, { policy: ["none", { xFrameOptions: false, stripHeaders: ["X-Own"] }] });
    expect(await lines(port)).toEqual([]);
  });

  it("withholds what the application is made of, and what is for one connection alone", async () => {
    const upstream = await serve((_req, res) => {
      res.writeHead(200, [
        ...["Server", "a/1", "X-Powered-By", "b", "X-AspNet-Version", "4", "Upgrade", "h2c", "Keep-Alive", "timeout=1"],
        ...["Connection", "close, X-Hop", "X-Hop", "1", "X-Own", "1"],
      ]);
      res.end();
    });
    const { port } = await proxyTo(upstream, { policy: ["none"] });
    expect(await lines(port)).toEqual(["X-Own: 1"]);
  });

  it("keeps a Server header that the policy itself sets", async () => {
    const { port } = await proxyTo((await witness()).port, { policy: ["none", { custom: { Server: "ours" } }] });
    expect(await lines(port)).toEqual(["Server: ours"]);
  });

  it("keeps the bytes of a header that is not ASCII", async () => {
    const upstream = await bareAnswer(["HTTP/1.1 200 OK", "X-Name: M\xfcller", "Content-Length: 2", "", "ok"]);
    const { port } = await proxyTo(upstream);
    const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"));
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString("latin1")).toContain("X-Name: M\xfcller\r\n");
  });

  it("keeps status and reason", async () => {
    const { port } = await proxyTo(await bareAnswer(["HTTP/1.1 418 I am a teapot", "Content-Length: 0", "", ""]));
    expect(await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close"])).toMatch(/^HTTP\/1\.1 418 I am a teapot\r\n/);
  });

  it("answers HEAD without a body, and with the length the application tells", async () => {
    const upstream = await serve((_req, res) => void res.setHeader("Content-Length", 7).end());
    const { port } = await proxyTo(upstream);
    const { headers, body } = await ask(port, "/", { method: "HEAD" });
    expect([headers["Content-Length"], headers["X-Frame-Options"], body]).toEqual(["7", "DENY", ""]);
  });

  it("is answered to HTTP/1.0 without chunks", async () => {
    const upstream = await serve((_req, res) => {
      res.write("a");
      res.end("b");
    });
    const { port } = await proxyTo(upstream);
    const text = await say(port, ["GET / HTTP/1.0", "Host: a"]);
    expect(text).toMatch(/\r\n\r\nab$/);
    expect(text).not.toMatch(/transfer-encoding/i);
  });
});

describe("keepUpstream", () => {
  const csp = (answer: string) => answer.split("\r\n").filter((line) => /^content-security-policy/i.test(line));
  const policy = ["none", { contentSecurityPolicy: { defaultSrc: ["self"] } }] as const;
  const sending = (values: Record<string, string | string[]>) =>
    serve((_req, res) => {
      for (const [name, value] of Object.entries(values)) res.setHeader(name, value);
      res.end();
    });
  const question = ["GET / HTTP/1.1", "Host: a", "Connection: close"];

  it("keeps the application's policies beside ours, each a header of its own", async () => {
    const upstream = await sending({ "content-security-policy": ["img-src *", "font-src *"] });
    const { port } = await proxyTo(upstream, { policy, keepUpstream: true });
    expect(csp(await say(port, question))).toEqual([
      "Content-Security-Policy: default-src 'self'",
      "content-security-policy: img-src *",
      "content-security-policy: font-src *",
    ]);
  });

  it("sends once what both say", async () => {
    const { port } = await proxyTo(await sending({ "Content-Security-Policy": "default-src 'self'" }), { policy, keepUpstream: true });
    expect(csp(await say(port, question))).toEqual(["Content-Security-Policy: default-src 'self'"]);
  });

  it("keeps one that is only observed", async () => {
    const upstream = await sending({ "Content-Security-Policy-Report-Only": "img-src 'none'" });
    const { port } = await proxyTo(upstream, { policy, keepUpstream: true });
    expect(csp(await say(port, question)).sort()).toEqual([
      "Content-Security-Policy-Report-Only: img-src 'none'",
      "Content-Security-Policy: default-src 'self'",
    ]);
  });

  it("keeps it where our policy has it switched off", async () => {
    const upstream = await sending({ "Content-Security-Policy": "img-src *" });
    const { port } = await proxyTo(upstream, { policy: ["none", { contentSecurityPolicy: false }], keepUpstream: true });
    expect(csp(await say(port, question))).toEqual(["Content-Security-Policy: img-src *"]);
  });

  it("keeps what it enforces where ours says the same, but only observes it", async () => {
    const upstream = await sending({ "Content-Security-Policy": "default-src 'self'" });
    const observed = ["none", { contentSecurityPolicyReportOnly: { defaultSrc: ["self"] } }] as const;
    const { port } = await proxyTo(upstream, { policy: observed, keepUpstream: true });
    expect(csp(await say(port, question))).toEqual([
      "Content-Security-Policy-Report-Only: default-src 'self'",
      "Content-Security-Policy: default-src 'self'",
    ]);
  });

  it("is off unless told: ours replaces it", async () => {
    const { port } = await proxyTo(await sending({ "Content-Security-Policy": "img-src *" }), { policy });
    expect(csp(await say(port, question))).toEqual(["Content-Security-Policy: default-src 'self'"]);
  });
});

describe("What the application gets", () => {
  async function asked(text: readonly string[], options: Partial<ProxyOptions> = {}): Promise<{ answer: string; seen: Seen[] }> {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream, options);
    return { answer: await say(port, text), seen };
  }

  const LIES = [
    "X-Forwarded-For: 203.0.113.9",
    "X-Forwarded-Proto: https",
    "X-Forwarded-Host: evil.example",
    "X-Forwarded-Port: 1",
    "X_Forwarded_For: 203.0.113.9",
    "X-Real-IP: 203.0.113.9",
    "Forwarded: for=203.0.113.9",
  ];
  const forwarded = (seen: Seen | undefined) =>
    Object.fromEntries(Object.entries(seen?.headers ?? {}).filter(([name]) => /forwarded|real/.test(name)));

  it("where a request comes from, and not what the client says of it", async () => {
    const { seen } = await asked(["GET / HTTP/1.1", "Host: site.example", "Connection: close", ...LIES]);
    expect(forwarded(seen[0])).toEqual({
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "site.example",
    });
  });

  it("what a trusted proxy says, and where that one is", async () => {
    const trusted = LIES.slice(0, 3);
    const { seen } = await asked(["GET / HTTP/1.1", "Host: site.example", "Connection: close", ...trusted], { trustProxy: true });
    expect(forwarded(seen[0])).toEqual({
      "x-forwarded-for": "203.0.113.9, 127.0.0.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
    });
  });

  it("and no empty member of a list where a trusted proxy sends an empty X-Forwarded-For", async () => {
    const empty = ["X-Forwarded-For: ", "X-Forwarded-For: 203.0.113.9"];
    const { seen } = await asked(["GET / HTTP/1.1", "Host: a", "Connection: close", ...empty], { trustProxy: true });
    expect(seen[0]?.headers["x-forwarded-for"]).toBe("203.0.113.9, 127.0.0.1");
  });

  it("and what a policy asks per request is not what the client says of it either", async () => {
    const asked: unknown[] = [];
    const look = perRequest((req: IncomingMessage) => {
      asked.push(req.headers["x-forwarded-for"], req.headers["forwarded"], req.rawHeaders.includes("X-Real-IP"), req.headers["x-own"]);
      return [];
    });
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", look] } });
    const { port } = await proxyTo((await witness()).port, { policy });
    await say(port, ["GET / HTTP/1.1", "Host: a", "Connection: close", ...LIES, "X-Own: 1"]);
    expect(asked).toEqual([undefined, undefined, false, "1"]);
  });

  it.each([
    [false, "DENY", "max-age=1"],
    [true, "DENY", undefined],
  ])("the policy believes X-Forwarded-Proto only of a trusted proxy: %s", async (trustProxy, frame, hsts) => {
    const policy = ["none", { xFrameOptions: "DENY", strictTransportSecurity: { maxAge: 1 } }] as const;
    const { port } = await proxyTo((await witness()).port, { policy, trustProxy });
    const { headers } = await ask(port, "/", { headers: { "X-Forwarded-Proto": "http" } });
    expect([headers["X-Frame-Options"], headers["Strict-Transport-Security"]]).toEqual([frame, hsts]);
  });

  it("nothing that is for one connection alone", async () => {
    const { seen } = await asked([
      ...["GET / HTTP/1.1", "Host: a", "Connection: close, X-Hop, X-Forwarded-For", "X-Hop: 1", "Keep-Alive: timeout=1"],
      ...["Proxy-Connection: close", "TE: trailers", "Trailer: X-A", "Proxy-Authorization: Basic eA==", "X-Own: 1"],
    ]);
    expect(seen[0]?.headers).toEqual({
      host: "a",
      "x-own": "1",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "a",
      via: expect.stringMatching(/^1\.1 portcullis-[\da-f]{16}$/),
      connection: "keep-alive",
    });
  });

  it.each(["Content-Length", "Host", "Transfer-Encoding"])("still %s where Connection names it: one request stays one", async (name) => {
    const { answer, seen } = await asked([
      ...["GET /first HTTP/1.1", "Host: a", `Connection: close, ${name}`, "Content-Length: 36", ""],
      ...["GET /second HTTP/1.1", "Host: a", "X: "],
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen.map(({ url, headers, body }) => [url, headers["host"], body.length])).toEqual([["/first", "a", 36]]);
  });

  it("a chunked body of a GET as one request", async () => {
    const { seen } = await asked([
      ...["GET /first HTTP/1.1", "Host: a", "Connection: close", "Transfer-Encoding: chunked", ""],
      ...["23", "GET /second HTTP/1.1\r\nHost: a\r\nX: 1", "0"],
    ]);
    expect(seen.map(({ url, body }) => [url, body.slice(0, 11)])).toEqual([["/first", "GET /second"]]);
  });

  it.each([
    ["two lengths", ["Content-Length: 1", "Content-Length: 2"]],
    ["a length beside chunks", ["Content-Length: 5", "Transfer-Encoding: chunked"]],
    ["a coding that is not chunked", ["Transfer-Encoding: xchunked"]],
    ["a folded header", ["X-A: 1", " Transfer-Encoding: chunked"]],
    ["a blank before the colon", ["Content-Length : 5"]],
  ])("nothing of a request whose end is in doubt: %s", async (_, headers) => {
    const { answer, seen } = await asked(["POST / HTTP/1.1", "Host: a", "Connection: close", ...headers, "", "0", ""]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  it.each([
    ["/a/../b?c=%20&d", "/a/../b?c=%20&d"],
    ["//evil.example/x", "//evil.example/x"],
    ["/\\evil.example", "/\\evil.example"],
    ["/@evil.example", "/@evil.example"],
    ["http://site.example/x?y", "/x?y"],
    ["HTTP://SITE.example", "/"],
    ["http://site.example?y", "/?y"],
    ["http://site.example:80/x", "/x"],
    ["http://site.example:/x", "/x"],
    ["https://site.example:443/x", "/x"],
  ])("a path, whatever the target says: %s", async (target, url) => {
    const { answer, seen } = await asked([`GET ${target} HTTP/1.1`, "Host: site.example", "Connection: close"]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen.map((one) => one.url)).toEqual([url]);
  });

  it.each([
    ...["http://evil.example/x", "http://site.example@evil.example/x", "http://site.example:1/", "*", "evil.example:80"],
    ...["http://site.example:443/", "https://site.example:80/", "http://site.example:80@evil.example/"],
    ...["/a#b", "/a?b#c", "http://site.example/#b"],
  ])("nothing of a request for another host, or for no path: %s", async (target) => {
    const { answer, seen } = await asked([`GET ${target} HTTP/1.1`, "Host: site.example", "Connection: close"]);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  it("the path of a target without a port where Host has the default one", async () => {
    const { seen } = await asked(["GET http://site.example/x HTTP/1.1", "Host: site.example:80", "Connection: close"]);
    expect(seen.map(({ url }) => url)).toEqual(["/x"]);
  });

  it.each([
    ["*", "*"],
    ["http://site.example", "*"],
    ["http://site.example/", "/"],
    ["http://site.example?y", "/?y"],
  ])("OPTIONS %s as %s", async (target, url) => {
    const { seen } = await asked([`OPTIONS ${target} HTTP/1.1`, "Host: site.example", "Connection: close"]);
    expect(seen.map((one) => [one.method, one.url])).toEqual([["OPTIONS", url]]);
  });

  it("a Via of the proxy behind those of the proxies before it", async () => {
    const { seen } = await asked(["GET / HTTP/1.0", "Host: a", "Via: 1.0 fred, 1.1 first.example", "Via: 1.1 second.example"]);
    expect(seen[0]?.headers["via"]).toMatch(/^1\.0 fred, 1\.1 first\.example, 1\.1 second\.example, 1\.0 portcullis-[\da-f]{16}$/);
  });

  it("a Via of the proxy where Connection names Via", async () => {
    const { seen } = await asked(["GET / HTTP/1.1", "Host: a", "Connection: close, Via", "Via: 1.1 first.example"]);
    expect(seen[0]?.headers["via"]).toMatch(/^1\.1 portcullis-[\da-f]{16}$/);
  });

  it("a Via of each of two proxies", async () => {
    const { port: upstream, seen } = await witness();
    const { port: second } = await proxyTo(upstream);
    const { port: first } = await proxyTo(second);
    await ask(first, "/");
    const names = /^1\.1 (portcullis-[\da-f]{16}), 1\.1 (portcullis-[\da-f]{16})$/.exec(seen[0]?.headers["via"] ?? "") ?? [];
    expect([names.length, names[1] === names[2]]).toEqual([3, false]);
  });

  it.each([
    ["5", "4"],
    ["1", "0"],
    ["007", "6"],
    ["99999999999999999999", "9007199254740991"],
  ])("Max-Forwards of OPTIONS, one less: %s", async (before, after) => {
    const { seen } = await asked(["OPTIONS / HTTP/1.1", "Host: a", "Connection: close, Max-Forwards", `Max-Forwards: ${before}`]);
    expect(seen.map(({ headers }) => headers["max-forwards"])).toEqual([after]);
  });

  it("Max-Forwards of any other method as it is", async () => {
    const { seen } = await asked(["GET / HTTP/1.1", "Host: a", "Connection: close", "Max-Forwards: 0"]);
    expect(seen.map(({ headers }) => headers["max-forwards"])).toEqual(["0"]);
  });

  it.each(["Max-Forwards: -1", "Max-Forwards: x", "Max-Forwards:", "Max-Forwards: 1\r\nMax-Forwards: 1"])(
    "nothing of an OPTIONS whose Max-Forwards is no number: %j",
    async (line) => {
      const { answer, seen } = await asked(["OPTIONS / HTTP/1.1", "Host: a", "Connection: close", line]);
      expect([answer.slice(0, 12), seen]).toEqual(["HTTP/1.1 400", []]);
    },
  );

  it("nothing of an OPTIONS whose Max-Forwards is 0: the proxy answers which methods it passes on", async () => {
    const { answer, seen } = await asked(["OPTIONS * HTTP/1.1", "Host: a", "Connection: close", "Max-Forwards: 0"]);
    expect(seen).toEqual([]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain("\r\nContent-Length: 0\r\n");
    expect(answer).toContain("\r\nX-Frame-Options: DENY\r\n");
    const methods = /^Allow: (.*)\r$/m.exec(answer)?.[1]?.split(", ") ?? [];
    expect(["GET", "POST", "OPTIONS", "PATCH", "TRACE", "CONNECT"].filter((method) => methods.includes(method))).toEqual([
      "GET",
      "POST",
      "OPTIONS",
      "PATCH",
    ]);
  });

  it("the client's Host, or the target's own where told", async () => {
    const { port: upstream, seen } = await witness();
    const { port: kept } = await proxyTo(upstream);
    const { port: changed } = await proxyTo(upstream, { changeHost: true });
    for (const port of [kept, changed]) await ask(port, "/", { headers: { Host: "site.example" } });
    expect(seen.map(({ headers }) => headers["host"])).toEqual(["site.example", `127.0.0.1:${upstream}`]);
  });

  it("a body that waits for 100 Continue", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const request = http.request({ host: "127.0.0.1", port, method: "POST", agent: false, headers: { Expect: "100-continue" } });
    request.on("continue", () => request.end("the body"));
    request.flushHeaders();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    expect([response.statusCode, seen[0]?.body]).toEqual([200, "the body"]);
  });

  it("a body of HTTP/1.0, whose Expect is ignored", async () => {
    const { answer, seen } = await asked(["POST / HTTP/1.0", "Host: a", "Expect: 100-continue", "Content-Length: 2", "", "ab"]);
    expect([answer.slice(0, 12), seen[0]?.body]).toEqual(["HTTP/1.1 200", "ab"]);
  });

  it("is found over IPv6", async () => {
    const server = http.createServer((_req, res) => void res.end("six"));
    await new Promise<void>((resolve) => server.listen(0, "::1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as net.AddressInfo;
    const { port: proxied } = await proxyTo(0, { target: `http://[::1]:${port}` });
    expect((await ask(proxied, "/")).body).toBe("six");
  });
});

describe("100 Continue", () => {
  const WAITING = ["Expect: 100-continue", "Content-Length: 2", "Connection: close"];
  /** All status codes that come for a head, whose body is sent only after a 100. */
  async function statuses(port: number, head: readonly string[]): Promise<string[]> {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(`${head.join("\r\n")}\r\n\r\n`));
    onTestFinished(() => void socket.destroy());
    const said = () => [...text.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map(([, status]) => status as string);
    let text = "";
    for await (const chunk of socket) {
      text += chunk;
      if (text.endsWith("HTTP/1.1 100 Continue\r\n\r\n")) socket.write("ab");
      if (said().some((status) => status !== "100")) break;
    }
    return said();
  }

  it.each([
    ["for a body of a length", ["POST / HTTP/1.1", "Host: a", ...WAITING], ["100", "200"]],
    ["in any spelling", ["POST / HTTP/1.1", "Host: a", "Expect: 100-Continue", "Content-Length: 2"], ["100", "200"]],
    ["not for a request without a body", ["GET / HTTP/1.1", "Host: a", "Expect: 100-continue", "Connection: close"], ["200"]],
    ["not for a body of no length", ["POST / HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 0"], ["200"]],
    ["not where the request is refused", ["POST / HTTP/1.1", "Host: a", "Host: b", ...WAITING], ["400"]],
    ["not where the proxy answers itself", ["POST /health HTTP/1.1", "Host: a", ...WAITING], ["200"]],
    ["not for another expectation", ["POST / HTTP/1.1", "Host: a", "Expect: x", "Content-Length: 2"], ["417"]],
  ])("is sent %s", async (_, head, expected) => {
    const { port } = await proxyTo((await witness()).port);
    expect(await statuses(port, head)).toEqual(expected);
  });

  it("that was not sent ends the connection: the client may leave its body out", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    const head = ["POST /health HTTP/1.1", "Host: a", "Expect: 100-continue", "Content-Length: 2", ""];
    const answer = await say(port, [...head, "abGET /next HTTP/1.1", "Host: a"]);
    expect([answer.match(/^(?:HTTP|connection: close).*/gim), seen]).toEqual([["HTTP/1.1 200 OK", "Connection: close"], []]);
  });
});

describe("A target that leads back to the proxy", () => {
  /** Asks the first of proxies in a ring, and counts what they are asked. */
  async function ring(length: number, question: (port: number) => Promise<{ status: number }>): Promise<[number, number]> {
    const ports = await Promise.all(Array.from({ length }, freePort));
    let asked = 0;
    for (const [index, port] of ports.entries()) {
      const target = `http://127.0.0.1:${ports[(index + 1) % length]}`;
      const proxy = createProxy({ target, policy: ["none", { xFrameOptions: "DENY" }], log: () => void asked++ });
      onTestFinished(async () => void (await proxy.close(0)));
      await proxy.listen({ port });
    }
    const { status } = await question(ports[0] as number);
    await until(() => asked > length);
    return [status, asked];
  }

  it.each([1, 2])("is a 508 once the request is back, over %i proxies", async (length) => {
    expect(await ring(length, (port) => ask(port, "/"))).toEqual([508, length + 1]);
  });

  it("is a 508 for a WebSocket too", async () => {
    expect(await ring(1, refused)).toEqual([508, 2]);
  });

  it("is a 508 with the policy", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    await ask(port, "/");
    const answer = await ask(port, "/", { headers: { Via: `1.1 other, ${seen[0]?.headers["via"]} (comment)` } });
    expect([answer.status, answer.headers["X-Frame-Options"], answer.body.split("\n")[2]]).toEqual([
      508,
      "DENY",
      "<title>508 Loop detected</title>",
    ]);
  });
});

describe("Streams", () => {
  it("reach the application as the client sends them", async () => {
    const heard = new EventEmitter();
    const upstream = await serve((req, res) => {
      req.on("data", (chunk) => heard.emit("data", String(chunk)));
      req.on("end", () => void res.end("done"));
    });
    const { port } = await proxyTo(upstream);
    const request = http.request({ host: "127.0.0.1", port, method: "POST", agent: false });
    const first = once(heard, "data");
    request.write("one");
    expect(await first).toEqual(["one"]);
    const second = once(heard, "data");
    request.end("two");
    expect(await second).toEqual(["two"]);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
  });

  it("reach the client as the application sends them, headers before there is a body", async () => {
    const steps = new EventEmitter();
    const upstream = await serve((_req, res) => {
      res.setHeader("Content-Type", "text/event-stream");
      res.flushHeaders();
      steps.on("write", (text: string) => res.write(text));
      steps.on("end", () => res.end());
    });
    const { port } = await proxyTo(upstream);
    const request = http.get({ host: "127.0.0.1", port, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    expect(response.headers["x-frame-options"]).toBe("DENY");
    for (const text of ["one", "two"]) {
      const data = once(response, "data");
      steps.emit("write", text);
      expect(String(await data)).toBe(text);
    }
    const end = once(response, "end");
    response.resume();
    steps.emit("end");
    await end;
    expect(response.complete).toBe(true);
  });

  it("arrive whole, ten megabytes each way", async () => {
    const upstream = await serve((req, res) => void req.pipe(res));
    const { port } = await proxyTo(upstream);
    const body = Buffer.alloc(10_000_000, "0123456789abcdef!");
    const request = http.request({ host: "127.0.0.1", port, method: "POST", agent: false });
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });

  it("end for the client as broken where the application dies midway, and the next request is answered", async () => {
    const upstream = await serve((req, res) => {
      if (req.url === "/whole") return void res.end("whole");
      res.writeHead(200, { "Content-Length": 100 });
      res.write("half", () => res.destroy());
    });
    const { port } = await proxyTo(upstream);
    await expect(ask(port, "/half")).rejects.toMatchObject({ code: "ECONNRESET" });
    expect((await ask(port, "/whole")).body).toBe("whole");
  });

  it("end for the application where the client hangs up", async () => {
    const events = new EventEmitter();
    const upstream = await serve((_req, res) => {
      res.on("close", () => events.emit("closed", res.writableFinished));
      res.write("begun");
    });
    const { port } = await proxyTo(upstream);
    const closed = once(events, "closed");
    const request = http.get({ host: "127.0.0.1", port, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    response.destroy();
    expect(await closed).toEqual([false]);
  });
});

describe("An application that does not answer", () => {
  const PAGE = (title: string, text: string) => `<!doctype html>
<html lang="en">
<title>${title}</title>
<h1>${title.slice(4)}</h1>
<p>${text}</p>
`;

  it("is a 502 with a page and the policy", async () => {
    const { port } = await proxyTo(await freePort());
    const answer = await ask(port, "/");
    expect([answer.status, answer.headers["X-Frame-Options"], answer.headers["Cache-Control"], answer.body]).toEqual([
      502,
      "DENY",
      "no-store",
      PAGE("502 Bad gateway", "The application behind this proxy does not respond."),
    ]);
  });

  it("is a 504 where it takes too long to respond", async () => {
    const { port } = await proxyTo(await serve(() => undefined), { responseTimeout: 100 });
    const answer = await ask(port, "/");
    expect([answer.status, answer.headers["X-Frame-Options"], answer.body]).toEqual([
      504,
      "DENY",
      PAGE("504 Gateway timeout", "The application behind this proxy did not respond in time."),
    ]);
  });

  it("may be silent for longer once it has begun", async () => {
    const upstream = await serve((_req, res) => {
      res.write("a");
      setTimeout(() => res.end("b"), 500);
    });
    const { port } = await proxyTo(upstream, { responseTimeout: 100 });
    expect((await ask(port, "/")).body).toBe("ab");
  });

  it("is a 504 where it takes too long to connect", async () => {
    const { port: target, child } = await stopped();
    const { port } = await proxyTo(target, { connectTimeout: 200 });
    expect((await ask(port, "/")).status).toBe(504);
    child.kill("SIGKILL");
  });

  it("is a 502 for an upload too, and the connection stays of use", async () => {
    const { port } = await proxyTo(await freePort());
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    for (const round of [1, 2]) {
      const request = http.request({ host: "127.0.0.1", port, method: "POST", agent });
      request.end(Buffer.alloc(1_000_000));
      const [response] = (await once(request, "response")) as [IncomingMessage];
      response.resume();
      await once(response, "end");
      expect([round, response.statusCode, request.reusedSocket]).toEqual([round, 502, round === 2]);
    }
  });

  it.each([
    ["what is no HTTP", ["hello", "", ""]],
    ["a status below 100", ["HTTP/1.1 099 Odd", "Content-Length: 0", "", ""]],
    ["two lengths", ["HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2", "", "ab"]],
    ["a switch of protocols that nobody asked for", ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: x", "", ""]],
    ["nothing", [""]],
  ])("is a 502 where it says %s, and the next request is answered", async (_, said) => {
    const { port } = await proxyTo(await bareAnswer(said));
    for (const path of ["/one", "/two"]) {
      const { status, headers } = await ask(port, path);
      expect([path, status, headers["X-Frame-Options"]]).toEqual([path, 502, "DENY"]);
    }
  });

  it("is asked again where it closed a kept connection just then, but only what is safe to repeat", async () => {
    const asked: string[] = [];
    const upstream = await bareServer((socket, text) => {
      const [method = ""] = text.split(" ");
      asked.push(method);
      if (socket.bytesWritten > 0) socket.destroy();
      else socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    });
    const { port } = await proxyTo(upstream);
    const statuses = [];
    for (const method of ["GET", "GET", "GET", "POST"]) statuses.push((await ask(port, "/", { method })).status);
    expect(statuses).toEqual([200, 200, 200, 502]);
    expect(asked).toEqual(["GET", "GET", "GET", "GET", "POST"]);
  });

  it.each([
    ["HEAD", 200],
    ["OPTIONS", 200],
    ["DELETE", 502],
    ["PUT", 502],
  ])("that closes a kept connection is asked %s again, or not: %i", async (method, status) => {
    let connections = 0;
    const upstream = await bareServer((socket, text) => {
      if (socket.bytesWritten === 0) connections += 1;
      if (socket.bytesWritten > 0) socket.destroy();
      else socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${text.startsWith("HEAD") ? "0\r\n\r\n" : "2\r\n\r\nok"}`);
    });
    const { port } = await proxyTo(upstream);
    await ask(port, "/");
    expect([(await ask(port, "/", { method })).status, connections]).toEqual([status, status === 200 ? 2 : 1]);
  });

  it.each([
    ["a page", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 1],
    ["HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", 2],
    ["a 204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", 1],
    ["a 204 of no length", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 1],
    ["a 204 that announces a body", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n", 2],
    ["a 304 that announces a body", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", 2],
    ["a 304 that announces chunks", "GET", "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n", 2],
  ])("has a connection used again, or not, after %s", async (_, method, answer, connections) => {
    const sockets = new Set<unknown>();
    const upstream = await bareServer((socket) => {
      sockets.add(socket);
      socket.write(answer);
    });
    const { port } = await proxyTo(upstream);
    for (const path of ["/one", "/two"]) await ask(port, path, { method });
    expect(sockets.size).toBe(connections);
  });

  it("is a 502 where its certificate is not trusted", async () => {
    const { createServer } = await import("node:https");
    const upstream = await listen(createServer(CERTIFICATE, (_req, res) => void res.end()));
    const { port } = await proxyTo(upstream, { target: `https://127.0.0.1:${upstream}` });
    expect((await ask(port, "/")).status).toBe(502);
  });
});

/** A listener whose queue of connections is full: the kernel answers no further one. */
async function stopped(): Promise<{ port: number; child: ChildProcess }> {
  const script =
    'require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () { console.log(this.address().port) })';
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const [text] = await once(child.stdout, "data");
  child.kill("SIGSTOP");
  const port = Number(String(text));
  const sockets = Array.from({ length: 4 }, () => net.connect(port, "127.0.0.1").on("error", () => undefined));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  await until(() => sockets.filter(({ connecting }) => !connecting).length >= 2);
  return { port, child };
}

describe("A request that Node's parser refuses", () => {
  it.each([
    ["that is no HTTP is a 400", ["hello"], 400],
    ["with headers that are too long is a 431", ["GET / HTTP/1.1", "Host: a", `Cookie: ${"x".repeat(20_000)}`], 431],
  ])("%s, with the policy", async (_, lines, status) => {
    const { port } = await proxyTo(await freePort());
    const answer = await say(port, lines);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain("\r\nX-Frame-Options: DENY\r\n");
  });

  it("leaves an answer that is under way alone", async () => {
    const upstream = await serve((_req, res) => void res.writeHead(200, { "Content-Length": 100 }).write("begun"));
    const { port } = await proxyTo(upstream);
    const socket = net.connect(port, "127.0.0.1", () => socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk;
      if (text.endsWith("begun")) socket.write("rubbish\r\n\r\n");
    });
    await once(socket, "close");
    expect([text.match(/HTTP\/1\.1/g), text.endsWith("\r\n\r\nbegun")]).toEqual([["HTTP/1.1"], true]);
  });
});

describe("The health path", () => {
  it("is answered by the proxy, with the policy, whether the application lives or not", async () => {
    const { port } = await proxyTo(await freePort());
    const answer = await ask(port, "/health?x");
    expect([answer.status, answer.headers["X-Frame-Options"], answer.body]).toEqual([200, "DENY", "healthy\n"]);
  });

  it("is another where told, or none", async () => {
    const { port: upstream } = await witness();
    const { port: other } = await proxyTo(upstream, { healthPath: "/up" });
    const { port: none } = await proxyTo(upstream, { healthPath: false });
    const bodies = [await ask(other, "/up"), await ask(other, "/health"), await ask(none, "/health")].map(({ body }) => body);
    expect(bodies).toEqual(["healthy\n", "A page.", "A page."]);
  });
});

describe("A policy that differs per request", () => {
  it("is asked for every response, the proxy's own pages too", async () => {
    let count = 0;
    const policy = definePolicy("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", perRequest(() => `https://${++count}.example`)] },
    });
    const { port } = await proxyTo(await freePort(), { policy });
    const seen = [await ask(port, "/"), await ask(port, "/")].map(({ headers }) => headers["Content-Security-Policy"]);
    expect(seen).toEqual(["default-src 'self'; img-src 'self' https://1.example", "default-src 'self'; img-src 'self' https://2.example"]);
  });

  it("is a 500 with what is left of it where it fails", async () => {
    const fails = perRequest(() => {
      throw new Error("no");
    });
    const policy = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["self", fails] } });
    const { port } = await proxyTo((await witness()).port, { policy });
    const { status, headers } = await ask(port, "/");
    expect([status, headers["Content-Security-Policy"]]).toEqual([500, "default-src 'self'; img-src 'self'"]);
  });
});

describe("TLS", () => {
  const policy = ["none", { strictTransportSecurity: { maxAge: 1 }, xFrameOptions: "DENY" }] as const;

  async function secured(where: { publicPort?: number } = {}) {
    const { port: upstream, seen } = await witness();
    const proxy = createProxy({ target: `http://127.0.0.1:${upstream}`, policy, tls: CERTIFICATE });
    const ports = await proxy.listen({ port: 0, redirectPort: 0, ...where });
    onTestFinished(async () => void (await proxy.close(0)));
    return { ...ports, redirectPort: ports.redirectPort as number, seen };
  }

  it("is served, and told to the application", async () => {
    const { port, seen } = await secured();
    const { status, headers } = await ask(port, "/", { secure: true });
    expect([status, headers["Strict-Transport-Security"], seen[0]?.headers["x-forwarded-proto"]]).toEqual([200, "max-age=1", "https"]);
  });

  it("has plain http redirected, whatever the client says of its scheme, without HSTS", async () => {
    const { port, redirectPort, seen } = await secured();
    const answer = await ask(redirectPort, "/a?b", { headers: { Host: "localhost", "X-Forwarded-Proto": "https" } });
    const { Location, "Strict-Transport-Security": hsts, "X-Frame-Options": frame } = answer.headers;
    expect([answer.status, Location, hsts, frame, seen]).toEqual([308, `https://localhost:${port}/a?b`, undefined, "DENY", []]);
  });

  it("is redirected to the port that browsers know, where that is another", async () => {
    const { redirectPort } = await secured({ publicPort: 443 });
    expect((await ask(redirectPort, "/", { headers: { Host: "localhost:80" } })).headers["Location"]).toBe("https://localhost/");
  });

  it("leaves the health path answered over http, without HSTS", async () => {
    const { redirectPort } = await secured();
    const { headers, body } = await ask(redirectPort, "/health");
    expect([body, headers["X-Frame-Options"], headers["Strict-Transport-Security"]]).toEqual(["healthy\n", "DENY", undefined]);
  });

  it("has a WebSocket over plain http redirected too, and not passed on", async () => {
    const { port, redirectPort, seen } = await secured();
    const { status, headers } = await refused(redirectPort);
    expect([status, headers["location"], headers["x-frame-options"], seen]).toEqual([308, `https://127.0.0.1:${port}/`, "DENY", []]);
  });

  it("is taken as given on the plain port where a trusted proxy says so", async () => {
    const { port: upstream } = await witness();
    const proxy = createProxy({ target: `http://127.0.0.1:${upstream}`, policy, tls: CERTIFICATE, trustProxy: true });
    const { redirectPort = 0 } = await proxy.listen({ port: 0, redirectPort: 0 });
    onTestFinished(async () => void (await proxy.close(0)));
    const { status, headers } = await ask(redirectPort, "/", { headers: { "X-Forwarded-Proto": "https" } });
    expect([status, headers["Strict-Transport-Security"]]).toEqual([200, "max-age=1"]);
  });

  it("gives up the first port where the second is taken", async () => {
    const taken = await serve(() => undefined);
    const free = await freePort();
    const proxy = createProxy({ target: "http://127.0.0.1:1", tls: CERTIFICATE });
    await expect(proxy.listen({ port: free, redirectPort: taken })).rejects.toMatchObject({ code: "EADDRINUSE", port: taken });
    await expect(ask(free, "/", { secure: true })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });
});

describe("close", () => {
  it("lets a response finish that has begun, and takes no new connection", async () => {
    const steps = new EventEmitter();
    const upstream = await serve((_req, res) => {
      res.write("begun, ");
      steps.once("end", () => res.end("and done"));
    });
    const { port, proxy } = await proxyTo(upstream);
    const request = http.get({ host: "127.0.0.1", port, agent: new http.Agent({ keepAlive: true }) });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const closed = proxy.close(20_000);
    await expect(ask(port, "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    steps.emit("end");
    let body = "";
    for await (const chunk of response) body += chunk;
    expect([body, await closed]).toEqual(["begun, and done", 0]);
  });

  it("tells a client whose request was waiting that the connection ends", async () => {
    const steps = new EventEmitter();
    const upstream = await serve((_req, res) => {
      steps.emit("asked");
      steps.once("answer", () => res.end("done"));
    });
    const { port, proxy } = await proxyTo(upstream);
    const asked = once(steps, "asked");
    const answer = new Promise<IncomingMessage>((resolve) =>
      http.get({ host: "127.0.0.1", port, agent: new http.Agent({ keepAlive: true }) }, resolve),
    );
    await asked;
    const closed = proxy.close(20_000);
    steps.emit("answer");
    const response = await answer;
    response.resume();
    expect([response.statusCode, response.headers["connection"], await closed]).toEqual([200, "close", 0]);
  });

  it("cuts off what does not finish in time, and counts it", async () => {
    const upstream = await serve((_req, res) => void res.write("for ever"));
    const { port, proxy } = await proxyTo(upstream);
    const request = http.get({ host: "127.0.0.1", port, agent: false });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const ended = new Promise((resolve) => response.on("error", () => undefined).on("close", resolve));
    response.resume();
    expect(await proxy.close(100)).toBe(1);
    await ended;
    expect(response.complete).toBe(false);
  });

  it("does not wait for a client that was refused an upgrade and never hangs up", async () => {
    const { port, proxy } = await proxyTo(await freePort());
    const socket = net.connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    socket.write(
      "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await once(socket.resume(), "end");
    expect(await proxy.close(60_000)).toBe(0);
  });

  it("does not wait for a TLS handshake that never begins", async () => {
    const proxy = createProxy({ target: "http://127.0.0.1:1", tls: CERTIFICATE });
    const { port } = await proxy.listen({ port: 0 });
    const socket = net.connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
    await once(socket, "connect");
    // Connections are accepted in order: the first one is, once the second one has its response.
    await ask(port, "/health", { secure: true });
    expect(await proxy.close(100)).toBe(0);
  });

  it("cuts off a response over TLS", async () => {
    const upstream = await serve((_req, res) => void res.write("for ever"));
    const proxy = createProxy({ target: `http://127.0.0.1:${upstream}`, tls: CERTIFICATE });
    const { port } = await proxy.listen({ port: 0 });
    const request = https.get({ host: "127.0.0.1", port, agent: false, ca: CERTIFICATE.cert });
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const ended = new Promise((resolve) => response.on("error", () => undefined).on("close", resolve));
    response.resume();
    expect(await proxy.close(100)).toBe(1);
    await ended;
    expect(response.complete).toBe(false);
  });

  it("ends a listen() that is not finished", async () => {
    const free = await freePort();
    const proxy = createProxy({ target: "http://127.0.0.1:1" });
    const listening = proxy.listen({ port: free });
    listening.catch(() => undefined);
    await proxy.close();
    await expect(listening).rejects.toThrow("listen: the proxy is closed. Make another one with createProxy(…).");
    await expect(ask(free, "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is final: the proxy does not listen again", async () => {
    const proxy = createProxy({ target: "http://127.0.0.1:1" });
    await proxy.close();
    await expect(proxy.listen({ port: 0 })).rejects.toThrow("listen: the proxy is closed. Make another one with createProxy(…).");
  });

  it("does not wait for connections that are idle", async () => {
    const { port, proxy } = await proxyTo((await witness()).port);
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const [response] = (await once(http.get({ host: "127.0.0.1", port, agent }), "response")) as [IncomingMessage];
    response.resume();
    await once(response, "end");
    expect(await proxy.close(60_000)).toBe(0);
  });
});

describe("The log", () => {
  async function logged(target: number, options: Partial<ProxyOptions>, path: string): Promise<Omit<ProxyLogEntry, "ms">[]> {
    const entries: ProxyLogEntry[] = [];
    const { port } = await proxyTo(target, { ...options, log: (entry) => void entries.push(entry) });
    await ask(port, path).catch(() => undefined);
    await until(() => entries.length > 0);
    return entries.map(({ ms, ...rest }) => (typeof ms === "number" ? rest : { ...rest, path: "without ms" }));
  }

  it("has a request without its query", async () => {
    expect(await logged((await witness()).port, {}, "/a?token=1")).toEqual([{ method: "GET", path: "/a", status: 200, from: "127.0.0.1" }]);
  });

  it("has the same address for a request that is refused as for one that is passed on", async () => {
    const entries: ProxyLogEntry[] = [];
    const proxy = createProxy({ target: `http://127.0.0.1:${(await witness()).port}`, log: (entry) => void entries.push(entry) });
    const { port } = await proxy.listen({ port: 0, host: "::" });
    onTestFinished(async () => void (await proxy.close(0)));
    await ask(port, "/");
    await ask(port, "/", { headers: { Host: "a b" } });
    await until(() => entries.length === 2);
    expect(entries.map(({ status, from }) => [status, from])).toEqual([
      [200, "127.0.0.1"],
      [400, "127.0.0.1"],
    ]);
  });

  it("says why there is no response", async () => {
    const entry = { method: "GET", path: "/", from: "127.0.0.1" };
    expect(await logged(await freePort(), {}, "/")).toEqual([{ ...entry, status: 502, error: "ECONNREFUSED" }]);
    expect(await logged(await serve(() => undefined), { responseTimeout: 50 }, "/")).toEqual([
      { ...entry, status: 504, error: "ETIMEDOUT" },
    ]);
  });

  it("says who ended a response that is not whole", async () => {
    const dying = await serve((_req, res) => {
      res.writeHead(200, { "Content-Length": 9 });
      res.write("half", () => res.destroy());
    });
    expect(await logged(dying, {}, "/")).toEqual([{ method: "GET", path: "/", status: 200, from: "127.0.0.1", error: "upstream closed" }]);
    const entries: ProxyLogEntry[] = [];
    const slow = await serve((_req, res) => void res.write("begun"));
    const { port } = await proxyTo(slow, { log: (entry) => void entries.push(entry) });
    const [response] = (await once(http.get({ host: "127.0.0.1", port, agent: false }), "response")) as [IncomingMessage];
    response.destroy();
    await until(() => entries.length > 0);
    expect(entries[0]?.error).toBe("client closed");
  });
});

describe("What createProxy refuses", () => {
  const target = "http://127.0.0.1:1";
  it.each<[string, () => unknown, string[]]>([
    [
      "no target",
      () => createProxy({} as ProxyOptions),
      [
        'createProxy.target: is missing. Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".',
      ],
    ],
    [
      "no target, along with all other mistakes",
      () => createProxy({ connectTimeout: 0, healthPath: false, healthTarget: "/up" } as ProxyOptions),
      [
        "createProxy.connectTimeout: 0 is not a whole number from 1 to 2147483647. Write milliseconds, such as 10_000.",
        'createProxy.target: is missing. Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".',
        'createProxy.healthTarget: has no effect, because healthPath is false. Write a healthPath, such as "/health".',
      ],
    ],
    [
      "a target with a path",
      () => createProxy({ target: "http://127.0.0.1:8501/app?x" }),
      [
        'createProxy.target: "http://127.0.0.1:8501/app?x" is not a target address. Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".',
      ],
    ],
    [
      "a target that is no http",
      () => createProxy({ target: "127.0.0.1:8501" }),
      [
        'createProxy.target: "127.0.0.1:8501" is not a target address. Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".',
      ],
    ],
    [
      "an unknown option and numbers that do not fit",
      () =>
        createProxy({
          target,
          trustproxy: true,
          connectTimeout: 0,
          responseTimeout: 1.5,
          healthPath: "health",
          webSocketTimeout: -1,
          maxConnections: 0,
        } as ProxyOptions),
      [
        'createProxy.trustproxy: unknown option. Did you mean "trustProxy"?',
        "createProxy.connectTimeout: 0 is not a whole number from 1 to 2147483647. Write milliseconds, such as 10_000.",
        "createProxy.responseTimeout: 1.5 is not a whole number from 1 to 2147483647. Write milliseconds, such as 10_000.",
        'createProxy.healthPath: "health" is not a path without a query, or false. Write a path, such as "/health", or false.',
        "createProxy.webSocketTimeout: -1 is not a whole number from 1 to 2147483647. Write milliseconds, such as 10_000.",
        "createProxy.maxConnections: 0 is not a whole number from 1 to 1000000. Write a number of connections, such as 2_048.",
      ],
    ],
    [
      "a policy that is refused itself",
      () => createProxy({ target, policy: ["none", { xFrameOptions: "DENI" as "DENY" }] }),
      ['xFrameOptions: "DENI" is not one of its values. Did you mean "DENY"?'],
    ],
    [
      "a nonce, which no page of the application knows",
      () => createProxy({ target, policy: ["none", { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce] } }] }),
      [
        'createProxy.policy: has a nonce, which the application\'s pages do not have. Write hashes instead: see hashesOf in "portcullis/hashes".',
      ],
    ],
  ])("%s", (_, call, expected) => {
    expect(issuesOf(call)).toEqual(expected);
  });

  it("hosts that are no names, before anything listens", async () => {
    const free = await freePort();
    const proxy = createProxy({ target, tls: CERTIFICATE });
    await expect(proxy.listen({ port: free, redirectPort: 0, hosts: ["a:80"] })).rejects.toMatchObject({ path: "listen.hosts[0]" });
    await expect(ask(free, "/", { secure: true })).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it.each<readonly [unknown, string]>([
    [
      { port: 0, hostNames: ["a.example"] },
      'listen.hostNames: unknown option. Write "port", "host", "redirectPort", "publicPort" or "hosts".',
    ],
    [{ port: 0, redirectport: 0 }, 'listen.redirectport: unknown option. Did you mean "redirectPort"?'],
    [{ port: "80" }, 'listen.port: "80" is not a whole number from 0 to 65535. Write a port from 0 to 65535.'],
    [{ port: 0, publicPort: 0 }, "listen.publicPort: 0 is not a whole number from 1 to 65535. Write a port from 1 to 65535."],
    [{ port: 0, host: "" }, 'listen.host: "" is not an address of this machine. Write an address of this machine, such as "127.0.0.1".'],
    [
      { port: 0, hosts: "a.com" },
      'listen.hosts: "a.com" is not a list of one or more host names. Write host names without scheme and port, in Punycode: ["example.com", "*.example.com"].',
    ],
    [{ port: 0, redirectPort: 0 }, "listen.redirectPort: has no effect without https. Write createProxy({ target, tls: { key, cert } })."],
    [{ port: 0, publicPort: 443 }, "listen.publicPort: has no effect without redirectPort. Write redirectPort: 80."],
    [{ port: 0, hosts: ["a.com"] }, "listen.hosts: has no effect without redirectPort. Write redirectPort: 80."],
    [{}, "listen.port: is missing. Write a port, or 0 for any free port."],
    [18_123, "listen: 18123 is not an object of options. Write listen({ … })."],
  ])("listen(%j) is refused", async (where, message) => {
    const proxy = createProxy({ target });
    await expect(proxy.listen(where as never).finally(() => proxy.close())).rejects.toThrow(message);
  });

  it("a time to close in that is none, and the proxy goes on", async () => {
    const proxy = createProxy({ target });
    const { port } = await proxy.listen({ port: 0 });
    await expect(proxy.close({ grace: 1 } as never)).rejects.toThrow(
      "close.grace: an object is not a whole number from 0 to 2147483647. Write milliseconds: close(10_000).",
    );
    expect((await ask(port, "/health")).status).toBe(200);
    await proxy.close();
  });

  it("a key that is none", async () => {
    const proxy = createProxy({ target, tls: { key: "x", cert: CERTIFICATE.cert } });
    await expect(proxy.listen({ port: 0 })).rejects.toMatchObject({ name: "PolicyError", path: "createProxy.tls" });
  });
});
