import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import express from "express";
import type { Page } from "playwright-core";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { createViteServer } from "vitest/node";
import { WebSocketServer } from "ws";
import { append, type Layer, nonce, nonceOf, type Patch, securityHeaders } from "../../src/index.js";
import { livereload, viteDev } from "../../src/services/index.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage, type Seen, see, until } from "./support.js";

type Vite = Awaited<ReturnType<typeof createViteServer>>;

/** As @vitejs/plugin-react writes it into the page: inline, with an import from Vite's server. */
const preamble = (server: string) => `import { hook } from "${server}/hook.js"; globalThis.preamble = hook;`;

const PAGE =
  '<!doctype html><html lang="en"><head><title>page</title></head><body><p></p><script type="module" src="/main.js"></script></body></html>';

const FILES = {
  "index.html": PAGE,
  "hook.js": "export const hook = true;",
  "text.js": 'export const text = "one";',
  "style.css": "p { color: rgb(0, 0, 1) }",
  "main.js": `
import "./style.css";
import { text } from "./text.js";
const show = (text) => { document.querySelector("p").textContent = text; };
show(text);
import.meta.hot.accept("./text.js", (module) => show(module.text));`,
};

const looks = (text: string, colour: string) =>
  `globalThis.preamble && document.querySelector("p").textContent === "${text}" && getComputedStyle(document.querySelector("p")).color === "${colour}"`;

/** No layer, in the place of one. */
const none = (): false => false;

/** Before a change and after it. */
const BEFORE = looks("one", "rgb(0, 0, 1)");
const AFTER = looks("two", "rgb(0, 0, 2)");

const WAIT = { timeout: 15_000, interval: 20 };

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-vite-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

