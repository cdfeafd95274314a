import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { CHROMIUM, newPage } from "../browser/support.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { project, withoutTypes, write } from "./run.js";
import { snippet } from "./snippets.js";

interface Given {
  readonly expect: typeof expect;
  readonly page: Page;
  /** What the application sends. */
  readonly sent: "strict" | "recommended";
  readonly served: (app: RequestListener) => Promise<string>;
}

/** The snippet as a function of what a test has: its imports stay outside. */
async function ownTests(given: Given): Promise<void> {
  const text = withoutTypes(snippet("docs/testing.md > Your own tests > 1"));
  const lines = text.split("\n");
  const imports = lines.filter((line) => line.startsWith("import "));
  const body = lines.filter((line) => !line.startsWith("import "));
  const folder = project();
  write(folder, {
    "own.mjs": `
import express from "express";
import request from "supertest";
import { definePolicy, securityHeaders } from "portcullis";
${imports.join("\n")}
export async function run({ expect, page, sent, served }) {
  const app = express().use(securityHeaders(sent)).get("/", (_req, res) => res.send("A page."));
  const policy = definePolicy("strict");
  const url = await served(app);
  ${body.join("\n")}
}`,
  });
  const { run } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, "own.mjs")).href)) as {
    run: (given: Given) => Promise<void>;
  };
  await run(given);
}

const served = async (app: RequestListener) => `http://127.0.0.1:${await listen(createServer(app))}/`;

describe.skipIf(skipWithout("docs/testing.md", [CHROMIUM]))("docs/testing.md", () => {
  it("pass where the application sends the policy", async () => {
    await expect(ownTests({ expect, page: await newPage(), sent: "strict", served })).resolves.toBeUndefined();
  });

  it("fail where it sends another", async () => {
    await expect(ownTests({ expect, page: await newPage(), sent: "recommended", served })).rejects.toThrow("Content-Security-Policy");
  });
});
