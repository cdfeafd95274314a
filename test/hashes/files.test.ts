import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { type FilesOptions, hashesOf } from "../../src/hashes/index.js";
import { append, type PolicyError } from "../../src/index.js";

const GO = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='"; // go()
const STOP = "'sha256-+cxkFLprM1p+UYdsltwfzLJhu4c0AWgWWM2wCE77y2Q='"; // stop()
const A = "'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk='"; // a{}

/** A folder with these files, until the test is over. */
async function folderOf(files: Record<string, string | Uint8Array>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-hashes-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

const refused = (promise: Promise<unknown>): Promise<PolicyError> =>
  promise.then(
    () => expect.unreachable("nothing was thrown"),
    (error: PolicyError) => error,
  );

const SITE = {
  "dist/b.html": "<script>go()</script>",
  "dist/a/index.html": "<script>stop()</script><style>a{}</style>",
  "dist/z.html": "<script>go()</script>",
  "dist/app.js": "element.innerHTML = '<script>not()</script>'",
  "other/c.html": "<style>c{}</style>",
};

it("gives the union of all pages, by path, each text once", async () => {
  const cwd = await folderOf(SITE);
  const expected = { contentSecurityPolicy: { scriptSrc: append(STOP, GO), styleSrc: append(A) } };
  expect(await hashesOf("dist/**/*.html", { cwd })).toEqual(expected);
  expect(await hashesOf(["dist/*.html", "dist/a/*.html"], { cwd: pathToFileURL(cwd) })).toEqual(expected);
  expect(await hashesOf(`${cwd}/dist/**/*.html`)).toEqual(expected);
});

it("leaves out what a glob with ! names", async () => {
  const cwd = await folderOf(SITE);
  expect(await hashesOf(["dist/**/*.html", "!dist/a/**"], { cwd })).toEqual({ contentSecurityPolicy: { scriptSrc: append(GO) } });
});

it.each([
  ["scripts", { scriptSrc: append(STOP, GO) }],
  ["styles", { styleSrc: append(A) }],
] as const)("gives the %s alone where only they are asked for", async (only, contentSecurityPolicy) => {
  const cwd = await folderOf(SITE);
  expect(await hashesOf("dist/**/*.html", { cwd, only })).toEqual({ contentSecurityPolicy });
});

it("refuses to give only something else", async () => {
  const error = await refused(hashesOf("*.html", { only: "images" as "scripts" }));
  expect(error.message).toBe('hashesOf.only: "images" is not one of its values. Write "scripts" or "styles".');
});

it("takes the options of hashInlineScripts", async () => {
  const cwd = await folderOf({ "a.html": "<b onclick=go()><script>go()</script>" });
  const told: string[] = [];
  const hashes = await hashesOf("*.html", { cwd, algorithm: "sha384", onUncovered: ({ path }) => told.push(path) });
  expect(hashes.contentSecurityPolicy.scriptSrc?.sources).toEqual([
    "'sha384-2eR2ebRL3PTAzYG2tevlN+8WTrXsUaQaggr559th5ntotR7G/oN0/gI71qhJrQ5e'",
  ]);
  expect(told).toEqual(['"a.html:1:4"']);
});

it("reads a page that begins with a byte order mark", async () => {
  const cwd = await folderOf({ "a.html": "\ufeff<script>go()</script>" });
  expect(await hashesOf("a.html", { cwd })).toEqual({ contentSecurityPolicy: { scriptSrc: append(GO) } });
});

it("refuses each glob that matches no file, a folder among them", async () => {
  const cwd = await folderOf(SITE);
  const error = await refused(hashesOf(["dist/*.html", "build/**/*.html", "dist"], { cwd }));
  const hint = 'Build first, and write a glob such as "dist/**/*.html"; it is relative to cwd.';
  expect(error.issues).toEqual([
    { code: "missing", path: "hashesOf", message: `no file in "${cwd}" matches "build/**/*.html"`, hint },
    { code: "missing", path: "hashesOf", message: `no file in "${cwd}" matches "dist"`, hint },
  ]);
});

it("refuses what no hash covers, of all files at once", async () => {
  const cwd = await folderOf({ "dist/a.html": "<b onclick=go()>", "dist/b.html": "<p>\n<b style=color:red>" });
  const error = await refused(hashesOf("dist/*.html", { cwd }));
  expect(error.issues.map(({ path }) => path)).toEqual(['"dist/a.html:1:4"', '"dist/b.html:2:4"']);
});

it("refuses a file that is not UTF-8", async () => {
  const cwd = await folderOf({ "a.html": Uint8Array.of(0x3c, 0x70, 0x3e, 0xe9) });
  const error = await refused(hashesOf("a.html", { cwd }));
  expect(error.message).toBe("a.html: is not UTF-8, and a browser may decode text that differs from what is hashed. Save it as UTF-8.");
  expect(error.code).toBe("unreadable");
});

it("refuses what names no files, and options that there are not", async () => {
  const read = async (...args: unknown[]) => (await refused(hashesOf(...(args as [string, FilesOptions])))).message;
  const hint = 'Write a glob, such as "dist/**/*.html", or a list of globs.';
  expect(await read([])).toBe(`hashesOf.globs: an empty list is not a list of globs. ${hint}`);
  expect(await read(["!dist/a.html"])).toBe(`hashesOf.globs: every glob is an exclusion. ${hint}`);
  expect(await read("")).toBe(`hashesOf.globs: "" is not a glob. ${hint}`);
  expect(await read(["a.html", 1])).toBe(`hashesOf.globs[1]: 1 is not a glob. ${hint}`);
  expect(await read("a.html", { cwd: 1, cdw: "dist" })).toBe(
    '2 mistakes:\n  hashesOf.cwd: 1 is not a folder. Write a folder, such as "dist".\n  hashesOf.cdw: unknown option. Did you mean "cwd"?',
  );
});
