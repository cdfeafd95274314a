import { describe, expect, it } from "vitest";
import * as room from "../../src/export/index.js";
import { PolicyError } from "../../src/index.js";

const throwing = new Proxy(
  {},
  {
    get() {
      throw new Error("get");
    },
    ownKeys() {
      throw new Error("keys");
    },
  },
);

/** Values that are no argument of any function here. */
const WRONG: readonly (readonly [string, unknown])[] = [
  ["nothing", undefined],
  ["null", null],
  ["true", true],
  ["false", false],
  ["a number", 7],
  ["not a number", Number.NaN],
  ["a bigint", 7n],
  ["a symbol", Symbol("x")],
  ["an empty text", ""],
  ["another text", "no such thing at all"],
  ["a name of Object.prototype", "toString"],
  ["__proto__", "__proto__"],
  ["a function", () => undefined],
  ["a class", class {}],
  ["a list", [7]],
  ["a list with a hole", new Array(1)],
  ["a list in a list", [[[]]]],
  ["an object without a prototype", Object.create(null)],
  ["an object with an unknown key", { nope: 1 }],
  ["a wrong policy", { policy: 7 }],
  ["a date", new Date(0)],
  ["a regular expression", /a/],
  ["a map", new Map()],
  ["bytes", new Uint8Array(2)],
  ["a promise", Promise.resolve("strict")],
  ["an error", new Error("x")],
  ["a proxy that throws", throwing],
  ["an object whose toString throws", { toString: () => Promise.reject(new Error("x")), valueOf: undefined, path: 1 }],
];

type Call = (...args: unknown[]) => unknown;
const { exportPolicy, exportRoute, parseConfig } = room as unknown as Record<string, Call>;

/** Each argument of each export, in turn, with the others right. */
const CALLS: Readonly<Record<string, (value: unknown) => unknown>> = {
  "exportPolicy(target)": (value) => exportPolicy?.(value, { policy: "strict" }),
  "exportPolicy(options)": (value) => exportPolicy?.("nginx", value),
  "exportPolicy(policy)": (value) => exportPolicy?.("nginx", { policy: value === undefined ? null : (value ?? 7) }),
  "exportPolicy(routes)": (value) => exportPolicy?.("nginx", { policy: "strict", routes: value ?? null }),
  "exportPolicy(route)": (value) => exportPolicy?.("nginx", { policy: "strict", routes: [value] }),
  "exportPolicy(upstream)": (value) => exportPolicy?.("nginx", { policy: "strict", upstream: value ?? null }),
  "exportPolicy(healthPath)": (value) => exportPolicy?.("nginx", { policy: "strict", healthPath: value ?? null }),
  "exportPolicy(listen)": (value) => exportPolicy?.("nginx", { policy: "strict", listen: value ?? null }),
  "exportPolicy(readTimeout)": (value) => exportPolicy?.("nginx", { policy: "strict", readTimeout: value === 7 ? -7 : (value ?? null) }),
  "exportRoute(path)": (value) => exportRoute?.(value, {}),
  "exportRoute(layer)": (value) => exportRoute?.("/a", value === undefined || value === false || value === "" ? 7 : value),
  "parseConfig(format)": (value) => parseConfig?.(value, "add_header A b;"),
  "parseConfig(text)": (value) => (typeof value === "string" ? parseConfig?.("vercel", value) : parseConfig?.("nginx", value)),
  "parseConfig(options)": (value) => parseConfig?.("nginx", "", value ?? null),
  "parseConfig(file)": (value) => parseConfig?.("nginx", "", { file: typeof value === "string" ? 7 : (value ?? null) }),
  "parseConfig(files)": (value) => parseConfig?.("nginx", "", { files: typeof value === "function" ? 7 : (value ?? null) }),
  "parseConfig(files) that returns it": (value) => parseConfig?.("nginx", "include a.conf;", { files: () => value }),
};

it("every function that the entry exports is called", () => {
  const functions = Object.entries(room).flatMap(([name, value]) => (typeof value === "function" ? [name] : []));
  expect(functions.filter((name) => !Object.keys(CALLS).some((call) => call.startsWith(`${name}(`)))).toEqual([]);
});

describe.each(Object.entries(CALLS))("%s", (name, call) => {
  // Objects without an own key: a patch or options without a setting.
  const RIGHT: Readonly<Record<string, readonly string[]>> = {
    "exportPolicy(policy)": ["an object without a prototype", "a list with a hole"],
    "exportRoute(layer)": ["an object without a prototype"],
    "parseConfig(options)": ["an object without a prototype", "a date", "a regular expression", "a map", "an error", "a promise"],
  };

  it.each(WRONG.filter(([kind]) => !RIGHT[name]?.includes(kind)))("throws a PolicyError for %s", (_, value) => {
    let thrown: unknown = "nothing was thrown";
    try {
      call(value);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(PolicyError);
    expect((thrown as PolicyError).issues.every(({ path, message, hint }) => path !== "" && message !== "" && hint !== "")).toBe(true);
  });
});
