import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Miniflare } from "miniflare";
import { describe, expect, it, onTestFinished } from "vitest";
import { type ExportOptions, exportPolicy } from "../../src/export/index.js";
import { issuesOf } from "../messages.js";
import { CASES, filesOf, PATHS, ROUTES, sealedAt } from "./hcl.js";

const PAGES = ["index.html", "404.html", "embed.html", "api/data", "api/deep/x", "api/deep/a.b+c@d"];

/** What Cloudflare sends of itself, or about the body. */
const THEIRS = ["cf-cache-status", "content-type", "etag", "location", "mf-content-encoding", "transfer-encoding"];

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly location: string | null;
}

/** Static files with what was printed beside them, served by Cloudflare's own asset server, which reads the file too. */
async function siteWith(headers: string): Promise<(path: string, ifNoneMatch?: string) => Promise<Answer>> {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-assets-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const page of PAGES) {
    mkdirSync(dirname(join(directory, page)), { recursive: true });
    writeFileSync(join(directory, page), page);
  }
  writeFileSync(join(directory, "_headers"), headers);
  const site = new Miniflare({
    name: "site",
    modules: true,
    script: "export default { fetch: () => new Response('no asset') };",
    compatibilityDate: "2025-01-01",
    assets: { workerName: "site", directory, routerConfig: { has_user_worker: false }, assetConfig: { not_found_handling: "404-page" } },
  });
  onTestFinished(() => site.dispose());
  await site.ready;
  return async (path, ifNoneMatch) => {
    const options = { redirect: "manual" as const, headers: ifNoneMatch === undefined ? {} : { "If-None-Match": ifNoneMatch } };
    const response = await site.dispatchFetch(`https://site.example${path}`, options);
    await response.text();
    const headers = [...response.headers].filter(([name]) => !THEIRS.includes(name));
    return {
      status: response.status,
      headers: Object.fromEntries(headers),
      etag: response.headers.get("etag") ?? "",
      location: response.headers.get("location"),
    };
  };
}

const textOf = (options: ExportOptions) => filesOf("cloudflare-headers", options)["_headers"] as string;

/** Cloudflare's own, on files. */
const CACHE = { "cache-control": "public, max-age=0, must-revalidate" };

const STATIC_ONLY = "Cloudflare applies _headers to static files only: Functions and Workers must set their own headers.";

