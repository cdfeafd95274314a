import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dash, dashStrict, gradio, gradioStrict, jupyter, jupyterStrict } from "../../src/applications/index.js";
import { append, type Layer } from "../../src/index.js";
import { CHROMIUM, newPage } from "../browser/support.js";
import { skipWithout } from "../peers.js";
import { NGINX } from "../streamlit/support.js";
import { type Application, applications, blocked, CADDY, DOORS, filesOf, type Running, shows, startApplication } from "./support.js";

/** The layers under which each is walked; Dash prints the hashes of its clientside callbacks itself. */
const LAYERS: Readonly<Record<Application, Readonly<Record<"as it is" | "strict", (said: string) => readonly Layer[]>>>> = {
  jupyterlab: { "as it is": () => [jupyter], strict: () => [jupyterStrict] },
  gradio: { "as it is": () => [gradio], strict: () => [gradioStrict] },
  dash: {
    "as it is": () => [dash],
    strict: (said) => [dashStrict, { contentSecurityPolicy: { scriptSrc: append(...(hashesIn(said) as "'sha256-'"[])) } }],
  },
};

/** Gradio's page has its configuration in two scripts, and its address in a third: no preset can have their hashes. */
const BLOCKED: Readonly<Record<Application, readonly string[]>> = { jupyterlab: [], gradio: ["script-src-elem inline"], dash: [] };

/** The ways in which each is reached, and the name of each way. */
const WAYS = [
  { way: "proxy", door: "proxy", preset: "as it is" },
  { way: "strict", door: "proxy", preset: "strict" },
  { way: "nginx", door: "nginx", preset: "strict" },
  { way: "caddy", door: "caddy", preset: "as it is" },
] as const;

type Way = (typeof WAYS)[number]["way"];

const hashesIn = (said: string) => (/^HASHES (.*)$/m.exec(said)?.[1] ?? "").split(" ");

/** One visitor's way through each application. */
const WALKS: Readonly<Record<Application, (page: Page, url: string, way: Way) => Promise<void>>> = {
  async jupyterlab(page, url, way) {
    // A notebook for each way, for one that another page has saved opens a dialog; and a workspace, which else opens the others' too.
    await page.goto(`${url}lab/workspaces/${way}/tree/${way}.ipynb`);
    await page.locator(".jp-CodeCell").first().waitFor({ timeout: 60_000 });
    // The kernel is reached over a WebSocket, whose Origin JupyterLab compares with Host, port included. A cell that is run before the
    // kernel is there stays empty, or opens a dialog that asks which kernel is meant.
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 60_000 });
    await runs(page, 0, ".jp-OutputArea-output");
    expect(await page.locator(".jp-OutputArea-output").first().textContent()).toContain("the answer is 42");
    await runs(page, 1, ".jp-RenderedImage img");
    const picture = page.locator(".jp-RenderedImage img").first();
    await picture.waitFor({ timeout: 30_000 });
    await expect.poll(() => picture.evaluate((image) => (image as unknown as { readonly naturalWidth: number }).naturalWidth)).toBe(60);
  },

  async gradio(page, url) {
    await page.goto(url);
    await page.locator("#text textarea").fill("hello");
    await page.locator("#count").click();
    // What is streamed comes bit by bit: the first part is seen before the last.
    const seen = new Set<string>();
    await expect
      .poll(
        async () => {
          const value = await page.locator("#streamed textarea").inputValue();
          seen.add(value.trim());
          return value.trim();
        },
        { timeout: 30_000, interval: 50 },
      )
      .toBe("hello 1. hello 2. hello 3.");
    expect([...seen]).toContain("hello 1.");
    await page
      .locator("#upload input[type=file]")
      .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.alloc(3_000_000, "x") });
    await expect.poll(() => page.locator("#size textarea").inputValue(), { timeout: 30_000 }).toBe("3000000");
    await page.locator("#draw").click();
    const picture = page.locator("#picture img").first();
    await picture.waitFor({ timeout: 30_000 });
    await expect.poll(() => picture.evaluate((image) => (image as unknown as { readonly naturalWidth: number }).naturalWidth)).toBe(60);
  },

  async dash(page, url) {
    await page.goto(url);
    await page.locator("#text").fill("hello");
    await shows(page, "#server", "server: hello");
    await shows(page, "#browser", "browser: hello");
    await page.locator("#graph .main-svg").first().waitFor();
  },
};

/** Runs a cell of the notebook until it shows something; a dialog over it is a failure that says what the dialog says. */
async function runs(page: Page, cell: number, output: string): Promise<void> {
  await expect
    .poll(
      async () => {
        // A cell that is run before the kernel is there opens a dialog, in which the right one is chosen already.
        const select = page.locator(".jp-Dialog", { hasText: "Select Kernel" }).locator(".jp-mod-accept");
        if ((await select.count()) > 0) await select.click({ timeout: 30_000 });
        expect(await page.locator(".jp-Dialog").allInnerTexts()).toEqual([]);
        await page.locator(".jp-CodeCell .cm-content").nth(cell).click({ timeout: 30_000 });
        await page.keyboard.press("Control+Enter");
        return page.locator(output).count();
      },
      { timeout: 100_000, interval: 2_000 },
    )
    .toBeGreaterThan(0);
}

const peers = [CHROMIUM, NGINX, CADDY, applications()];

describe.skipIf(skipWithout("the walk through JupyterLab, Gradio and Dash", peers)).each(["jupyterlab", "gradio", "dash"] as const)(
  "%s, over https on a port of its own",
  { timeout: 240_000 },
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-application-"));
    let running: Running;
    beforeAll(async () => {
      for (const [file, text] of Object.entries(filesOf(name))) writeFileSync(join(folder, file), text);
      running = await startApplication(name, folder);
    }, 90_000);
    afterAll(async () => {
      await running?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(WAYS)("works under its preset, $preset, behind $door, and nothing else is blocked", async ({ way, preset, door }) => {
      const page = await newPage();
      await WALKS[name](page, await DOORS[door](running.port, LAYERS[name][preset](running.said())), way);
      expect(await blocked(page)).toEqual(preset === "strict" ? BLOCKED[name] : []);
    });
  },
);
