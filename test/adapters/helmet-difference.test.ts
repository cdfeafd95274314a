import helmet, { type HelmetOptions as TheirOptions } from "helmet";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fromHelmet, type HelmetOptions } from "../../src/adapters/helmet.js";
import { append, definePolicy, renderHeaders } from "../../src/index.js";

// It warns of options that it passes over.
beforeAll(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));

/** Whatever somebody may give for an option, a field or a directive. */
const VALUES: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  undefined: undefined,
  null: null,
  "0": 0,
  "1": 1,
  "-1": -1,
  NaN: Number.NaN,
  "1n": 1n,
  "an empty text": "",
  "a word": "deny",
  "an empty list": [],
  "a list": ["deny"],
  "a list of true": [true],
  "a function": () => undefined,
  "a symbol": Symbol("x"),
  "a Date": new Date(0),
  "a Map": new Map(),
  "a Set": new Set(["deny"]),
  "a regex": /x/,
  "a boxed true": new Boolean(true),
  "a boxed false": new Boolean(false),
  "an empty object": {},
  "an object without prototype": Object.create(null),
  "an object with an unknown field": { nope: 1 },
  "an instance": new (class Options {})(),
  "an object that inherits": Object.create({ nope: 1 }),
};

/** Each option by each of its names, and the fields of its object. */
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  contentSecurityPolicy: ["directives", "useDefaults", "reportOnly"],
  crossOriginEmbedderPolicy: ["policy"],
  crossOriginOpenerPolicy: ["policy"],
  crossOriginResourcePolicy: ["policy"],
  originAgentCluster: [],
  referrerPolicy: ["policy"],
  strictTransportSecurity: ["maxAge", "includeSubDomains", "preload"],
  hsts: ["maxAge", "includeSubDomains", "preload"],
  xContentTypeOptions: [],
  noSniff: [],
  xDnsPrefetchControl: ["allow"],
  dnsPrefetchControl: ["allow"],
  xDownloadOptions: [],
  ieNoOpen: [],
  xFrameOptions: ["action"],
  frameguard: ["action"],
  xPermittedCrossDomainPolicies: ["permittedPolicies"],
  permittedCrossDomainPolicies: ["permittedPolicies"],
  xPoweredBy: [],
  hidePoweredBy: [],
  xXssProtection: [],
  xssFilter: [],
};

const DIRECTIVES = ["defaultSrc", "imgSrc", "sandbox", "upgradeInsecureRequests", "reportUri", "trustedTypes"];

/** Everything that is asked: where the value stands, its name, and the options. */
const CASES: readonly (readonly [place: string, value: string, options: object])[] = Object.entries(VALUES).flatMap(([label, value]) => [
  ...Object.keys(OPTIONS).map((name) => [name, label, { [name]: value }] as const),
  ...Object.entries(OPTIONS).flatMap(([name, fields]) =>
    fields.map((field) => [`${name}.${field}`, label, { [name]: { [field]: value } }] as const),
  ),
  ...DIRECTIVES.map((name) => [`directives.${name}`, label, { contentSecurityPolicy: { directives: { [name]: value } } }] as const),
]);

const ON = ["true", "undefined"];
const all = Object.keys(VALUES);
const without = (...names: readonly string[]) => all.filter((name) => !names.includes(name));
const OBJECTS = ["an empty object", "an object without prototype", "an instance"];
const withFields = Object.keys(OPTIONS).filter((name) => OPTIONS[name]?.length !== 0);
const switches = Object.keys(OPTIONS).filter((name) => OPTIONS[name]?.length === 0);
const transport = ["strictTransportSecurity", "hsts"];

/**
 * What helmet takes and `fromHelmet` refuses: the reason, the places and the values. The whole list; nothing goes the other way.
 * It says nothing of what is wrong by its content, such as a misspelt source: that list is in helmet.test.ts.
 */
