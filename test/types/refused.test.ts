import { describe, expect, it } from "vitest";
import { compile, compilers } from "./compiler.js";

const HEAD = `
  import { append, definePolicy, nonce, observe, override, type Patch, remove, securityHeaders } from "portcullis";
  declare const isDev: boolean;
`;

/** What is wrong, a directive, and the source that it does not take. */
const SOURCES: readonly (readonly [mistake: string, directive: string, source: string])[] = [
  ["an unknown keyword, bare", "scriptSrc", `"slef"`],
  ["an unknown keyword, quoted", "scriptSrc", `"'slef'"`],
  ["a keyword that only scripts take", "imgSrc", `"strict-dynamic"`],
  ["a keyword that only scripts take, quoted", "imgSrc", `"'strict-dynamic'"`],
  ["a keyword that styles do not take", "styleSrc", `"unsafe-eval"`],
  ["a keyword that frame-ancestors does not take", "frameAncestors", `"unsafe-inline"`],
  ["a nonce for images", "imgSrc", "nonce"],
  ["a hash for images", "imgSrc", `"'sha256-abc'"`],
  ["two sources in one string", "scriptSrc", `"self https://a.com"`],
  ["two keywords in one string", "scriptSrc", `"self unsafe-inline"`],
  ["a semicolon", "scriptSrc", `"https://a.com;"`],
  ["a semicolon behind a keyword", "scriptSrc", `"self;"`],
  ["a comma", "scriptSrc", `"https://a.com,https://b.com"`],
  ["a newline", "scriptSrc", String.raw`"https://a.com\nhttps://b.com"`],
  ["a carriage return", "scriptSrc", String.raw`"https://a.com\r"`],
  ["a tab", "scriptSrc", String.raw`"https://a.com\t"`],
  ["one slash behind the scheme", "scriptSrc", `"https:/a.com"`],
  ["no host behind the scheme", "scriptSrc", `"https://"`],
  ["an unknown hash algorithm", "scriptSrc", `"'sha1-abc'"`],
  ["an unquoted hash", "scriptSrc", `"sha256-abc"`],
  ["a nonce as text, quoted", "scriptSrc", `"'nonce-abc'"`],
  ["a nonce as text, bare", "scriptSrc", `"nonce-abc"`],
  ["a quoted host", "scriptSrc", `"'https://a.com'"`],
  ["a misspelt sandbox token", "sandbox", `"allow-script"`],
  ["null", "scriptSrc", "null"],
];

const PLACES: readonly (readonly [place: string, write: (source: string) => string])[] = [
  ["in a list", (source) => `[${source}]`],
  ["in append", (source) => `append(${source})`],
  ["in remove", (source) => `remove(${source})`],
];

const OTHERS: readonly (readonly [mistake: string, statement: string])[] = [
  ["a misspelt header", `securityHeaders({ xFrameOption: "DENY" })`],
  ["a misspelt header beside a good one", `securityHeaders({ xFrameOptions: "DENY", refererPolicy: "no-referrer" })`],
  ["a header in kebab-case", `securityHeaders({ "x-frame-options": "DENY" })`],
  ["a misspelt header in the second layer", `securityHeaders("strict", { xFrameOption: "DENY" })`],
  ["a misspelt header in a layer for some times", `securityHeaders(isDev && { xFrameOption: "DENY" })`],
  ["a misspelt header in override", `override({ xFrameOption: "DENY" })`],
  ["a misspelt header in definePolicy", `definePolicy({ xFrameOption: "DENY" })`],
  ["a misspelt header in observe", `observe({ xFrameOption: "DENY" })`],
  ["a twin that the header does not have", `securityHeaders({ xFrameOptionsReportOnly: "DENY" })`],
  ["a misspelt directive", `securityHeaders({ contentSecurityPolicy: { scriptSrcs: ["self"] } })`],
  ["a misspelt directive beside a good one", `securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self"], imageSrc: ["self"] } })`],
  ["a directive in kebab-case", `securityHeaders({ contentSecurityPolicy: { "script-src": ["self"] } })`],
  ["a directive of the twin in kebab-case", `securityHeaders({ contentSecurityPolicyReportOnly: { "script-src": ["self"] } })`],
  ["a misspelt option", `securityHeaders({ strictTransportSecurity: { maxage: 3 } })`],
  ["a misspelt option beside a good one", `securityHeaders({ strictTransportSecurity: { maxAge: 3, includeSubdomains: true } })`],
  ["a misspelt feature", `securityHeaders({ permissionsPolicy: { camra: [] } })`],
  ["a misspelt feature beside a good one", `securityHeaders({ permissionsPolicy: { camera: [], microphon: [] } })`],
  ["a misspelt option of a feature", `securityHeaders({ permissionsPolicy: { camera: { allow: [], reportsTo: "x" } } })`],
  ["a boolean for a feature", `securityHeaders({ permissionsPolicy: { camera: false } })`],
  ["a misspelt place of reports", `securityHeaders({ reporting: { cps: "/a" } })`],
  ["a misspelt preset", `securityHeaders("strikt")`],
  ["a misspelt preset behind a good one", `securityHeaders("strict", "developement")`],
  ["null for a layer", "securityHeaders(null)"],
  ["null for a header", "securityHeaders({ xFrameOptions: null })"],
  ["null for the policy", "securityHeaders({ contentSecurityPolicy: null })"],
  ["null for a directive", "securityHeaders({ contentSecurityPolicy: { scriptSrc: null } })"],
  ["null for a feature", "securityHeaders({ permissionsPolicy: { camera: null } })"],
  ["null for an option", "securityHeaders({ strictTransportSecurity: { maxAge: null } })"],
  ["true for a layer", "securityHeaders(true)"],
  ["true for a header without defaults", "securityHeaders({ documentPolicy: true })"],
  ["text for a source list", `securityHeaders({ contentSecurityPolicy: { scriptSrc: "self" } })`],
  ["an unknown keyword behind a good one", `securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self", "slef"] } })`],
  [
    "one slash behind the scheme, in an append behind a good source",
    `securityHeaders({ contentSecurityPolicy: { scriptSrc: append("self", "https:/a.com") } })`,
  ],
  [
    "a nonce for images, in an append behind a good source",
    `securityHeaders({ contentSecurityPolicy: { imgSrc: append("self", nonce) } })`,
  ],
  ["an edit inside a list", `securityHeaders({ contentSecurityPolicy: { scriptSrc: [append("self")] } })`],
  ["text that a header does not have", `securityHeaders({ xFrameOptions: "ALLOW-FROM" })`],
  ["a number in custom", `securityHeaders({ custom: { "X-Robots-Tag": 3 } })`],
  ["text that nobody can know, spread into a list", `securityHeaders({ contentSecurityPolicy: { imgSrc: ["self", ...[].map(String)] } })`],
  [
    "one slash behind the scheme in a layer for some times",
    `securityHeaders(isDev && { contentSecurityPolicy: { imgSrc: ["https:/a.com"] } })`,
  ],
  ["a misspelt header under satisfies", `const patch = { xFrameOption: "DENY" } satisfies Patch`],
  ["an unknown keyword under satisfies", `const patch = { contentSecurityPolicy: { scriptSrc: ["slef"] } } satisfies Patch`],
  ["an unknown keyword under an annotation", `const patch: Patch = { contentSecurityPolicy: { scriptSrc: ["slef"] } }`],
  [
    "one slash behind the scheme in a patch that satisfies",
    `const patch = { contentSecurityPolicy: { imgSrc: ["https:/a.com"] } } as const satisfies Patch; securityHeaders(patch)`,
  ],
];

