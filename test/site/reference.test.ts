import { existsSync, readFileSync } from "node:fs";
import { beforeAll, expect, it } from "vitest";
import type { Page } from "../../site/page.js";
import { referencePages } from "../../site/reference/index.js";
import { SEVERITIES } from "../../src/audit/finding.js";
import { rules } from "../../src/audit/rules/index.js";

let pages: readonly Page[];

beforeAll(async () => {
  pages = await referencePages();
}, 300_000);

const page = (path: string): Page => {
  const found = pages.find((one) => one.path === path);
  if (found === undefined) throw new Error(`There is no page ${path}.`);
  return found;
};

it.each([
  ["headers", 20],
  ["directives", 28 + 7],
  ["features", 102],
  ["options", 5],
  ["middleware", 5],
  ["presets", 20],
  ["recipes", 50],
  ["targets", 23],
  ["rules", 28],
  ["commands", 14],
  ["errors", 0],
])("%s: %i pages beside the index", (kind, count) => {
  expect(pages.filter(({ path }) => path.startsWith(`reference/${kind}/`)).map(({ path }) => path)).toHaveLength(count);
  expect(page(`reference/${kind}`).title).not.toBe("");
});

it("no two pages have one path", () => {
  const paths = pages.map(({ path }) => path);
  expect(paths.filter((path, index) => paths.indexOf(path) !== index)).toEqual([]);
});

it("paths are in kebab-case", () => {
  expect(pages.map(({ path }) => path).filter((path) => !/^reference(?:\/[a-z0-9-]+){0,2}$/.test(path))).toEqual([]);
});

it("every page has a title, a description of one to three sentences, and a group below Reference", () => {
  const wrong = pages.filter(
    ({ title, description, group }) => title === "" || !/^\S[^\n]{20,}[.?]$/.test(description) || group[0] !== "Reference",
  );
  expect(wrong.map(({ path, description }) => [path, description])).toEqual([]);
});

const rule = (name: string) => readFileSync(`src/audit/rules/${name}.ts`, "utf8");

/** What gives the findings of a rule, where that is not its file, which bears its name. */
const SOURCES: Readonly<Record<string, () => string>> = {
  // It passes on what the evaluator finds.
  "csp-bypass": () => readFileSync("src/audit/evaluator.ts", "utf8"),
  "ignored-part": () => /export const ignoredPart.*?\n\};/s.exec(rule("broken-value"))?.[0] ?? "",
};

it.each(rules.map(({ rule }) => rule))("the page of %s names every severity that its rule gives", (name) => {
  const source = (SOURCES[name] ?? (() => rule(name)))();
  const given = SEVERITIES.filter((one) => source.includes(`"${one}"`));
  const named = /^\| Severity \| (.*) \|$/m.exec(page(`reference/rules/${name}`).body)?.[1]?.split(/, | or /) ?? [];
  expect(given).not.toEqual([]);
  expect(given.filter((one) => !named.includes(one))).toEqual([]);
});

