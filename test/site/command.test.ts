import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { readArguments } from "../../site/command.js";
import { serveSite } from "../../site/serve.js";
import { listen } from "../http/support.js";
import { build, testPage } from "./support.js";

/** Runs site/main.mjs until it has printed this, and ends it with the test. */
function printed(args: readonly string[], text: RegExp): Promise<RegExpExecArray> {
  const child = spawn(process.execPath, ["site/main.mjs", ...args]);
  onTestFinished(() => void child.kill());
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer) => {
      output += chunk;
      const match = text.exec(output);
      if (match !== null) resolve(match);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.on("exit", () => reject(new Error(`ended without ${text}: ${output}`)));
  });
}

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-site-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "out");
}

it("npm run docs builds the site into a folder, serves it under a path, and prints the address", { timeout: 240_000 }, async () => {
  const out = temporary();
  const [, url = ""] = await printed(["--serve", "--port", "0", "--out", out, "--path", "/p/"], /Documentation: (\S+)\n/);
  const response = await fetch(`${url}guides/nonces`);
  expect(response.url).toBe(`${url}guides/nonces/`);
  expect(await response.text()).toContain("<h1>Nonces");
  expect(existsSync(join(out, "_headers"))).toBe(true);
});

it("an error is one line, without a stack", { timeout: 60_000 }, async () => {
  const [text] = await printed(["--path", "docs"], /^error.*\n[\s\S]*$/);
  expect(text).toBe('error: --path: "docs" cannot be used. Write a path with a slash at both ends, such as /portcullis/.\n');
});

describe("arguments", () => {
  it("have defaults", () => {
    const { out, ...others } = readArguments([]);
    expect(out).toBe(join(process.cwd(), "site/dist"));
    expect(others).toEqual({ path: "/", base: undefined, port: 4173, serve: false, watch: false, help: false });
  });

  it.each([
    [["--port", "70000"], '--port: "70000" cannot be used. Write a number from 0 to 65535.'],
    [["--base", "docs.example"], '--base: "docs.example" cannot be used. Write an origin without a path, such as https://docs.example.'],
    [
      ["--base", "https://docs.example/x"],
      '--base: "https://docs.example/x" cannot be used. Write an origin without a path, such as https://docs.example.',
    ],
    [["--path", "/a b/"], '--path: "/a b/" cannot be used. Write a path with a slash at both ends, such as /portcullis/.'],
  ])("%j is refused with what to write", (args, message) => {
    expect(() => readArguments(args)).toThrow(new Error(message));
  });
});

describe("the server", () => {
  const site = () => build([testPage("", "Start"), testPage("guides/one", "One")]);

  it("takes the next port that is free", async () => {
    const taken = createServer();
    const port = await listen(taken);
    const served = await serveSite(await site(), { port });
    onTestFinished(() => served.close());
    expect(Number(new URL(served.url).port)).toBeGreaterThan((taken.address() as AddressInfo).port);
  });

  it("answers for its files only: no folder above, no _headers, no other method", async () => {
    const served = await serveSite(await site(), { port: 0 });
    onTestFinished(() => served.close());
    const status = async (path: string, method = "GET") => (await fetch(`${served.url}${path}`, { method })).status;
    expect(await status("..%2f..%2fpackage.json")).toBe(404);
    expect(await status("%")).toBe(404);
    expect(await status("_headers")).toBe(404);
    expect(await status("guides/one/", "POST")).toBe(405);
    expect(await status("guides/one/", "HEAD")).toBe(200);
  });

  it("leads to the slash that is missing, below the path of the site", async () => {
    const served = await serveSite(await site(), { port: 0, path: "/p/" });
    onTestFinished(() => served.close());
    const { status, headers } = await fetch(`${served.url}guides/one`, { redirect: "manual" });
    expect([status, headers.get("location")]).toEqual([308, "/p/guides/one/"]);
  });

  it("lets browsers keep files with a hash in their name, and nothing else", async () => {
    const made = await site();
    const playground = ["playground/import-DH24HPAM.js", "playground/import.js", "assets/docs-picture.png"];
    const served = await serveSite(
      { ...made, files: new Map([...made.files, ...playground.map((file) => [file, ""] as const)]) },
      { port: 0 },
    );
    onTestFinished(() => served.close());
    const files = ["", "404.html", "guides/one/", "assets/site-0123456789.js", ...playground, ...made.files.keys()];
    const kept: string[] = [];
    for (const file of files.filter((name) => name !== "_headers")) {
      const cache = (await fetch(served.url + file)).headers.get("cache-control");
      expect(["no-cache", "public, max-age=31536000, immutable"]).toContain(cache);
      if (cache !== "no-cache") kept.push(file.replace(/-[0-9a-f]{10}/, "-HASH"));
    }
    expect(kept.toSorted()).toEqual([
      "assets/icon-HASH.svg",
      "assets/search-HASH.json",
      "assets/site-HASH.js",
      "assets/style-HASH.css",
      "playground/import-DH24HPAM.js",
    ]);
  });

  it.each([
    ["a.html", "text/html; charset=utf-8"],
    ["a.css", "text/css; charset=utf-8"],
    ["a.js", "text/javascript; charset=utf-8"],
    ["a.json", "application/json"],
    ["a.svg", "image/svg+xml"],
    ["a.png", "image/png"],
    ["a.webp", "image/webp"],
    ["a.gif", "image/gif"],
    ["a.jpg", "image/jpeg"],
    ["a.txt", "text/plain; charset=utf-8"],
  ])("sends %s as %s", async (file, type) => {
    const made = await site();
    const served = await serveSite({ ...made, files: new Map([[file, "x"]]) }, { port: 0 });
    onTestFinished(() => served.close());
    expect((await fetch(served.url + file)).headers.get("content-type")).toBe(type);
  });

  it("serves another build from now on", async () => {
    const served = await serveSite(await site(), { port: 0 });
    onTestFinished(() => served.close());
    served.replace(await build([testPage("", "Changed")]));
    expect(await (await fetch(served.url)).text()).toContain("<p>Changed</p>");
  });
});
