import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const PROCESSES = 8;
const ROUNDS = 20;

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "portcullis-lock-"));
  const entry = join(import.meta.dirname, "lock-worker.ts");
  buildSync({ entryPoints: [entry], outfile: join(folder, "worker.mjs"), bundle: true, platform: "node", format: "esm" });
  writeFileSync(join(folder, "counter"), "0");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const worker = () =>
  new Promise<number | null>((resolve) => {
    spawn(process.execPath, [join(folder, "worker.mjs"), folder, String(ROUNDS)], { stdio: "inherit" }).on("close", resolve);
  });

describe("a lock that processes leave behind", () => {
  it("is taken over by one of many processes only", { timeout: 60_000 }, async () => {
    const codes = await Promise.all(Array.from({ length: PROCESSES }, worker));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    expect(readFileSync(join(folder, "counter"), "utf8")).toBe("160");
  });

  it("leaves nothing beside it", () => {
    expect(readdirSync(folder).filter((name) => name !== "worker.mjs")).toEqual(["counter"]);
  });
});
