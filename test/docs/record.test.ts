import http from "node:http";
import { describe, expect, it } from "vitest";
import { CHROMIUM } from "../browser/support.js";
import { listen } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { project, runLine } from "./run.js";
import { serveOthers, writeBrowser } from "./shop.js";
import { snippet } from "./snippets.js";

const PAGE = `<!doctype html><title>Search</title><link rel="icon" href="data:,">
<style>p { color: green }</style>
<button>Filter</button><p hidden>Only lamps</p>
<script>document.querySelector("button").addEventListener("click", () => { document.querySelector("p").hidden = false; });</script>`;

/** Starts a site of one page in a folder that has `./chromium`; returns its port. */
async function startSite(folder: string): Promise<string> {
  writeBrowser(folder, await serveOthers());
  const server = http.createServer((_req, res) => void res.setHeader("Content-Type", "text/html").end(PAGE));
  return String(await listen(server));
}

/** Runs a line of the documentation against the site. */
const run = (folder: string, line: string, port: string) =>
  runLine(
    folder,
    line.replace(/ (record|prove) /, " $1 --browser ./chromium ").replace("localhost:3000", `127.0.0.1:${port}`),
    undefined,
    200,
  );

const PROVEN = "Proven: with this policy enforced, every page of the walk worked as before, and nothing was blocked.";

describe.skipIf(skipWithout("The commands of docs/record.md in a browser", [CHROMIUM]))("record and prove", () => {
  it.each(["docs/record.md > Record and prove > 1", "README.md > Record a policy, and prove it > 1"])(
    "prove takes the file that record has written: %s",
    async (name) => {
      const folder = project();
      const port = await startSite(folder);
      // The first line asks the registry.
      const [, ...lines] = snippet(name).split("\n");
      expect(lines).toHaveLength(2);
      for (const line of lines) {
        const ran = await run(folder, line, port);
        expect([ran.said, ran.code]).toEqual([expect.stringContaining(PROVEN), 0]);
      }
    },
    400_000,
  );

  it("a script has its own page of the JSON for each snapshot", async () => {
    const folder = project({ "walk.mjs": snippet("docs/record.md > Steps of your own > 1") });
    const port = await startSite(folder);
    const { said } = await run(folder, "portcullis record http://localhost:3000 --script walk.mjs --no-prove --json 2>/dev/null", port);
    const { pages } = JSON.parse(said) as { pages: readonly { url: string; errors: readonly string[] }[] };
    expect(pages.map(({ url }) => url)).toContain(`http://127.0.0.1:${port}/search (filter is open)`);
  }, 300_000);

  it("the JSON has the members that the page lists", async () => {
    const folder = project();
    const port = await startSite(folder);
    const { said } = await run(folder, "portcullis record http://localhost:3000 --json 2>/dev/null", port);
    const names = ["proven", "outcome", "policy", "allowed", "pending", "needed", "pages", "violations", "proof", "score", "notes"];
    expect(Object.keys(JSON.parse(said) as object)).toEqual(expect.arrayContaining(names));
  }, 300_000);
});
