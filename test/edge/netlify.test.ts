import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Header, parseAllHeaders } from "@netlify/headers-parser";
import { parse } from "smol-toml";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { makePolicy } from "../../src/policy/policy.js";
import { issuesOf } from "../messages.js";
import { AMBIGUOUS, AWKWARD_TEXT, CARELESS, CASES, filesOf, PATHS, ROUTES, SPELLINGS, sealedAt } from "./hcl.js";

function written(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-netlify-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

/** What Netlify's own parser reads. */
async function read(text: string): Promise<readonly Header[]> {
  const { headers, errors } = await parseAllHeaders({ headersFiles: [written("_headers", text)], configHeaders: [], minimal: false });
  expect(errors).toEqual([]);
  return headers as Header[];
}

type EdgeFunction = (request: Request, context: { next: () => Promise<Response> }) => Promise<Response>;

/** The Edge Function, before a careless site. */
async function edgeOf(options: ExportOptions, answer = () => new Response("page", { headers: CARELESS })) {
  const text = filesOf("netlify", options)["netlify/edge-functions/portcullis.js"] as string;
  const module = (await import(pathToFileURL(written("portcullis.mjs", text)).href)) as { default: EdgeFunction; config: unknown };
  const at = (path: string) => module.default(new Request(`https://site.example${path}?x=1`), { next: async () => answer() });
  return { at, config: module.config };
}

function sent(response: Response): Record<string, string> {
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    if (name !== "content-type") headers[name] = value;
  });
  return headers;
}

describe("_headers of Netlify", () => {
  it.each(["recommended", "strict", "api", "streamlit"] as const)("say what Express sends: %s", async (preset) => {
    const headers = await read(filesOf("netlify", { policy: [preset] })["_headers"] as string);
    expect(headers.map(({ values }) => values)).toEqual([{ ...renderHeaders(makePolicy([preset])) }]);
  });

  it("fit every path", async () => {
    const headers = await read(filesOf("netlify", { policy: ["strict"] })["_headers"] as string);
    expect(PATHS.filter((path) => !headers[0]?.forRegExp.test(path))).toEqual([]);
  });

  it("keep characters that mean something elsewhere", async () => {
    const headers = await read(filesOf("netlify", { policy: ["none", { custom: { "X-A": AWKWARD_TEXT } }] })["_headers"] as string);
    expect(headers[0]?.values).toEqual({ "X-A": AWKWARD_TEXT });
  });

  it("name what they cannot say", () => {
    const policy = ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By", "Server"] }] as const;
    expect(exportPolicy("netlify", { policy, upstream: "http://app:1" }).warnings).toEqual([
      "The upstream is not printed: Netlify proxies to an application with a redirect in netlify.toml.",
      "Netlify does not allow these headers to be removed, left out: Server.",
      "Netlify's _headers remove nothing, left out: X-Powered-By.",
      "Netlify's _headers apply to static files only: functions and proxied applications must set their own headers.",
    ]);
  });

  it("are no file where there is nothing to say", () => {
    expect(exportPolicy("netlify", { policy: ["none"] })).toEqual({
      files: [],
      warnings: ["The policy has no headers: no file is printed."],
    });
  });

  it("are refused with a header that Netlify ignores", () => {
    expect(issuesOf(() => exportPolicy("netlify", { policy: ["none", { custom: { "Alt-Svc": "clear" } }] }))).toEqual([
      '"Alt-Svc": is a header that Netlify does not allow to be set. Remove it from custom.',
    ]);
  });
});