const REFUSED: readonly (readonly [reason: string, places: readonly string[], values: readonly string[]])[] = [
  ["a switch is true or false; helmet warns of all else, and takes it for true", switches, without(...ON, "false")],
  [
    "an option is an object of helmet's fields, true or false; of all else helmet reads fields that nobody wrote",
    withFields.filter((name) => !transport.includes(name)),
    without(...ON, "false", "null", ...OBJECTS),
  ],
  [
    "the same for strictTransportSecurity, where helmet itself breaks on words and numbers",
    transport,
    [
      "an empty list",
      "a list",
      "a list of true",
      "a function",
      "a Date",
      "a Map",
      "a Set",
      "a regex",
      "a boxed true",
      "a boxed false",
      "an object with an unknown field",
      "an object that inherits",
    ],
  ],
  [
    "null is no value of an option; helmet takes it for undefined under the newer of two names",
    ["strictTransportSecurity", "xDnsPrefetchControl", "xFrameOptions", "xPermittedCrossDomainPolicies"],
    ["null"],
  ],
  [
    "a switch in an object is true or false; helmet asks whether it is something",
    [
      "contentSecurityPolicy.reportOnly",
      "strictTransportSecurity.includeSubDomains",
      "strictTransportSecurity.preload",
      "hsts.includeSubDomains",
      "hsts.preload",
      "xDnsPrefetchControl.allow",
      "dnsPrefetchControl.allow",
    ],
    without(...ON, "false"),
  ],
  [
    "the same for useDefaults, where helmet itself finds no directive left for what is nothing",
    ["contentSecurityPolicy.useDefaults"],
    without(...ON, "false", "null", "0", "NaN", "an empty text"),
  ],
  [
    "directives is an object; of all else helmet reads the names of fields, mostly none",
    ["contentSecurityPolicy.directives"],
    without("undefined", "a word", "a list", "a list of true", "an object with an unknown field", ...OBJECTS),
  ],
  ["the empty word says nothing", ["referrerPolicy.policy"], ["an empty text"]],
  [
    "an empty list of sources says nothing: a browser takes it for 'none', or for the directive's default",
    ["directives.defaultSrc", "directives.imgSrc", "directives.reportUri", "directives.trustedTypes"],
    ["an empty text", "an empty list", "a Map"],
  ],
  ["true is no source and no token; helmet writes it out as text", DIRECTIVES.map((name) => `directives.${name}`), ["a list of true"]],
  [
    "what browsers ignore in these directives is a mistake: no such token, a value where there is none, no address",
    ["directives.sandbox", "directives.upgradeInsecureRequests", "directives.reportUri"],
    ["a word", "a list", "a Set"],
  ],
];

type Outcome = Readonly<Record<string, string>> | "throws";

/** Names in lower case, one blank behind ';' and ',', and without what helmet sends and browsers ignore. */
function inOneWriting(headers: Iterable<readonly [string, string]>): Outcome {
  const lines = [...headers].map(([name, value]) => {
    const spaced = value.replace(/ +(?=;|$)/g, "").replace(/([;,])(?=\S)/g, "$1 ");
    return [name.toLowerCase(), name.endsWith("Only") ? spaced.replace("; upgrade-insecure-requests", "") : spaced] as const;
  });
  return Object.fromEntries(lines.sort(([one], [other]) => (one < other ? -1 : 1)));
}

function helmets(options: object): Outcome {
  const headers = new Map([["X-Powered-By", "Express"]]);
  const res = {
    setHeader: (name: string, value: string) => headers.set(name, value),
    removeHeader: (name: string) => headers.delete(name),
  };
  try {
    helmet(options as TheirOptions)({} as never, res as never, (error?: unknown) => {
      if (error) throw error;
    });
  } catch {
    return "throws";
  }
  return inOneWriting(headers);
}

