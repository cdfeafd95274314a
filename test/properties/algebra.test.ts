import { ServerResponse } from "node:http";
import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import {
  definePolicy,
  override,
  type Policy,
  PolicyError,
  parseHeaders,
  policyOf,
  renderHeaders,
  securityHeaders,
} from "../../src/index.js";
import { presets } from "../../src/presets/index.js";
import { layer, layers, runs, slots } from "./arbitraries.js";

const { CspParser } = createRequire(import.meta.url)("csp_evaluator/dist/parser.js") as {
  CspParser: new (text: string) => { csp: { directives: Record<string, string[]> } };
};

const NONCE = "bm9uY2Vub25jZW5vbmNlcg==";
const render = (policy: Policy) => renderHeaders(policy, { nonce: NONCE, slots });

/** A policy, or undefined where these layers are refused; anything but a PolicyError fails the property. */
function tryPolicy(given: readonly unknown[]): Policy | undefined {
  try {
    return definePolicy(...(given as never[]));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return undefined;
  }
}

/** Whether a `perRequest` function, which may return hashes, returned none in a list with `'strict-dynamic'`. */
function lacksHash(headers: Readonly<Record<string, string>>): boolean {
  const texts = [headers["Content-Security-Policy"], headers["Content-Security-Policy-Report-Only"]].flatMap(
    (text) => text?.split(";") ?? [],
  );
  return texts.some((text) => text.includes("'strict-dynamic'") && !/'(?:nonce|sha\d+)-/.test(text));
}

/** A name and its tokens. */
const DIRECTIVE = /^[a-z-]+(?: [\x21-\x2b\x2d-\x3a\x3c-\x7e]+)*$/;

/** A reader of its own, from CSP3 §2.2.1: `; ` between directives, one space between tokens, first name wins. */
function readCsp(text: string): [name: string, tokens: string[]][] {
  const directives = text.split("; ");
  expect(directives.filter((directive) => !DIRECTIVE.test(directive))).toEqual([]);
  return directives.map((directive) => {
    const [name = "", ...tokens] = directive.split(" ");
    return [name, tokens];
  });
}

// Ten thousand cases each on a busy machine with two cores.
vi.setConfig({ testTimeout: 400_000 });

describe("for any layers", () => {
  it("definePolicy gives a policy or a PolicyError", () => {
    fc.assert(
      fc.property(layers, (given) => void tryPolicy(given)),
      runs,
    );
  });

  it("what is rendered parses back to the same policy", () => {
    fc.assert(
      fc.property(layers, (given) => {
        const policy = tryPolicy(given);
        if (policy === undefined) return;
        const headers = render(policy);
        const known = Object.fromEntries(Object.entries(headers).filter(([name]) => !/^x-(?:robots-tag|a)$/i.test(name)));
        const parsed = () => renderHeaders(parseHeaders(headers), { nonce: NONCE });
        if (lacksHash(headers)) expect(parsed).toThrow('"strict-dynamic" needs a nonce or a hash');
        else expect(parsed()).toEqual(known);
      }),
      runs,
    );
  });

  it("csp_evaluator's parser and a reader from the grammar read the same directives", () => {
    fc.assert(
      fc.property(layers, (given) => {
        const policy = tryPolicy(given);
        const text = policy && render(policy)["Content-Security-Policy"];
        if (text === undefined) return;
        const read = readCsp(text);
        expect(new Set(read.map(([name]) => name)).size).toBe(read.length);
        expect(Object.entries(new CspParser(text).csp.directives).map(([name, tokens]) => [name, [...new Set(tokens)]])).toEqual(
          read.map(([name, tokens]) => [name, [...new Set(tokens)]]),
        );
      }),
      runs,
    );
  });

  it("definePolicy(definePolicy(a, b), c) is definePolicy(a, b, c)", () => {
    fc.assert(
      fc.property(layers, layers, (below, above) => {
        const inner = tryPolicy(below);
        if (inner === undefined) return;
        expect(tryPolicy([inner, ...above])?.resolved).toEqual(tryPolicy([...below, ...above])?.resolved);
      }),
      runs,
    );
  });

  it("override(a, b) is override(a) and then override(b)", () => {
    fc.assert(
      fc.property(layers, layer, layer, (site, a, b) => {
        if (tryPolicy(site) === undefined) return;
        const wire = (...chain: ReturnType<typeof override>[]) => {
          const res = responseTo(securityHeaders(...site), ...chain);
          return res && { headers: lower(res.getHeaders()), resolved: policyOf(res)?.resolved };
        };
        const stacked = wire(override(a), override(b));
        if (stacked !== undefined) expect(stacked).toEqual(wire(override(a, b)));
      }),
      runs,
    );
  });

  it("the lines that an override writes leave exactly the headers of the whole policy", () => {
    fc.assert(
      fc.property(layers, layers, (site, route) => {
        const policy = tryPolicy(joined(site, route));
        if (tryPolicy(site) === undefined || policy === undefined) return;
        const res = responseTo(securityHeaders(...site), override(...route));
        const nonce = /'nonce-([^']+)'/.exec(JSON.stringify(res?.getHeaders()))?.[1];
        const expected = renderHeaders(policy, { nonce: nonce ?? NONCE, slots, transport: "secure" });
        expect(lower(res?.getHeaders() ?? {}, nonce)).toEqual(lower(expected, nonce));
      }),
      runs,
    );
  });

  it("defining, rendering and overriding never change their input", () => {
    fc.assert(
      fc.property(layers, (given) => {
        const before = JSON.stringify(given);
        const policy = tryPolicy(given);
        if (policy !== undefined) {
          render(policy);
          responseTo(securityHeaders(...given), override(...given));
        }
        expect(JSON.stringify(given)).toBe(before);
      }),
      runs,
    );
  });

  it("a policy is frozen to its last member", () => {
    fc.assert(
      fc.property(layers, (given) => {
        const policy = tryPolicy(given);
        if (policy !== undefined) expect(unfrozenIn(policy)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

const OF_SITE = ["strictTransportSecurity", "reporting", "reportingEndpoints", "stripHeaders", "maxBytes"];

/** One list of layers that means what the site's and the route's together do: presets of the route say nothing of the whole site. */
function joined(site: readonly unknown[], route: readonly unknown[]): readonly unknown[] {
  const isComplete = (layer: unknown) => typeof layer === "string" && layer !== "" && layer !== "development";
  const patchOf = (layer: unknown) => (typeof layer === "string" ? presets[layer as keyof typeof presets].patch : layer) as object;
  const pick = (layer: unknown, ofSite: boolean) =>
    Object.fromEntries(Object.entries(patchOf(layer)).filter(([name]) => OF_SITE.includes(name) === ofSite));
  const written = (layers: readonly unknown[]) => layers.filter((layer) => layer !== false && layer !== "" && layer !== undefined);
  const all = [...written(site), ...written(route)];
  const own = written(site);
  const base = Math.max(0, own.findLastIndex(isComplete));
  const below = own.some(isComplete) ? own.slice(base) : ["recommended", ...own];
  if (!written(route).some(isComplete)) return [...below, ...written(route)];
  const above = all.slice(all.findLastIndex(isComplete));
  return [
    "none",
    ...[...below, ...written(route).filter((layer) => !isComplete(layer))].map((layer) => pick(layer, true)),
    ...above.map((layer) => pick(layer, false)),
  ];
}

/** The objects in a value that are not frozen, itself included. */
function unfrozenIn(value: unknown): readonly object[] {
  if (typeof value !== "object" || value === null) return [];
  return [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozenIn)];
}

/** A real response after these middlewares; undefined where one of them reports an error. */
function responseTo(...chain: ReturnType<typeof override>[]): ServerResponse | undefined {
  const req = { headers: { host: "site.example" }, socket: { encrypted: true } };
  const res = new ServerResponse({ method: "GET", httpVersionMajor: 1, httpVersionMinor: 1 } as never);
  let failed = false;
  for (const middleware of chain) {
    middleware(req, res, (error) => {
      failed ||= error !== undefined;
    });
  }
  return failed ? undefined : res;
}

function lower(headers: object, nonce?: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      String(value)
        .replaceAll(nonce ?? "\0", "N")
        .replaceAll(/'nonce-[^']+'/g, "'nonce-N'"),
    ]),
  );
}
