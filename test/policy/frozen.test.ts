import { describe, expect, it } from "vitest";
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
import * as presetExports from "../../src/presets/index.js";
import { presets } from "../../src/presets/index.js";
import * as proxy from "../../src/proxy/index.js";
import * as reports from "../../src/reports/index.js";
import * as testing from "../../src/testing/index.js";

const ENTRIES = {
  audit,
  decorators,
  exporting,
  fastify,
  fetch,
  hashes,
  helmet,
  koa,
  main,
  nest,
  next,
  presetExports,
  proxy,
  reports,
  testing,
};

/** The paths of objects that can be changed. */
function changeable(value: unknown, path: string): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Reflect.ownKeys(value).flatMap((key) => changeable(Reflect.get(value, key), `${path}.${String(key)}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}

describe("an object that the package exports", () => {
  const objects = Object.entries(ENTRIES).flatMap(([entry, exports]) =>
    Object.entries(exports).flatMap(([name, value]) => (typeof value === "object" ? [[`${entry}.${name}`, value] as const] : [])),
  );

  it("is one of the presets, their table, a slot or a page option", () => {
    expect(objects.map(([name]) => name).filter((name) => !name.startsWith("presetExports."))).toEqual([
      "main.nonce",
      "next.noInlineScripts",
    ]);
  });

  it.each(objects)("%s cannot be changed", (name, value) => {
    expect(changeable(value, name)).toEqual([]);
  });
});

it("the table of presets takes no preset", () => {
  expect(() => Object.assign(presets, { mine: {} })).toThrow(TypeError);
  expect(() => main.definePolicy("mine" as "none")).toThrow("mine: unknown preset");
});

it("a name of the table of presets keeps its preset", () => {
  expect(() => Object.assign(presets, { strict: presets.none })).toThrow(TypeError);
  expect(main.renderHeaders(main.definePolicy("strict"))["X-Frame-Options"]).toBe("DENY");
});
