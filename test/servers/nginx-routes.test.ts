import express from "express";
import { describe, expect, it } from "vitest";
import { type Layer, override, securityHeaders } from "../../src/index.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { completeServer, get, includingServer, NGINX, startNginx } from "./nginx.js";
import { carelessUpstream, exported, expressSite, freePort, POLICIES, type Route, seen } from "./support.js";

/** A page for every path, and none of its headers. */
const anyPage = () => serve((_req, res) => void res.end("A page."));

/** The value of X-Place tells which route a response belongs to. */
const place = (name: string): readonly Layer[] => [{ custom: { "X-Place": name } }];
const SITE = place("site");
const route = (path: string): Route => ({ path, layers: place(path) });

/** What Express sends with the same routes. */
async function expressPlaces(routes: readonly Route[], paths: readonly string[]): Promise<Record<string, unknown>> {
  const app = express();
  app.use(securityHeaders(...(["none", ...SITE] as ["none"])));
  for (const { path, layers } of routes) {
    const set = override(...(layers as ["none"]));
    app.use((req, res, next) => {
      if (path.endsWith("/*") ? req.path.startsWith(path.slice(0, -1)) : req.path === path) set(req, res, next);
      else next();
    });
  }
  app.use((_req, res) => void res.end("A page."));
  return placesAt(await serve(app), paths, false);
}

