import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type ConfigFormat, type ExportOptions, exportPolicy, parseConfig, type TargetName } from "../../src/export/index.js";
import { definePolicy, type Policy, PolicyError, renderHeaders } from "../../src/index.js";
import { overrideWith } from "../../src/policy/override.js";
import { compiledOf } from "../../src/policy/render.js";
import { layers, patch, runsOf } from "./arbitraries.js";

vi.setConfig({ testTimeout: 400_000 });

/** Fewer than elsewhere: each case prints and reads a whole configuration. */
const runs = runsOf(300, 400, 1_000);

/** Characters that mean something to one server or another. */
const awkward = fc
  .string({ unit: fc.constantFrom(..."ab %$\"'`\\{}<>#;:,=!(*?~^&|[]"), minLength: 1, maxLength: 20 })
  .map((text) => `x${text}x`);
const custom = awkward.map((value) => ({ custom: { "X-Awkward": value } }));
const long = fc.integer({ min: 3_990, max: 6_000 }).map((length) => ({ custom: { "X-Long": "$y".repeat(length / 2) } }));
const site = fc.tuple(layers, fc.oneof(custom, custom, long, fc.constant(undefined))).map(([below, above]) => [...below, above]);

/** Each path with those of the others that mean it too. */
const AROUND = { "/embed": [], "/api/*": [], "/api/v1.0": ["/api/*"], "/api/v2/*": ["/api/*"], "/a+b": [] } as const;
type Path = keyof typeof AROUND;
const routes = fc
  .subarray(Object.keys(AROUND) as Path[])
  .chain((paths) =>
    fc.tuple(
      ...paths.map((path) =>
        fc.tuple(fc.oneof(patch, custom), fc.boolean()).map(([one, alone]) => ({ path, layers: alone ? (["none", one] as const) : [one] })),
      ),
    ),
  );

/** A policy without slots, or undefined where these layers come to none. */
function fixedPolicy(given: readonly unknown[]): Policy | undefined {
  return refusable(() => {
    const policy = definePolicy(...(given as never[]));
    return compiledOf(policy).isStatic ? policy : undefined;
  });
}

/** The same under these overrides. */
function fixedAt(site: Policy | undefined, layers: readonly unknown[]): Policy | undefined {
  return site && refusable(() => fixedPolicy([overrideWith(site, layers)]));
}

function refusable<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return undefined;
  }
}

interface Target {
  readonly name: TargetName;
  readonly format: ConfigFormat;
  /** Without routes: printed as something else. */
  readonly siteOnly?: true;
  /** The target cannot take away what others send. */
  readonly setsOnly?: true;
  /** A complete server, or headers to include. */
  readonly options?: Partial<ExportOptions>;
}

const upstream = { upstream: "http://127.0.0.1:8501" };
const targets: readonly Target[] = [
  { name: "nginx", format: "nginx", options: upstream },
  { name: "nginx", format: "nginx", siteOnly: true },
  { name: "apache", format: "apache", options: upstream },
  { name: "apache", format: "apache" },
  { name: "htaccess", format: "apache" },
  { name: "caddy", format: "caddy", options: upstream },
  { name: "caddy", format: "caddy" },
  { name: "cloudflare-headers", format: "_headers", setsOnly: true },
  { name: "netlify", format: "_headers", siteOnly: true, setsOnly: true },
  { name: "vercel", format: "vercel", setsOnly: true },
];

describe.each(targets)("for any policy, $name (as $format, $options)", ({ name, format, siteOnly, setsOnly, options }) => {
  it("parseConfig of what exportPolicy prints is the same policy, at every path", () => {
    let tried = 0;
    fc.assert(
      fc.property(site, siteOnly ? fc.constant([]) : routes, (given, routes) => {
        const policy = fixedPolicy(given);
        const layersOf = (path: Path) => routes.flatMap((one) => (one.path === path ? one.layers : []));
        const expected = routes.map(({ path }) => [path, fixedAt(policy, [...AROUND[path].flatMap(layersOf), ...layersOf(path)])] as const);
        if (policy === undefined || expected.some(([, one]) => one === undefined)) return;
        const files = refusable(() => exportPolicy(name, { policy, routes, ...options }))?.files ?? [];
        if (files.length === 0 || files.some(({ path }) => path.endsWith(".js"))) return;
        // Files to be included are read one after the other, as nginx does.
        const parsed = parseConfig(format, files.map(({ text }) => text).join("\n"));
        expect(parsed.notes).toEqual([]);
        // One server has one spelling of a name, however the places of the site write it.
        const sent = (one: Policy) =>
          Object.fromEntries(Object.entries(renderHeaders(one)).map(([name, value]) => [name.toLowerCase(), value]));
        const seen = (one: Policy) => [sent(one), setsOnly ? [] : namesOf(compiledOf(one).removed.secure)];
        expect(seen(parsed.policy)).toEqual(seen(policy));
        for (const [path, one] of expected) {
          const own = [path, ...[...AROUND[path]].reverse()].map((at) => parsed.routes.find((route) => route.path === at)?.policy);
          expect([path, ...seen(own.find((found) => found !== undefined) ?? parsed.policy)]).toEqual([path, ...seen(one as Policy)]);
        }
        tried += 1;
      }),
      runs,
    );
    // Most of what is made up has a slot in it, or is refused.
    expect(tried).toBeGreaterThan(runs.numRuns / 20);
  });
});

/** Pieces that mean something in one of the formats, and what could break a reader. */
const pieces = fc.constantFrom(
  ...[
    "{",
    "}",
    ";",
    "\n",
    " ",
    '"',
    "'",
    "`",
    "\\",
    "#",
    "$",
    "${",
    "<",
    ">",
    "/",
    "*",
    "@",
    "!",
    ":",
    ",",
    "[",
    "]",
    "\0",
    "%",
    "(",
    ")",
    "|",
    "^",
  ],
  ...[
    "server",
    "location",
    "add_header",
    "set",
    "map",
    "default",
    "if",
    "more_set_headers",
    "Header",
    "always",
    "unset",
    "Location",
    "Define",
  ],
  ...[
    "header",
    "handle",
    "import",
    "defer",
    "not",
    "path",
    "path_regexp",
    "vars",
    "<<",
    "constructor",
    "__proto__",
    "toString",
    "headers",
    "source",
  ],
  ...["X-A", "X-Frame-Options", "DENY", "Content-Security-Policy", "/api", "/*", "1", "true", "nonce-", "\u00e9"],
);

describe.each(["nginx", "apache", "caddy", "_headers", "vercel"] as const)("for any text, %s", (format) => {
  it("parseConfig reads it, or throws a PolicyError", () => {
    const text = fc.array(fc.oneof({ weight: 9, arbitrary: pieces }, { weight: 1, arbitrary: fc.string() }), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.boolean(), (words, apart) => void refusable(() => parseConfig(format, words.join(apart ? " " : "")))),
      { numRuns: runs.numRuns * 10 },
    );
  });
});

const namesOf = (names: readonly string[]) => [...new Set(names.map((name) => name.toLowerCase()))].sort();
