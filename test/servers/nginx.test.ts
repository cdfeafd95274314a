import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { exportPolicy } from "../../src/export/index.js";
import { append, type Layer, source } from "../../src/index.js";
import { ask, CERTIFICATE, serveSecurely } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CARELESS, CERTIFICATE_FILES, carelessUpstream, expressSite, folderWith, found, freePort, type Route, start } from "./support.js";

const nginx = { name: "nginx", found: found("nginx"), get: "apt-get install nginx-light" };

/** nginx with what was exported, in front of an upstream. */
async function nginxWith(policy: readonly Layer[], routes: readonly Route[], upstream: number) {
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  const { files, warnings } = exportPolicy("nginx", {
    policy,
    routes,
    upstream: `http://127.0.0.1:${upstream}`,
    serverName: "localhost",
    httpsPort,
    httpPort,
    ...CERTIFICATE_FILES,
  });
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`).join(" ");
  const main = `user root; daemon off; pid nginx.pid; error_log stderr crit; events {}\nhttp { access_log off; ${temporary}\ninclude portcullis.conf; }\n`;
  const folder = folderWith({ "nginx.conf": main, ...Object.fromEntries(files.map(({ path, text }) => [path, text])) });
  execFileSync("nginx", ["-t", "-q", "-p", folder, "-c", join(folder, "nginx.conf")]);
  await start(httpsPort, "nginx", "-p", folder, "-c", join(folder, "nginx.conf"));
  return { httpsPort, httpPort, warnings };
}

/** What nginx and Express send of themselves, or about the body. */
const THEIRS =
  /^(?:connection|content-length|content-type|date|etag|keep-alive|server|transfer-encoding|vary|accept-ranges|last-modified)$/i;

async function seen(port: number, path: string, headers: Record<string, string> = {}, secure = false) {
  const { status, headers: values, names } = await ask(port, path, { headers: { Host: "localhost", ...headers }, secure });
  const ours = names.filter((name) => !THEIRS.test(name));
  return { status, lines: ours.map((name) => `${name}: ${values[name]}`).sort() };
}

const ROUTES: readonly Route[] = [
  { path: "/embed", layers: [{ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } }] },
  { path: "/api/*", layers: ["api"] },
  { path: "/api/deep/*", layers: [{ referrerPolicy: "origin" }] },
];

const AWKWARD: readonly Layer[] = [
  "strict",
  {
    custom: { "X-Awkward": 'percent % %41 dollar $host $ {host} "quoted" {braces} back\\slash # hash \' tick' },
    contentSecurityPolicy: {
      scriptSrc: append(...Array.from({ length: 150 }, (_, index) => source(`https://cdn-${index}.long-name-of-a-host.example`))),
      reportUri: ["/csp?site=$uri&x=%41"],
    },
  },
];

const POLICIES: readonly [string, readonly Layer[], readonly Route[]][] = [
  ["recommended", ["recommended"], ROUTES],
  ["strict", ["strict"], ROUTES],
  ["api", ["api"], []],
  ["streamlit", ["streamlit"], ROUTES],
  ["recommended with development on it", ["recommended", "development"], []],
  ["none with one header", ["none", { xFrameOptions: "DENY" }], [{ path: "/embed", layers: [{ xFrameOptions: false }] }]],
  ["awkward characters and 6 kB of CSP", AWKWARD, ROUTES],
];

describe.skipIf(skipWithout("what nginx sends", [nginx]))("nginx with the exported configuration", () => {
  it.each(POLICIES)("sends what Express sends: %s", async (_, policy, routes) => {
    const express = await expressSite(policy, routes);
    const { httpsPort } = await nginxWith(policy, routes, await carelessUpstream());
    const etag = (await ask(express, "/")).headers["ETag"] as string;
    const questions: readonly [string, Record<string, string>][] = [
      ["/", {}],
      ["/", { "If-None-Match": etag }],
      ["/nowhere", {}],
      ["/fails", {}],
      ["/embed", {}],
      ["/embed/", {}],
      ["/api/data", {}],
      ["/api/deep/x", {}],
      ["/api", {}],
    ];
    for (const [path, headers] of questions) {
      const theirs = await seen(httpsPort, path, headers, true);
      // What is known to have come over https goes out from both.
      const expected = await seen(express, path, { ...headers, "X-Forwarded-Proto": "https" });
      const others = Object.entries(CARELESS).map(([name, value]) => `${name}: ${value}`);
      const left = theirs.lines.filter((line) => !others.includes(line) || expected.lines.includes(line));
      expect([path, theirs.status, left]).toEqual([path, expected.status, expected.lines]);
    }
  });

  it("lets through of the upstream only what the policy says nothing of", async () => {
    const { httpsPort } = await nginxWith(
      ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }],
      [],
      await carelessUpstream(),
    );
    expect((await seen(httpsPort, "/", {}, true)).lines).toEqual([
      "Content-Security-Policy: default-src *",
      "Referrer-Policy: unsafe-url",
      "Strict-Transport-Security: max-age=1",
      "X-Frame-Options: DENY",
      "x-content-type-options: sniff",
    ]);
  });

  it("sends the policy with its own 502 and its health page", async () => {
    const { httpsPort } = await nginxWith(["none", { xFrameOptions: "DENY" }], [], await freePort());
    expect(await seen(httpsPort, "/", {}, true)).toEqual({ status: 502, lines: ["X-Frame-Options: DENY"] });
    expect(await seen(httpsPort, "/health", {}, true)).toEqual({ status: 200, lines: ["X-Frame-Options: DENY"] });
  });

  it("redirects http to https, path and query kept", async () => {
    const { httpsPort, httpPort } = await nginxWith(["none", { xFrameOptions: "DENY" }], [], await freePort());
    const { status, headers } = await ask(httpPort, "/a/b?c=%20d", { headers: { Host: "evil.example" } });
    expect([status, headers["Location"]]).toEqual([301, `https://localhost:${httpsPort}/a/b?c=%20d`]);
  });

  it("passes a WebSocket on", async () => {
    const { httpsPort } = await nginxWith(["streamlit"], ROUTES, await carelessUpstream());
    const socket = new WebSocket(`wss://localhost:${httpsPort}/`, { ca: CERTIFICATE.cert });
    const told = await new Promise((resolve, reject) => {
      socket.on("open", () => socket.send("hello"));
      socket.on("message", (data) => resolve(String(data)));
      socket.on("error", reject);
    });
    socket.close();
    expect(told).toBe("echo hello");
  });
});

it("a test server over TLS has a certificate that the tests trust", async () => {
  const port = await serveSecurely((_req, res) => void res.end("x"));
  expect((await ask(port, "/", { secure: true })).status).toBe(200);
});
