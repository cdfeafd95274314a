import { symlinkSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CHROMIUM, newPage } from "../browser/support.js";
import { ask, listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { witness } from "../proxy/support.js";
import { bundle, type Program, proxying, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
  // Where Node has no SQLite.
  const link = join(program.folder, "node_modules/node-sqlite3-wasm");
  symlinkSync(fileURLToPath(new URL("../../node_modules/node-sqlite3-wasm", import.meta.url)), link);
});
afterAll(() => program.remove());

const url = (port: number) => `http://127.0.0.1:${port}`;

const OBSERVED = '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]';

const REPORT = {
  "csp-report": {
    "document-uri": "http://127.0.0.1/",
    "effective-directive": "img-src",
    "blocked-uri": "https://img.example/a.png",
    "original-policy": "img-src 'none'; report-uri /portcullis-reports",
    disposition: "report",
  },
};

const post = (port: number, path: string, body: unknown) =>
  fetch(`${url(port)}${path}`, {
    method: "POST",
    headers: { "content-type": "application/csp-report" },
    body: JSON.stringify(body),
  });

describe("proxy --collect", () => {
  it("observes a policy, enforces none, and names where reports go", async () => {
    const { port: upstream } = await witness();
    put(program, { "observed.json": OBSERVED });
    const { port, said } = await proxying(program, ["--target", url(upstream), "--collect", "a.db", "--observe", "observed.json"]);
    const { headers } = await ask(port, "/");
    expect(headers["Content-Security-Policy"]).toBeUndefined();
    expect(headers["Content-Security-Policy-Report-Only"]).toBe("default-src 'self'; report-uri /portcullis-reports");
    expect(said).toMatchObject({ policy: "none", observe: "observed.json", collect: "a.db" });
  });

  it("names the endpoint of the Reporting API too where visitors use https", async () => {
    const { port: upstream } = await witness();
    put(program, { "observed.json": OBSERVED });
    const args = ["--target", url(upstream), "--collect", "a.db", "--observe", "observed.json", "--trust-proxy"];
    const { port } = await proxying(program, args);
    const { headers } = await ask(port, "/");
    expect(headers["Content-Security-Policy-Report-Only"]).toBe("default-src 'self'; report-uri /portcullis-reports; report-to csp");
    expect(headers["Reporting-Endpoints"]).toBe('csp="/portcullis-reports", default="/portcullis-reports"');
  });

  it("keeps the policy of --policy enforced beside the observed one", async () => {
    const { port: upstream } = await witness();
    put(program, {
      "observed.json": OBSERVED,
      "own.json": '["none", { "xFrameOptions": "DENY" }]',
    });
    const args = ["--target", url(upstream), "--policy", "own.json", "--collect", "a.db", "--observe", "observed.json"];
    const { port } = await proxying(program, args);
    expect((await ask(port, "/")).headers["X-Frame-Options"]).toBe("DENY");
  });

  it("answers the endpoint itself, and writes what it gets when it stops", async () => {
    const { port: upstream, seen } = await witness();
    const { child, port, result } = await proxying(program, ["--target", url(upstream), "--collect", "b.db", "--policy", "none"]);
    const { status } = await post(port, "/portcullis-reports", REPORT);
    child.kill("SIGTERM");
    await result;
    expect([status, seen]).toEqual([204, []]);
    expect((await run(program, ["learn", "b.db", "--any-policy", "--policy", "recommended"])).out).toContain("imgSrc  https://img.example");
  });

  it("takes another path", async () => {
    const { port: upstream, seen } = await witness();
    const { port } = await proxying(program, ["--target", url(upstream), "--collect", "c.db", "--report-path", "/r", "--policy", "none"]);
    expect([(await post(port, "/r", REPORT)).status, seen]).toEqual([204, []]);
  });

  it.each([
    [["--observe", "strict"], "error: --observe needs --collect <file>, such as --collect reports.db.\n"],
    [["--report-path", "/r"], "error: --report-path needs --collect.\n"],
  ])("%j alone is refused", async (args, line) => {
    const { code, err } = await run(program, ["proxy", "--target", url(1), ...args]);
    expect([code, err.startsWith(line)]).toEqual([2, true]);
  });

  it("--secure-cookies adds what the application's cookies lack", async () => {
    const upstream = await listen(http.createServer((_, res) => void res.setHeader("Set-Cookie", "sid=1; Path=/").end()));
    const { port } = await proxying(program, ["--target", url(upstream), "--policy", "none", "--secure-cookies"]);
    expect((await ask(port, "/")).headers["Set-Cookie"]).toBe("sid=1; Path=/; Secure; HttpOnly; SameSite=Lax");
  });

  it("refuses a file that is no database", async () => {
    put(program, { "text.db": "This is a text, and it is long enough to be read as the head of a database, which it is not." });
    const { code, err } = await run(program, ["proxy", "--target", url(1), "--collect", "text.db"]);
    expect([code, err]).toEqual([1, "error: text.db cannot be opened: file is not a database.\n"]);
  });
});

const PAGE = `<!doctype html><title>A page</title><img src="http://images.test:1/a.svg"><script>document.title = "ran"</script>`;

describe.skipIf(skipWithout("proxy --collect with a browser", [CHROMIUM]))("proxy --collect with a browser", () => {
  it("collects what strict would block, blocks nothing, and learn reads it", async () => {
    const upstream = http.createServer((_, res) => void res.setHeader("Content-Type", "text/html").end(PAGE));
    const port = await listen(upstream);
    const args = ["--target", url(port), "--collect", "reports.db", "--observe", "strict"];
    const { child, port: front, result } = await proxying(program, args);
    const page = await newPage();
    await page.goto(url(front));
    expect(await page.title()).toBe("ran");
    const learn = ["learn", "reports.db", "--policy", "strict", "--min-days", "1", "--min-clients", "1"];
    await vi.waitFor(
      async () => {
        const { out } = await run(program, learn);
        expect(out).toContain("imgSrc  http://images.test:1");
        expect(out).toContain("script-src-elem inline: 1 report");
      },
      { timeout: 60_000, interval: 1_000 },
    );
    child.kill("SIGTERM");
    expect((await result).code).toBe(0);
  }, 90_000);
});
