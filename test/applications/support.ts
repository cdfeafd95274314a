import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Layer } from "../../src/index.js";
import { ask } from "../http/support.js";
import { type Peer, peersRequired } from "../peers.js";
import { installPackages, pythonEnv } from "../python.js";
import { exported, folderWith, found, freePort, start } from "../servers/support.js";
import { DOORS as FRONTS } from "../streamlit/support.js";

/** The folder of the applications' virtual environment, outside the repository. */
const FOLDER = process.env["PORTCULLIS_APPLICATIONS"] ?? join(homedir(), ".cache/portcullis-apps");
const PYTHON = join(FOLDER, "bin/python");
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const VERSIONS = { jupyterlab: "4.6.6", gradio: "6.31.0", dash: "4.4.1" } as const;

/** For `skipWithout`: the very versions that are walked. */
export function applications(): Peer {
  if (peersRequired() && !areThere()) installPackages(FOLDER, "-r", here("requirements.txt"));
  const get = `python3 -m venv ${FOLDER} && ${PYTHON} -m pip install -r test/applications/requirements.txt`;
  return { name: "JupyterLab, Gradio and Dash", found: areThere(), get };
}

function areThere(): boolean {
  if (!existsSync(PYTHON)) return false;
  const script = `from importlib.metadata import version; print(*[version(name) for name in ("jupyterlab", "gradio", "dash")])`;
  return spawnSync(PYTHON, ["-c", script], { encoding: "utf8" }).stdout.trim() === Object.values(VERSIONS).join(" ");
}

/** An application that runs; `said` is what it has printed. */
export interface Running {
  readonly port: number;
  said(): string;
  stop(): Promise<void>;
}

/** Sixty pixels by forty, in grey. */
const PICTURE =
  "iVBORw0KGgoAAAANSUhEUgAAADwAAAAoCAIAAAAt2Q6oAAAAN0lEQVR42u3OMQ0AAAwDoEqv9KrYsQQUkD4UaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWnpSwMDwhDTOKW/+wAAAABJRU5ErkJggg==";

const NOTEBOOK = {
  cells: ["print('the answer is', 6 * 7)", `import base64, IPython.display\nIPython.display.Image(base64.b64decode("${PICTURE}"))`].map(
    (source, index) => ({
      ...{ id: `cell-${index}`, cell_type: "code", execution_count: null, metadata: {}, outputs: [], source },
    }),
  ),
  metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
  nbformat: 4,
  nbformat_minor: 5,
};

/** What starts each application on a port, in a folder of its own, and where it answers first. */
const COMMANDS = {
  jupyterlab: (port: number) => ({
    args: [
      ...["-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port}`],
      ...["--IdentityProvider.token=", "--ServerApp.root_dir=.", "--ServerApp.port_retries=0", "--core-mode"],
      // Behind a proxy it is asked by another name; whose page may talk to it, it still decides by Origin and Host.
      "--ServerApp.allow_remote_access=True",
    ],
    health: "/api",
    files: Object.fromEntries([...Object.keys(DOORS), "strict"].map((way) => [`${way}.ipynb`, JSON.stringify(NOTEBOOK)])),
  }),
  gradio: (port: number) => ({ args: [here("gradio_app.py"), String(port)], health: "/", files: {} }),
  dash: (port: number) => ({ args: [here("dash_app.py"), String(port)], health: "/", files: {} }),
} as const;

export type Application = keyof typeof COMMANDS;

/** Starts an application, one for the whole suite. */
export async function startApplication(name: Application, folder: string): Promise<Running> {
  const port = await freePort();
  const { args, health } = COMMANDS[name](port);
  const env = {
    ...pythonEnv(),
    HOME: folder,
    GRADIO_ANALYTICS_ENABLED: "False",
    GRADIO_TEMP_DIR: join(folder, "tmp"),
    JUPYTER_CONFIG_DIR: folder,
  };
  const child = spawn(PYTHON, args, { cwd: folder, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += String(chunk)));
  for (let rest = 600; rest > 0 && child.exitCode === null; rest--) {
    const healthy = await ask(port, health).catch(() => undefined);
    if (healthy?.status === 200) return { port, said: () => said, stop: () => ended(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await ended(child);
  throw new Error(`${name} does not answer: ${said}`);
}

/** The files that an application finds in its folder. */
export const filesOf = (name: Application): Readonly<Record<string, string>> => COMMANDS[name](0).files;

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.on("exit", () => resolve());
    child.kill();
    // JupyterLab asks twice before it goes.
    setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
  });
}

export const CADDY: Peer = { name: "Caddy", found: found("caddy"), get: "apt-get install caddy" };

/** What stands in front of an application, over https on a port of its own. */
export const DOORS = {
  ...FRONTS,

  async caddy(upstream: number, layers: readonly Layer[]): Promise<string> {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    const files = exported("caddy", { policy: layers, upstream: `http://127.0.0.1:${upstream}`, httpsPort, httpPort });
    const folder = folderWith({ Caddyfile: "{\n\tadmin off\n\tauto_https off\n}\nimport portcullis.caddy\n", ...files });
    execFileSync("caddy", ["adapt", "--config", join(folder, "Caddyfile")], { stdio: ["ignore", "ignore", "pipe"] });
    await start(httpsPort, "caddy", "run", "--config", join(folder, "Caddyfile"));
    return `https://localhost:${httpsPort}/`;
  },
} as const;

/** What the policies of the page and of its frames blocked, each once. */
export async function blocked(page: Page): Promise<readonly string[]> {
  const all = await Promise.all(page.frames().map((frame) => frame.evaluate("globalThis.violations ?? []").catch(() => [])));
  return [...new Set(all.flat() as string[])].sort();
}

/** Waits until the page shows a text, asked without an eval of Playwright's own. */
export async function shows(page: Page, selector: string, text: string): Promise<void> {
  await expect.poll(() => page.locator(selector).first().textContent({ timeout: 30_000 }), { timeout: 30_000 }).toContain(text);
}
