import { createRequire } from "node:module";
import { getTransformedRoutes, headersSchema, type Route } from "@vercel/routing-utils";
import { describe, expect, it } from "vitest";
import { exportPolicy } from "../../src/export/index.js";
import type { Layer } from "../../src/index.js";
import { issuesOf } from "../messages.js";
import { CASES, filesOf, PATHS, type ROUTES, sentByExpress } from "./hcl.js";

const { default: Ajv } = createRequire(import.meta.url)("ajv") as {
  default: new () => { validate(schema: object, data: unknown): boolean; errors: unknown };
};

interface Config {
  readonly headers: readonly { readonly source: string; readonly headers: readonly { readonly key: string; readonly value: string }[] }[];
}

function configOf(policy: readonly Layer[], routes: typeof ROUTES): Config {
  return JSON.parse(filesOf("vercel", { policy, routes })["vercel.json"] as string);
}

/** Vercel's own routes of a configuration, applied one after the other; a `$` and a name stand for a part of the path. */
function sentAt({ headers }: Config, path: string): Record<string, string> {
  const { routes, error } = getTransformedRoutes({ headers: headers as never });
  expect(error).toBeNull();
  const sent: Record<string, string> = {};
  for (const route of (routes ?? []) as (Route & { src?: string; headers?: Record<string, string> })[]) {
    const match = route.src === undefined ? null : new RegExp(route.src).exec(path);
    if (match === null) continue;
    for (const [name, value] of Object.entries(route.headers ?? {})) {
      sent[name] = value.replace(/\$(\w+)/g, (_, group) => match[Number(group)] ?? "");
    }
  }
  return sent;
}

/** The awkward one without what Vercel would replace. */
const PRINTABLE = CASES.map(([name, policy, routes]) => {
  if (name !== "awkward characters") return [name, policy, routes] as const;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: no template is meant
  const custom = { "X-Awkward": 'percent %41 ${path} $$ $" "quoted" {braces} \\n # /* \' `tick` :word <b> end\\', NEL: '{"a":1,"b":2}' };
  return [name, [...policy, { custom, contentSecurityPolicy: { reportUri: ["/csp?x=%41"] } }] as readonly Layer[], routes] as const;
});

describe("vercel.json", () => {
  it.each(PRINTABLE)("says what Express sends: %s", (_, policy, routes) => {
    const config = configOf(policy, routes);
    for (const path of PATHS) expect([path, sentAt(config, path)]).toEqual([path, sentByExpress(policy, routes, path)]);
  });

  it.each(PRINTABLE)("is as Vercel's schema has it: %s", (_, policy, routes) => {
    const ajv = new Ajv();
    expect([ajv.validate(headersSchema, configOf(policy, routes).headers), ajv.errors]).toEqual([true, null]);
  });

  it("has one rule for each path, so that what a route switches off is not there", () => {
    const config = configOf(
      ["none", { xFrameOptions: "DENY" }],
      [
        { path: "/api/*", layers: [{ xContentTypeOptions: true }] },
        { path: "/api/", layers: [{ xFrameOptions: false }] },
        { path: "/a.b+c:d", layers: [{ xFrameOptions: "SAMEORIGIN" }] },
      ],
    );
    expect(config.headers).toEqual([
      { source: "/((?!api/|api/$|a\\.b\\+c:d$).*)", headers: [{ key: "X-Frame-Options", value: "DENY" }] },
      {
        source: "/api/((?!$).*)",
        headers: [
          { key: "X-Frame-Options", value: "DENY" },
          { key: "X-Content-Type-Options", value: "nosniff" },
        ],
      },
      { source: "/api/", headers: [{ key: "X-Content-Type-Options", value: "nosniff" }] },
      { source: "/a.b\\+c\\:d", headers: [{ key: "X-Frame-Options", value: "SAMEORIGIN" }] },
    ]);
    expect(["/api/", "/api/x", "/a.b+c:d", "/a-b+c:d"].map((path) => sentAt(config, path)["X-Frame-Options"])).toEqual([
      undefined,
      "DENY",
      "SAMEORIGIN",
      "DENY",
    ]);
  });

  it("tells what Vercel does otherwise", () => {
    expect(
      exportPolicy("vercel", { policy: ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }], upstream: "http://app:1" })
        .warnings,
    ).toEqual([
      "The upstream is not printed: Vercel proxies to an application with rewrites in vercel.json.",
      "Vercel cannot remove a header that a function sends: X-Powered-By stays.",
      "Vercel sends its own Strict-Transport-Security if the policy has none.",
    ]);
  });

  it("is no file where there is nothing to say", () => {
    expect(exportPolicy("vercel", { policy: ["none"] })).toEqual({
      files: [],
      warnings: [
        "Vercel sends its own Strict-Transport-Security if the policy has none.",
        "The policy has no headers: no file is printed.",
      ],
    });
  });

  it("is refused with a value in which Vercel would put a part of the path", () => {
    expect(issuesOf(() => exportPolicy("vercel", { policy: ["none", { custom: { "X-A": "costs $1", "X-B": "$host" } }] }))).toEqual([
      '"X-A": has "$1", which Vercel replaces with a part of the path. Use another value.',
      '"X-B": has "$host", which Vercel replaces with a part of the path. Use another value.',
    ]);
  });

  it("is refused with a value that is too long", () => {
    expect(
      issuesOf(() => exportPolicy("vercel", { policy: ["none", { custom: { "X-A": "a".repeat(32_769) }, maxBytes: 40_000 }] })),
    ).toEqual(['"X-A": has 32769 characters for the site, and the maximum of the target is 32768. Shorten the list of sources.']);
  });

  it("is refused where the routes make a pattern that is too long", () => {
    const routes = Array.from({ length: 41 }, (_, index) => ({ path: `/${index + 10}${"a".repeat(98)}/*`, layers: [] }));
    expect(issuesOf(() => exportPolicy("vercel", { policy: ["strict"], routes }))).toEqual([
      "routes: need a pattern of 4190 characters, and the maximum of the target is 4096. Combine paths, such as /api/*.",
    ]);
  });
});
