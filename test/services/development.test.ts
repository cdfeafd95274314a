import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { nextHeaders, noInlineScripts, override } from "../../src/adapters/next.js";
import { type ExportOptions, exportPolicy, exportRoute, type TargetName } from "../../src/export/index.js";
import { targets } from "../../src/export/targets/index.js";
import { definePolicy, nonce, observe, type Patch, renderHeaders, reportOnly } from "../../src/index.js";
import { livereload, nextDev, services, viteDev } from "../../src/services/index.js";
import { changes, fault } from "./support.js";

beforeEach(() => void vi.stubEnv("NODE_ENV", "development"));
afterEach(() => void vi.unstubAllEnvs());

describe("viteDev", () => {
  it("allows Vite as a middleware on strict", () => {
    expect(changes("strict", viteDev())).toEqual({
      "script-src": "'self' 'unsafe-inline'",
      "style-src": "'self' 'unsafe-inline'",
      "connect-src": "'self' ws://localhost:24678 ws://127.0.0.1:24678",
      "worker-src": "'self' blob:",
    });
  });

  it("allows nothing for scripts on strictDynamic, where html.cspNonce is", () => {
    expect(changes("strictDynamic", viteDev())).toEqual({
      "style-src": "'self' 'unsafe-inline'",
      "connect-src": "'self' ws://localhost:24678 ws://127.0.0.1:24678",
    });
  });

  it("allows inline scripts and the socket on recommended, which has inline styles", () => {
    expect(changes("recommended", viteDev())).toEqual({
      "script-src": "'self' 'unsafe-inline'",
      "script-src-attr": "'unsafe-inline'",
      "connect-src": "'self' ws://localhost:24678 ws://127.0.0.1:24678",
      "worker-src": "'self' blob:",
    });
  });

  it("keeps a nonce for styles, beside which 'unsafe-inline' has no effect", () => {
    const withNonce = { contentSecurityPolicy: { styleSrc: [nonce] } } as const;
    const csp = renderHeaders(definePolicy("strict", withNonce, viteDev()), { nonce: "bm9uY2U=" })["Content-Security-Policy"];
    expect(csp).toContain("; style-src 'nonce-bm9uY2U='; ");
  });

  it("allows the origin of Vite's own server, and its socket", () => {
    expect(changes("strict", viteDev({ origin: "http://localhost:5173" }))).toEqual({
      "script-src": "'self' http://localhost:5173 'unsafe-inline'",
      "style-src": "'self' http://localhost:5173 'unsafe-inline'",
      "img-src": "'self' http://localhost:5173",
      "font-src": "'self' http://localhost:5173",
      "connect-src": "'self' http://localhost:5173 ws://localhost:5173",
      "worker-src": "'self' blob:",
    });
  });

  it("lets a page with COEP load images of Vite's own server", () => {
    expect(changes("strictDynamic", viteDev({ origin: "http://localhost:5173" }))).toEqual({
      "style-src": "'self' http://localhost:5173 'unsafe-inline'",
      "img-src": "'self' data: http://localhost:5173",
      "font-src": "'self' http://localhost:5173",
      "connect-src": "'self' http://localhost:5173 ws://localhost:5173",
      "Cross-Origin-Embedder-Policy": "credentialless",
    });
  });

  it.each([
    [{ hmr: "wss://dev.example.com" }, "'self' wss://dev.example.com"],
    [{ origin: "https://dev.example.com", hmr: "ws://localhost:3001" }, "'self' https://dev.example.com ws://localhost:3001"],
    [{ origin: "https://dev.example.com" }, "'self' https://dev.example.com wss://dev.example.com"],
  ])("with %j connections go to %s", (options, connections) => {
    expect(changes("strict", viteDev(options))["connect-src"]).toBe(connections);
  });
});

describe("nextDev", () => {
  it.each([
    ["strict", { "script-src": "'self' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'" }],
    ["strictDynamic", { "script-src": "'nonce-bm9uY2U=' 'strict-dynamic' 'unsafe-eval'", "style-src": "'self' 'unsafe-inline'" }],
    ["recommended", { "script-src": "'self' 'unsafe-eval'" }],
  ] as const)("allows eval and inline styles on %s, which may have the latter", (preset, changed) => {
    expect(changes(preset, nextDev())).toEqual(changed);
  });
});

describe("livereload", () => {
  it("allows the script and the socket of the usual port on strict", () => {
    expect(changes("strict", livereload())).toEqual({
      "script-src": "'self' http://localhost:35729",
      "connect-src": "'self' ws://localhost:35729",
    });
  });

  it("leaves the script to its nonce on strictDynamic, and lets a page with COEP load it", () => {
    expect(changes("strictDynamic", livereload())).toEqual({
      "connect-src": "'self' ws://localhost:35729",
      "Cross-Origin-Embedder-Policy": "credentialless",
    });
  });

  it("takes another origin", () => {
    expect(changes("recommended", livereload({ origin: "https://dev.example.com:8443" }))).toEqual({
      "script-src": "'self' https://dev.example.com:8443",
      "connect-src": "'self' wss://dev.example.com:8443",
    });
  });
});

const LAYERS: readonly (readonly [name: string, dev: (options?: object) => Patch])[] = [
  ["viteDev", viteDev],
  ["nextDev", nextDev],
  ["livereload", livereload],
];

