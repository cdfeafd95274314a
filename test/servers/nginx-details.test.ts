import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { serve } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { skipWithout } from "../peers.js";
import { completeServer, get, NGINX } from "./nginx.js";
import { exported } from "./support.js";

/** An application that answers with one header of the request, and with a header of its own that a policy may leave alone. */
const mirror = async (name: string) => {
  const port = await serve((req, res) => void res.setHeader("X-Saw", String(req.headers[name])).setHeader("X-Own", "application").end());
  return `http://127.0.0.1:${port}`;
};

describe.skipIf(skipWithout("what reaches an application behind nginx", [NGINX]))("the complete server of nginx", () => {
  const DENY = ["none", { xFrameOptions: "DENY" }] as const;

  it("puts the address of the client behind those that its X-Forwarded-For names", async () => {
    const port = await completeServer({ policy: DENY, upstream: await mirror("x-forwarded-for") });
    expect((await get(port, "/", { "X-Forwarded-For": "203.0.113.7" })).headers["x-saw"]).toBe("203.0.113.7, 127.0.0.1");
  });

  it("sends a plain request on without an upgrade", async () => {
    const port = await completeServer({ policy: DENY, upstream: await mirror("connection") });
    expect((await get(port, "/")).headers["x-saw"]).toBe("close");
  });

  it("answers a path without the slash of a nested route as the route around it says, which leaves a header to the application", async () => {
    const routes = [
      { path: "/a/*", layers: [{ custom: { "X-Own": false } }, { xFrameOptions: "SAMEORIGIN" }] },
      { path: "/a/b/*", layers: [{ custom: { "X-Own": "route" } }] },
    ] as const;
    const policy = ["none", { xFrameOptions: "DENY", custom: { "X-Own": "site" } }] as const;
    const port = await completeServer({ policy, routes: routes as never, upstream: await mirror("host") });
    const at = async (path: string) => (await get(port, path)).headers["x-own"];
    expect([await at("/a"), await at("/a/x"), await at("/a/b"), await at("/a/b/x")]).toEqual([
      "site",
      "application",
      "application",
      "route",
    ]);
  });

  it("does not send its version with pages or redirects", async () => {
    const text = exported("nginx", { policy: DENY, upstream: "http://127.0.0.1:1" })["portcullis.conf"] ?? "";
    const servers = text.split(/^server \{$/m).slice(1);
    expect(servers.map((server) => server.includes("\n    server_tokens off;\n"))).toEqual([true, true]);
  });
});

describe("what nginx cannot leave to the application", () => {
  const policy = ["none", { xFrameOptions: "DENY" }] as const;

  it("headers to include refuse a route that removes Set-Cookie", () => {
    const routes = [{ path: "/static/*", layers: [{ stripHeaders: ["Set-Cookie"] }] }] as const;
    expect(issuesOf(() => exportPolicy("nginx", { policy, routes }))).toEqual([
      '"Set-Cookie": is passed on from the application on some paths only, which nginx cannot do. Set it on all paths, or remove it on all.',
    ]);
  });

  it("headers to include warn of each header that a route leaves to the application", () => {
    const site = ["none", { xFrameOptions: "DENY", custom: { "X-A": "1", "X-B": "2" } }] as const;
    const routes = [{ path: "/own", layers: ["none", { xFrameOptions: "DENY" }] }] as const;
    expect(exportPolicy("nginx", { policy: site, routes }).warnings).toContain(
      "On routes that pass on these headers of the application, nginx before 1.23 passes on only one line of each: X-A, X-B.",
    );
  });
});
