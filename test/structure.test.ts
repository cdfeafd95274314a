import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import * as portcullis from "../src/index.js";

const src = fileURLToPath(new URL("../src/", import.meta.url));

/** Which floor each room stands on; imports only ever point down. */
const floors: Readonly<Record<string, number>> = {
  "errors.ts": 0,
  values: 1,
  headers: 2,
  presets: 3,
  policy: 4,
  middleware: 5,
  services: 6,
  adapters: 7,
  applications: 7,
  hashes: 7,
  export: 7,
  audit: 7,
  proxy: 7,
  reports: 8,
  record: 9,
  testing: 10,
  cli: 11,
  "index.ts": 12,
};

const files = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const roomOf = (file: string) => file.split("/")[0] ?? "";

function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s+"(\.[^"]+)\.js"/g)].map(([, path]) => relative(src, join(src, dirname(file), `${path}.ts`)));
}

it("every file stands in a room with a floor", () => {
  expect(files.map(roomOf).filter((room) => floors[room] === undefined)).toEqual([]);
});

it("imports point down a floor, type imports too; rooms on one floor do not know each other", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => roomOf(target) !== roomOf(file) && (floors[roomOf(target)] ?? 99) >= (floors[roomOf(file)] ?? -1))
      .map((target) => `${file} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});

it("nothing imports in a circle", () => {
  const circles: string[] = [];
  const walk = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
    else if (!done.has(file)) for (const target of importsOf(file)) walk(target, [...trail, file]);
    done.add(file);
  };
  const done = new Set<string>();
  for (const file of files) walk(file, []);
  expect(circles).toEqual([]);
});

it("nothing but the tests and the bench reaches outside src", () => {
  const outside = files.flatMap((file) => importsOf(file).filter((target) => target.startsWith("..")));
  expect(outside).toEqual([]);
});

it("only programs and the step that reads built files import a module of Node: the rest runs wherever there are requests", () => {
  const forNode = files.filter(
    (file) => !["cli", "proxy", "record"].includes(roomOf(file)) && readFileSync(join(src, file), "utf8").includes('"node:'),
  );
  expect(forNode).toEqual(["hashes/files.ts", "reports/stores/sqlite-drivers.ts", "reports/stores/turns.ts"]);
});

it("the lock file names no registry, and knows the other platforms' binaries", () => {
  const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
  expect(lock).not.toContain('"resolved"');
  expect(lock).toContain("node_modules/@biomejs/cli-darwin-arm64");
});

it("the front door opens on these names", () => {
  expect(Object.keys(portcullis).sort()).toEqual([
    "PolicyError",
    "allow",
    "append",
    "definePolicy",
    "httpsRedirect",
    "nonce",
    "nonceOf",
    "observe",
    "override",
    "parseHeaders",
    "perRequest",
    "policyOf",
    "remove",
    "renderHeaders",
    "reportOnly",
    "sealHeaders",
    "secureCookies",
    "securityHeaders",
    "source",
  ]);
});
