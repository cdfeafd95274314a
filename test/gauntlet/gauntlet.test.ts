import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { type Peer, peersRequired, skipWithout } from "../peers.js";

const CACHE = process.env["PORTCULLIS_GAUNTLET"] ?? join(homedir(), ".cache/portcullis-gauntlet");
const BUILT: Peer = { name: "dist", found: existsSync("dist/cli/cli.js"), get: "npm run build" };

/** An application in the cache of the gauntlet; the gauntlet itself installs it. */
const application = (name: string, path: string): Peer => ({
  name,
  found: peersRequired() || existsSync(join(CACHE, path)),
  get: "npm run gauntlet",
});

const PEERS = [
  CHROMIUM,
  BUILT,
  application("swagger-ui-express", "swagger-ui/node_modules/swagger-ui-express"),
  application("Astro", "astro/node_modules/astro"),
];

interface Row {
  readonly outcome: string;
  readonly error?: string;
  readonly faults?: readonly string[];
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

/** How an application ended, and the directives that had to be widened. */
const ended = ({ outcome, error, faults, violations, allowed, differences }: Row) => ({
  ...{ outcome, error, faults, differences },
  after: violations?.after,
  allowed: [...new Set(allowed?.map(({ directive, source }) => `${directive} ${source.startsWith("'sha256-") ? "hash" : source}`))],
});

const PROVEN = { outcome: "proven", error: undefined, faults: [], differences: [], after: 0 };

describe.skipIf(skipWithout("the gauntlet", PEERS))("the gauntlet", { timeout: 300_000 }, () => {
  it("Swagger UI is proven, with hashes of styles", () => {
    expect(ended(rowOf("swagger-ui"))).toEqual({
      ...PROVEN,
      allowed: ["imgSrc data:", "styleSrc hash", "styleSrcAttr unsafe-hashes", "styleSrcAttr hash"],
    });
  });

  it("an Astro site is proven, with hashes", () => {
    expect(ended(rowOf("astro"))).toEqual({ ...PROVEN, allowed: ["styleSrc hash", "scriptSrc hash"] });
  });
});

describe("docs/proven.md", () => {
  it("has a row of each application, of the version and the command that the gauntlet has today", () => {
    const printed = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { APPLICATIONS } from "./test/gauntlet/applications.mjs";
         import { commandOf } from "./test/gauntlet/document.mjs";
         const rows = Object.values(APPLICATIONS).map((one) => ["## " + one.title + " " + one.version, "Command: \`" + commandOf(one) + "\`"]);
         console.log(JSON.stringify(rows));`,
      ],
      { encoding: "utf8" },
    ).stdout;
    const rows = JSON.parse(printed) as readonly (readonly [string, string])[];
    const lines = readFileSync("docs/proven.md", "utf8").split("\n");
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.flat().filter((line) => !lines.includes(line))).toEqual([]);
  });
});
