import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** A Worker as its author writes it. */
const WORKER = `
import { append, nonce } from "./src/index.js";
import { nonceOf, override, sealHeaders, securityHeaders } from "./src/adapters/fetch.js";

const policy = { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: [nonce] }, xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] };
const embed = override({ xFrameOptions: false, contentSecurityPolicy: { imgSrc: append("https://img.example") } });
const theirs = () => new Response("upstream", { headers: { "X-Frame-Options": "ALLOWALL", "X-Powered-By": "PHP" } });
const routes = {
  "/page": (request) => new Response(nonceOf(request)),
  "/embed": embed(() => new Response("embed")),
  "/sealed": sealHeaders()(theirs),
  "/fetched": () => fetch("http://upstream.example/"),
  "/socket": () => {
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener("message", ({ data }) => server.send("echo " + data));
    return new Response(null, { status: 101, webSocket: client });
  },
};
export default {
  fetch: securityHeaders("none", policy)((request) => (routes[new URL(request.url).pathname] ?? (() => new Response("none", { status: 404 })))(request)),
};
`;

const SITE = { "content-security-policy": "default-src 'self'; script-src 'nonce-…'", "x-frame-options": "DENY" };

const OURS = ["content-security-policy", "x-frame-options", "x-powered-by"];

describe("portcullis/fetch in workerd", () => {
  let workers: Miniflare;

  beforeAll(async () => {
    const root = new URL("../..", import.meta.url).pathname;
    const stdin = { contents: WORKER, resolveDir: root };
    const { outputFiles } = await build({ stdin, bundle: true, write: false, format: "esm", target: "es2022" });
    workers = new Miniflare({
      modules: true,
      script: outputFiles[0]?.text ?? "",
      outboundService: () => new Response("fetched", { headers: { "X-Frame-Options": "SAMEORIGIN" } }) as never,
    });
    await workers.ready;
  }, 60_000);

  afterAll(() => workers.dispose());

  async function ask(path: string): Promise<[status: number, headers: Record<string, string>, body: string]> {
    const response = await workers.dispatchFetch(`https://site.example${path}`);
    const headers = [...response.headers].filter(([name]) => OURS.includes(name));
    return [
      response.status,
      Object.fromEntries(headers.map(([name, value]) => [name, value.replace(/(?<='nonce-)[^']+/, "…")])),
      await response.text(),
    ];
  }

  it("puts the policy on a 404", async () => {
    expect(await ask("/none")).toEqual([404, SITE, "none"]);
  });

  it("draws another nonce for each response, which is the one that the handler was told", async () => {
    const responses = await Promise.all(["/page", "/page"].map((path) => workers.dispatchFetch(`https://site.example${path}`)));
    const nonces = responses.map(({ headers }) => /'nonce-([^']+)'/.exec(headers.get("content-security-policy") ?? "")?.[1]);
    expect(await Promise.all(responses.map((response) => response.text()))).toEqual(nonces);
    expect(nonces[0]).toMatch(/^[\w+/]{22}==$/);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it("lays an override on top", async () => {
    const policy = "default-src 'self'; script-src 'nonce-…'; img-src 'self' https://img.example";
    expect(await ask("/embed")).toEqual([200, { "content-security-policy": policy }, "embed"]);
  });

  it("replaces what an upstream sends, and strips what must not go out", async () => {
    expect(await ask("/sealed")).toEqual([200, SITE, "upstream"]);
  });

  it("writes on a response of fetch, whose headers nobody may change", async () => {
    expect(await ask("/fetched")).toEqual([200, { ...SITE, "x-frame-options": "SAMEORIGIN" }, "fetched"]);
  });

  it("leaves a WebSocket as it is", async () => {
    const { webSocket, status } = await workers.dispatchFetch("https://site.example/socket", { headers: { Upgrade: "websocket" } });
    webSocket?.accept();
    const told = new Promise((resolve) => webSocket?.addEventListener("message", ({ data }) => resolve(data)));
    webSocket?.send("hello");
    expect([status, await told]).toEqual([101, "echo hello"]);
    webSocket?.close();
  });
});
