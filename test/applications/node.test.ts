import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nodeRed, nodeRedStrict, swaggerUi, swaggerUiStrict } from "../../src/applications/index.js";
import { CHROMIUM, newPage, startWholeBrowser } from "../browser/support.js";
import { ask } from "../http/support.js";
import { nodeBinary } from "../package/install.js";
import { type Peer, peersRequired, skipWithout } from "../peers.js";
import { freePort } from "../servers/support.js";
import { blocked, DOORS, shows } from "./support.js";

startWholeBrowser();

/** The folder of the gauntlet, which has the same packages. */
const CACHE = process.env["PORTCULLIS_GAUNTLET"] ?? join(homedir(), ".cache/portcullis-gauntlet");
const PACKAGES = {
  "swagger-ui": ["swagger-ui-express@5.0.1", "swagger-ui-dist@5.35.0", "express@5.3.0"],
  "node-red": ["node-red@5.0.7"],
} as const;

type Application = keyof typeof PACKAGES;

/** For `skipWithout`: the packages of an application, installed first where nothing may be skipped. */
function packages(name: Application): Peer {
  const folder = join(CACHE, name);
  const isThere = () => existsSync(join(folder, "node_modules", PACKAGES[name][0].split("@")[0] as string));
  if (peersRequired() && !isThere()) {
    mkdirSync(folder, { recursive: true });
    spawnSync("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", folder, ...PACKAGES[name]], {
      stdio: "ignore",
    });
  }
  return { name, found: isThere(), get: `npm install --ignore-scripts --prefix ${folder} ${PACKAGES[name].join(" ")}` };
}

/** Node-RED 5 needs Node 22 or newer. */
const NODE = Number(process.versions.node.split(".")[0]) >= 22 ? process.execPath : nodeBinary(24);
const PEERS: readonly Peer[] = [
  CHROMIUM,
  packages("swagger-ui"),
  packages("node-red"),
  { name: "Node 22 or newer", found: existsSync(NODE), get: "node 22" },
];

const SETTINGS = `module.exports = { uiHost: "127.0.0.1", flowFile: "flows.json", telemetry: { enabled: false, updateNotification: false }, editorTheme: { tours: false, palette: { catalogues: [] } } };\n`;

/** What is started in a folder, on a port. */
const COMMANDS: Readonly<Record<Application, (port: number, folder: string) => readonly [program: string, ...args: string[]]>> = {
  "swagger-ui": (port) => [
    process.execPath,
    fileURLToPath(new URL("../gauntlet/sites/swagger-ui.mjs", import.meta.url)),
    String(port),
    join(CACHE, "swagger-ui"),
  ],
  "node-red": (port, folder) => [NODE, join(CACHE, "node-red/node_modules/node-red/red.js"), "--userDir", folder, "--port", String(port)],
};

async function startIn(folder: string, name: Application, path: string): Promise<{ readonly port: number; readonly child: ChildProcess }> {
  const port = await freePort();
  const [program, ...args] = COMMANDS[name](port, folder);
  const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
  for (let rest = 300; rest > 0 && child.exitCode === null; rest--) {
    const answer = await ask(port, path).catch(() => undefined);
    if (answer?.status === 200) return { port, child };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill();
  throw new Error(`${name} does not answer`);
}

const EMPTY_FLOW = '[{ "id": "1c0ffee1c0ffee01", "type": "tab", "label": "Castle" }]';

/** Removes what another walk has deployed. */
const withoutNodes = (port: number) =>
  fetch(`http://127.0.0.1:${port}/flows`, { method: "POST", headers: { "Content-Type": "application/json" }, body: EMPTY_FLOW });

async function openOperation(page: Page, url: string): Promise<void> {
  await page.goto(`${url}docs/`);
  await page.locator(".opblock-summary").first().click();
  await page.locator(".try-out__btn").click();
  await page.locator("button.execute").click();
  await shows(page, ".live-responses-table", "Karlstein");
}

async function runFlow(page: Page, url: string): Promise<void> {
  await page.goto(url);
  const chart = page.locator("#red-ui-workspace-chart");
  await page.locator(".red-ui-palette-node").first().waitFor({ timeout: 60_000 });
  for (const [type, x] of [
    ["inject", 150],
    ["debug", 450],
  ] as const) {
    await page.locator(`.red-ui-palette-node[data-palette-type=${type}]`).dragTo(chart, { targetPosition: { x, y: 200 } });
  }
  const nodes = page.locator("g.red-ui-flow-node-group");
  const from = await nodes.nth(0).locator(".red-ui-flow-port-output .red-ui-flow-port").boundingBox();
  const to = await nodes.nth(1).locator(".red-ui-flow-port-input .red-ui-flow-port").boundingBox();
  if (from === null || to === null) throw new Error("the nodes have no ports");
  await page.mouse.move(from.x + 5, from.y + 5);
  await page.mouse.down();
  await page.mouse.move(to.x + 5, to.y + 5, { steps: 5 });
  await page.mouse.up();
  // Its editor opens with styles and scripts that the node brings.
  await nodes.nth(0).dblclick();
  await page.locator("#node-dialog-ok").click();
  await page.locator("#red-ui-header-button-deploy").click();
  await page.locator(".red-ui-notification", { hasText: "Successfully deployed" }).waitFor();
  await page.keyboard.press("Control+g");
  await page.keyboard.press("d");
  await nodes.nth(0).locator(".red-ui-flow-node-button-button").click();
  // The message comes over the WebSocket.
  await shows(page, ".red-ui-debug-msg", "msg.payload");
}

const WALKS = {
  "swagger-ui": { path: "/docs/", walk: openOperation, presets: { swaggerUi, swaggerUiStrict } },
  "node-red": { path: "/", walk: runFlow, presets: { nodeRed, nodeRedStrict } },
} as const;

describe.skipIf(skipWithout("the walk through Swagger UI and Node-RED", PEERS)).each(["swagger-ui", "node-red"] as const)(
  "%s, behind the proxy",
  { timeout: 120_000 },
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-application-"));
    const { path, walk, presets } = WALKS[name];
    let running: Awaited<ReturnType<typeof startIn>>;
    beforeAll(async () => {
      writeFileSync(join(folder, "settings.js"), SETTINGS);
      writeFileSync(join(folder, "flows.json"), EMPTY_FLOW);
      running = await startIn(folder, name, path);
    }, 60_000);
    afterAll(() => {
      running?.child.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    it.each(Object.entries(presets))("works under %s, and nothing is blocked", async (_, preset) => {
      if (name === "node-red") await withoutNodes(running.port);
      const page = await newPage();
      await walk(page, await DOORS.proxy(running.port, [preset]));
      expect(await blocked(page)).toEqual([]);
    });
  },
);
