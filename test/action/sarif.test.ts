import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { howToGetSarif, SARIF_TOOL } from "../package/install.js";
import { skipWithout } from "../peers.js";

const PROGRAM = new URL("../../dist/cli/cli.js", import.meta.url).pathname;
const HEADERS = "HTTP/2 200\ncontent-security-policy: script-src * {0} [a](b)\nset-cookie: a=b\nx-powered-by: PHP\n";

const checker = { name: "Microsoft's checker of SARIF", found: existsSync(SARIF_TOOL), get: howToGetSarif };

describe.skipIf(skipWithout("SARIF against its official schema", [checker]))("check --sarif", () => {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-sarif-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "h.txt"), HEADERS);

  /** What the checker finds, by the official schema, the rules of SARIF and those of GitHub's code scanning. */
  function faults(...words: readonly string[]): readonly string[] {
    const { stdout } = spawnSync(process.execPath, [PROGRAM, "check", ...words, "--sarif"], { cwd: folder, encoding: "utf8" });
    writeFileSync(join(folder, "out.sarif"), stdout);
    const args = ["validate", "out.sarif", "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"];
    const ran = spawnSync(SARIF_TOOL, args, { cwd: folder, encoding: "utf8" });
    const lines = ran.stdout.split("\n").flatMap((line) => /: (?:error|warning) (\w+)/.exec(line)?.[1] ?? []);
    return [...(ran.stdout.includes("Analysis completed successfully.") ? [] : [ran.stdout]), ...new Set(lines)];
  }

  // SARIF2005 asks for the address of the project, which is not known yet; SARIF2017 for columns of a region, which headers do not have.
  const UNKNOWN = ["SARIF2005", "SARIF2017"];

  it.each([
    ["a file", ["h.txt"]],
    ["a file by its absolute path", [join(folder, "h.txt")]],
    ["a preset", ["recommended"]],
    ["several", ["h.txt", "streamlit"]],
  ])("is valid for %s", (_, words) => {
    expect(faults(...words).filter((one) => !UNKNOWN.includes(one))).toEqual([]);
  });
});
