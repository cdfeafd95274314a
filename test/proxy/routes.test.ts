import http from "node:http";
import { describe, expect, it } from "vitest";
import { nonce } from "../../src/index.js";
import { createProxy, type ProxyOptions } from "../../src/proxy/index.js";
import { ask, CERTIFICATE, listen, say } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { freePort } from "../servers/support.js";
import { proxyTo, refused, witness } from "./support.js";

const target = "http://127.0.0.1:8501";
const policy: ProxyOptions["policy"] = ["none", { xFrameOptions: "DENY", referrerPolicy: "no-referrer" }];
const routes: ProxyOptions["routes"] = [
  { path: "/admin/", layers: [{ referrerPolicy: "origin" }] },
  { path: "/api/*", layers: [{ xFrameOptions: "SAMEORIGIN" }] },
  { path: "/api/v1/*", layers: [{ referrerPolicy: "same-origin" }] },
  { path: "/embed", layers: [{ xFrameOptions: false }] },
  { path: "/a@b", layers: [{ referrerPolicy: "unsafe-url" }] },
];

/** X-Frame-Options and Referrer-Policy on a path that is sent exactly so. */
async function headersOf(port: number, path: string): Promise<readonly string[]> {
  const text = await say(port, [`GET ${path} HTTP/1.1`, "Host: a", "Connection: close"]);
  return ["X-Frame-Options", "Referrer-Policy"].map((name) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1]?.trim() ?? "none");
}

describe("a route's layers", () => {
  it.each([
    ["/", "DENY", "no-referrer"],
    ["/admin", "DENY", "no-referrer"],
    ["/admin/", "DENY", "origin"],
    ["/admin/?next=/embed", "DENY", "origin"],
    ["/admin/x", "DENY", "no-referrer"],
    ["/embed", "none", "no-referrer"],
    ["/embed/", "DENY", "no-referrer"],
    ["/embedded", "DENY", "no-referrer"],
    ["/api", "DENY", "no-referrer"],
    ["/api/", "SAMEORIGIN", "no-referrer"],
    ["/api/x/y", "SAMEORIGIN", "no-referrer"],
    ["/api/v1", "SAMEORIGIN", "no-referrer"],
    ["/api/v1/", "SAMEORIGIN", "same-origin"],
    ["/ADMIN/", "DENY", "no-referrer"],
    ["/?/embed", "DENY", "no-referrer"],
  ])("are on the policy of %s", async (path, frame, referrer) => {
    const { port } = await proxyTo((await witness()).port, { policy, routes });
    expect(await headersOf(port, path)).toEqual([frame, referrer]);
  });

  it.each([
    ["a doubled slash", "//admin/", "origin"],
    ["slashes at the end", "/admin//", "origin"],
    ["an encoded letter", "/%61dmin/", "origin"],
    ["an encoded letter in small digits", "/%6Adm%69n/../admin/", "origin"],
    ["what leads out of a folder", "/x/../admin/", "origin"],
    ["encoded dots", "/x/%2e%2E/admin/", "origin"],
    ["a dot", "/./admin/.", "origin"],
    ["what leads above the root", "/../../admin/", "origin"],
    ["a sign that needs no code", "/a%40b", "unsafe-url"],
    ["out of a route's folder", "/api/../x", "no-referrer"],
    ["an address with a scheme", "http://a/%61dmin/", "origin"],
    ["what stays another path when it is decoded once", "/%2561dmin/", "no-referrer"],
    ["a code that is none", "/%zzadmin/", "no-referrer"],
  ])("are on what servers read as the same path: %s", async (_, path, referrer) => {
    const { port } = await proxyTo((await witness()).port, { policy, routes });
    expect((await headersOf(port, path))[1]).toBe(referrer);
  });

  it("change nothing of the path that the application gets", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream, { policy, routes });
    await headersOf(port, "//x/../%61dmin/");
    expect(seen.map(({ url }) => url)).toEqual(["//x/../%61dmin/"]);
  });

  it("lie on a policy like an override: what is the whole site's stays", async () => {
    const { port } = await proxyTo((await witness()).port, {
      policy: ["none", { strictTransportSecurity: { maxAge: 5 } }],
      routes: [{ path: "/a", layers: ["recommended"] }],
      tls: CERTIFICATE,
    });
    const { headers } = await ask(port, "/a", { secure: true });
    expect([headers["X-Frame-Options"], headers["Strict-Transport-Security"]]).toEqual(["SAMEORIGIN", "max-age=5"]);
  });

  it("decide which headers of the application are dropped", async () => {
    const upstream = await listen(http.createServer((_, res) => void res.setHeader("X-Frame-Options", "ALLOWALL").end()));
    const { port } = await proxyTo(upstream, { policy: ["none"], routes: [{ path: "/a", layers: [{ xFrameOptions: "DENY" }] }] });
    expect([(await headersOf(port, "/a"))[0], (await headersOf(port, "/b"))[0]]).toEqual(["DENY", "ALLOWALL"]);
  });
});