const cases = [
  ...SOURCES.flatMap(([mistake, directive, source]) =>
    PLACES.map(([place, write]) => [
      `${mistake}, ${place}`,
      `securityHeaders({ contentSecurityPolicy: { ${directive}: ${write(source)} } })`,
    ]),
  ),
  ...OTHERS,
] as readonly (readonly [string, string])[];

/** The whole message of what is wrong with one statement, for some that people will meet. */
const MESSAGES: readonly (readonly [statement: string, message: string])[] = [
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["https:/a.com"] } })`,
    `TS2322: Type '"https:/a.com"' is not assignable to type '"✖ write scheme://host"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: append("https:/a.com") } })`,
    `TS2345: Argument of type '"https:/a.com"' is not assignable to parameter of type '"✖ write scheme://host"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://a.com https://b.com"] } })`,
    `TS2322: Type '"https://a.com https://b.com"' is not assignable to type '"✖ write one source per string"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://a.com;"] } })`,
    `TS2322: Type '"https://a.com;"' is not assignable to type '"✖ ';' ends a directive"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://a.com,"] } })`,
    `TS2322: Type '"https://a.com,"' is not assignable to type '"✖ ',' ends a policy"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["'https://a.com'"] } })`,
    `TS2322: Type '"'https://a.com'"' is not assignable to type '"✖ only keywords, nonces and hashes are quoted"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { imgSrc: ["https://"] } })`,
    `TS2322: Type '"https://"' is not assignable to type '"✖ no host after ://"'.`,
  ],
  [
    `securityHeaders({ contentSecurityPolicy: { scriptSrc: ["slef"] } })`,
    `TS2322: Type '"slef"' is not assignable to type 'SourcesOf<"script">'.`,
  ],
  [
    `securityHeaders({ strictTransportSecurity: { maxAge: 3, includeSubdomains: true } })`,
    `TS2322: Type 'true' is not assignable to type '"✖ unknown option"'.`,
  ],
  [
    `securityHeaders({ xFrameOption: "DENY" })`,
    "TS2353: Object literal may only specify known properties, and 'xFrameOption' does not exist in type 'PolicyBrand | PresetMark | Patch'.",
  ],
  [
    `securityHeaders("strikt")`,
    `TS2345: Argument of type '"strikt"' is not assignable to parameter of type '"✖ unknown preset: did you mean 'strict'?" | "✖ unknown preset: did you mean 'strictDynamic'?"'.`,
  ],
];

/** Codes that tell of a fixture that is wrong in itself: a name or a module that is not there, a syntax error. */
const BROKEN = /^TS(?:1\d{3}|2304|2305|2307|2552|6133):/;

describe.each(compilers)("TypeScript %s does not compile", (_, ts) => {
  const statements = [...cases.map(([, statement]) => statement), ...MESSAGES.map(([statement]) => statement)];
  const found = compile(ts, Object.fromEntries(statements.map((statement, index) => [`f${index}`, `${HEAD}${statement};\n`])));

  it.each(cases.map(([mistake], index) => [mistake, `f${index}`] as const))("%s", (_mistake, file) => {
    const messages = found[file] ?? [];
    expect(messages).not.toEqual([]);
    expect(messages.filter((message) => BROKEN.test(message))).toEqual([]);
  });

  it.each(MESSAGES.map(([statement, message], index) => [statement, message, `f${cases.length + index}`] as const))(
    "%s, and says so in one sentence",
    (_statement, message, file) => {
      expect(found[file]).toEqual([message]);
    },
  );
});
