import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { CHROMIUM, newPage, visit } from "../hashes/chromium.js";
import { skipWithout } from "../peers.js";
import { load, STRICT, start } from "./start.js";

// By hand, from the example's pages: printf '…' | openssl dgst -sha256 -binary | openssl base64 -A
const GUIDE = "'sha256-DuYvrA1bIjFGkjG8AH4JDh2IuhdQI2+VvQ1s9mHy5rU='";
const INDEX = "'sha256-ay2WXT5PRjGtgp+cpXakEoMSi8bzbwOATiAktg2sjIw='";
const STYLE = "'sha256-njRa6O/u9NOfiRtB7v0eFbu9ccFkRX3XtjPsUALWZxA='";

const HEADERS = {
  ...STRICT,
  "Content-Security-Policy":
    `default-src 'none'; script-src 'self' ${GUIDE} ${INDEX}; style-src 'self' ${STYLE}; img-src 'self'; font-src 'self'; ` +
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
  "Permissions-Policy": expect.stringContaining("geolocation=()"),
};

describe("examples/static-hashes", () => {
  it.each(["/", "/guide/"])("sends the hashes of all its pages with %s", async (path) => {
    const { status, headers } = await load(`${await start("static-hashes")}${path}`);
    expect({ status, headers }).toEqual({ status: 200, headers: HEADERS });
  });

  it("prints the same headers as a step of the build", async () => {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["examples/static-hashes/build.js"]);
    expect({ headers: JSON.parse(stdout), stderr }).toEqual({ headers: HEADERS, stderr: "" });
  });
});

describe.skipIf(skipWithout("examples/static-hashes in a browser", [CHROMIUM]))("examples/static-hashes in Chromium", () => {
  it.each([
    ["/", "The script that was hashed ran."],
    ["/guide/", "The guide's script ran."],
  ])("runs the script and the style of %s, and none that was injected", async (path, greeting) => {
    const page = await newPage();
    expect(await visit(page, `${await start("static-hashes")}${path}`)).toEqual({
      ran: [],
      blocked: [],
      injected: "script-src-elem inline",
    });
    expect(await page.locator("#greeting").textContent()).toBe(greeting);
    expect(await page.locator("h1").evaluate((h1) => (globalThis as unknown as Styled).getComputedStyle(h1).color)).toBe("rgb(0, 100, 0)");
  });
});

interface Styled {
  getComputedStyle(element: unknown): { color: string };
}