describe("the proxy's own answers have the headers of their place", () => {
  it("where the application is away", async () => {
    const { port } = await proxyTo(await freePort(), { policy, routes });
    const { status, headers } = await ask(port, "/api/v1/x");
    expect([status, headers["X-Frame-Options"], headers["Referrer-Policy"]]).toEqual([502, "SAMEORIGIN", "same-origin"]);
  });

  it("where the application is too slow", async () => {
    const { port } = await proxyTo(await listen(http.createServer(() => undefined)), { policy, routes, responseTimeout: 50 });
    const { status, headers } = await ask(port, "/api/");
    expect([status, headers["X-Frame-Options"]]).toEqual([504, "SAMEORIGIN"]);
  });

  it("where a WebSocket is not made", async () => {
    const { port } = await proxyTo(await freePort(), { policy, routes: [{ path: "/", layers: [{ referrerPolicy: "origin" }] }] });
    expect((await refused(port)).headers["referrer-policy"]).toBe("origin");
  });

  it("on the health path", async () => {
    const { port } = await proxyTo(await freePort(), { policy, routes: [{ path: "/health", layers: [{ referrerPolicy: "origin" }] }] });
    expect(await headersOf(port, "/health")).toEqual(["DENY", "origin"]);
  });

  it("on a request that is refused", async () => {
    const { port } = await proxyTo(await freePort(), { policy, routes });
    const text = await say(port, ["GET /api/ HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Length: 2", "", ""]);
    expect(text).toContain("X-Frame-Options: DENY");
    const upgrade = await say(port, ["GET /api/ HTTP/1.1", "Host: a b", "Connection: close"]);
    expect(upgrade).toMatch(/^HTTP\/1\.1 400 /);
    expect(upgrade).toContain("X-Frame-Options: SAMEORIGIN");
  });
});

describe("an encoded slash", () => {
  it.each(["/x%2f..%2Fadmin/", "/api%2Fx", "/api/v1/..%2F..%2Fembed", "/api/x%2F..%2F..%2Fembed"])(
    "that leads to another route where it is decoded is refused: %s",
    async (path) => {
      const { port: upstream, seen } = await witness();
      const { port } = await proxyTo(upstream, { policy, routes });
      expect(await say(port, [`GET ${path} HTTP/1.1`, "Host: a", "Connection: close"])).toMatch(/^HTTP\/1\.1 400 /);
      expect(seen).toEqual([]);
    },
  );

  it.each(["/x%2Fy", "/api/x%2Fy"])("that leads nowhere else goes on: %s", async (path) => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream, { policy, routes });
    await headersOf(port, path);
    expect(seen.map(({ url }) => url)).toEqual([path]);
  });

  it("is nothing to look at where there are no routes", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxyTo(upstream, { policy });
    await headersOf(port, "/x%2f..%2Fadmin/");
    expect(seen.map(({ url }) => url)).toEqual(["/x%2f..%2Fadmin/"]);
  });
});

describe("routes that are refused", () => {
  it.each<readonly [string, unknown, readonly string[]]>([
    ["no list", { path: "/a" }, ['createProxy.routes: an object is not a list of routes. Write [{ path: "/embed", layers: [{ … }] }].']],
    [
      "no path",
      [
        { path: "embed", layers: [] },
        { path: "/a/*/b", layers: [] },
      ],
      [
        'createProxy.routes[0].path: "embed" is not a path. Write "/embed".',
        'createProxy.routes[1].path: "/a/*/b" has a star that is not at the end after a slash. Write "/a/*" for every path below "/a".',
      ],
    ],
    [
      "no layers, and a key that there is not",
      [{ path: "/a" }, { path: "/a", layers: [], override: {} }],
      [
        'createProxy.routes[0].layers: is missing. Write a list of layers: [{ xFrameOptions: "DENY" }].',
        'createProxy.routes[1].override: unknown option. Write "path" or "layers".',
      ],
    ],
    [
      "layers that are refused",
      [{ path: "/a", layers: [{ xFrameOptions: "DENI" }] }],
      ['createProxy.routes[0].xFrameOptions: "DENI" is not one of its values. Did you mean "DENY"?'],
    ],
    [
      "a nonce",
      [{ path: "/a", layers: ["recommended", { contentSecurityPolicy: { scriptSrc: [nonce] } }] }],
      [
        'createProxy.routes[0].layers: has a nonce, which the application\'s pages do not have. Write hashes instead: see hashesOf in "portcullis/hashes".',
      ],
    ],
    [
      "far too many",
      Array.from({ length: 1_001 }, (_, index) => ({ path: `/${index}`, layers: [] })),
      ["createProxy.routes: there are 1001 routes, and the limit is 1000. Combine paths, as /api/* does."],
    ],
  ])("%s", (_, given, expected) => {
    expect(issuesOf(() => createProxy({ target, routes: given as never }))).toEqual(expected);
  });
});
