import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect, onTestFinished, vi } from "vitest";
import type { Layer } from "../../src/index.js";
import { createProxy } from "../../src/proxy/index.js";
import { type Finish, newPage } from "../browser/support.js";
import { ask, CERTIFICATE } from "../http/support.js";
import type { Peer } from "../peers.js";
import { installPackages, pythonEnv } from "../python.js";
import { exported, folderWith, found, freePort, start } from "../servers/support.js";

const pathOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** A release of Streamlit in a virtual environment of its own, outside the repository. */
export interface Release {
  /** Whole, or as much as its wheels are named by. */
  readonly version: string;
  readonly folder: string;
  /** What pip installs. */
  readonly requirements: readonly string[];
  /** The folder of app.py. */
  readonly app: string;
  /** Packages that the application needs beside Streamlit. */
  readonly needs: readonly string[];
}

const FOLDER = process.env["PORTCULLIS_STREAMLIT"] ?? join(homedir(), ".cache/portcullis-streamlit");

/** What the presets are proven on, part by part; another version where the environment names one, as newest.mjs does. */
export const CURRENT: Release = {
  version: process.env["PORTCULLIS_STREAMLIT_VERSION"] ?? "1.67.0",
  folder: FOLDER,
  requirements: ["-r", pathOf("requirements.txt")],
  app: pathOf("../../examples/streamlit/"),
  needs: ["plotly", "matplotlib"],
};

/** What a shorter walk goes through. */
export const OLDER: readonly Release[] = [
  // Its own requirements leave pyarrow open, and newer ones have no wheel that it works with.
  { version: "1.30.0", requirements: ["streamlit==1.30.0", "pyarrow<15"] },
  { version: "1.40.2", requirements: ["streamlit==1.40.2"] },
].map((release) => ({ ...release, folder: `${FOLDER}-${release.version}`, app: pathOf("short/"), needs: [] }));

const pythonOf = ({ folder }: Release) => join(folder, "bin/python");

/** Gets Streamlit where it is not; without Python or network it stays away, and the suite says so. */
export function installStreamlit(release: Release): void {
  if (!streamlit(release).found) installPackages(release.folder, ...release.requirements);
}

/** For `skipWithout`: the very version. */
export function streamlit(release: Release): Peer {
  const { version, folder, needs, requirements } = release;
  const python = pythonOf(release);
  const script = `from importlib.metadata import version; print(*map(version, ${JSON.stringify(["streamlit", ...needs])}))`;
  const { stdout } = existsSync(python) ? spawnSync(python, ["-c", script], { encoding: "utf8" }) : { stdout: "" };
  const get = `python3 -m venv ${folder} && ${python} -m pip install ${requirements.map((one) => `'${one}'`).join(" ")}`;
  return { name: `Streamlit ${version}`, found: stdout.startsWith(version), get };
}

export const NGINX: Peer = { name: "nginx", found: found("nginx"), get: "apt-get install nginx-light" };

/** Starts the application of a release, one for the whole suite; `stop` ends it. */
export async function startStreamlit(release: Release, base = ""): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const child = spawn(
    pythonOf(release),
    ["-m", "streamlit", "run", "app.py", ...OPTIONS, "--server.baseUrlPath", base, "--server.port", String(port)],
    { cwd: release.app, env: pythonEnv() },
  );
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  for (let rest = 600; rest > 0 && child.exitCode === null; rest--) {
    const healthy = await ask(port, `${base}/_stcore/health`).catch(() => undefined);
    if (healthy?.status === 200) return { port, stop: () => ended(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await ended(child);
  throw new Error(`Streamlit does not answer: ${said}`);
}

/** What the example has in its config.toml. */
const OPTIONS = ["--server.headless", "true", "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"];

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on("exit", () => resolve());
    child.kill();
  });
}

