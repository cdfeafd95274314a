import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { applications } from "../../src/applications/index.js";
import { exportPolicy, exportRoute } from "../../src/export/index.js";
import { definePolicy, observe, override, renderHeaders, securityHeaders } from "../../src/index.js";
import { googleFonts, jsdelivr, livereload, nextDev, paypal, sentry, services, stripe, viteDev } from "../../src/services/index.js";
import { changes, fault } from "./support.js";

beforeEach(() => void vi.stubEnv("NODE_ENV", "development"));
afterEach(() => void vi.unstubAllEnvs());

const DEVELOPMENT = [viteDev, nextDev, livereload].map(({ name }) => name);

const dsn = "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/1";

describe("a recipe below a complete layer is refused", () => {
  it.each([
    ["definePolicy", () => definePolicy(stripe(), "strict")],
    ["securityHeaders", () => securityHeaders(stripe(), "strict")],
    ["observe", () => observe(stripe(), "strict")],
    ["override", () => override(stripe(), "strict")],
  ])("in %s", (_, call) => {
    expect(fault(call)).toBe(
      'layers[0]: stripe() has no effect below a preset or a policy, which replaces all layers below it. Write it after the preset or the policy: securityHeaders("strict", stripe()).',
    );
  });

  it("below a policy", () => {
    expect(fault(() => definePolicy({ xFrameOptions: "DENY" }, sentry({ dsn }), definePolicy("strict")))).toBe(
      'layers[1]: sentry({ dsn: … }) has no effect below a preset or a policy, which replaces all layers below it. Write it after the preset or the policy: securityHeaders("strict", sentry({ dsn: … })).',
    );
  });

  it("each of several", () => {
    expect(fault(() => definePolicy(stripe(), googleFonts(), "api"))).toMatch(
      /^2 mistakes:\n {2}layers\[0\]: stripe\(\) has no effect .*\n {2}layers\[1\]: googleFonts\(\) has no effect /,
    );
  });

  it("of a development server", () => {
    expect(fault(() => definePolicy(viteDev(), "strict"))).toMatch("layers[0]: viteDev() has no effect below a preset");
  });
});

describe("a recipe is accepted", () => {
  const api = renderHeaders(definePolicy("api"));

  it("between a complete layer and one that a condition adds", () => {
    expect(renderHeaders(definePolicy("strict", stripe(), "api"))).toEqual(api);
  });

  it("in a policy that another one replaces", () => {
    expect(renderHeaders(definePolicy(definePolicy("strict", stripe()), "api"))).toEqual(api);
  });

  it("alone, and below a preset that is a patch", () => {
    expect(fault(() => definePolicy(stripe()))).toBe("nothing was thrown");
    expect(fault(() => definePolicy(stripe(), "development"))).toBe("nothing was thrown");
  });
});

describe("a copy of a recipe's layer is refused", () => {
  it.each([
    ["two recipes in one object", { ...stripe(), ...googleFonts() }, "googleFonts()"],
    ["a recipe and a key", { ...stripe(), xFrameOptions: "DENY" as const }, "stripe()"],
    ["Object.assign", Object.assign({}, sentry({ dsn })), "sentry({ dsn: … })"],
  ])("%s", (_, layer, call) => {
    expect(fault(() => definePolicy("strict", layer))).toBe(
      `layers[1]: ${call} was copied into another object, which is not a layer. Pass each recipe, and what is changed beside it, as a layer of its own: securityHeaders("strict", ${call}, { … }).`,
    );
  });

  it("but not what one of its headers has", () => {
    const { crossOriginOpenerPolicy } = paypal();
    expect(fault(() => definePolicy("strict", { crossOriginOpenerPolicy }))).toBe("nothing was thrown");
  });
});

describe("a recipe in the place of a value", () => {
  it.each([
    ["a header", { contentSecurityPolicy: stripe() }, "contentSecurityPolicy"],
    ["a directive", { contentSecurityPolicy: { scriptSrc: stripe() } }, "contentSecurityPolicy.scriptSrc"],
    ["a source", { contentSecurityPolicy: { scriptSrc: ["self", stripe()] } }, "contentSecurityPolicy.scriptSrc[1]"],
    ["a spread into a header", { contentSecurityPolicy: { ...stripe() } }, "contentSecurityPolicy"],
  ])("%s", (_, patch, path) => {
    expect(fault(() => definePolicy("strict", patch as never))).toBe(
      `${path}: stripe() is a layer, not a value. Pass it as one: securityHeaders("strict", stripe()).`,
    );
  });

  it("a list of names under services", () => {
    expect(fault(() => definePolicy("strict", { services: ["stripe"] } as never))).toBe(
      'services: unknown header. Recipes are functions of "portcullis/services": securityHeaders("strict", stripe()).',
    );
  });
});

