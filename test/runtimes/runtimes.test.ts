import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ask } from "../http/support.js";
import { BUN, DENO, howToGetRuntimes, type Installed, install } from "../package/install.js";
import { skipWithout } from "../peers.js";

/** A site as its author writes it; what the runtimes do each in its own way stands before it. */
const SITE = `
import { append, nonce } from "portcullis";
import { nonceOf, override, sealHeaders, securityHeaders } from "portcullis/fetch";

const policy = { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: [nonce] }, xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] };
const embed = override({ xFrameOptions: false, contentSecurityPolicy: { imgSrc: append("https://img.example") } });
const theirs = () => new Response("theirs", { headers: { "X-Frame-Options": "SAMEORIGIN", "X-Powered-By": "PHP" } });
const routes = {
  "/page": (request) => new Response(nonceOf(request)),
  "/embed": embed(() => new Response("embed")),
  "/sealed": sealHeaders()(theirs),
  "/fetched": () => fetch(process.env.UPSTREAM),
  "/away": () => Response.redirect("https://site.example/page", 307),
  "/address": (request, more) => new Response(addressOf(request, more)),
  "/socket": upgrade,
};
const none = () => new Response("none", { status: 404 });
const site = securityHeaders("none", policy)((request, more) => (routes[new URL(request.url).pathname] ?? none)(request, more));
`;

const FOR_DENO = `
const addressOf = (_request, info) => info.remoteAddr.hostname;
const upgrade = (request) => {
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => socket.send("echo " + data);
  return response;
};
`;

const FOR_BUN = `
const addressOf = (request, server) => server.requestIP(request).address;
const upgrade = (request, server) => (server.upgrade(request) ? undefined : none());
const websocket = { message: (socket, data) => void socket.send("echo " + data) };
`;

const PROGRAMS: Readonly<Record<string, string>> = {
  "deno.mjs": `${FOR_DENO}${SITE} Deno.serve({ hostname: "127.0.0.1", port: 0 }, site);`,
  "deno-exported.mjs": `${FOR_DENO}${SITE} export default { fetch: site };`,
  "bun.mjs": `${FOR_BUN}${SITE} console.log(Bun.serve({ hostname: "127.0.0.1", port: 0, websocket, fetch: site }).url.href);`,
  "bun-routed.mjs": `${FOR_BUN}${SITE}
    console.log(Bun.serve({ hostname: "127.0.0.1", port: 0, websocket, routes: { "/*": site } }).url.href);`,
};

/** How each program is started, by which binary. */
const STARTS: readonly (readonly [what: string, program: string, ...args: readonly string[]])[] = [
  ["Deno.serve(…)", DENO, "run", "--allow-all", "deno.mjs"],
  ["deno serve", DENO, "serve", "--allow-all", "--host", "127.0.0.1", "--port", "0", "deno-exported.mjs"],
  ["Bun.serve({ fetch })", BUN, "run", "bun.mjs"],
  ["Bun.serve({ routes })", BUN, "run", "bun-routed.mjs"],
];

const PEERS = [
  { name: "Deno", found: existsSync(DENO), get: howToGetRuntimes },
  { name: "Bun", found: existsSync(BUN), get: howToGetRuntimes },
];

const OURS = /^(?:content-security-policy|x-frame-options|x-powered-by)$/i;
const POLICY = { "content-security-policy": "default-src 'self'; script-src 'nonce-…'", "x-frame-options": "DENY" };

describe.skipIf(skipWithout("portcullis/fetch in Deno and Bun", PEERS))("portcullis/fetch from the packed package", () => {
  let project: Installed;
  let upstream: http.Server;

  beforeAll(async () => {
    project = install();
    project.write(PROGRAMS);
    upstream = http.createServer(
      (_req, res) => void res.writeHead(200, { "X-Frame-Options": "SAMEORIGIN", "X-Powered-By": "PHP" }).end("fetched"),
    );
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
  }, 60_000);

  afterAll(() => {
    project.remove();
    upstream.close();
  });

  describe.each(STARTS)("%s", (_what, program, ...args) => {
    let child: ChildProcess;
    let port: number;

    beforeAll(async () => {
      const env = { ...process.env, NO_COLOR: "1", UPSTREAM: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/` };
      child = spawn(program, args, { cwd: project.folder, env, stdio: ["ignore", "pipe", "pipe"] });
      port = await portOf(child);
    });

    afterAll(async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    });

    /** Status, our headers and body; a nonce as "…". */
    async function seen(path: string): Promise<[status: number, headers: Record<string, string>, body: string]> {
      const { status, headers, names, body } = await ask(port, path);
      const lines = names.filter((name) => OURS.test(name)).map((name) => [name.toLowerCase(), headers[name] as string] as const);
      return [status, Object.fromEntries(lines.map(([name, value]) => [name, value.replace(/(?<='nonce-)[^']+/, "…")])), body];
    }

    it("puts the policy on a 404", async () => {
      expect(await seen("/none")).toEqual([404, POLICY, "none"]);
    });

    it("tells the handler the nonce that goes out", async () => {
      const { headers, body } = await ask(port, "/page");
      const csp = Object.entries(headers).find(([name]) => name.toLowerCase() === "content-security-policy")?.[1];
      expect(body).toMatch(/^[\w+/]{22}==$/);
      expect(csp).toBe(`default-src 'self'; script-src 'nonce-${body}'`);
    });

    it("lays an override on top", async () => {
      const policy = "default-src 'self'; script-src 'nonce-…'; img-src 'self' https://img.example";
      expect(await seen("/embed")).toEqual([200, { "content-security-policy": policy }, "embed"]);
    });

    it("replaces by sealHeaders what the response has, and strips what must not go out", async () => {
      expect(await seen("/sealed")).toEqual([200, POLICY, "theirs"]);
    });

    it("writes on a response of fetch()", async () => {
      expect(await seen("/fetched")).toEqual([200, { ...POLICY, "x-frame-options": "SAMEORIGIN" }, "fetched"]);
    });

    it("writes on a Response.redirect()", async () => {
      expect(await seen("/away")).toEqual([307, POLICY, ""]);
    });

    it("hands the handler what the runtime gives beside the request", async () => {
      expect((await seen("/address"))[2]).toBe("127.0.0.1");
    });

    it("leaves a WebSocket as it is", async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/socket`);
      await once(socket, "open");
      socket.send("hello");
      const [data] = await once(socket, "message");
      socket.close();
      expect(String(data)).toBe("echo hello");
    });
  });
});

/** The port in the address that a server prints once it listens. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        said += String(chunk);
        const [, port] = /http:\/\/[\w.]+:(\d+)\//.exec(said) ?? [];
        if (port !== undefined) resolve(Number(port));
      });
    child.on("error", reject);
    child.on("exit", () => reject(new Error(`It ended: ${said}`)));
  });
}