/** What stands in front of Streamlit, over https. Gives back the URL of the application, with a slash at its end. */
export const DOORS = {
  async proxy(upstream: number, layers: readonly Layer[], base = "", finish: Finish = onTestFinished): Promise<string> {
    const proxy = createProxy({ target: `http://127.0.0.1:${upstream}${base}`, policy: layers, tls: CERTIFICATE });
    const { port } = await proxy.listen({ port: 0 });
    finish(async () => void (await proxy.close(500)));
    return `https://localhost:${port}/`;
  },

  async nginx(upstream: number, layers: readonly Layer[]): Promise<string> {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    const files = exported("nginx", { policy: layers, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort });
    const folder = folderWith({ "nginx.conf": NGINX_MAIN, ...files });
    execFileSync("nginx", ["-t", "-q", "-p", folder, "-c", join(folder, "nginx.conf")]);
    await start(httpsPort, "nginx", "-p", folder, "-c", join(folder, "nginx.conf"));
    return `https://localhost:${httpsPort}/`;
  },
} as const;

const TEMPORARY = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`).join(" ");
const NGINX_MAIN = `user root; daemon off; pid nginx.pid; error_log stderr crit; events {}\nhttp { include /etc/nginx/mime.types; access_log off; ${TEMPORARY}\ninclude portcullis.conf; }\n`;

/** Where the maps of Streamlit and Plotly get their background, which the tests stand in for. */
export const BASEMAP = /^https:\/\/[a-z-]*\.?basemaps\.cartocdn\.com\//;

const HOST = "https://tiles.basemaps.cartocdn.com";
const STYLE = {
  version: 8,
  glyphs: `${HOST}/fonts/{fontstack}/{range}.pbf`,
  sources: { carto: { type: "vector", tiles: ["https://tiles-a.basemaps.cartocdn.com/{z}/{x}/{y}.mvt"] } },
  layers: [
    { id: "background", type: "background", paint: { "background-color": "#abcdef" } },
    { id: "water", type: "fill", source: "carto", "source-layer": "water" },
  ],
};

/** Where the maps of versions before 1.46 or so get a token and their background. */
const MAPBOX = /^https:\/\/(?:data\.streamlit\.io|(?:api|events)\.mapbox\.com)\//;

/** A browser's page, with the hosts of the basemap that it asked. */
export interface Visit {
  readonly page: Page;
  readonly url: string;
  readonly asked: Set<string>;
  /** How long anything may take, in milliseconds; 20,000 at first. */
  patience: number;
  waitAtMost(milliseconds: number): void;
}

export async function visit(url: string, permissions: readonly string[] = [], finish: Finish = onTestFinished): Promise<Visit> {
  const page = await newPage({ permissions: [...permissions], viewport: { width: 1200, height: 1600 } }, finish);
  const asked = new Set<string>();
  await page.context().route(BASEMAP, (route) => {
    const { hostname, pathname } = new URL(route.request().url());
    asked.add(hostname);
    const headers = { "Access-Control-Allow-Origin": "*" };
    if (pathname.endsWith("style.json")) return route.fulfill({ headers, json: STYLE });
    // An empty tile is a right one.
    return route.fulfill({ headers, body: "" });
  });
  await page.context().route(MAPBOX, (route) => {
    const { hostname, pathname } = new URL(route.request().url());
    asked.add(hostname);
    const headers = { "Access-Control-Allow-Origin": "*" };
    if (pathname === "/tokens.json") return route.fulfill({ headers, json: { mapbox: "pk.e30.x" } });
    if (pathname.startsWith("/styles/"))
      return route.fulfill({ headers, json: { ...STYLE, glyphs: undefined, sources: {}, layers: STYLE.layers.slice(0, 1) } });
    return route.fulfill({ headers, body: "" });
  });
  const visit: Visit = {
    ...{ page, url, asked, patience: 0 },
    waitAtMost(milliseconds) {
      visit.patience = milliseconds;
      page.setDefaultTimeout(milliseconds);
    },
  };
  visit.waitAtMost(20_000);
  return visit;
}

/** What the policies of the page and of its frames blocked, each once. */
export async function violations({ page }: Visit): Promise<readonly string[]> {
  const all = await Promise.all(page.frames().map((frame) => frame.evaluate("globalThis.violations ?? []").catch(() => [])));
  return [...new Set(all.flat() as string[])].sort();
}

/** Waits for something in the page, by an expression: Playwright's own waiting for one needs an eval. */
export async function holds({ page, patience: timeout }: Visit, expression: string): Promise<void> {
  // Not expect.poll, which asks for the test that runs: here several may.
  await vi.waitFor(async () => expect(await page.evaluate(`Boolean(${expression})`), expression).toBe(true), { timeout, interval: 50 });
}
