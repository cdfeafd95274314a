import { createServer } from "node:http";
import express from "express";
import { describe, expect, it } from "vitest";
import { type PresetName, securityHeaders } from "../../src/index.js";
import { presets } from "../../src/presets/index.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { CHROMIUM, newPage } from "./support.js";

/** Serves a page by Express with a preset, by http on localhost; what Chromium's console says of it. */
async function consoleUnder(preset: PresetName): Promise<readonly string[]> {
  const app = express();
  app.use(securityHeaders(preset));
  app.get("/favicon.ico", (_, res) => void res.status(204).end());
  app.get("/", (_, res) => void res.type("html").send("<!doctype html><title>page</title><p>text</p>"));
  const port = await listen(createServer(app));
  const page = await newPage();
  const lines: string[] = [];
  page.on("console", (message) => lines.push(message.text()));
  await page.goto(`http://localhost:${port}/`, { waitUntil: "networkidle" });
  // A line of one's own comes behind all that the page's headers brought.
  await page.evaluate("console.info('last')");
  await expect.poll(() => lines.at(-1)).toBe("last");
  return lines.slice(0, -1);
}

describe.skipIf(skipWithout("Chromium's console under presets", [CHROMIUM]))("Chromium's console", () => {
  it.each(Object.keys(presets) as PresetName[])("says nothing of a page under %s", async (preset) => {
    expect(await consoleUnder(preset)).toEqual([]);
  });
});
