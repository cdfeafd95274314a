import { describe, expect, it } from "vitest";
import { CHROMIUM, newPage, visit } from "../hashes/chromium.js";
import { skipWithout } from "../peers.js";
import { load, noncesOf, STRICT, start } from "./start.js";

const ATTACK = `?comment=${encodeURIComponent("<script>document.title = 'taken over'; ran.push('attack')</script>")}`;

describe("examples/express-templates", () => {
  it.each(["/", "/pug"])("sends a nonce with %s, and stamps its script and its style with it", async (path) => {
    const { status, headers, body } = await load(`${await start("express-templates")}${path}`);
    const [nonce] = noncesOf(body);
    expect(nonce).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect({ status, nonces: noncesOf(body) }).toEqual({ status: 200, nonces: [nonce, nonce] });
    expect(headers).toEqual({
      ...STRICT,
      "Content-Security-Policy":
        `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self'; font-src 'self'; ` +
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'",
      "Permissions-Policy": expect.stringContaining("geolocation=()"),
    });
  });

  it("sends another nonce with every response", async () => {
    const site = await start("express-templates");
    const [[one], [other]] = [noncesOf((await load(site)).body), noncesOf((await load(site)).body)];
    expect(one).not.toBe(other);
  });

  it("sends strictDynamic with /widget, without the upgrade on a loopback host", async () => {
    const { status, headers, body } = await load(`${await start("express-templates")}/widget`);
    const [nonce] = noncesOf(body);
    expect({ status, nonces: noncesOf(body).length }).toEqual({ status: 200, nonces: 1 });
    expect(headers).toEqual({
      ...STRICT,
      "Content-Security-Policy":
        `default-src 'none'; script-src 'nonce-${nonce}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; font-src 'self'; ` +
        "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'",
      "Cross-Origin-Embedder-Policy": "require-corp",
      "Permissions-Policy": expect.stringContaining("geolocation=()"),
    });
  });
});

describe.skipIf(skipWithout("examples/express-templates in a browser", [CHROMIUM]))("examples/express-templates in Chromium", () => {
  it.each([
    ["/", "Guest book (EJS)", "The script with this response's nonce ran.", "script-src-elem inline"],
    ["/pug", "Guest book (Pug)", "The script with this response's nonce ran.", "script-src-elem inline"],
    ["/widget", "Widget", "The script with this response's nonce ran, and what it loaded.", "require-trusted-types-for trusted-types-sink"],
  ])("runs the scripts and styles of %s, and none that a visitor wrote", async (path, title, greeting, injected) => {
    const site = await start("express-templates");
    const page = await newPage();
    expect(await visit(page, `${site}${path}${ATTACK}`)).toEqual({ ran: [], blocked: ["script-src-elem inline"], injected });
    expect(await page.title()).toBe(title);
    // What a module loads may come a moment later.
    await page.getByText(greeting, { exact: true }).waitFor();
    expect(await page.locator("h1").evaluate((h1) => (globalThis as unknown as Styled).getComputedStyle(h1).color)).toBe("rgb(0, 100, 0)");
  });
});

interface Styled {
  getComputedStyle(element: unknown): { color: string };
}