function ours(options: object): Outcome {
  let policy: ReturnType<typeof fromHelmet>;
  try {
    policy = fromHelmet(options as HelmetOptions);
  } catch (error) {
    if ((error as Error).name !== "PolicyError") throw error;
    return "throws";
  }
  const headers = Object.entries(renderHeaders(policy));
  return inOneWriting(policy.resolved["stripHeaders"] === undefined ? [...headers, ["X-Powered-By", "Express"]] : headers);
}

describe("helmet and fromHelmet, asked the same", () => {
  let asked: readonly { key: string; one: Outcome; other: Outcome }[] | undefined;
  const answers = () =>
    (asked ??= CASES.map(([place, value, options]) => ({ key: `${place}: ${value}`, one: helmets(options), other: ours(options) })));

  it("what helmet refuses, fromHelmet refuses", () => {
    expect(answers().flatMap(({ key, one, other }) => (one === "throws" && other !== "throws" ? [key] : []))).toEqual([]);
  });

  it("what helmet takes and fromHelmet refuses is on the list, and all of the list is so", () => {
    const refused = answers().flatMap(({ key, one, other }) => (one !== "throws" && other === "throws" ? [key] : []));
    const listed = REFUSED.flatMap(([, places, values]) => places.flatMap((place) => values.map((value) => `${place}: ${value}`)));
    expect(refused.sort()).toEqual(listed.sort());
  });

  it("what both take goes out as the same headers", () => {
    const both = answers().filter(({ one, other }) => one !== "throws" && other !== "throws");
    expect(both.length).toBeGreaterThan(100);
    for (const { key, one, other } of both) expect({ key, headers: other }).toEqual({ key, headers: one });
  });
});

const BROKEN = { false: false, true: true };

describe("true and false for a word, which helmet refuses", () => {
  it.each([
    ["crossOriginEmbedderPolicy", "policy", '"require-corp"'],
    ["crossOriginOpenerPolicy", "policy", '"same-origin"'],
    ["crossOriginResourcePolicy", "policy", '"same-origin"'],
    ["referrerPolicy", "policy", '"no-referrer"'],
    ["xFrameOptions", "action", '"sameorigin"'],
    ["frameguard", "action", '"sameorigin"'],
    ["xPermittedCrossDomainPolicies", "permittedPolicies", '"none"'],
    ["permittedCrossDomainPolicies", "permittedPolicies", '"none"'],
  ])("%s.%s says what to write", (name, field, word) => {
    for (const [text, value] of Object.entries(BROKEN)) {
      const options = { [name]: { [field]: value } } as HelmetOptions;
      expect(() => fromHelmet(options)).toThrow(`${name}.${field}: ${text} is not a valid value. Write ${word}, or another of its values.`);
    }
  });
});

describe("Options of older versions of helmet are explained", () => {
  it.each([
    ["expectCt", { maxAge: 86_400 }, "expectCt: helmet 7 removed this option: browsers have removed Expect-CT. Take it out."],
    ["expectCt", false, "expectCt: helmet 7 removed this option: browsers have removed Expect-CT. Take it out."],
    ["hpkp", {}, "hpkp: helmet 4 removed this option: browsers have removed Public-Key-Pins. Take it out."],
    [
      "featurePolicy",
      {},
      "featurePolicy: helmet 4 removed this option: Permissions-Policy replaces Feature-Policy. " +
        "Add a second layer: securityHeaders(fromHelmet({ … }), { permissionsPolicy: { … } }).",
    ],
    [
      "noCache",
      true,
      "noCache: helmet 4 removed this option. " + 'Add a second layer: securityHeaders(fromHelmet({ … }), { cacheControl: "no-store" }).',
    ],
  ])("%s: %j", (name, value, message) => {
    expect(() => fromHelmet({ [name]: value } as HelmetOptions)).toThrow(message);
  });

  it("the layer that stands in for noCache is one", () => {
    expect(renderHeaders(definePolicy(fromHelmet(), { cacheControl: "no-store" }))["Cache-Control"]).toBe("no-store");
  });
});

