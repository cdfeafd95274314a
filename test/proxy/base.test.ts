import http from "node:http";
import { describe, expect, it } from "vitest";
import { createProxy, type ProxyOptions } from "../../src/proxy/index.js";
import { ask, listen, say } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { bareAnswer, connected, echo, proxyTo, told, witness } from "./support.js";

/** A proxy whose target has a path. */
const under = (upstream: number, base: string, options: Partial<ProxyOptions> = {}) =>
  proxyTo(upstream, { target: `http://127.0.0.1:${upstream}${base}`, ...options });

describe("a target with a path", () => {
  it.each([
    ["/base", "/", "/base/"],
    ["/base/", "/", "/base/"],
    ["/base", "/x?y=/z", "/base/x?y=/z"],
    ["/base/", "/x", "/base/x"],
    ["/base/app", "//x//", "/base/app//x//"],
    ["/base", "/base/x", "/base/base/x"],
    ["/base", "/?../..", "/base/?../.."],
    ["/base", "http://a/x", "/base/x"],
    ["/base", "/a%20b/...", "/base/a%20b/..."],
  ])("%s is asked for %s as %s", async (base, path, expected) => {
    const { port: upstream, seen } = await witness();
    const { port } = await under(upstream, base);
    await say(port, [`GET ${path} HTTP/1.1`, "Host: a", "Connection: close"]);
    expect(seen.map(({ url }) => url)).toEqual([expected]);
  });

  it("leaves OPTIONS * as it is", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await under(upstream, "/base");
    await say(port, ["OPTIONS * HTTP/1.1", "Host: a", "Connection: close"]);
    expect(seen.map(({ url }) => url)).toEqual(["*"]);
  });

  it.each([
    ["/../admin"],
    ["/.."],
    ["/x/../../admin"],
    ["/%2e%2E/admin"],
    ["/.%2e/admin"],
    ["/..%2fadmin"],
    ["/x%2f..%2f..%2fadmin"],
    ["/..%5cadmin"],
    ["/..\\admin"],
    ["/..;/admin"],
    ["/%2e%2e;a=b/admin"],
    ["/x/../y"],
    ["http://a/../admin"],
  ])("lets nobody out of it: %s", async (path) => {
    const { port: upstream, seen } = await witness();
    const { port } = await under(upstream, "/base");
    expect(await say(port, [`GET ${path} HTTP/1.1`, "Host: a", "Connection: close"])).toMatch(/^HTTP\/1\.1 400 /);
    expect(seen).toEqual([]);
  });

  it("lets nobody out of it by a WebSocket", async () => {
    const { port: upstream } = await echo();
    const { port } = await under(upstream, "/base");
    const head = ["GET /../admin HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    expect(await say(port, [...head, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="])).toMatch(/^HTTP\/1\.1 400 /);
  });

  it("keeps dots where there is no path to lead out of", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream);
    await say(port, ["GET /x/../y HTTP/1.1", "Host: a", "Connection: close"]);
    expect(seen.map(({ url }) => url)).toEqual(["/x/../y"]);
  });

  it("has WebSockets below it", async () => {
    const { port: upstream, server } = await echo();
    const asked: (string | undefined)[] = [];
    server.on("upgrade", ({ url }) => asked.push(url));
    const { port } = await under(upstream, "/base");
    const socket = await connected(`ws://127.0.0.1:${port}/_stcore/stream`);
    expect([await told(socket, "hello"), asked]).toEqual(["hello", ["/base/_stcore/stream"]]);
  });

  it("is asked below it how it is", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await under(upstream, "/base", { healthTarget: "/_stcore/health" });
    expect((await ask(port, "/health")).status).toBe(200);
    expect(seen.map(({ url }) => url)).toEqual(["/base/_stcore/health"]);
  });

  it("leaves routes and the log with the path that the client asked for", async () => {
    const paths: string[] = [];
    const { port } = await under((await witness()).port, "/base", {
      routes: [{ path: "/x", layers: [{ xFrameOptions: "SAMEORIGIN" }] }],
      log: ({ path }) => paths.push(path),
    });
    expect((await ask(port, "/x")).headers["X-Frame-Options"]).toBe("SAMEORIGIN");
    await expect.poll(() => paths).toEqual(["/x"]);
  });

  it("changes nothing in Host, Origin, Referer and cookies", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await under(upstream, "/base");
    const sent = { host: "site.example", origin: "https://site.example", referer: "https://site.example/x", cookie: "a=/base" };
    await ask(port, "/y", { headers: sent });
    expect(seen[0]?.headers).toMatchObject(sent);
  });
});

describe("Location of a target with a path", () => {
  it.each([
    ["the target's own address", "http://127.0.0.1:PORT/base/x?y#z", "/x?y#z"],
    ["the target's own address alone", "http://127.0.0.1:PORT/base/", "/"],
    ["another path of the target", "http://127.0.0.1:PORT/other", "http://127.0.0.1:PORT/other"],
    ["a path that only begins alike", "http://127.0.0.1:PORT/based/x", "http://127.0.0.1:PORT/based/x"],
    ["what would be an address of another host", "http://127.0.0.1:PORT/base//evil.example", "http://127.0.0.1:PORT/base//evil.example"],
    ["the same with a backslash", "http://127.0.0.1:PORT/base/\\evil.example", "http://127.0.0.1:PORT/base/\\evil.example"],
    ["another site", "https://a.example/base/x", "https://a.example/base/x"],
    ["a path", "/base/x", "/base/x"],
    ["a relative path", "x", "x"],
  ])("%s", async (_, location, expected) => {
    let upstream = 0;
    const at = (text: string) => text.replace("PORT", String(upstream));
    upstream = await listen(http.createServer((_req, res) => void res.writeHead(302, { location: at(location) }).end()));
    const { port } = await under(upstream, "/base");
    expect((await ask(port, "/")).headers["location"]).toBe(at(expected));
  });

  it("is left alone where the target has no path", async () => {
    const upstream = await bareAnswer(["HTTP/1.1 302 Found", "Location: http://127.0.0.1:1/x", "Content-Length: 0", "", ""]);
    const { port } = await proxyTo(upstream);
    expect((await ask(port, "/")).headers["Location"]).toBe("http://127.0.0.1:1/x");
  });

  it("leaves the Path of cookies to the application", async () => {
    const upstream = await listen(http.createServer((_, res) => void res.setHeader("Set-Cookie", "a=b; Path=/base").end()));
    const { port } = await under(upstream, "/base");
    expect((await ask(port, "/")).headers["Set-Cookie"]).toBe("a=b; Path=/base");
  });
});

describe("a target that is refused", () => {
  const hint = 'Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".';
  it.each([
    "http://127.0.0.1:8501/base?x",
    "http://127.0.0.1:8501/base#x",
    "http://127.0.0.1:8501/a b",
    "http://127.0.0.1:8501/a%2fb",
    "http://127.0.0.1:8501/a//b",
    "http://a:b@127.0.0.1/base",
  ])("%s", (target) => {
    expect(issuesOf(() => createProxy({ target }))).toEqual([
      `createProxy.target: ${JSON.stringify(target)} is not a target address. ${hint}`,
    ]);
  });
});
