import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { type Peer, skipWithout } from "../peers.js";

const BUILT: Peer = { name: "dist", found: existsSync("dist/cli/cli.js"), get: "npm run build" };

interface Row {
  readonly outcome: string;
  readonly error?: string;
  readonly violations: { readonly before: number; readonly after: number };
  readonly allowed: readonly { readonly directive: string; readonly source: string }[];
  readonly differences: readonly object[];
}

/** The row of an application, as the script of `npm run gauntlet` makes it. */
function rowOf(name: string): Row {
  const { stdout, stderr } = spawnSync(process.execPath, ["test/gauntlet/gauntlet.mjs", name, "--json"], {
    encoding: "utf8",
    timeout: 280_000,
  });
  if (!stdout.startsWith("{")) throw new Error(stderr.slice(-2_000));
  return (JSON.parse(stdout) as Record<string, Row>)[name] as Row;
}

const proven = ({ outcome, error, violations, allowed, differences }: Row) => ({
  outcome,
  error,
  violations,
  allowed: allowed.map(({ directive, source }) => `${directive} ${source}`),
  differences,
});

describe.skipIf(skipWithout("the gauntlet", [CHROMIUM, BUILT]))("the gauntlet", { timeout: 300_000 }, () => {
  it("express-templates works with strict and a nonce, and nothing has to be allowed", () => {
    expect(proven(rowOf("express-templates"))).toEqual({
      outcome: "proven",
      error: undefined,
      violations: { before: 0, after: 0 },
      allowed: [],
      differences: [],
    });
  });
});
