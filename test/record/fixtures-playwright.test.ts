import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { snippet } from "../docs/snippets.js";
import { listen } from "../http/support.js";
import { type Peer, skipWithout } from "../peers.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

const folder = mkdtempSync(join(tmpdir(), "portcullis-playwright-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Playwright Test in the version of playwright-core here; it is no dependency, and the registry may not answer. */
async function playwrightTest(): Promise<Peer> {
  const { version } = createRequire(import.meta.url)("playwright-core/package.json") as { version: string };
  writeFileSync(join(folder, "package.json"), '{ "name": "suite", "private": true, "type": "module" }');
  const env = { ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" };
  const args = ["install", "--no-audit", "--no-fund", "--prefer-offline", "--ignore-scripts", `@playwright/test@${version}`];
  const found = await run("npm", args, { cwd: folder, env, timeout: 120_000 }).then(
    () => true,
    () => false,
  );
  return { name: "@playwright/test", found, get: "a registry that npm reaches" };
}

const BUILD: Peer = { name: "dist/testing.js", found: existsSync(join(root, "dist/testing.js")), get: "npm run build" };

const peers = CHROMIUM.found && BUILD.found ? [CHROMIUM, BUILD, await playwrightTest()] : [CHROMIUM, BUILD];

const CONFIG = `
export default {
  workers: 2,
  fullyParallel: true,
  reporter: "line",
  timeout: 45_000,
  use: { launchOptions: { executablePath: ${JSON.stringify(process.env["CHROMIUM"] ?? "/usr/bin/chromium")}, args: ["--no-sandbox"] } },
};`;

/** Two tests, which two workers run. */
const SUITE = (from: string) => `
import { test } from "${from}";
for (const path of ["/a", "/b"]) test(path, async ({ page }) => { await page.goto(process.env.SITE + path); });`;

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs a program of the project. */
async function program(site: string, file: string, ...args: readonly string[]): Promise<Ran> {
  const { FORCE_COLOR, NODE_OPTIONS, VITEST, ...env } = process.env;
  try {
    const { stdout } = await run(process.execPath, [join(folder, file), ...args], {
      cwd: folder,
      env: { ...env, SITE: site, NO_COLOR: "1", PLAYWRIGHT_FORCE_TTY: "0" },
      timeout: 240_000,
    });
    return { code: 0, out: stdout };
  } catch (error) {
    const { code, stdout } = error as { code: number; stdout: string };
    return { code, out: stdout };
  }
}

const CLI = "node_modules/@playwright/test/cli.js";

describe.skipIf(skipWithout("docs/testing.md in Playwright Test", peers))("With Playwright Test", () => {
  it("a suite of two workers is recorded, learned from, and proven", { timeout: 600_000 }, async () => {
    const site = createServer((_, res) => res.setHeader("Content-Type", "text/html").end("<!doctype html>\n<script>1</script>"));
    const address = `http://127.0.0.1:${await listen(site)}`;
    // A copy: Playwright would compile what a link leads to anew.
    for (const part of ["dist", "package.json"])
      cpSync(join(root, part), join(folder, "node_modules/portcullis", part), { recursive: true });
    writeFileSync(join(folder, "playwright.config.ts"), CONFIG);
    writeFileSync(join(folder, "recorded.ts"), snippet("docs/testing.md > Record a suite, and learn from it > 1"));
    writeFileSync(join(folder, "proven.ts"), snippet("docs/testing.md > Prove the policy in CI > 1"));
    writeFileSync(join(folder, "record.spec.ts"), SUITE("./recorded"));
    writeFileSync(join(folder, "prove.spec.ts"), SUITE("./proven"));
    writeFileSync(join(folder, "policy.ts"), 'export const policy = "strict" as const;');

    const blocked = await program(address, CLI, "test", "prove.spec.ts");
    expect(blocked.out).toContain("2 failed");
    expect(blocked.out).toContain("Content-Security-Policy: script-src-elem blocked inline");
    expect(blocked.out).toContain("scriptSrc: append(\"'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='\")");

    const recorded = await program(address, CLI, "test", "record.spec.ts");
    expect(recorded.out).toContain("2 passed");
    const files = readdirSync(join(folder, "csp")).map((file) => `csp/${file}`);
    expect(files).toHaveLength(2);

    const learned = await program(
      address,
      "node_modules/portcullis/dist/cli/cli.js",
      "learn",
      ...files,
      "--format",
      "typescript",
      "--out",
      "learned.ts",
    );
    expect(learned.code).toBe(0);
    expect(readFileSync(join(folder, "learned.ts"), "utf8")).toContain("append(\"'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='\")");

    const module =
      'import { definePolicy } from "portcullis";\nimport { learned } from "./learned.js";\nexport const policy = definePolicy("strict", learned);';
    writeFileSync(join(folder, "policy.ts"), module);
    expect((await program(address, CLI, "test", "prove.spec.ts")).out).toContain("2 passed");
  });
});
