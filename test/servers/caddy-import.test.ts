import { mkdirSync } from "node:fs";
import http from "node:http";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { adminOf, CADDIES, caddy } from "./caddies.js";
import { ASKED, caddyfile } from "./caddyfiles.js";
import { folderWith, freePort } from "./support.js";

/** Configurations for each Caddy; more by `FUZZ=1000`, others by `SEED=7`. */
const MANY = Number(process.env["FUZZ"] ?? 40);
const SEED = Number(process.env["SEED"] ?? 1);
/** Sites that run at once. */
const AT_ONCE = 20;

const OURS = /^(?:x-[abc]|x-up|x-frame-options|referrer-policy)$/;

/** What a path is to get: of all routes that mean it the last one. */
function expectedAt({ policy, routes }: ReturnType<typeof parseConfig>, path: string): readonly string[] {
  const meant = routes.findLast((one) => (one.path.endsWith("/*") ? path.startsWith(one.path.slice(0, -1)) : one.path === path));
  const lines = Object.entries(renderHeaders(meant?.policy ?? policy)).map(([name, value]) => `${name.toLowerCase()}: ${value}`);
  return lines.sort();
}

/** What is sent of ours, several lines of one name as one; undefined where the connection is closed. */
function sentAt(port: number, path: string): Promise<readonly string[] | undefined> {
  return new Promise((resolve) => {
    const request = http.get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      const lines = Object.entries(response.headersDistinct).map(([name, values = []]) => `${name}: ${values.join(", ")}`);
      resolve(lines.filter((line) => OURS.test(line.slice(0, line.indexOf(":")))).sort());
    });
    request.on("error", () => resolve(undefined));
  });
}

describe.skipIf(skipWithout("imported Caddyfiles", [caddy])).each(CADDIES)("what is read out of a Caddyfile, %s", (_, program) => {
  it("is what it sends, or there is a note", { timeout: 900_000 }, async () => {
    const root = folderWith({ "index.html": "x", "p.html": "x", "err.html": "x", "a/b": "x", "a/index.html": "x", "api/b": "x", b: "x" });
    mkdirSync(`${root}/x`, { recursive: true });
    const upstream = await serve((req, res) => {
      res.statusCode = req.url?.startsWith("/e/") ? 500 : req.url === "/down" ? 404 : 200;
      res.setHeader("X-Up", "theirs");
      res.end("up");
    });
    const around = { root, upstream, nobody: 1 };
    const common = await adminOf(program);
    const silent: string[] = [];
    const refused: string[] = [];
    let [quiet, asked] = [0, 0];
    const all = Array.from({ length: MANY }, (_, index) => ({
      seed: SEED * 100_000 + index,
      ...caddyfile(SEED * 100_000 + index, around, program === "caddy"),
    }));
    const alone = all.filter(({ globals }) => globals !== "");
    const others = all.filter(({ globals }) => globals === "");
    const batches = [
      ...alone.map((one) => [one]),
      ...Array.from({ length: Math.ceil(others.length / AT_ONCE) }, (_, index) => others.slice(index * AT_ONCE, (index + 1) * AT_ONCE)),
    ];
    while (batches.length > 0) {
      const batch = batches.pop() ?? [];
      const ports = await Promise.all(batch.map(freePort));
      const own = (text: string, index: number) =>
        text.replace(/^\((\w)\)/gm, `($1${index})`).replace(/^import (\w)/gm, `import $1${index}`);
      const texts = batch.map(({ snippets, site }, index) => `${snippets}http://127.0.0.1:${ports[index]} {\n${site}}\n`);
      // An order stays with a process, whatever it loads later.
      const { load } = batch[0]?.globals === "" ? common : await adminOf(program);
      const taken = await load(texts.map(own).join(""), batch[0]?.globals ?? "").catch((error: Error) => error);
      if (taken instanceof Error) {
        if (batch.length > 1) batches.push(...batch.map((one) => [one]));
        else refused.push(`${batch[0]?.seed}: ${taken.message}`);
        continue;
      }
      for (const [index, { seed, globals }] of batch.entries()) {
        const text = `${globals === "" ? "" : `{\n${globals}}\n`}${texts[index] ?? ""}`;
        const read = parseConfig("caddy", text);
        const notes = read.notes.filter(({ differs }) => differs);
        if (notes.length === 0) quiet += 1;
        for (const path of ASKED) {
          const sent = await sentAt(ports[index] ?? 0, path);
          if (sent === undefined) continue;
          asked += 1;
          const expected = expectedAt(read, path);
          const off = unlike(withoutTheirs(sent), expected);
          const unexcused = off.filter(
            (name) =>
              !notes.some(
                (note) =>
                  `${note.text} ${note.message}`.toLowerCase().includes(name) || (name.startsWith("x-") && note.text.includes("-X-*")),
              ),
          );
          if (unexcused.length > 0)
            silent.push(
              `${seed} ${path}: sent ${JSON.stringify(sent)}, read ${JSON.stringify(expected)}; ${unexcused}\n${text}\n${JSON.stringify(
                notes.map(({ line, message }) => `${line}: ${message}`),
                null,
                1,
              )}`,
            );
        }
      }
    }
    if (process.env["FUZZ"] !== undefined)
      console.info(
        `${program}: ${MANY} configurations, ${quiet} without a note, ${asked} answers, ${silent.length} unlike, ${refused.length} refused by Caddy ${refused.slice(0, 3).join("; ")}`,
      );
    expect(silent.slice(0, 3).join("\n\n")).toBe("");
  });
});

/** The application has a header of its own, which is read from no configuration. */
const withoutTheirs = (lines: readonly string[]) => lines.filter((line) => line !== "x-up: theirs");

function unlike(some: readonly string[], others: readonly string[]): readonly string[] {
  const off = [...some.filter((line) => !others.includes(line)), ...others.filter((line) => !some.includes(line))];
  return [...new Set(off.map((line) => line.slice(0, line.indexOf(":"))))];
}