/** Status and place of each path; paths are sent as they stand. */
async function placesAt(port: number, paths: readonly string[], secure: boolean): Promise<Record<string, unknown>> {
  const answers = paths.map(async (path) => {
    const { status, headers } = await get(port, path, {}, secure);
    return [path, `${status} ${headers["x-place"]}`] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

describe.skipIf(skipWithout("routes in nginx", [NGINX]))("routes of the complete server", () => {
  it("a path that a nested route ends at belongs to the route around it, as in Express", async () => {
    const routes = ["/api/*", "/api/v1/*"].map(route);
    const paths = ["/api", "/api/", "/api/x", "/api/v1", "/api/v1/", "/api/v1/x", "/apiary"];
    const port = await completeServer({ policy: ["none", ...SITE], routes, upstream: `http://127.0.0.1:${await anyPage()}` });
    const expected = {
      "/api": "200 site",
      "/api/": "200 /api/*",
      "/api/x": "200 /api/*",
      "/api/v1": "200 /api/*",
      "/api/v1/": "200 /api/v1/*",
      "/api/v1/x": "200 /api/v1/*",
      "/apiary": "200 site",
    };
    expect(await expressPlaces(routes, paths)).toEqual(expected);
    expect(await placesAt(port, paths, true)).toEqual(expected);
  });

  it("three levels, an exact route beside them, and a route for all paths", async () => {
    const routes = ["/*", "/api", "/api/*", "/api/v1/*", "/api/v1/users/*", "/api/v1/users"].map(route);
    const paths = ["/", "/api", "/api/", "/api/v1", "/api/v1/users", "/api/v1/users/", "/api/v1/users/7", "/apiary"];
    const port = await completeServer({ policy: ["none", ...SITE], routes, upstream: `http://127.0.0.1:${await anyPage()}` });
    const expected = {
      "/": "200 /*",
      "/api": "200 /api",
      "/api/": "200 /api/*",
      "/api/v1": "200 /api/*",
      "/api/v1/users": "200 /api/v1/users",
      "/api/v1/users/": "200 /api/v1/users/*",
      "/api/v1/users/7": "200 /api/v1/users/*",
      "/apiary": "200 /*",
    };
    expect(await expressPlaces(routes, paths)).toEqual(expected);
    expect(await placesAt(port, paths, true)).toEqual(expected);
  });

  it("a route for a path with a slash at its end does not redirect a request without it", async () => {
    const routes = [{ path: "/docs/", layers: [{ custom: { "X-Place": false } }] }] as const;
    const port = await completeServer({ policy: ["none", ...SITE], routes, upstream: `http://127.0.0.1:${await anyPage()}` });
    expect(await placesAt(port, ["/docs", "/docs/"], true)).toEqual({ "/docs": "200 site", "/docs/": "200 undefined" });
  });

  it("a route for the root alone that leaves a header to the application is taken", async () => {
    const routes = [{ path: "/", layers: ["none"] }] as const;
    const port = await completeServer({ policy: ["none", ...SITE], routes, upstream: `http://127.0.0.1:${await anyPage()}` });
    expect(await placesAt(port, ["/", "/x"], true)).toEqual({ "/": "200 undefined", "/x": "200 site" });
  });

  it.each([
    ["/health", ["/health"]],
    ["/*", ["/*"]],
    ["/*", ["/*", "/healthy"]],
  ])("the health check has the headers of the route %s", async (expected, paths) => {
    const options = { policy: ["none", ...SITE], routes: paths.map(route), upstream: `http://127.0.0.1:${await freePort()}` };
    expect(await placesAt(await completeServer(options as never), ["/health"], true)).toEqual({ "/health": `200 ${expected}` });
  });

  it.each(["/", "/api/health"])("a health check may be at %s", async (healthPath) => {
    const options = { policy: ["none", ...SITE], routes: [route("/api/*")], upstream: `http://127.0.0.1:${await anyPage()}`, healthPath };
    const port = await completeServer(options as never);
    expect(await placesAt(port, [healthPath, "/x", "/api/x"], true)).toEqual({
      [healthPath]: `200 ${healthPath === "/" ? "site" : "/api/*"}`,
      "/x": "200 site",
      "/api/x": "200 /api/*",
    });
  });
});

/** An encoded slash beside dots, and what only looks like it. */
const AMBIGUOUS = {
  "/admin/..%2Fembed": "400 /embed",
  "/admin/%2e%2e%2fembed": "400 /embed",
  "/admin/.%2E%2fembed": "400 /embed",
  "/embed%2F..%2Fadmin/": "400 /admin/*",
  "/embed%2f../admin/": "400 /admin/*",
  "/admin/x%2F..": "400 /admin/*",
  "/admin/x%2F..?y": "400 /admin/*",
  "/admin/..%5Cembed": "400 /admin/*",
  "/admin/x%5C..": "400 /admin/*",
  "/admin%2Fx": "200 /admin/*",
  "/a..%2Fb": "200 site",
  "/a%2F..b": "200 site",
  "/x/../embed": "200 /embed",
  "/embed?a=/..%2Fadmin&b=%2F../": "200 /embed",
};

describe.skipIf(skipWithout("ambiguous paths in nginx", [NGINX]))("an encoded slash beside dots", () => {
  const options = { policy: ["none", ...SITE], routes: ["/admin/*", "/embed"].map(route) } as const;

  it("is refused by the complete server, with headers", async () => {
    const port = await completeServer({ ...options, upstream: `http://127.0.0.1:${await anyPage()}` });
    expect(await placesAt(port, Object.keys(AMBIGUOUS), true)).toEqual(AMBIGUOUS);
  });

  it("is refused by the complete server where a route only keeps a header back", async () => {
    const routes: readonly Route[] = [{ path: "/admin/*", layers: [{ stripHeaders: ["X-Secret"] }] }];
    const port = await completeServer({ policy: ["none"], routes, upstream: `http://127.0.0.1:${await anyPage()}` });
    expect((await get(port, "/admin/..%2Fembed")).status).toBe(400);
  });

  it("is refused by a server that includes the headers", async () => {
    const port = await includingServer(options, `location / { proxy_pass http://127.0.0.1:${await anyPage()}; }`, {});
    expect(await placesAt(port, Object.keys(AMBIGUOUS), false)).toEqual(AMBIGUOUS);
  });

  it("is refused by a location that includes them alone, with all that it has else", async () => {
    const port = await freePort();
    const files = exported("nginx", options);
    const pass = `location ~ ^/(.*) { include portcullis/headers.conf; try_files /none @app; add_header X-Own yes; }
      location @app { include portcullis/headers.conf; proxy_pass http://127.0.0.1:${await anyPage()}; }`;
    await startNginx(`include portcullis/http.conf; server { listen 127.0.0.1:${port}; ${pass} }`, files, port);
    expect(await placesAt(port, Object.keys(AMBIGUOUS), false)).toEqual(AMBIGUOUS);
  });
});

describe.skipIf(skipWithout("headers in nginx", [NGINX]))("an application behind a server that includes the headers", () => {
  it.each(POLICIES)("sends what Express sends: %s", async (_, policy, routes) => {
    const express = await expressSite(policy, routes);
    const port = await includingServer({ policy, routes }, `location / { proxy_pass http://127.0.0.1:${await carelessUpstream()}; }`, {});
    const paths = [
      "/",
      "/nowhere",
      "/fails",
      "/embed",
      "/embed/",
      "/api/data",
      "/api/deep/x",
      "/api",
      "/Embed",
      "/odd/a.b+c,d:e@f=g!h~i",
      "/plain",
    ];
    for (const path of paths) {
      expect([path, await seen(port, path)]).toEqual([path, await seen(express, path, { "X-Forwarded-Proto": "https" })]);
    }
  });
});
