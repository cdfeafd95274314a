import { describe, expect, it, onTestFinished } from "vitest";
import { compile, TRANSPORTS } from "../../src/policy/compile.js";
import { compiledPreset, compileLayers } from "../../src/policy/compile-layers.js";
import { compiledPresets } from "../../src/policy/compiled-presets.js";
import { definePolicy } from "../../src/policy/policy.js";
import { presets, strict } from "../../src/presets/index.js";

const complete = Object.entries(presets).flatMap(([name, preset]) => (preset.complete ? [name] : [])) as (keyof typeof compiledPresets)[];

it("the table has every complete preset and no other", () => {
  expect(Object.keys(compiledPresets)).toEqual(complete);
});

describe.each(complete)("%s of the table", (name) => {
  const { policyOf: ahead, ...table } = compiledPreset(name);
  const { policyOf, ...compiled } = compile(definePolicy(name));

  it("is what compile makes of the preset; npm run presets writes it", () => {
    expect(table).toEqual(compiled);
  });

  it("has the same policy", () => {
    expect(ahead()).toEqual(policyOf());
    expect(Reflect.ownKeys(ahead())).toEqual(Reflect.ownKeys(policyOf()));
  });

  it.each(TRANSPORTS)("shares the variant for secure with %s where compile does", (transport) => {
    expect(table[transport] === table.secure).toBe(compiled[transport] === compiled.secure);
  });
});

describe("compileLayers looks up", () => {
  it.each([
    ["nothing", []],
    ["layers that are switched off", [false, "", undefined]],
    ["a name", ["recommended"]],
  ])("recommended for %s", (_, layers) => {
    expect(compileLayers(layers).secure.values[0]).toBe(
      "default-src 'self'; base-uri 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data:; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'",
    );
  });

  it("a preset that was imported", () => {
    expect(compileLayers([strict]).secure.values[2]).toBe("DENY");
  });

  it("no preset under another layer", () => {
    expect(compileLayers(["strict", { xFrameOptions: "SAMEORIGIN" }]).secure.values[2]).toBe("SAMEORIGIN");
  });

  it("no patch", () => {
    expect(compileLayers(["development"]).secure.names).not.toContain("Strict-Transport-Security");
  });

  it("no name that Object.prototype has", () => {
    expect(() => compileLayers(["constructor"])).toThrow("constructor: unknown preset");
  });
});

describe("a name on Object.prototype", () => {
  it.each(["plain", "loopback"] as const)("changes no line for %s", (transport) => {
    const expected = compiledPreset("strict")[transport].values;
    Object.assign(Object.prototype, { [transport]: false });
    onTestFinished(() => void Reflect.deleteProperty(Object.prototype, transport));
    const { names, values } = compiledPreset("strict")[transport];
    Reflect.deleteProperty(Object.prototype, transport);
    expect(names.slice(0, 2)).toEqual(["Content-Security-Policy", transport === "plain" ? "X-Frame-Options" : "Strict-Transport-Security"]);
    expect(values).toEqual(expected);
  });
});