describe("Only the own fields of options count", () => {
  const POLLUTED = { hsts: false, xFrameOptions: { action: "bogus" }, policy: "unsafe-none", directives: {}, reportOnly: true, nope: 1 };

  it("what somebody put on Object.prototype is not read", () => {
    const clean = [renderHeaders(fromHelmet()), renderHeaders(fromHelmet({ crossOriginOpenerPolicy: {}, contentSecurityPolicy: {} }))];
    Object.assign(Object.prototype, POLLUTED);
    try {
      const polluted = [renderHeaders(fromHelmet()), renderHeaders(fromHelmet({ crossOriginOpenerPolicy: {}, contentSecurityPolicy: {} }))];
      expect(JSON.stringify(polluted)).toBe(JSON.stringify(clean));
    } finally {
      for (const key of Object.keys(POLLUTED)) delete (Object.prototype as Record<string, unknown>)[key];
    }
  });

  it("what options inherit is refused, and not passed over in silence", () => {
    expect(() => fromHelmet(Object.create({ hsts: false }) as HelmetOptions)).toThrow(
      "hsts: is inherited, and only own properties are read. Set it on the object itself.",
    );
  });

  it("a module's namespace, which has no prototype, is taken", () => {
    const namespace = Object.create(null, {
      [Symbol.toStringTag]: { value: "Module" },
      hsts: { value: false, enumerable: true },
    }) as HelmetOptions;
    expect(renderHeaders(fromHelmet(namespace))["Strict-Transport-Security"]).toBe(undefined);
  });
});

describe("securityHeaders() in the place of helmet(), as the README tells it", () => {
  /** Each header, and of the CSP each directive, that one of them sends otherwise. */
  function differences(): Record<string, readonly [theirs: string | undefined, mine: string | undefined]> {
    const partsOf = ({ "Content-Security-Policy": csp = "", ...rest }: Readonly<Record<string, string>>) =>
      new Map([...csp.split("; ").map((text): [string, string] => [text.split(" ")[0] ?? "", text]), ...Object.entries(rest)]);
    const [theirs, mine] = [partsOf(renderHeaders(fromHelmet())), partsOf(renderHeaders(definePolicy("recommended")))];
    const names = [...new Set([...theirs.keys(), ...mine.keys()])].filter((name) => theirs.get(name) !== mine.get(name));
    return Object.fromEntries(names.map((name) => [name, [theirs.get(name), mine.get(name)]]));
  }

  it("differs in these headers and directives alone", () => {
    expect(differences()).toEqual({
      "style-src": ["style-src 'self' https: 'unsafe-inline'", "style-src 'self' 'unsafe-inline'"],
      "font-src": ["font-src 'self' https: data:", "font-src 'self' data:"],
      "upgrade-insecure-requests": ["upgrade-insecure-requests", undefined],
      "Permissions-Policy": [undefined, "geolocation=(), microphone=(), camera=()"],
      "Referrer-Policy": ["no-referrer", "strict-origin-when-cross-origin"],
      "X-Download-Options": ["noopen", undefined],
      "X-Permitted-Cross-Domain-Policies": ["none", undefined],
    });
  });

  it("the README's layer lets Google Fonts and geolocation in again", () => {
    const layer = {
      contentSecurityPolicy: { styleSrc: append("https://fonts.googleapis.com"), fontSrc: append("https://fonts.gstatic.com") },
      permissionsPolicy: { geolocation: ["self"] },
    } as const;
    const headers = renderHeaders(definePolicy("recommended", layer));
    expect(headers["Content-Security-Policy"]).toContain("font-src 'self' data: https://fonts.gstatic.com;");
    expect(headers["Content-Security-Policy"]).toContain("style-src 'self' 'unsafe-inline' https://fonts.googleapis.com");
    expect(headers["Permissions-Policy"]).toBe("geolocation=(self), microphone=(), camera=()");
  });
});
