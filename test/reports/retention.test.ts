import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

/** Bytes; what was cut off is 10 MB to 40 MB of each case, and what is kept less than 3 MB. */
const MOST = 6_000_000;

/** Bytes that each case of the worker keeps. */
let kept: Readonly<Record<string, { readonly bytes: number; readonly accepted: number }>> = {};

describe("of what strangers send, only what is kept stays in memory:", () => {
  beforeAll(() => {
    const folder = mkdtempSync(join(tmpdir(), "portcullis-retention-"));
    const outfile = join(folder, "worker.mjs");
    const entry = fileURLToPath(new URL("retention-worker.ts", import.meta.url));
    buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error" });
    kept = JSON.parse(execFileSync(process.execPath, ["--expose-gc", outfile], { encoding: "utf8", timeout: 120_000 }));
    rmSync(folder, { recursive: true });
  }, 130_000);

  it.each([
    ["directives", 100],
    ["samples", 100],
    ["urls", 2_000],
    ["pages", 2_000],
    ["files", 2_000],
    ["routes", 100],
    ["browsers", 120],
    ["policies", 120],
    ["addresses", 2_000],
  ])("%s", (name, reports) => {
    expect(kept[name]?.accepted).toBe(reports);
    expect(kept[name]?.bytes).toBeLessThan(MOST);
  });
});
