import express from "express";
import { expect, it } from "vitest";
import { collectReports, type Group, policyHash } from "../../src/reports/index.js";
import { parseReport } from "../../src/reports/parse.js";
import { serve } from "../http/support.js";
import { FIREFOX, legacy, modern, type Post, post, timeless } from "./support.js";

async function groupsAfter(body: unknown, how: Post): Promise<Partial<Group>[]> {
  const reports = collectReports();
  const port = await serve(express().use("/csp-report", reports));
  expect((await post(port, body, how)).statusCode).toBe(204);
  await reports.flush();
  const groups = await reports.store.groups();
  return groups.map(timeless).map(({ id, ...rest }) => rest);
}

const API: Post = { type: "application/reports+json" };
const LEGACY: Post = { type: "application/csp-report" };

const policyOfSite = policyHash("default-src 'self'");

const CSP = {
  type: "csp-violation",
  policyHash: policyOfSite,
  policy: "default-src 'self'",
  disposition: "enforce",
  directive: "img-src",
  blocked: "https://cdn.example",
  route: "/page",
  count: 1,
  clients: 1,
  pages: [{ value: "https://site.example/page", count: 1 }],
  browsers: [{ value: "Firefox 145", count: 1 }],
  urls: [{ value: "https://cdn.example/a.png", count: 1 }],
  files: [],
  samples: [],
};
const CHROME = [{ value: "Chrome 142", count: 1 }];
const OTHER = { ...CSP, policyHash: "", policy: undefined, disposition: "none", blocked: "", browsers: CHROME, urls: [] };

const entry = (type: string, body: object) => ({ ...modern({}, { type }), body });

