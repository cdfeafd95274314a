import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RuleName } from "../../src/audit/rules/index.js";
import { ruleTexts } from "../../src/audit/rules/texts.js";
import { directives } from "../../src/headers/content-security-policy/directives.js";
import { headers, settings } from "../../src/headers/index.js";
import * as root from "../../src/index.js";
import { definePolicy, nonce, type Patch, renderHeaders } from "../../src/index.js";
import { presets } from "../../src/presets/index.js";

it("every text and every way to mend it is a sentence", () => {
  expect(
    Object.values(ruleTexts)
      .flatMap(({ text, mend }) => [text, mend])
      .filter((one) => !/^[A-Z`].*\.$/.test(one)),
  ).toEqual([]);
});

/** A property as a reader writes it, in the policy or in its Content-Security-Policy. */
function patchOf(code: string): Patch {
  const patch = new Function("nonce", `return { ${code} }`)(nonce);
  return Object.keys(patch).every((key) => Object.hasOwn(directives, key)) ? { contentSecurityPolicy: patch } : patch;
}

const rendered = (...layers: readonly Patch[]) => ({ ...renderHeaders(definePolicy("none", ...layers), { nonce: "TheNonce" }) });

describe("What a rule says to write", () => {
  const CSP = "Content-Security-Policy";
  const PROPERTIES: readonly (readonly [rule: RuleName, code: string, headers: Readonly<Record<string, string>>])[] = [
    ["frame-options-overruled", 'xFrameOptions: "DENY"', { "X-Frame-Options": "DENY" }],
    ["frame-options-overruled", 'frameAncestors: ["none"]', { [CSP]: "frame-ancestors 'none'" }],
    ["frame-options-overruled", "xFrameOptions: false", {}],
    ["report-endpoint", 'reporting: "/csp-report"', { "Reporting-Endpoints": 'default="/csp-report"' }],
    ["embedder-without-resource-policy", 'crossOriginResourcePolicy: "same-origin"', { "Cross-Origin-Resource-Policy": "same-origin" }],
    [
      "preload-refused",
      "strictTransportSecurity: { maxAge: 63072000, includeSubDomains: true, preload: true }",
      { "Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload" },
    ],
    ["strict-dynamic-inert", 'scriptSrc: [nonce, "strict-dynamic"]', { [CSP]: "script-src 'nonce-TheNonce' 'strict-dynamic'" }],
    ["trusted-types", 'requireTrustedTypesFor: ["script"]', { [CSP]: "require-trusted-types-for 'script'" }],
    ["nonce-cached", 'cacheControl: "no-store"', { "Cache-Control": "no-store" }],
    ["information-leak", 'stripHeaders: ["X-Powered-By", "Server"]', {}],
  ];

  it.each(PROPERTIES)("%s: %s is accepted, and sends what is meant", (rule, code, expected) => {
    expect(ruleTexts[rule]?.mend).toContain(`\`${code}\``);
    expect(rendered(patchOf(code))).toEqual(expected);
  });

  /** A value alone, with the property that it is for. */
  const VALUES: readonly (readonly [rule: RuleName, value: string, key: string, headers: Readonly<Record<string, string>>])[] = [
    ["frame-options-overruled", '"SAMEORIGIN"', "xFrameOptions", { "X-Frame-Options": "SAMEORIGIN" }],
    ["frame-options-overruled", '["self"]', "frameAncestors", { [CSP]: "frame-ancestors 'self'" }],
    ["embedder-without-resource-policy", '"same-site"', "crossOriginResourcePolicy", { "Cross-Origin-Resource-Policy": "same-site" }],
    ["unsafe-inline-inert", '"unsafe-inline"', "scriptSrc", { [CSP]: "script-src 'unsafe-inline'" }],
    ["csp-bypass", '"strict-dynamic"', "scriptSrc", { [CSP]: "script-src 'nonce-TheNonce' 'strict-dynamic'" }],
    ["large-header", '"strict-dynamic"', "scriptSrc", { [CSP]: "script-src 'nonce-TheNonce' 'strict-dynamic'" }],
  ];

  it.each(VALUES)("%s: %s is a value of %s", (rule, value, key, expected) => {
    expect(ruleTexts[rule]?.mend).toContain(`\`${value}\``);
    const list = value === '"strict-dynamic"' ? `[nonce, ${value}]` : value === '"unsafe-inline"' ? `[${value}]` : value;
    expect(rendered(patchOf(`${key}: ${list}`))).toEqual(expected);
  });

  it("is a name that exists, where it is neither: of a function, a preset, a key of a policy, an entry or a command", () => {
    const { name, exports: entries } = JSON.parse(readFileSync("package.json", "utf8"));
    const known = new Set([...PROPERTIES.map(([rule, code]) => `${rule}: ${code}`), ...VALUES.map(([rule, value]) => `${rule}: ${value}`)]);
    const names = new Set([
      ...Object.keys(root).flatMap((one) => [one, `${one}()`]),
      ...[presets, headers, settings, directives].flatMap((one) => Object.keys(one)),
      ...Object.keys(entries).map((entry) => entry.replace(/^\./, name)),
    ]);
    const spans = Object.entries(ruleTexts).flatMap(([rule, { mend }]) =>
      [...mend.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => [rule, code] as const),
    );
    expect(spans.flatMap(([rule, code]) => (known.has(`${rule}: ${code}`) || names.has(code) ? [] : [`${rule}: ${code}`]))).toEqual([
      // A directive, a member of a value, markup and a command.
      "report-endpoint: report-to",
      "preload-refused: preload",
      "strict-dynamic-inert: <script>",
      "missing-integrity: integrity",
      "missing-integrity: crossorigin",
      "per-request-slot: portcullis check",
    ]);
  });
});