describe("_headers of Cloudflare", () => {
  it.each([
    ["/%65mbed", "/embed"],
    ["//embed", "/embed"],
    ["/api//deep/x", "/api/deep/x"],
    ["/api%2Fdata", "/api/data"],
    ["/embed/..%2fapi/data", "/embed/../api/data"],
  ])("need one spelling of a path alone: Cloudflare redirects %s", async (path, usual) => {
    const { status, location } = await (await siteWith(textOf({ policy: ["strict"], routes: ROUTES })))(path);
    expect([status, location]).toEqual([307, usual]);
  });

  it.each(CASES)("send what Express sends, on a 404 and a redirect too: %s", async (_, policy, routes) => {
    const ask = await siteWith(textOf({ policy, routes }));
    for (const path of PATHS) {
      const { status, headers } = await ask(path);
      expect([path, headers]).toEqual([path, sealedAt(policy, routes, path, status === 307 ? {} : CACHE)]);
    }
  });

  it("hold for a 304 too", async () => {
    const ask = await siteWith(textOf({ policy: ["none", { xFrameOptions: "DENY" }] }));
    const { etag } = await ask("/");
    expect(await ask("/", etag)).toMatchObject({ status: 304, headers: { "x-frame-options": "DENY" } });
  });

  it("take away what is stripped", async () => {
    const ask = await siteWith(textOf({ policy: ["none", { stripHeaders: ["ETag"], cacheControl: false }] }));
    expect(await ask("/")).toEqual({ status: 200, headers: {}, etag: "", location: null });
  });

  it("have for a route only what changes there, each taken away first", () => {
    const policy = ["none", { xFrameOptions: "DENY", referrerPolicy: "origin" }] as const;
    const routes = [
      { path: "/embed", layers: [{ xFrameOptions: false as const }] },
      { path: "/api/*", layers: [{ referrerPolicy: "no-referrer" as const, crossOriginOpenerPolicy: "same-origin" as const }] },
      { path: "/api/*", layers: [] },
      { path: "/same", layers: [{ xFrameOptions: "DENY" as const }] },
    ];
    expect(exportPolicy("cloudflare-headers", { policy, routes })).toEqual({
      files: [
        {
          path: "_headers",
          text: `/*
  X-Frame-Options: DENY
  Referrer-Policy: origin

/api/*
  ! Referrer-Policy
  Referrer-Policy: no-referrer
  Cross-Origin-Opener-Policy: same-origin

/embed
  ! X-Frame-Options
`,
        },
      ],
      warnings: [STATIC_ONLY],
    });
  });

  it("take a line of 2,000 characters, and are refused with a longer one", async () => {
    const policy = (length: number) => ["none" as const, { custom: { "X-Long": "a".repeat(length - "X-Long: ".length) } }];
    const ask = await siteWith(textOf({ policy: policy(2_000) }));
    expect((await ask("/")).headers["x-long"]).toHaveLength(1_992);
    expect(issuesOf(() => exportPolicy("cloudflare-headers", { policy: policy(2_001) }))).toEqual([
      '"X-Long": has 2001 characters with its name for the site, and the maximum of the target is 2000. Shorten the list of sources.',
    ]);
  });

  it("take 99 routes, and are refused with more", async () => {
    const routes = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ path: `/${index + 10}`, layers: [{ custom: { "X-A": `${index}` } }] }));
    const policy = ["none", { custom: { "X-A": "site" } }] as const;
    const ask = await siteWith(textOf({ policy, routes: routes(99) }));
    expect((await ask("/108")).headers["x-a"]).toBe("98");
    expect(issuesOf(() => exportPolicy("cloudflare-headers", { policy, routes: routes(100) }))).toEqual([
      "routes: are 100, and the maximum of the target is 99. Combine paths, such as /api/*.",
    ]);
  });

  it("are refused where Cloudflare would read a placeholder", () => {
    const policy = ["none", { custom: { "X-A": "a:splatter" } }] as const;
    const routes = [
      { path: "/a:b1/c", layers: [] },
      { path: "/exact", layers: [] },
      { path: "/a:1", layers: [{ custom: { "X-A": false as const } }] },
    ];
    expect(issuesOf(() => exportPolicy("cloudflare-headers", { policy, routes }))).toEqual([
      '"/a:b1/c": has ":b1", which Cloudflare interprets as a placeholder. Write "/a*".',
      '"X-A": has ":splat", which Cloudflare replaces with the path. Use another value.',
    ]);
  });

  it("keep a word behind a colon that is no placeholder of the path", async () => {
    const ask = await siteWith(textOf({ policy: ["none", { custom: { "X-A": ":word :splash" } }] }));
    expect((await ask("/")).headers["x-a"]).toBe(":word :splash");
  });

  it("tell what they cannot do", () => {
    const policy = ["none", { stripHeaders: ["ETag"] }] as const;
    const routes = [{ path: "/a", layers: ["none" as const, { xFrameOptions: "DENY" as const, stripHeaders: false as const }] }];
    expect(exportPolicy("cloudflare-headers", { policy, routes, upstream: "http://a" }).warnings).toEqual([
      STATIC_ONLY,
      "The upstream is not printed: static files have no server behind them.",
      "Cloudflare cannot restore headers that a broader rule removes. Removed for /a too: ETag.",
    ]);
  });

  it("are no file where there is nothing to say", () => {
    expect(exportPolicy("cloudflare-headers", { policy: ["none"] })).toEqual({
      files: [],
      warnings: [STATIC_ONLY, "The policy has no headers: no file is printed."],
    });
  });
});