it.each<[string, unknown, Post, object]>([
  ["report-uri", legacy(), LEGACY, CSP],
  ["report-uri as plain JSON", legacy(), { type: "application/json; charset=utf-8" }, CSP],
  [
    "report-uri of an old Firefox: no effective directive, numbers as text",
    {
      "csp-report": {
        "document-uri": "https://site.example/page",
        "violated-directive": "script-src 'self' https://x.example",
        "original-policy": "default-src 'self'",
        "blocked-uri": "self",
        "status-code": "200",
        "source-file": "https://site.example/page?a=1",
        "line-number": "12",
        "script-sample": "onclick attribute on A element and so on and on",
      },
    },
    LEGACY,
    {
      ...CSP,
      directive: "script-src",
      blocked: "self",
      urls: [],
      files: [{ value: "https://site.example/page:12", count: 1 }],
      samples: [{ value: "onclick attribute on A element and so on", count: 1 }],
    },
  ],
  ["the Reporting API", [modern()], API, { ...CSP, browsers: CHROME, files: [{ value: "https://site.example/page:7:3", count: 1 }] }],
  [
    "Safari's single object, under the other content type",
    { type: "csp-violation", url: "https://site.example/page", body: modern({ sourceFile: null }).body },
    {
      ...LEGACY,
      headers: { "User-Agent": "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15" },
    },
    { ...CSP, browsers: [{ value: "Safari 26", count: 1 }] },
  ],
  ["a document that only the entry names", [modern({ documentURL: undefined, sourceFile: "" })], API, { ...CSP, browsers: CHROME }],
  ["what is only watched", legacy({ disposition: "report" }), LEGACY, { ...CSP, disposition: "report" }],
  [
    "something of the site itself",
    legacy({ "blocked-uri": "https://site.example/x.png?y" }),
    LEGACY,
    {
      ...CSP,
      blocked: "self",
      urls: [{ value: "https://site.example/x.png", count: 1 }],
    },
  ],
  [
    "the same host over http",
    legacy({ "blocked-uri": "http://site.example:8080/x" }),
    LEGACY,
    {
      ...CSP,
      blocked: "http://site.example:8080",
      urls: [{ value: "http://site.example:8080/x", count: 1 }],
    },
  ],
  ["inline", legacy({ "blocked-uri": "inline" }), LEGACY, { ...CSP, blocked: "inline", urls: [] }],
  ["wasm-eval", legacy({ "blocked-uri": "wasm-eval" }), LEGACY, { ...CSP, blocked: "wasm-eval", urls: [] }],
  ["a bare scheme", legacy({ "blocked-uri": "data" }), LEGACY, { ...CSP, blocked: "data", urls: [] }],
  ["a scheme with its content", legacy({ "blocked-uri": "data:image/png;base64,AAAA" }), LEGACY, { ...CSP, blocked: "data", urls: [] }],
  [
    "a socket",
    legacy({ "blocked-uri": "wss://live.example/feed?t=1" }),
    LEGACY,
    {
      ...CSP,
      blocked: "wss://live.example",
      urls: [{ value: "wss://live.example/feed", count: 1 }],
    },
  ],
  ["nothing blocked", legacy({ "blocked-uri": "" }), LEGACY, { ...CSP, blocked: "", urls: [] }],
  [
    "an address with a number in it",
    legacy({ "document-uri": "https://site.example/users/4711/edit" }),
    LEGACY,
    { ...CSP, route: "/users/*/edit", pages: [{ value: "https://site.example/users/4711/edit", count: 1 }] },
  ],
  [
    "permissions-policy-violation",
    [entry("permissions-policy-violation", { policyId: "camera", disposition: "report", message: "…" })],
    API,
    { ...OTHER, type: "permissions-policy-violation", directive: "camera", disposition: "report" },
  ],
  [
    "permissions-policy-violation of newer browsers",
    [entry("permissions-policy-violation", { featureId: "microphone", disposition: "enforce" })],
    API,
    { ...OTHER, type: "permissions-policy-violation", directive: "microphone", disposition: "enforce" },
  ],
  [
    "coep",
    [entry("coep", { type: "corp", blockedURL: "https://cdn.example/a.png?b", destination: "image", disposition: "reporting" })],
    API,
    {
      ...OTHER,
      type: "coep",
      directive: "corp",
      disposition: "report",
      blocked: "https://cdn.example",
      urls: [{ value: "https://cdn.example/a.png", count: 1 }],
    },
  ],
  [
    "coop",
    [entry("coop", { type: "navigation-to-response", disposition: "enforce", effectivePolicy: "same-origin" })],
    API,
    {
      ...OTHER,
      type: "coop",
      directive: "navigation-to-response",
      disposition: "enforce",
      policyHash: policyHash("same-origin"),
      policy: "same-origin",
    },
  ],
  [
    "integrity-violation",
    [
      entry("integrity-violation", {
        documentURL: "https://site.example/page",
        blockedURL: "https://cdn.example/a.js",
        destination: "script",
        reportOnly: true,
      }),
    ],
    API,
    {
      ...OTHER,
      type: "integrity-violation",
      directive: "script",
      disposition: "report",
      blocked: "https://cdn.example",
      urls: [{ value: "https://cdn.example/a.js", count: 1 }],
    },
  ],
  [
    // As Chromium 156 sends it for 'report-sha256'.
    "the hash of a script, of every page alike",
    [
      entry("csp-hash", {
        destination: "script",
        documentURL: "https://site.example/page",
        hash: "sha256-CihokcEcBW4atb/CW/XWsvWwbTjqwQlE9nj9ii5ww5M=",
        subresourceURL: "https://cdn.example/s.js?token=1",
        type: "subresource",
      }),
    ],
    API,
    {
      ...OTHER,
      type: "csp-hash",
      directive: "script",
      blocked: "https://cdn.example/s.js",
      route: "*",
      urls: [{ value: "https://cdn.example/s.js", count: 1 }],
      samples: [{ value: "sha256-CihokcEcBW4atb/CW/XWsvWwbTjqwQlE9nj9ii5ww5M=", count: 1 }],
    },
  ],
  [
    // Of a script of another origin that was loaded without CORS there is none.
    "a script that may not be hashed, by the names that CSP3's example has",
    [
      entry("csp-hash", {
        destination: "script",
        document_url: "https://site.example/page",
        hash: "",
        subresource_url: "https://site.example/s.js",
      }),
    ],
    API,
    {
      ...OTHER,
      type: "csp-hash",
      directive: "script",
      blocked: "https://site.example/s.js",
      route: "*",
      urls: [{ value: "https://site.example/s.js", count: 1 }],
    },
  ],
  [
    // As Chromium 156 sends it for Connection-Allowlist.
    "a connection that is not on the list",
    [
      entry("connection-allowlist", {
        allowlist: ["https://site.example"],
        connection: "webrtc",
        disposition: "enforce",
        url: "https://site.example/page",
      }),
    ],
    API,
    { ...OTHER, type: "connection-allowlist", directive: "connection-allowlist", disposition: "enforce", blocked: "webrtc" },
  ],
  [
    "a connection that would not be on the list",
    [entry("connection-allowlist", { connection: "https://cdn.example/a.png?b", disposition: "report" })],
    API,
    {
      ...OTHER,
      type: "connection-allowlist",
      directive: "connection-allowlist",
      disposition: "report",
      blocked: "https://cdn.example",
      urls: [{ value: "https://cdn.example/a.png", count: 1 }],
    },
  ],
  ["deprecation", [entry("deprecation", { id: "UnloadHandler" })], API, { ...OTHER, type: "deprecation", directive: "UnloadHandler" }],
  ["intervention", [entry("intervention", { id: "HeavyAd" })], API, { ...OTHER, type: "intervention", directive: "HeavyAd" }],
  ["crash", [entry("crash", { reason: "oom" })], API, { ...OTHER, type: "crash", directive: "oom" }],
  ["crash without a reason", [entry("crash", {})], API, { ...OTHER, type: "crash", directive: "" }],
  [
    "network-error",
    [entry("network-error", { type: "tcp.timed_out", phase: "connection" })],
    API,
    { ...OTHER, type: "network-error", directive: "tcp.timed_out" },
  ],
])("%s becomes a group", async (_what, body, how, group) => {
  expect(await groupsAfter(body, how)).toEqual([group]);
});

