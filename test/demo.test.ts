import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";

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
  const { code, out, err } = await demo(["--once"], {});
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect(out).not.toContain("\x1b");
  expect(out).toContain("/  200  the site's policy");
  expect(out).toMatch(/ {7}script-src 'self' 'nonce-[A-Za-z0-9+/]{22}=='/);
  expect(out).toContain("-  X-Frame-Options: SAMEORIGIN");
  expect(out).toContain("       frame-ancestors 'self' https://partner.example; img-src 'self' data:;");
  expect(out).toContain("~  Content-Security-Policy: default-src 'none'; frame-ancestors 'none'");
  expect(out).toContain("+  Content-Security-Policy-Report-Only: default-src 'none';");
  expect(out).toContain("/static/site.css  200  a static file\n    the same 12 headers as on /\n");
  expect(out).toContain("/nowhere  404  a 404 of the site's own\n    the same 12 headers as on /\n");
  expect(out).toContain("/boom  500  a 500 of the site's own\n    the same 12 headers as on /\n");
});

it("paints where colour is asked for, and not where it is refused", async () => {
  expect((await demo(["--once"], { FORCE_COLOR: "1" })).out).toContain("\x1b[31m-  X-Frame-Options: SAMEORIGIN\x1b[0m");
  expect((await demo(["--once"], { NO_COLOR: "1" })).out).not.toContain("\x1b");
});

const REPORTS = [
  ["application/csp-report", '{\n"blocked-uri": "inline"\n}'],
  ["text/plain", "of no known type"],
  ["application/csp-report", "{"],
] as const;

it("stays up until it is told to stop", async () => {
  let page = "";
  const reported: number[] = [];
  const { code, out, err } = await demo(
    [],
    {},
    {
      text: "Ctrl-C to stop",
      act: async (out) => {
        const site = /http:\/\/localhost:\d+/.exec(out)?.[0] ?? "";
        page = await (await fetch(site)).text();
        for (const [type, body] of REPORTS) {
          reported.push((await fetch(`${site}/csp-report`, { method: "POST", headers: { "content-type": type }, body })).status);
        }
      },
    },
  );
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/\nListening on http:\/\/localhost:\d+ — Ctrl-C to stop\n/);
  expect(page).toContain("<h1>Portcullis</h1>");
  expect(reported).toEqual([204, 204, 400]);
  expect(out.endsWith('to stop\nreport: {"blocked-uri":"inline"}\nreport: null\n')).toBe(true);
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
    err: 'Unknown argument "--twice". Write npm run demo -- --once, or nothing.\n',
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

  const cut = await demo([], {}, { text: "the site's policy", act: async () => {} });
  expect({ code: cut.code, err: cut.err }).toEqual({ code: 0, err: "" });
});