function change(folder: string): void {
  writeFileSync(join(folder, "text.js"), 'export const text = "two";');
  writeFileSync(join(folder, "style.css"), "p { color: rgb(0, 0, 2) }");
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function vite(root: string, server: object, more: object = {}): Promise<Vite> {
  const started = await createViteServer({
    ...{ root, configFile: false, logLevel: "silent", cacheDir: join(root, ".vite"), optimizeDeps: { noDiscovery: true } },
    server: { host: "127.0.0.1", ...server },
    ...more,
  });
  onTestFinished(() => started.close());
  return started;
}

interface Running {
  readonly url: string;
  readonly folder: string;
  /** The server that the page connects to. */
  readonly server: Vite;
}

interface Options {
  readonly origin?: string;
  readonly hmr?: string;
}

interface Policy {
  readonly name: string;
  /** Whether scripts need the nonce of the response. */
  readonly nonce: boolean;
  readonly layers: (dev: (options?: object) => Patch | false) => (options: Options) => readonly Layer[];
}

const POLICIES: readonly Policy[] = [
  { name: "strict", nonce: false, layers: (dev) => (options) => ["strict", "development", dev(options)] },
  { name: "strictDynamic", nonce: true, layers: (dev) => (options) => ["strictDynamic", "development", dev(options)] },
  {
    name: "strictDynamic with a nonce for styles",
    nonce: true,
    layers: (dev) => (options) => ["strictDynamic", { contentSecurityPolicy: { styleSrc: append(nonce) } }, "development", dev(options)],
  },
];

const [STRICT, DYNAMIC] = POLICIES as readonly [Policy, Policy, Policy];

/** Vite in Express, with the nonce of each response in the place of a word. */
async function asMiddleware(policy: Policy, dev: typeof viteDev | typeof none = viteDev): Promise<Running> {
  const folder = folderOf(FILES);
  const port = await freePort();
  const plugin = {
    name: "preamble",
    transformIndexHtml: () => [{ tag: "script", attrs: { type: "module" }, children: preamble("") }],
  };
  const html = policy.nonce ? { cspNonce: "NONCE" } : {};
  const server = await vite(folder, { middlewareMode: true, ws: { port } }, { appType: "custom", html, plugins: [plugin] });
  const layers = policy.layers(dev)({ hmr: `ws://localhost:${port}` });
  const app = express().use(securityHeaders(...layers), server.middlewares);
  app.get("/", async (req, res) => {
    const page = await server.transformIndexHtml(req.url, PAGE);
    res.send(page.replaceAll("NONCE", () => nonceOf(res)));
  });
  return { url: `http://localhost:${await listen(http.createServer(app))}`, folder, server };
}

/** Vite on a port of its own, beside Express, which writes the page. */
async function beside(policy: Policy): Promise<Running & { readonly restart: () => Promise<void> }> {
  const folder = folderOf(FILES);
  const port = await freePort();
  const options = { port, strictPort: true };
  const first = await (await vite(folder, options)).listen();
  const origin = `http://localhost:${port}`;
  const app = express().use(securityHeaders(...policy.layers(viteDev)({ origin })));
  app.get("/", (_req, res) => {
    const html = `<!doctype html><title>page</title><meta property="csp-nonce" nonce="NONCE"><p></p>
<script type="module" nonce="NONCE">${preamble(origin)}</script>
<script type="module" nonce="NONCE" src="${origin}/@vite/client"></script>
<script type="module" nonce="NONCE" src="${origin}/main.js"></script>`;
    res.send(html.replaceAll("NONCE", () => (policy.nonce ? nonceOf(res) : "")));
  });
  const restart = async () => {
    await (await vite(folder, options)).listen();
  };
  return { url: `http://localhost:${await listen(http.createServer(app))}`, folder, server: first, restart };
}

/** Opens the page, and waits until it is connected to Vite. */
async function opened({ url, server }: Running): Promise<readonly [Page, Seen]> {
  const page = await newPage();
  const seen = await see(page, url, BEFORE);
  await vi.waitFor(() => expect(server.ws.clients.size).toBe(1), WAIT);
  await page.evaluate("globalThis.stayed = true; 0");
  return [page, seen];
}

/** Changes files, and waits until the page shows the change without having been loaded again. */
async function changed(running: Running): Promise<readonly Seen[]> {
  const [page, before] = await opened(running);
  change(running.folder);
  return [before, await until(page, `globalThis.stayed && ${AFTER}`)];
}

const WORKS = { works: true, violations: [] };

/** A server that plays LiveReload: its script, and a socket that says when to load the page again. */
async function playLivereload(): Promise<{ readonly origin: string; readonly reload: () => void }> {
  const script = `
const { host } = new URL(document.currentScript.src);
const socket = new WebSocket("ws://" + host + "/livereload");
socket.onopen = () => { globalThis.connected = true; };
socket.onmessage = () => location.reload();`;
  const server = http.createServer((_req, res) => res.setHeader("Content-Type", "text/javascript").end(script));
  const sockets = new WebSocketServer({ server });
  const origin = `http://localhost:${await listen(server)}`;
  return {
    origin,
    reload: () => {
      for (const socket of sockets.clients) socket.send("reload");
    },
  };
}

async function withLivereload(policy: Policy, origin: string, dev: typeof livereload | typeof none = livereload): Promise<string> {
  const app = express().use(securityHeaders(...policy.layers(dev)({ origin })));
  app.get("/", (_req, res) => {
    res.send(
      `<!doctype html><title>page</title><script nonce="${policy.nonce ? nonceOf(res) : ""}" src="${origin}/livereload.js"></script>`,
    );
  });
  return `http://localhost:${await listen(http.createServer(app))}`;
}

describe.skipIf(skipWithout("viteDev and livereload in a browser", [CHROMIUM]))("with a development server", () => {
  beforeEach(() => {
    vi.stubEnv("NODE_ENV", "development");
    return () => vi.unstubAllEnvs();
  });

  it.each(POLICIES)("Vite as a middleware updates a page under $name, and nothing is blocked", async (policy) => {
    expect(await changed(await asMiddleware(policy))).toEqual([WORKS, WORKS]);
  });

  it.each(POLICIES)("Vite beside Express updates a page under $name, and nothing is blocked", async (policy) => {
    expect(await changed(await beside(policy))).toEqual([WORKS, WORKS]);
  });

  it("Vite beside Express loads the page again after a restart", async () => {
    const running = await beside(STRICT);
    const [page] = await opened(running);
    await running.server.close();
    change(running.folder);
    await running.restart();
    expect(await until(page, `globalThis.stayed === undefined && ${AFTER}`)).toEqual(WORKS);
  });

  it.each([
    { ...STRICT, blocked: ["connect-src ws://localhost", "script-src-elem inline", "style-src-elem inline"] },
    { ...DYNAMIC, blocked: ["connect-src ws://localhost", "style-src-elem inline"] },
  ])("without viteDev $name blocks what Vite needs", async ({ blocked, ...policy }) => {
    const { url } = await asMiddleware(policy, none);
    const page = await newPage();
    await page.goto(url);
    await vi.waitFor(async () => {
      const seen = (await page.evaluate("violations")) as readonly string[];
      expect([...new Set(seen.map((text) => text.replace(/:\d+.*/, "")))].sort()).toEqual(blocked);
    }, WAIT);
  });

  it.each([STRICT, DYNAMIC])("a LiveReload server loads a page again under $name, and nothing is blocked", async (policy) => {
    const { origin, reload } = await playLivereload();
    const page = await newPage();
    const before = await see(page, await withLivereload(policy, origin), "globalThis.connected");
    await page.evaluate("globalThis.stayed = true; 0");
    reload();
    expect([before, await until(page, "globalThis.connected && globalThis.stayed === undefined")]).toEqual([WORKS, WORKS]);
  });

  it("without livereload strict blocks the script of a LiveReload server", async () => {
    const { origin } = await playLivereload();
    const seen = await see(await newPage(), await withLivereload(STRICT, origin, none), "globalThis.connected");
    expect(seen).toEqual({ works: false, violations: [`script-src-elem ${origin}/livereload.js`] });
  });
});