describe("the name of what is imported, as text", () => {
  it.each(["stripe", "Stripe", "stripe()", "googleAnalytics", "viteDev", "swaggerUi"])("%s", (text) => {
    expect(fault(() => definePolicy("strict", text as never))).toMatch(
      /: unknown preset\. Write "recommended", .* or "none"\. Recipes are functions of "portcullis\/services": securityHeaders\("strict", stripe\(\)\)\. Presets of applications are in "portcullis\/applications"\.$/,
    );
  });

  it("a misspelt preset is named", () => {
    expect(fault(() => definePolicy("stripct" as never))).toBe('stripct: unknown preset. Did you mean "strict"?');
  });

  it.each([...Object.keys(services), ...DEVELOPMENT, ...Object.keys(applications)])("%s is not taken for a preset", (name) => {
    expect(fault(() => definePolicy(name as never))).not.toContain("Did you mean");
  });
});

describe("without its call", () => {
  it.each([
    ["stripe", stripe],
    ["sentry", sentry],
    ["viteDev", viteDev],
    ["nextDev", nextDev],
    ["livereload", livereload],
  ])("%s is not a layer", (name, uncalled) => {
    expect(fault(() => securityHeaders("strict", uncalled as never))).toBe(
      `layers[1]: a function is not a layer. If it returns one, call it: ${name}().`,
    );
  });

  it.each([
    ["stripe", stripe, "stripe()"],
    ["sentry", sentry, "sentry({ dsn: … })"],
    ["viteDev", viteDev, "viteDev()"],
  ])("%s answers a request with one message", async (name, uncalled, call) => {
    let said = "";
    const server = createServer((req, res) => {
      said = fault(() => (uncalled as (...given: unknown[]) => unknown)(req, res, () => undefined));
      res.end();
    });
    await new Promise<void>((done) => void server.listen(0, "127.0.0.1", done));
    await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    server.close();
    expect(said).toBe(`${name}: is a recipe, not a middleware. Write app.use(securityHeaders("strict", ${call})).`);
  });

  it("every recipe is known by its name", () => {
    expect(Object.values(services).map((recipe) => recipe.name)).toEqual(Object.keys(services));
  });
});

it("what is known of a recipe is frozen to its last member", () => {
  expect(Object.isFrozen(stripe.about.hosts)).toBe(true);
  expect(() => (stripe.about.hosts as string[]).push("evil.example")).toThrow(TypeError);
});

it("a recipe without options says so", () => {
  expect(fault(() => (googleFonts as (options: unknown) => unknown)("Roboto"))).toBe(
    'googleFonts: "Roboto" is not an object of options. It takes no options: write googleFonts().',
  );
});

it("a list of options that answers otherwise the second time is read once", () => {
  const answers = ["npm/vue@3.5.13/dist/vue.js", "npm/", "npm/"];
  const packages = new Proxy([""], { get: (list, key) => (key === "0" ? answers.shift() : Reflect.get(list, key)) });
  expect(changes("strict", jsdelivr({ packages }))).toEqual({ "script-src": "'self' https://cdn.jsdelivr.net/npm/vue@3.5.13/dist/vue.js" });
});

describe("a layer for development servers stays one", () => {
  const refusal = "developmentOnly: false is above viteDev(). Leave that layer out.";

  it("below developmentOnly: false", () => {
    expect(fault(() => definePolicy("strict", viteDev(), { developmentOnly: false }))).toBe(refusal);
  });

  it("in a policy below it", () => {
    expect(fault(() => definePolicy(definePolicy("strict", viteDev()), { developmentOnly: false }))).toBe(refusal);
  });

  it("in the policy that a route changes", () => {
    expect(
      fault(() => exportPolicy("nginx", { policy: ["strict", viteDev()], routes: [exportRoute("/a", { developmentOnly: false })] })),
    ).toMatch(refusal);
  });

  it("where nothing is for development, false changes nothing", () => {
    expect(definePolicy("strict", { developmentOnly: false }).resolved).not.toHaveProperty("developmentOnly");
  });

  it("a preset above replaces it, and false is harmless there", () => {
    expect(fault(() => definePolicy("strict", viteDev(), "api", { developmentOnly: false }))).toBe("nothing was thrown");
  });
});