const positionOf = (body: Readonly<Record<string, unknown>>) => {
  const report = parseReport(modern(body), "");
  return typeof report === "string" ? report : report.position;
};

it.each([
  ["7:3", {}],
  ["7", { columnNumber: null }],
  ["", { lineNumber: null }],
  ["0:0", { lineNumber: 0, columnNumber: 0 }],
  ["999999999:3", { lineNumber: 999_999_999 }],
  ["", { lineNumber: 1_000_000_000 }],
  ["", { lineNumber: -1 }],
  ["", { lineNumber: 1.5 }],
  ["", { lineNumber: "" }],
  ["7:12", { columnNumber: "12" }],
])("a position is %j of %j", (position, body) => {
  expect(positionOf(body)).toBe(position);
});

it.each([
  [{ type: "csp-violation" }],
  [{ type: "csp-violation", body: null }],
  [{ type: "csp-violation", body: "img-src" }],
  [{ type: "csp-violation", body: [] }],
  [{ "csp-report": null }],
  [{ "csp-report": "img-src" }],
  [null],
  [[]],
])("%j is no report", (entry) => {
  expect(parseReport(entry, "")).toBe("no-report");
});

it("a policy counts with its first 16384 characters", () => {
  const report = parseReport(modern({ originalPolicy: "x".repeat(16_385) }), "");
  expect(typeof report === "string" ? report : report.policy.length).toBe(16_384);
});

it("both ways of delivery count into one group", async () => {
  const groups = await groupsAfter([modern(), legacy(), { ...modern(), user_agent: undefined }], API);
  expect(groups).toMatchObject([
    {
      count: 3,
      browsers: [
        { value: "Firefox 145", count: 2 },
        { value: "Chrome 142", count: 1 },
      ],
    },
  ]);
});

it.each([
  [
    "Edge 142",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
  ],
  ["Opera 124", "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 OPR/124.0.0.0"],
  [
    "Samsung Internet 28",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
  ],
  ["Firefox 144", "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/144.0 Mobile/15E148 Safari/605.1.15"],
  ["Chrome 141", "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0.7390.26 Mobile/15E148 Safari/604.1"],
  ["Safari 18", "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"],
  ["Other", "curl/8.0"],
])("a browser is its family and major version: %s", async (browser, userAgent) => {
  const [group] = await groupsAfter(legacy(), { headers: { "User-Agent": userAgent } });
  expect(group?.browsers).toEqual([{ value: browser, count: 1 }]);
});

it("the user agent of the request stands in for an entry's own", async () => {
  const [group] = await groupsAfter([modern({}, { user_agent: 7 })], { ...API, headers: { "User-Agent": FIREFOX } });
  expect(group?.browsers).toEqual([{ value: "Firefox 145", count: 1 }]);
});

it("versions of a policy are groups of their own", async () => {
  const groups = await groupsAfter([modern(), modern({ originalPolicy: "default-src 'none'" })], API);
  expect(groups.map(({ count }) => count)).toEqual([1, 1]);
});

it("a policy keeps its hash whatever its nonce, its endpoint and the order of its directives", () => {
  expect(policyHash("script-src 'nonce-abc' 'self'; img-src a.example; report-uri /r")).toBe(
    policyHash(" IMG-SRC  a.example;;script-src 'nonce-def' 'self';report-to x"),
  );
});

it("a policy's hash is the same in every release", () => {
  expect(policyHash("default-src 'self'")).toBe("e052c701c45be760");
});

it("another source is another hash", () => {
  expect(policyHash("img-src a.example")).not.toBe(policyHash("img-src b.example"));
});

it.each(["sha256-short", "sha256-AAAA", "sha1-CihokcEcBW4atb/CW/XWsvWwbTjqwQlE9nj9ii5ww5M=", "<script>", `sha256-${"A".repeat(200)}`])(
  "a hash that is none, %j, is no report",
  async (hash) => {
    const report = entry("csp-hash", {
      destination: "script",
      documentURL: "https://site.example/",
      hash,
      subresourceURL: "https://site.example/s.js",
    });
    expect(await groupsAfter([report], API)).toEqual([]);
  },
);

it("no field can be of a kind that makes it throw", () => {
  const odd: readonly unknown[] = [{ toString: 1, valueOf: 1 }, { toString: null }, [[]], 7, null, true, "__proto__"];
  const { body, ...outer } = modern();
  const { "csp-report": report } = legacy();
  const parseAll = () => {
    for (const value of odd) {
      for (const name of Object.keys(outer)) parseReport({ ...modern(), [name]: value }, "");
      for (const name of Object.keys(body)) parseReport(modern({ [name]: value }), "");
      for (const name of Object.keys(report)) parseReport(legacy({ [name]: value }), "");
      for (const type of ["coep", "coop", "integrity-violation", "csp-hash", "connection-allowlist"]) {
        parseReport(
          entry(type, { disposition: value, reportOnly: value, type: value, hash: value, destination: value, connection: value }),
          "",
        );
      }
    }
  };
  expect(parseAll).not.toThrow();
});
