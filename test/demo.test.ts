import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CHROMIUM } from "./browser/support.js";
import { skipWithout } from "./peers.js";

interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the demo; `until` ends it with a signal as soon as that text was printed. */
function demo(
  args: readonly string[],
  env: Record<string, string>,
  until?: { text: string; act: (out: string) => Promise<void> },
): Promise<Run> {
  const child = spawn(process.execPath, ["examples/site/main.js", ...args], {
    env: { PATH: process.env["PATH"] ?? "", PORT: "0", ...env },
  });
  let out = "";
  let err = "";
  let asked = false;
  child.stdout.on("data", (chunk) => {
    out += chunk;
    if (until === undefined || asked || !out.includes(until.text)) return;
    asked = true;
    until.act(out).finally(() => child.kill("SIGINT"));
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
}

it("prints what each route really sends, within 80 columns and without colour", async () => {
  const { code, out, err } = await demo(["--once", "--no-browser"], {});
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(out).not.toContain("\x1b");
  expect(out).toContain("/  200  the policy of the site");
  expect(out).toMatch(/ {7}script-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='/);
  expect(out).toContain("-  X-Frame-Options: SAMEORIGIN");
  expect(out).toContain("       frame-ancestors 'self' https://partner.example; img-src 'self' data:;");
  expect(out).toContain("~  Content-Security-Policy: default-src 'none'; frame-ancestors 'none'");
  expect(out).toContain("/static/site.css  200  a static file\n    the same 11 headers as on /\n");
  expect(out).toContain("/boom  500  an error page\n    the same 11 headers as on /\n");
});

describe.skipIf(skipWithout("the demo in a browser", [CHROMIUM]))("with a browser", () => {
  it("shows that an injected script does not run, and that strict is proven with the nonce", async () => {
    const { code, out, err } = await demo(["--once"], {});
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /\nAn injected script\n {2}\/search\?q=<script>document\.getElementById\("query"\)\.textConte…\n {2}The page writes it out as HTML, and the browser did not run it:\n {2}script-src-elem blocked inline, a script without the nonce of the response\.\n {2}The browser's report of it: http:\/\/localhost:\d+\/reports\n/,
    );
    expect(out).toMatch(
      /\nA stricter policy\n {2}npx portcullis record http:\/\/localhost:\d+ --policy strict\n\nWalk: 3 pages, 2 violations/,
    );
    expect(out).toContain("The proposal allows:\n  scriptSrc nonce (script on /:");
    expect(out).toContain("Proven: with this policy enforced, every page of the walk worked as before, and nothing was blocked.\n");
  }, 120_000);
});

it("paints where colour is asked for, and not where it is refused", async () => {
  expect((await demo(["--once", "--no-browser"], { FORCE_COLOR: "1" })).out).toContain("\x1b[31m-  X-Frame-Options: SAMEORIGIN\x1b[0m");
  expect((await demo(["--once", "--no-browser"], { NO_COLOR: "1" })).out).not.toContain("\x1b");
});

const REPORT = {
  "document-uri": "http://localhost/search",
  "violated-directive": "img-src",
  "effective-directive": "img-src",
  "original-policy": "img-src 'self'",
  disposition: "enforce",
  "blocked-uri": "https://img.example/a.png",
  "status-code": 200,
};

it("stays up until it is told to stop, and prints and shows the reports that come", async () => {
  let page = "";
  let reports = "";
  const { code, out, err } = await demo(
    ["--no-browser"],
    {},
    {
      text: "Ctrl-C to stop",
      act: async (out) => {
        const site = /http:\/\/localhost:\d+/.exec(out)?.[0] ?? "";
        page = await (await fetch(site)).text();
        const body = JSON.stringify({ "csp-report": REPORT });
        await fetch(`${site}/csp-report`, { method: "POST", headers: { "content-type": "application/csp-report" }, body });
        for (let count = 0; count < 100 && !reports.includes("img.example"); count += 1) {
          reports = await (await fetch(`${site}/reports`)).text();
          await setTimeout(50);
        }
      },
    },
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/\nListening on (http:\/\/localhost:\d+), with the reports page at \1\/reports\. Ctrl-C to stop\n/);
  expect(page).toContain("<h1>Portcullis</h1>");
  expect(reports).toContain("https://img.example");
  expect(out.endsWith("to stop\nreport: img-src blocked https://img.example on /search\n")).toBe(true);
});

it("says in one line that a port is taken, or is none, or what an argument should be", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await demo(["--once"], { PORT: String(port) })).toEqual({
    code: 1,
    out: "",
    err: `Port ${port} is taken. Try PORT=${port + 1} npm run demo.\n`,
  });
  server.close();
  for (const wrong of ["abc", "65536", "0x10"]) {
    const err = `PORT is "${wrong}". Write a number from 1 to 65535, or 0 for any.\n`;
    expect(await demo(["--once"], { PORT: wrong })).toEqual({ code: 1, out: "", err });
  }
  expect(await demo(["--twice"], {})).toEqual({
    code: 2,
    out: "",
    err: 'Unknown argument "--twice". The demo takes --once and --no-browser.\n',
  });
});

it("ends quietly where its reader stops early, or a signal comes while it prints", async () => {
  const child = spawn(process.execPath, ["examples/site/main.js"], { env: { PATH: process.env["PATH"] ?? "", PORT: "0" } });
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  child.stdout.destroy();
  expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
  expect(err).toBe("");

  const cut = await demo([], {}, { text: "the policy of the site", act: async () => {} });
  expect({ code: cut.code, err: cut.err }).toEqual({ code: 0, err: "" });
});
