import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as decorators from "../../src/adapters/decorators.js";
import * as fastify from "../../src/adapters/fastify.js";
import * as fetch from "../../src/adapters/fetch.js";
import * as helmet from "../../src/adapters/helmet.js";
import * as koa from "../../src/adapters/koa.js";
import * as nest from "../../src/adapters/nest.js";
import * as next from "../../src/adapters/next.js";
import * as audit from "../../src/audit/index.js";
import * as exporting from "../../src/export/index.js";
import * as hashes from "../../src/hashes/index.js";
import * as main from "../../src/index.js";
import * as proxy from "../../src/proxy/index.js";
import * as reports from "../../src/reports/index.js";
import * as testing from "../../src/testing/index.js";

const { PolicyError } = main;

// A word is a good name for a database: it is made here, and not in the repository.
const [home, folder] = [process.cwd(), mkdtempSync(join(tmpdir(), "portcullis-arguments-"))];
beforeAll(() => process.chdir(folder));
afterAll(() => {
  process.chdir(home);
  rmSync(folder, { recursive: true, force: true });
});

const revoked = () => {
  const { proxy: made, revoke } = Proxy.revocable({}, {});
  revoke();
  return made;
};

/** What people pass by mistake, and what an attacker might. */
const WRONG: readonly (readonly [what: string, value: () => unknown])[] = [
  ["null", () => null],
  ["0", () => 0],
  ["-1", () => -1],
  ["NaN", () => Number.NaN],
  ["Infinity", () => Number.POSITIVE_INFINITY],
  ["a big integer", () => 10n],
  ["true", () => true],
  ["an empty string", () => ""],
  ["a word", () => "nonsense"],
  ["a sentence with a line break", () => "a\r\nb: c"],
  ["a long string", () => "x".repeat(100_000)],
  ["a symbol", () => Symbol("a")],
  ["an empty list", () => []],
  ["a list of lists", () => [[[]]]],
  ["a list of null", () => [null]],
  ["a sparse list", () => Array(3)],
  ["an object", () => ({ a: 1 })],
  ["an object without prototype", () => Object.assign(Object.create(null), { b: 2 })],
  ["nested objects", () => ({ contentSecurityPolicy: { scriptSrc: { a: {} } } })],
  ["a date", () => new Date(0)],
  ["a regular expression", () => /a/],
  ["a map", () => new Map([["a", 1]])],
  ["a set", () => new Set(["a"])],
  ["an error", () => new Error("a")],
  ["a class", () => class A {}],
  ["a promise", () => Promise.resolve({})],
  ["a typed array", () => new Uint8Array(4)],
  [
    "an object with a getter that throws",
    () =>
      Object.defineProperty({}, "a", {
        enumerable: true,
        get: () => {
          throw new Error("getter");
        },
      }),
  ],
  [
    "an iterable that throws",
    () => ({
      [Symbol.iterator]: () => {
        throw new Error("iterator");
      },
    }),
  ],
  ["a revoked proxy", revoked],
];

const ENTRIES = {
  portcullis: main,
  decorators,
  fastify,
  fetch,
  helmet,
  koa,
  nest,
  next,
  audit,
  export: exporting,
  hashes,
  proxy,
  reports,
  testing,
};

/** Arguments before the wrong one, where only a later one is of interest as well. */
const BEFORE: Readonly<Record<string, readonly unknown[]>> = {
  "export.exportPolicy": ["nginx"],
  "export.exportRoute": ["nginx"],
  "export.parseConfig": ["nginx"],
  "audit.audit": ["strict"],
  "audit.compare": ["strict"],
};

/** Made with `new`, by frameworks. */
const CLASSES = ["PolicyError", "SecurityHeadersGuard"];

const functions = Object.entries(ENTRIES).flatMap(([entry, exports]) =>
  Object.entries(exports)
    .filter(([name, value]) => typeof value === "function" && !CLASSES.includes(name))
    .map(([name, value]) => [`${entry}.${name}`, value as (...given: unknown[]) => unknown] as const),
);

/** What the file system says of a path is not a mistake in a policy. */
const isOfFiles = (error: Error) => /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException).code));

/** How a call ended: a value, or the error, also of a promise. */
async function outcome(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error;
  }
}

describe.each(functions)("%s", (name, call) => {
  it.each(WRONG)("refuses %s with a PolicyError, or takes it", async (_, wrong) => {
    const before = BEFORE[name];
    for (const given of [[wrong()], ...(before === undefined ? [] : [[...before, wrong()]])]) {
      const ended = await outcome(() => call(...given));
      if (ended instanceof Error && !isOfFiles(ended)) expect(ended).toBeInstanceOf(PolicyError);
      await (ended as { close?: () => unknown } | undefined)?.close?.();
    }
  });

  it("refuses no arguments with a PolicyError, or does without", async () => {
    const ended = await outcome(() => call());
    if (ended instanceof Error && !isOfFiles(ended)) expect(ended).toBeInstanceOf(PolicyError);
    await (ended as { close?: () => unknown } | undefined)?.close?.();
  });
});