it("no page has the text of a missing value", () => {
  const wrong = pages.flatMap(({ path, title, description, body }) =>
    /undefined|\[object |NaN|\bnull\b.*\| null/.test(`${title}\n${description}\n${body}`) ? [path] : [],
  );
  expect(wrong).toEqual([]);
});

it("every table has the cells of its head in every row, and a text in every head", () => {
  const cells = (line: string) => line.replaceAll("\\|", "").split("|").slice(1, -1);
  const wrong = pages.flatMap(({ path, body }) =>
    [...body.replace(/^(`{3,})[\s\S]*?^\1$/gm, "").matchAll(/(?:^\|.*\|$\n?)+/gm)].flatMap(([text]) => {
      const [head = "", , ...lines] = text.trim().split("\n");
      const isWrong = cells(head).some((cell) => cell.trim() === "") || lines.some((line) => cells(line).length !== cells(head).length);
      return isWrong ? [`${path}: ${head}`] : [];
    }),
  );
  expect(wrong).toEqual([]);
});

it("every internal link leads to a page of the reference or to a guide of docs/", () => {
  const paths = new Set(pages.map(({ path }) => `/${path}`));
  const isKnown = (to: string) =>
    paths.has(to) || (to.startsWith("/guides/") && existsSync(new URL(`../../docs/${to.slice(8)}.md`, import.meta.url)));
  const links = pages.flatMap(({ path, body }) => [...body.matchAll(/\]\((\/[^)\s]*)\)/g)].map(([, to = ""]) => [path, to] as const));
  expect(links.length).toBeGreaterThan(2_000);
  expect(links.filter(([, to]) => !isKnown(to))).toEqual([]);
});

it("external links are https", () => {
  const links = pages.flatMap(({ body }) => [...body.matchAll(/\]\(([a-z]+:[^)\s]*)\)/g)].map(([, to = ""]) => to));
  expect(links.filter((to) => !to.startsWith("https://"))).toEqual([]);
});

it("no page has HTML in its markdown", () => {
  const prose = (body: string) => body.replace(/^(`{3,})[\s\S]*?^\1$/gm, "").replace(/(`+)[^`][\s\S]*?\1/g, "");
  const wrong = pages.flatMap(({ path, body }) =>
    [...prose(body).matchAll(/(?<!\\)<[a-z/!][^\n]{0,30}/gi)].map(([text]) => `${path}: ${text}`),
  );
  expect(wrong).toEqual([]);
});

/** What a page of each kind says, written by hand. */
const FACTS: readonly (readonly [path: string, facts: readonly string[]])[] = [
  [
    "reference/headers/strict-transport-security",
    [
      "`Strict-Transport-Security`: browsers use https only, from the first visit on.",
      'securityHeaders("recommended", { strictTransportSecurity: { maxAge: 31536000 } })',
      "Strict-Transport-Security: max-age=31536000; includeSubDomains",
      "| Key in a policy | `strictTransportSecurity` |",
      "| `maxAge` | `number` | yes | `31536000` | Seconds for which browsers use https only; 0 ends it. |",
      "`max-age=63072000; includeSubDomains` | [`strict`](/reference/presets/strict)",
      "[`preload-refused`](/reference/rules/preload-refused)",
      "| Chrome | from 4 |",
      "(https://www.rfc-editor.org/rfc/rfc6797)",
    ],
  ],
  [
    "reference/headers/cross-origin-opener-policy",
    [
      '| `"same-origin-allow-popups"` |  | Windows of other sites cannot access this one, but it can access the pop-ups it opens. |',
      'Cross-Origin-Opener-Policy-Report-Only: same-origin;report-to="default"',
      'Reporting-Endpoints: default="/reports"',
      '{ policy: allow("same-origin-allow-popups") }',
    ],
  ],
  [
    "reference/directives/script-src",
    [
      "`script-src`: scripts, inline handlers, `eval`.",
      "script-src 'self' https://cdn.example",
      "| Without it | browsers use [`default-src`](/reference/directives/default-src) |",
      '| `"strict-dynamic"` | Scripts with a nonce or a hash may load further scripts; hosts in the list are ignored. |',
      "| `'self'` | [`recommended`](/reference/presets/recommended), [`strict`](/reference/presets/strict)",
      "[`stripe`](/reference/recipes/stripe)",
      "[`csp-bypass`](/reference/rules/csp-bypass)",
    ],
  ],
  [
    "reference/directives/upgrade-insecure-requests",
    ["| Report-only | left out of Content-Security-Policy-Report-Only", "upgrade-insecure-requests"],
  ],
  [
    "reference/directives/report-to",
    [
      '{ contentSecurityPolicy: { reportTo: "csp" }, reportingEndpoints: { csp: "/csp-report" } }',
      "[`report-endpoint`](/reference/rules/report-endpoint)",
    ],
  ],
  ["reference/directives/plugin-types", ["is a deprecated directive", "No browser has plugins any more"]],
  [
    "reference/features/payment",
    [
      "It controls payments with the Payment Request API.",
      "| `payment: []` | `payment=()` |",
      "| Default allowlist | `self` |",
      'a frame of another site only with `allow="payment"`',
      "| Powerful | yes",
      "[`stripe`](/reference/recipes/stripe)",
      "[`weak-value`](/reference/rules/weak-value)",
    ],
  ],
  [
    "reference/features/ch-dpr",
    [
      "It controls the client hint `Sec-CH-DPR`: how many pixels of the screen a CSS pixel has.",
      "The header names the origins that get it",
      'requests of the page to its own origin may carry it, and those of a frame of another site only with `allow="ch-dpr"`',
      "https://wicg.github.io/client-hints-infrastructure/",
    ],
  ],
  ["reference/features/ch-ua", ["| Default allowlist | `*` |", "requests of the page to every origin may carry it"]],
  ["reference/features/gamepad", ["| Default allowlist | `*` |", "every frame in it may use it"]],
  ["reference/features/interest-cohort", ["It is deprecated: FLoC was given up in 2022.", "| Deprecated | yes |"]],
  [
    "reference/options/reporting",
    [
      "Where browsers send reports",
      "Content-Security-Policy: default-src 'self'; report-uri /csp-report; report-to default",
      'Reporting-Endpoints: default="/csp-report"',
      "| `sample` | `number` | The share of the responses that ask for reports",
    ],
  ],
  [
    "reference/middleware/https-redirect",
    [
      "Redirects plain http to https",
      "| `port` | `number` | The port that serves https. Default: 443",
      "Returns a middleware to mount after `securityHeaders`",
    ],
  ],
  [
    "reference/presets/strict",
    [
      "`strict` is a complete preset.",
      "X-Frame-Options: DENY",
      "Content-Security-Policy: default-src 'none'; script-src 'self'",
      "Inline styles and `style` attributes have no effect",
      "No page may frame this page.",
      "It also removes `X-Powered-By`",
    ],
  ],
  [
    "reference/presets/development",
    ["a preset that is a patch", "| [`Strict-Transport-Security`](/reference/headers/strict-transport-security) |", "not sent |"],
  ],
  ["reference/presets/jupyter-strict", ['import { jupyterStrict } from "portcullis/applications";', "Tested: 4.6.6"]],
  [
    "reference/recipes/stripe",
    [
      'securityHeaders("strict", stripe())',
      "| `link` | `boolean` | Link, Stripe's wallet. Default: false. |",
      "| [`script-src`](/reference/directives/script-src) | `https://js.stripe.com` `https://*.js.stripe.com` | nothing |",
      "[`payment`](/reference/features/payment)",
      "These pages were last read on 2026-11-26:",
      "(https://docs.stripe.com/security/guide#content-security-policy)",
      "Cross-Origin-Embedder-Policy becomes unsafe-none",
      "`https://maps.googleapis.com` also serves code",
    ],
  ],
  [
    "reference/targets/nginx",
    [
      "npx portcullis export nginx --policy strict --out deploy",
      "| `--https-port` | `httpsPort` | Port for https. | 443 |",
      "portcullis/headers.conf",
      "add_header X-Frame-Options",
      "(/guides/targets/nginx)",
    ],
  ],
  [
    "reference/rules/nonce-cached",
    [
      "| Severity | medium or low |",
      "Cache-Control: public, max-age=3600",
      "The response has a nonce, and caches may store it: every visitor gets the same nonce, and attackers can read it.",
      'Write `cacheControl: "no-store"`',
      "CWE-323",
    ],
  ],
  [
    "reference/commands/check",
    [
      "portcullis check [site]... [options]",
      "| `--fail-under <points>` | Exit with code 1 if the score is lower. A whole number from 1 to 200. |",
      "| `--timeout <seconds>` |",
      "| 2 | wrong command line |",
      "curl -sI https://example.com | portcullis check -",
    ],
  ],
  [
    "reference/errors",
    [
      'PolicyError: contentSecurityPolicy.scriptSrc[0]: "slef" is not a source. Did you mean "self"?',
      "## unknown-endpoint",
      "A `report-to` names an endpoint that Reporting-Endpoints does not have.",
      "| `issues` | `readonly PolicyIssue[]` |",
    ],
  ],
];

it.each(FACTS.flatMap(([path, facts]) => facts.map((fact) => [path, fact] as const)))("%s says: %s", (path, fact) => {
  expect(page(path).body).toContain(fact);
});

it("the page of a feature says that frames of other sites need no allow attribute only where the default allowlist is *", () => {
  const needless = pages.filter(({ path, body }) => path.startsWith("reference/features/") && body.includes("frames of other sites too"));
  expect(needless.map(({ path }) => path.replace("reference/features/", ""))).toEqual([
    "aria-notify",
    "attribution-reporting",
    "browsing-topics",
    "ch-save-data",
    "ch-ua",
    "ch-ua-high-entropy-values",
    "ch-ua-mobile",
    "ch-ua-platform",
    "deferred-fetch-minimal",
    "document-domain",
    "execution-while-not-rendered",
    "execution-while-out-of-viewport",
    "focus-without-user-activation",
    "gamepad",
    "interest-cohort",
    "join-ad-interest-group",
    "media-playback-while-not-visible",
    "mediasession",
    "picture-in-picture",
    "private-aggregation",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "run-ad-auction",
    "shared-storage",
    "shared-storage-select-url",
    "storage-access",
    "sync-xhr",
    "unload",
    "vertical-scroll",
  ]);
});

/** Rows of tables, in full: a cell that moves to another column, or says the opposite, is another row. */
const ROWS: readonly (readonly [path: string, rows: readonly string[]])[] = [
  [
    "reference/headers/origin-agent-cluster",
    ["| Chrome | from 90 |", "| Edge | from 90 |", "| Firefox | from 138 |", "| Safari | from 27.3 |", "| Safari on iOS | from 27.3 |"],
  ],
  [
    "reference/headers/document-isolation-policy",
    ["| Chrome | from 137 |", "| Firefox | no |", "| Safari | no |", "| Chrome on Android | from 146 |"],
  ],
  [
    "reference/headers/x-xss-protection",
    ["| Chrome | from 4, removed in 78 |", "| Firefox | no |", "| Safari | from 5, removed in 15.4 |", "| Report-only form | none |"],
  ],
  [
    "reference/directives/trusted-types",
    ["| Firefox | from 148 |", "| Safari | from 26 |", "| Without it | nothing: there is no fallback |"],
  ],
  [
    "reference/directives/block-all-mixed-content",
    ["| Chrome | from 44 |", "| Firefox | from 48, removed in 122 |", "| Safari | from 10 |"],
  ],
  ["reference/directives/prefetch-src", ["| Chrome | no |", "| Firefox | no |", "| Safari | from 16.3 |"]],
  [
    "reference/features/ambient-light-sensor",
    ["| Chrome | from 66, behind a flag |", "| Firefox | no |", "| Chrome on Android | from 66, behind a flag |"],
  ],
  ["reference/features/language-model", ["| Chrome | from 148 |", "| Edge | from 138, behind a flag |"]],
  ["reference/features/attribution-reporting", ["| Chrome | from 117, removed in 152 |", "| Deprecated | yes |"]],
  [
    "reference/features/camera",
    ['| Without the header | the page and frames of its own origin may use it, and a frame of another site only with `allow="camera"` |'],
  ],
  [
    "reference/features/geolocation",
    [
      '| Without the header | the page and frames of its own origin may use it, and a frame of another site only with `allow="geolocation"` |',
    ],
  ],
  [
    "reference/features/sync-xhr",
    ["| Default allowlist | `*` |", "| Without the header | the page and every frame in it may use it, frames of other sites too |"],
  ],
  [
    "reference/features/unload",
    ["| Default allowlist | `*` |", "| Without the header | the page and every frame in it may use it, frames of other sites too |"],
  ],
  [
    "reference/features/storage-access",
    ["| Default allowlist | `*` |", "| Without the header | the page and every frame in it may use it, frames of other sites too |"],
  ],
  [
    "reference/targets/nginx",
    [
      "| Flag | In code | What it does | Default | Without an upstream too |",
      "| `--server-name` | `serverName` | The host name of the site. | example.com | yes |",
      "| `--https-port` | `httpsPort` | Port for https. | 443 | no |",
      "| `--listen` | `listen` | Address to listen on, such as 127.0.0.1. | all addresses | no |",
    ],
  ],
  ["reference/targets/haproxy", ["| `--server-name` | `serverName` | The host name of the site. | example.com | no |"]],
  ["reference/targets/cloudfront", ["| `--server-name` | `serverName` | The host name of the site. | example.com | yes |"]],
  [
    "reference/headers/cross-origin-embedder-policy",
    ["| Report-only form | `crossOriginEmbedderPolicyReportOnly`, sent as `Cross-Origin-Embedder-Policy-Report-Only` |"],
  ],
  ["reference/headers/strict-transport-security", ["| Report-only form | none |", "| Firefox | from 4 |", "| Safari | from 7 |"]],
  ["reference/directives/script-src", ["| Report-only | works |"]],
  ["reference/directives/sandbox", ["| Report-only | left out of Content-Security-Policy-Report-Only, where it has no meaning |"]],
  ["reference/directives/frame-ancestors", ["| Without it | everything is allowed: there is no fallback |", "| Report-only | works |"]],
  [
    "reference/headers",
    [
      "| [`X-Frame-Options`](/reference/headers/x-frame-options) | `xFrameOptions` |  | Who may frame this page, for browsers without `frame-ancestors`. |",
      "| [`Permissions-Policy`](/reference/headers/permissions-policy) | `permissionsPolicy` | yes | Which features this page and its frames may use. |",
      "| [`Integrity-Policy`](/reference/headers/integrity-policy) | `integrityPolicy` | yes | Scripts and styles without an integrity hash are blocked. |",
    ],
  ],
];

it.each(ROWS.flatMap(([path, rows]) => rows.map((row) => [path, row] as const)))("%s has the row %s", (path, row) => {
  expect(page(path).body.split("\n")).toContain(row);
});
