import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { snippet } from "../docs/snippets.js";
import { project, ROOT } from "./step.js";

/** A repository of two commits whose policy the second makes weaker. */
const { folder, step, remove } = project();
afterAll(remove);

const git = (...words: readonly string[]) => execFileSync("git", [...words], { cwd: folder, encoding: "utf8" }).trim();

mkdirSync(join(folder, "node_modules/.bin"));
symlinkSync("../portcullis/dist/cli/cli.js", join(folder, "node_modules/.bin/portcullis"));
writeFileSync(join(folder, "package.json"), '{ "name": "user", "private": true }');
git("init", "--quiet");
for (const policy of ['"strict"', '"recommended"']) {
  writeFileSync(join(folder, "policy.json"), policy);
  git("add", "policy.json");
  git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message", policy);
}

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

describe("The workflow of docs/ci.md for GitHub", () => {
  const { steps } = parse(snippet("docs/ci.md > GitHub > 1")) as { readonly steps: readonly Step[] };
  const inputs = steps.find(({ uses }) => uses?.startsWith("OWNER/portcullis@"))?.with ?? {};
  const action = parse(readFileSync(join(ROOT, "action.yml"), "utf8")) as { readonly inputs: object; readonly outputs: object };

  it("writes only inputs that the action has", () => {
    expect(Object.keys(inputs)).toEqual(["check", "fail-on", "before", "after", "sarif"]);
    expect(Object.keys(action.inputs)).toEqual(expect.arrayContaining(Object.keys(inputs)));
  });

  it("audits the policy, finds that it became weaker, and writes SARIF where the next step reads it", () => {
    const named = Object.entries(inputs).map(([name, value]) => [name.toUpperCase().replaceAll("-", "_"), value]);
    // The address is an example.
    const { status, output } = step({ ...Object.fromEntries(named), CHECK: "policy.json" });
    expect([status, output]).toEqual([1, "score=130\nfindings=2\nresult=weaker\n"]);
    expect(existsSync(join(folder, steps.at(-1)?.with?.["sarif_file"] ?? "none"))).toBe(true);
  });

  it("is followed by a table of all inputs and a list of all outputs", () => {
    const text = readFileSync(join(ROOT, "docs/ci.md"), "utf8");
    const table = text.slice(text.indexOf("| input |"), text.indexOf("\n\nOutputs:"));
    const named = [...table.matchAll(/^\| (`.*?`) \|/gm)].flatMap(([, names = ""]) => names.replaceAll("`", "").split(", "));
    expect(named).toEqual(Object.keys(action.inputs));
    const [, outputs = ""] = /^Outputs: (.*)$/m.exec(text) ?? [];
    expect([...outputs.matchAll(/`([\w-]+)` \(/g)].map(([, name]) => name)).toEqual(Object.keys(action.outputs));
  });
});

describe("The job of docs/ci.md for GitLab", () => {
  const { "security-headers": job } = parse(snippet("docs/ci.md > GitLab and other systems > 1")) as {
    readonly "security-headers": { readonly script: readonly string[] };
  };

  /** Runs a line of the job as GitLab does. */
  function line(text: string | undefined) {
    const env = { ...process.env, CI_MERGE_REQUEST_DIFF_BASE_SHA: git("rev-parse", "HEAD~1") };
    const { status, stdout } = spawnSync("bash", ["-c", `set -eo pipefail\n${text}`], { cwd: folder, env, encoding: "utf8" });
    return { status, stdout };
  }

  it("installs, checks and compares", () => {
    expect(job.script.map((text) => text.split(" ").slice(0, 3).join(" "))).toEqual([
      "npm ci",
      "npx portcullis check",
      "npx portcullis compare",
    ]);
  });

  it("passes the check of a policy without a severe finding", () => {
    expect(line(job.script[1])).toEqual({ status: 0, stdout: expect.stringContaining("130") });
  });

  it("fails where the merge request makes the policy weaker", () => {
    expect(line(job.script[2])).toEqual({ status: 1, stdout: expect.stringContaining("weaker") });
  });
});