describe.each(LAYERS)("%s", (name, dev) => {
  it.each([
    ["production", '"production"'],
    ["test", '"test"'],
    ["Development", '"Development"'],
    ["", '""'],
    [undefined, "not set"],
  ])("is refused where NODE_ENV is %j", (env, shown) => {
    vi.stubEnv("NODE_ENV", env);
    expect(fault(() => dev())).toBe(
      `${name}: is for development, and NODE_ENV is ${shown}. Set NODE_ENV=development for the development server, and write process.env.NODE_ENV === "development" && ${name}() in code that production runs too. The option force: true skips this check.`,
    );
  });

  it("is refused where Object.prototype has a NODE_ENV", () => {
    vi.stubEnv("NODE_ENV", undefined);
    Object.defineProperty(Object.prototype, "NODE_ENV", { value: "development", configurable: true });
    const message = fault(() => dev());
    delete (Object.prototype as { NODE_ENV?: string }).NODE_ENV;
    expect(message).toMatch(`${name}: is for development, and NODE_ENV is not set.`);
  });

  it("is refused where there is no process", () => {
    vi.stubGlobal("process", undefined);
    const message = fault(() => dev());
    vi.unstubAllGlobals();
    expect(message).toMatch(`${name}: is for development, and NODE_ENV is not set.`);
  });

  it("is refused with force: false", () => {
    vi.stubEnv("NODE_ENV", "production");
    expect(fault(() => dev({ force: false }))).toMatch(`${name}: is for development, and NODE_ENV is "production".`);
  });

  it("is the same layer by force: true in production", () => {
    const inDevelopment = dev();
    vi.stubEnv("NODE_ENV", "production");
    expect(changes("strict", dev({ force: true }))).toEqual(changes("strict", inDevelopment));
  });

  it("turns nothing on", () => {
    const policy = definePolicy("none", { contentSecurityPolicy: { baseUri: ["none"] } }, dev());
    expect(renderHeaders(policy)).toEqual({ "Content-Security-Policy": "base-uri 'none'" });
  });

  it("refuses options that are not of its shape", () => {
    expect(fault(() => dev("no" as never))).toBe(`${name}: "no" is not an object of options. Write ${name}({ … }).`);
    expect(fault(() => dev({ force: "yes" }))).toBe(`${name}.force: "yes" is not true or false. Write true or false.`);
    expect(fault(() => dev({ forced: true }))).toBe(`${name}.forced: unknown option. Did you mean "force"?`);
  });

  it("is not a recipe that a policy file can name", () => {
    expect(Object.hasOwn(services, name)).toBe(false);
  });

  describe("on its way out", () => {
    const refusal = `developmentOnly: ${name}() is for a development server alone. Export the policy without it.`;
    const exported = (options: ExportOptions) => fault(() => exportPolicy("nginx", options));

    it.each(Object.keys(targets) as TargetName[])("is refused by the target %s", (target) => {
      const policy = definePolicy("strict", "development", dev({ force: true }));
      expect(fault(() => exportPolicy(target, { policy }))).toBe(refusal);
    });

    it("is refused in a list of layers, and within another policy", () => {
      expect(exported({ policy: ["strict", dev()] })).toBe(refusal);
      expect(exported({ policy: [definePolicy("strict", dev()), { xFrameOptions: "SAMEORIGIN" }] })).toBe(refusal);
    });

    it("is refused in a route", () => {
      expect(exported({ policy: "strict", routes: [exportRoute("/embed", dev())] })).toBe(refusal);
      expect(exported({ policy: "strict", routes: [{ path: "/embed/*", layers: ["strict", dev()] }] })).toBe(refusal);
    });

    it("is refused in report-only headers", () => {
      expect(exported({ policy: reportOnly(definePolicy("strict", dev())) })).toBe(refusal);
      expect(exported({ policy: ["recommended", observe("strict", dev())] })).toBe(refusal);
    });

    it("is exported once a complete layer has replaced it", () => {
      expect(exported({ policy: [definePolicy("strict", dev()), "api"] })).toBe("nothing was thrown");
    });

    it("is printed by renderHeaders and nextHeaders, which a development server calls", () => {
      const widened = renderHeaders(definePolicy("strict", dev()))["Content-Security-Policy"];
      const [list] = nextHeaders("strict", noInlineScripts, dev());
      expect(list?.headers.find(({ key }) => key === "Content-Security-Policy")?.value).toBe(widened);
      expect(nextHeaders("strict", noInlineScripts, override("/a", dev()))).toHaveLength(2);
    });
  });
});

it("of several layers for development servers, the upper one is named", () => {
  expect(fault(() => exportPolicy("nginx", { policy: ["strict", viteDev(), livereload()] }))).toBe(
    "developmentOnly: livereload() is for a development server alone. Export the policy without it.",
  );
});

it.each([
  [{ origin: "localhost:5173" }, 'viteDev.origin: "localhost:5173" is not an origin such as "http://localhost:5173", without a path'],
  [{ origin: "ws://localhost:5173" }, 'viteDev.origin: "ws://localhost:5173" is not an origin'],
  [
    { hmr: "http://localhost:5173" },
    'viteDev.hmr: "http://localhost:5173" is not the origin of a WebSocket such as "ws://localhost:24678"',
  ],
  [{ hmr: 24678 }, "viteDev.hmr: 24678 is not the origin of a WebSocket"],
])("viteDev refuses %j", (options, message) => {
  expect(fault(() => viteDev(options as never))).toMatch(message);
});

it("all development servers together mean the same in any order", () => {
  const policies = [
    [viteDev(), nextDev(), livereload()],
    [livereload(), nextDev(), viteDev()],
  ].map((layers) =>
    renderHeaders(definePolicy("strict", ...layers))
      ["Content-Security-Policy"]?.split(/; | /)
      .sort(),
  );
  expect(policies[0]).toEqual(policies[1]);
});
