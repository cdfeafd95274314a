// A site in this process, and the recorder from its sources: for the measurements of record.
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** The modules of src/record by name, with what they export. */
export async function recorderModules(entry) {
  const outfile = join(folder, "record.mjs");
  await build({
    stdin: { contents: entry, resolveDir: fileURLToPath(new URL("../src", import.meta.url)), loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile,
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  return import(pathToFileURL(outfile).href);
}

/** A folder for pictures, removed at the end. */
export const picturesFolder = () => folder;

/** Chromium of CHROMIUM, or of this machine. */
export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-features=LocalNetworkAccessChecks"],
  });

/** A name of letters: addresses with numbers are pages of one route, of which only some are visited. */
export const nameOf = (index) => [...String(index)].map((digit) => "abcdefghij"[Number(digit)]).join("");

/** Serves a start page with links to pages with text, links, inline code and files. */
export async function serve(pages) {
  const nav = Array.from({ length: 100 }, (_, index) => `<a href="/${nameOf(index % pages)}">page ${index}</a>`).join(" ");
  const page = (name) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${name}</title>
<link rel="stylesheet" href="/style.css"><nav>${nav}</nav><h1>${name}</h1>
${Array.from({ length: 60 }, (_, line) => `<p>Line ${line} of the page ${name}, with some words that nobody reads.</p>`).join("\n")}
<p style="margin: 1px" id="x">text</p><img src="/image.svg" alt=""><script>globalThis.shared = 1</script>
<script>globalThis.theme = "light"</script><script src="/code.js"></script>
<script type="application/json">{ "page": "${name}" }</script>`;
  const files = {
    "/style.css": ["text/css", "p { color: #333 }"],
    "/code.js": ["text/javascript", 'document.getElementById("x").textContent = "works"'],
    "/image.svg": ["image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>'],
  };
  const links = Array.from({ length: pages }, (_, index) => `<a href="/${nameOf(index)}">${index}</a>`).join(" ");
  const server = http.createServer(({ url }, res) => {
    const [type, body] = files[url] ?? [
      "text/html; charset=utf-8",
      url === "/" ? `<!doctype html><title>start</title>${links}` : page(url.slice(1)),
    ];
    if (url === "/favicon.ico") return void res.writeHead(204).end();
    res.setHeader("Content-Type", type);
    res.end(body);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}

/** What every recording here has in common. */
export const options = (browser, url, more) => ({
  browser,
  starts: [new URL(url)],
  pages: 10,
  depth: 1,
  include: [],
  exclude: [],
  viewports: [{ name: "desktop", width: 1_280, height: 800 }],
  flow: undefined,
  seconds: 30,
  pictures: false,
  context: {},
  headers: {},
  signal: new AbortController().signal,
  onProgress: () => undefined,
  accepted: new Set(["inline", "runtime", "eval", "frames"]),
  prove: false,
  ...more,
});