describe("netlify.toml", () => {
  const printed = (policy: ExportOptions["policy"]) => filesOf("netlify-toml", { policy })["netlify.toml"] as string;

  it("is read as it is written", () => {
    expect(printed(["none", { xFrameOptions: "DENY", contentSecurityPolicy: { defaultSrc: ["self"] }, custom: { "X.Y": 'a "b"' } }])).toBe(
      `# For the netlify.toml of the site. Remove rules for "/*" from _headers: they would add the same headers again.
[[headers]]
  for = "/*"

  [headers.values]
    Content-Security-Policy = "default-src 'self'"
    X-Frame-Options = "DENY"
    "X.Y" = "a \\"b\\""
`,
    );
  });

  it.each(["recommended", "strict", "api", "streamlit"] as const)(
    "says what Express sends, to Netlify's own parser: %s",
    async (preset) => {
      const netlifyConfigPath = written("netlify.toml", printed([preset]));
      const { headers, errors } = await parseAllHeaders({ headersFiles: [], configHeaders: [], netlifyConfigPath, minimal: true });
      expect({ headers, errors }).toEqual({ headers: [{ for: "/*", values: { ...renderHeaders(makePolicy([preset])) } }], errors: [] });
    },
  );

  it.each([AWKWARD_TEXT, "a\tb", '"', "\\", "'''", '"""', "#"])("keeps %j", (text) => {
    expect(parse(printed(["none", { custom: { "X-A": text } }]))).toEqual({ headers: [{ for: "/*", values: { "X-A": text } }] });
  });

  it("gives way to an Edge Function where paths differ", () => {
    const { files, warnings } = exportPolicy("netlify-toml", { policy: ["strict"], routes: ROUTES });
    expect(files).toEqual(exportPolicy("netlify", { policy: ["strict"], routes: ROUTES }).files);
    expect(warnings).toEqual([
      "Netlify's [[headers]] cannot replace a header on some paths: an Edge Function is printed instead, and runs on every request.",
    ]);
  });
});

describe("an Edge Function of Netlify", () => {
  it.each(CASES.filter(([, , routes]) => routes.length > 0))("sends what Express sends: %s", async (_, policy, routes) => {
    const { at, config } = await edgeOf({ policy, routes });
    expect(config).toEqual({ path: "/*" });
    for (const path of PATHS) expect([path, sent(await at(path))]).toEqual([path, sealedAt(policy, routes, path)]);
  });

  it("matches a path as servers read it", async () => {
    const { at } = await edgeOf({ policy: ["strict"], routes: ROUTES });
    for (const [path, usual] of SPELLINGS) expect([path, sent(await at(path))]).toEqual([path, sealedAt(["strict"], ROUTES, usual)]);
  });

  it.each(AMBIGUOUS)("answers 400 with the headers of the site where servers read a path in two ways: %s", async (path) => {
    const { at } = await edgeOf({ policy: ["none", { xFrameOptions: "DENY" }], routes: ROUTES });
    const response = await at(path);
    expect([response.status, await response.text(), sent(response)]).toEqual([400, "Bad request\n", { "x-frame-options": "DENY" }]);
  });

  it("takes the place of _headers where paths differ", () => {
    const { files, warnings } = exportPolicy("netlify", { policy: ["strict"], routes: ROUTES });
    expect(files.map(({ path }) => path)).toEqual(["netlify/edge-functions/portcullis.js"]);
    expect(warnings).toEqual([
      "Netlify's _headers cannot replace a header on some paths: an Edge Function is printed instead, and runs on every request.",
    ]);
  });

  it("takes the place of _headers where Netlify would change a value", async () => {
    const custom = { "X-A": "a,b", "X-B": "a, b" };
    const { warnings } = exportPolicy("netlify", { policy: ["none", { custom }] });
    expect(warnings).toEqual([
      "Netlify's _headers change the spaces around commas in X-A: an Edge Function is printed instead, and runs on every request.",
    ]);
    const { at } = await edgeOf({ policy: ["none", { custom }] });
    expect(sent(await at("/"))).toMatchObject({ "x-a": "a,b", "x-b": "a, b" });
  });

  it("keeps the status and the body of what it passes on", async () => {
    const { at } = await edgeOf({ policy: ["strict"], routes: ROUTES }, () => new Response("no", { status: 404 }));
    const response = await at("/nowhere");
    expect([response.status, await response.text()]).toEqual([404, "no"]);
  });

  it("passes on an answer without a body", async () => {
    const { at } = await edgeOf({ policy: ["strict"], routes: ROUTES }, () => new Response(null, { status: 304 }));
    const response = await at("/");
    expect([response.status, response.body]).toEqual([304, null]);
  });
});
