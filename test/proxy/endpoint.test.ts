import http from "node:http";
import { describe, expect, it } from "vitest";
import { createProxy, type ProxyOptions } from "../../src/proxy/index.js";
import { ask, listen } from "../http/support.js";
import { issuesOf } from "../messages.js";
import { proxyTo, witness } from "./support.js";

describe("endpoint", () => {
  it("answers its path itself, with the policy and the whole body", async () => {
    const { port: upstream, seen } = await witness();
    const handle = (req: unknown, res: unknown) => {
      let body = "";
      (req as http.IncomingMessage).on("data", (chunk) => (body += chunk)).on("end", () => (res as http.ServerResponse).end(`got ${body}`));
    };
    const { port } = await proxyTo(upstream, { endpoint: { path: "/reports", handle } });
    const response = await fetch(`http://127.0.0.1:${port}/reports?x=1`, { method: "POST", body: "a body" });
    expect([await response.text(), response.headers.get("x-frame-options"), seen]).toEqual(["got a body", "DENY", []]);
  });

  it("leaves other paths to the application", async () => {
    const { port: upstream } = await witness();
    const { port } = await proxyTo(upstream, { endpoint: { path: "/reports", handle: () => undefined } });
    expect((await ask(port, "/reports/more")).body).toBe("A page.");
  });

  it.each([
    [undefined, 404],
    [new Error("broken"), 500],
  ])("next(%s) is %i", async (error, status) => {
    const { port: upstream } = await witness();
    const { port } = await proxyTo(upstream, { endpoint: { path: "/reports", handle: (_req, _res, next) => next?.(error) } });
    const response = await ask(port, "/reports");
    expect([response.status, response.headers["X-Frame-Options"]]).toEqual([status, "DENY"]);
  });

  it("what throws is 500", async () => {
    const { port: upstream } = await witness();
    const handle = () => {
      throw new Error("broken");
    };
    const { port } = await proxyTo(upstream, { endpoint: { path: "/reports", handle } });
    expect((await ask(port, "/reports")).status).toBe(500);
  });
});

describe("secureCookies", () => {
  /** What a client gets where the application sets these cookies. */
  async function cookies(lines: string[], options: Partial<ProxyOptions>, headers = {}): Promise<unknown> {
    const upstream = await listen(http.createServer((_, res) => void res.setHeader("Set-Cookie", lines).end()));
    const { port } = await proxyTo(upstream, options);
    return (await fetch(`http://127.0.0.1:${port}/`, { headers })).headers.getSetCookie();
  }

  it("adds what is missing to each cookie", async () => {
    expect(await cookies(["a=1", "b=2; Secure; SameSite=Strict"], { secureCookies: true })).toEqual([
      "a=1; Secure; HttpOnly; SameSite=Lax",
      "b=2; Secure; SameSite=Strict; HttpOnly",
    ]);
  });

  it("leaves cookies unchanged by default", async () => {
    expect(await cookies(["a=1"], {})).toEqual(["a=1"]);
  });

  it("takes the options of secureCookies", async () => {
    const options = { secureCookies: { sameSite: "Strict", except: ["b"] } } as const;
    expect(await cookies(["a=1", "b=2"], options)).toEqual(["a=1; Secure; HttpOnly; SameSite=Strict", "b=2"]);
  });

  it.each([
    ["https", "a=1; Secure; HttpOnly; SameSite=Lax"],
    ["http", "a=1; HttpOnly; SameSite=Lax"],
  ])("secure: auto looks at what a trusted proxy says: %s", async (scheme, line) => {
    const options = { secureCookies: { secure: "auto" }, trustProxy: true } as const;
    expect(await cookies(["a=1"], options, { "x-forwarded-proto": scheme })).toEqual([line]);
  });
});

describe("wrong options", () => {
  it.each([
    [
      { endpoint: { path: "reports", handle: () => undefined } },
      'createProxy.endpoint: an object is not a path and a middleware. Write { path: "/csp-report", handle: collectReports() }.',
    ],
    [
      { secureCookies: "yes" },
      'createProxy.secureCookies: "yes" is not true, false or the options of secureCookies. Write true, or options such as { sameSite: "Strict" }.',
    ],
    [{ secureCookies: { sameSite: "lax" } }, 'createProxy.secureCookies.sameSite: "lax" is not one of its values. Did you mean "Lax"?'],
  ])("%j", (options, message) => {
    expect(issuesOf(() => createProxy({ target: "http://127.0.0.1:1", ...options } as unknown as ProxyOptions))).toEqual([message]);
  });
});
