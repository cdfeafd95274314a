import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { CHROMIUM, program as SHELL } from "../browser/support.js";
import { type Peer, skipWithout } from "../peers.js";
import { serveAnswers } from "./proving.js";

const BUILT: Peer = { name: "dist", found: existsSync("dist/cli/cli.js"), get: "npm run build" };

function portcullis(...args: readonly string[]): Promise<{ readonly code: number | null; readonly stdout: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["dist/cli/cli.js", ...args], { timeout: 110_000 });
    let stdout = "";
    child.stdout.on("data", (chunk) => {
      stdout += String(chunk);
    });
    child.stderr.resume();
    child.on("close", (code) => resolve({ code, stdout }));
  });
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-prove-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const PAGE = { "/": '<!doctype html><link rel="stylesheet" href="/x.css"><p>hello', "/x.css": "body { background: red }" };

describe.skipIf(skipWithout("portcullis prove", [CHROMIUM, BUILT]))("portcullis prove", { timeout: 120_000 }, () => {
  it("exits with 0 where the policy of --json's own file is proven", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "policy.json"), JSON.stringify(["strict", { contentSecurityPolicy: { mediaSrc: ["self"] } }]));
    const url = await serveAnswers(PAGE);
    const { code, stdout } = await portcullis("prove", url, "--policy", join(folder, "policy.json"), "--json");
    const { proven, policy } = JSON.parse(stdout) as { readonly proven: boolean; readonly policy: unknown };
    expect({ code, proven, policy }).toEqual({
      code: 0,
      proven: true,
      policy: ["strict", { contentSecurityPolicy: { mediaSrc: ["self"] } }],
    });
  });

  it("exits with 1 where the policy breaks a page, and writes a report with pictures", async () => {
    const folder = newFolder();
    writeFileSync(join(folder, "policy.json"), JSON.stringify(["strict", { contentSecurityPolicy: { styleSrc: ["none"] } }]));
    const url = await serveAnswers(PAGE);
    const report = join(folder, "proof.html");
    const { code, stdout } = await portcullis("prove", url, "--policy", join(folder, "policy.json"), "--report", report);
    expect(code).toBe(1);
    expect(stdout).toContain("Not proven: with this policy enforced, something differs.");
    expect(readFileSync(report, "utf8")).toContain('alt="With the policy enforced"');
  });

  const proveRouted = async (path: string, ...words: readonly string[]) => {
    const folder = newFolder();
    const file = join(folder, "policy.json");
    writeFileSync(file, JSON.stringify({ policy: ["strict"], routes: [{ path, layers: ["none"] }] }));
    const url = await serveAnswers({ "/": '<!doctype html><p>hello <a href="/admin/a">admin</a>', "/admin/a": "<!doctype html><p>admin" });
    return { url, ...(await portcullis("prove", url, "--policy", file, "--no-pictures", "--browser", SHELL, ...words)) };
  };

  it("does not take a page that a route matches for proven", async () => {
    const { url, code, stdout } = await proveRouted("/admin/*");
    expect([code, stdout.split("\n").find((line) => line.includes("roven"))]).toEqual([
      1,
      `Not proven: the route /admin/* was not applied, and these pages of the walk match one: ${new URL("/admin/a", url).href}. With the policy of the site in its place, nothing was blocked.`,
    ]);
  });

  it("has such a page in JSON", async () => {
    const { url, stdout } = await proveRouted("/admin/*", "--json");
    const { proven, outcome, routesNotApplied } = JSON.parse(stdout);
    expect({ proven, outcome, routesNotApplied }).toEqual({
      proven: false,
      outcome: "not proven",
      routesNotApplied: { paths: ["/admin/*"], pages: [new URL("/admin/a", url).href], inPages: [] },
    });
  });

  it("says that routes were not applied where no page matches one", async () => {
    const { code, stdout } = await proveRouted("/embed");
    expect(code).toBe(0);
    expect(stdout).toContain(
      "Proven without routes: every page of the walk worked as before, and nothing was blocked. The route /embed was not applied; no page of the walk matches one, and no frame, popup or worker in one.\n",
    );
  });

  it("takes an address of this machine without its scheme", async () => {
    const url = await serveAnswers(PAGE);
    const { code, stdout } = await portcullis(
      "prove",
      new URL(url).host,
      "--policy",
      "strict",
      "--no-pictures",
      "--browser",
      SHELL,
      "--json",
    );
    expect([code, JSON.parse(stdout).pages[0].url]).toEqual([0, new URL(url).href]);
  });

  it("exits with 2 where the command line is wrong", async () => {
    expect((await portcullis("prove", "http://localhost:1/", "--viewport", "watch")).code).toBe(2);
  });
});
