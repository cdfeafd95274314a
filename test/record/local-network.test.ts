import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { definePolicy } from "../../src/index.js";
import { provePolicy, recordViolations } from "../../src/testing/index.js";
import { CHROMIUM, program } from "../browser/support.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";

/** A page that asks another origin on loopback, in a browser without switches for it. */
async function open() {
  const api = await serve((_, res) => void res.writeHead(200, { "Access-Control-Allow-Origin": "*" }).end("answered"));
  const ask = `fetch("http://127.0.0.1:${api}/").then((one) => one.text()).then((text) => { x.textContent = text }, () => { x.textContent = "refused" })`;
  const port = await serve(
    (_, res) => void res.writeHead(200, { "Content-Type": "text/html" }).end(`<!doctype html><p id=x>waits</p><script>${ask}</script>`),
  );
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-gpu"] });
  onTestFinished(() => browser.close());
  const context = await browser.newContext();
  const shown = async () => {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.waitForFunction('document.querySelector("#x").textContent !== "waits"');
    return page.textContent("#x");
  };
  return { context, shown };
}

const OPEN = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["*", "unsafe-inline"] } });

describe.skipIf(skipWithout("requests to loopback", [CHROMIUM]))("a page that asks another origin of this machine", () => {
  it("is answered while it is recorded", async () => {
    const { context, shown } = await open();
    const folder = mkdtempSync(join(tmpdir(), "portcullis-recording-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const recording = await recordViolations(context, { policy: OPEN, file: join(folder, "one.json") });
    expect(await shown()).toBe("answered");
    await recording.save();
  });

  it("is answered while a policy is proven", async () => {
    const { context, shown } = await open();
    await provePolicy(context, { policy: OPEN });
    expect(await shown()).toBe("answered");
  });
});
