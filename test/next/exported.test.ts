import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import { howToGetNext, NEXT_BIN } from "../package/install.js";
import { skipWithout } from "../peers.js";
import { type Application, application, type Running } from "./application.js";

const AWKWARD = 'percent %41 $1 :path :0 https://a.example:8443/:id* (x) {y} + ? "q" \\ end';

const printed = () => {
  const { files } = exportPolicy("next-config", {
    policy: ["none", { xFrameOptions: "DENY", referrerPolicy: "no-referrer", custom: { "X-Awkward": AWKWARD } }],
    routes: [
      { path: "/admin", layers: [{ xFrameOptions: false, referrerPolicy: "origin" }] },
      { path: "/posts/*", layers: [{ xFrameOptions: "SAMEORIGIN" }] },
      { path: "/posts/new", layers: [{ referrerPolicy: "origin" }] },
    ],
  });
  return files[0]?.text ?? "";
};

const page = (title: string) => `export default () => <h1>${title}</h1>;`;

const FILES = () => ({
  "portcullis-headers.mjs": printed(),
  "site.mjs": `import portcullis from "./portcullis-headers.mjs"; export default { headers: async () => portcullis };`,
  "app/admin/page.jsx": page("Admin"),
  "app/posts/[id]/page.jsx": page("Post"),
});

const PEERS = [{ name: "Next", found: existsSync(NEXT_BIN), get: howToGetNext }];

describe.skipIf(skipWithout("the target next-config", PEERS))("an exported next.config", () => {
  let app: Application;
  let server: Running;

  beforeAll(async () => {
    app = application(FILES());
    await app.build();
    server = await app.run("start");
  }, 240_000);

  afterAll(async () => {
    await server?.stop();
    app?.remove();
  });

  it.each([
    ["/", 200, "DENY", "no-referrer"],
    ["/nowhere", 404, "DENY", "no-referrer"],
    ["/widget.js", 200, "DENY", "no-referrer"],
    ["/admin", 200, null, "origin"],
    ["/posts/1", 200, "SAMEORIGIN", "no-referrer"],
    ["/posts/new", 200, "SAMEORIGIN", "origin"],
    ["/administration", 404, "DENY", "no-referrer"],
  ])("sends what the policy says: %s", async (path, status, framing, referrer) => {
    const { headers, ...answer } = await fetch(`${server.url}${path}`, { redirect: "manual" }).then(({ headers, status }) => ({
      headers,
      status,
    }));
    expect([answer.status, headers.get("x-frame-options"), headers.get("referrer-policy")]).toEqual([status, framing, referrer]);
  });

  it("keeps a value that looks like a pattern", async () => {
    expect((await fetch(server.url)).headers.get("x-awkward")).toBe(AWKWARD);
  });

  it.each([
    ["/%61dmin", 404, "DENY", "no-referrer"],
    ["/posts/%6eew", 200, "SAMEORIGIN", "no-referrer"],
  ])("compares the path as it was written, as the target warns: %s", async (path, status, framing, referrer) => {
    const answer = await fetch(`${server.url}${path}`);
    const { headers } = answer;
    expect([answer.status, headers.get("x-frame-options"), headers.get("referrer-policy")]).toEqual([status, framing, referrer]);
  });

  it("leaves the redirect to the path without a slash alone", async () => {
    const { status, headers } = await fetch(`${server.url}/admin/`, { redirect: "manual" });
    expect([status, headers.get("location"), headers.get("referrer-policy")]).toEqual([308, "/admin", null]);
  });

  it("sends a path with two slashes to the path with one", async () => {
    const { status, headers } = await fetch(`${server.url}//admin`, { redirect: "manual" });
    expect([status, headers.get("location")]).toEqual([308, "/admin"]);
  });
});
