import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { globSync } from "tinyglobby";
import { describe, expect, it } from "vitest";
import { audit } from "../../src/audit/index.js";
import { allow, append, definePolicy, nonce, type Patch, remove } from "../../src/index.js";
import { documents } from "./snippets.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(`${ROOT}${file}`, "utf8");

/** Texts with examples of policies: documents, the pages of the site, examples, and doc comments. */
const texts: readonly (readonly [file: string, text: string])[] = [
  ...[...documents(), ...globSync(["site/reference/**/*.ts", "examples/**/*.{js,ts,mjs,json}", "!**/node_modules"], { cwd: ROOT })]
    // The examples of the one are mistakes, the keys of the other are those of all headers.
    .filter((file) => !/^site\/reference\/text\/(?:errors|headers)\.ts$/.test(file))
    .map((file) => [file, read(file)] as const),
  ...globSync("src/**/*.ts", { cwd: ROOT }).map((file) => [file, (read(file).match(/^ *\/?\*.*$/gm) ?? []).join("\n")] as const),
];

/** The patches of a text that name X-Frame-Options: from the brace before it to the one that closes it. */
function patchesIn(text: string): readonly string[] {
  return [...text.matchAll(/"?\bxFrameOptions"?:/g)].flatMap(({ index }) => {
    const start = brace(text, index - 1, -1);
    const end = brace(text, index, 1);
    const inside = start === undefined || end === undefined ? "" : text.slice(start, end + 1);
    // Not in braces: a cell of a table, or a key alone.
    return inside === "" || inside.includes("\n\n") ? [] : [inside];
  });
}

/** Where the surrounding brace is, in one direction. */
function brace(text: string, from: number, step: 1 | -1): number | undefined {
  let depth = 0;
  for (let at = from; at >= 0 && at < text.length; at += step) {
    const isOpen = text[at] === "{";
    if (!isOpen && text[at] !== "}") continue;
    if (isOpen === (step === -1) && depth === 0) return at;
    depth += isOpen === (step === -1) ? -1 : 1;
  }
  return undefined;
}

const patchOf = (text: string): Patch =>
  new Function("append", "remove", "allow", "nonce", `return (${text});`)(append, remove, allow, nonce) as Patch;

/** What is wrong with an example, on each of the presets that it may be meant for. */
function withoutEffect(patch: Patch): readonly string[] {
  return (["recommended", "strict"] as const).flatMap((preset) => {
    const { findings } = audit(definePolicy(preset, patch));
    const overruled = findings.filter(({ rule }) => rule === "frame-options-overruled").map(({ message }) => message);
    const ancestors = (patch.contentSecurityPolicy as { readonly frameAncestors?: unknown } | undefined)?.frameAncestors;
    const isIdle = patch.xFrameOptions === false && ancestors === undefined;
    return isIdle ? [`frame-ancestors of ${preset} stays in force`] : overruled;
  });
}

describe("Examples of X-Frame-Options", () => {
  const all = texts.flatMap(([file, text]) => patchesIn(text).map((patch) => [file, patch] as const));

  it("are found, in code and in JSON", () => {
    expect(patchesIn('a({ b: 1 }, { xFrameOptions: false, c: { d: 1 } }); { "xFrameOptions": "DENY" } `xFrameOptions: 1`')).toEqual([
      "{ xFrameOptions: false, c: { d: 1 } }",
      '{ "xFrameOptions": "DENY" }',
    ]);
    expect(all.map(([file]) => file)).toEqual(
      expect.arrayContaining(["README.md", "docs/frameworks.md", "docs/overrides.md", "examples/nest/app.ts"]),
    );
  });

  it.each([
    [{ xFrameOptions: "SAMEORIGIN" }, ["X-Frame-Options: SAMEORIGIN is overruled by frame-ancestors 'none'"]],
    [{ xFrameOptions: false }, ["frame-ancestors of recommended stays in force", "frame-ancestors of strict stays in force"]],
    [{ xFrameOptions: "SAMEORIGIN", contentSecurityPolicy: { frameAncestors: ["self"] } }, []],
  ] as [Patch, string[]][])("are refused where they have no effect: %j", (patch, wrong) => {
    expect(withoutEffect(patch)).toEqual(wrong.map((start) => expect.stringContaining(start)));
  });

  it.each(all)("%s: %s", (_, patch) => {
    expect(withoutEffect(patchOf(patch))).toEqual([]);
  });
});
