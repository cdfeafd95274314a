import { describe, expect, it } from "vitest";
import { type ConfigFormat, exportPolicy, parseConfig, type TargetName } from "../../src/export/index.js";
import { definePolicy, renderHeaders } from "../../src/index.js";
import { issuesOf } from "../messages.js";

/** The headers everywhere and by path, and notes as `line: message`; remarks begin with a star. */
function read(format: ConfigFormat, text: string) {
  const { policy, routes, notes } = parseConfig(format, text);
  return {
    all: renderHeaders(policy),
    routes: Object.fromEntries(routes.map((route) => [route.path, renderHeaders(route.policy)])),
    notes: notes.map(({ line, message, differs }) => `${differs ? "" : "*"}${line}: ${message}`),
  };
}

const DENY = { "X-Frame-Options": "DENY" };
const nothing = { all: {}, routes: {} };

describe("a netlify.toml", () => {
  it("is read with all its rules, strings and lists", () => {
    const text = `[build]
publish = "dist"

[[headers]]
  for = "/*"
  [headers.values]
    X-Frame-Options = "DENY"
    "Referrer-Policy" = 'origin'
    Link = ["</a>", "</b>"]
    Permissions-Policy = """
      camera=(),
      geolocation=()
    """

[[headers]]
for = "/embed"
values = { Cross-Origin-Opener-Policy = "same-origin" }
`;
    const all = { ...DENY, "Referrer-Policy": "origin", "Permissions-Policy": "camera=(), geolocation=()", Link: "</a>, </b>" };
    expect(read("netlify-toml", text)).toEqual({
      all,
      routes: { "/embed": { ...all, "Cross-Origin-Opener-Policy": "same-origin" } },
      notes: [],
    });
  });

  it("notes each entry that is not a header of a path, with its line", () => {
    const text = `[[headers]]
for = "/a/:id"
[headers.values]
A = "b"
[[headers]]
for = "/*"
[headers.values]
Basic-Auth = "a:b"
Server = "x"
X-N = 7
X-E = ""
[[headers]]
values = {}
[context.production]
headers = []
`;
    expect(read("netlify-toml", text)).toEqual({
      ...nothing,
      notes: [
        "1: context.production has its own headers: not read",
        '2: "/a/:id" is a pattern that no Portcullis path can express: not read; its headers: A',
        "8: sets passwords that Netlify asks for, not a header: not read",
        '9: "Server" is a header that Netlify ignores: not read',
        '10: the value of "X-N" is neither a string nor a list of strings: not read',
        '11: "X-E" has no value: not read',
        '12: is not a rule: write for = "/*" and [headers.values]. Not read',
      ],
    });
  });

  it("notes how a folder is read", () => {
    expect(read("netlify-toml", '[[headers]]\nfor = "/a/*"\nvalues = { X-Frame-Options = "DENY" }').notes).toEqual([
      `*2: "/a/*" is read as all paths below it. Netlify also applies it to the path itself`,
    ]);
  });

  it("is refused with its line where it is not TOML", () => {
    expect(issuesOf(() => parseConfig("netlify-toml", "a = 1\nb = = 2\n"))[0]).toMatch(/^"netlify-toml"\["line 2"\]: it is not TOML: /);
  });

  it.each([`a = ${"[".repeat(20_000)}`, "[".repeat(5_000)])("is refused where it is nested without end %#", (text) => {
    expect(issuesOf(() => parseConfig("netlify-toml", text))[0]).toContain("it is not TOML");
  });

  it("has no use for the name __proto__", () => {
    const text = '__proto__ = { headers = [] }\n[[headers]]\nfor = "/*"\n[headers.values]\n__proto__ = "a"\nX-Frame-Options = "DENY"\n';
    expect(read("netlify-toml", text).all).toMatchObject(DENY);
    expect(Object.hasOwn(Object.prototype, "headers")).toBe(false);
  });
});

const rule = '{ source: "/(.*)", headers: [{ key: "X-Frame-Options", value: "DENY" }] }';

describe("a next.config", () => {
  it.each([
    ["export default", `export default { async headers() { return [${rule}]; } };`],
    ["module.exports", `module.exports = { headers: async () => [${rule}] };`],
    [
      "a constant",
      `/** @type {import('next').NextConfig} */\nconst nextConfig = { headers: async function () { return [${rule}] } };\nmodule.exports = nextConfig`,
    ],
    ["a function", `export default async (phase) => { const c = { headers: () => [${rule}] }; return c; };`],
    ["a named function", `async function headers() { return [${rule}]; }\nexport default { headers };`],
    ["lists of constants", `const one = ${rule};\nconst all = [one];\nexport default { headers: () => [...all] };`],
    ["objects that are spread", `const base = { headers: () => [${rule}] };\nexport default { ...base, reactStrictMode: true };`],
    [
      "a header of constants",
      `const X = "X-Frame-"; const h = { key: X + "Options", value: \`DE\${"NY"}\` };\nexport default { headers: () => [{ source: "/:path*", headers: [h] }] };`,
    ],
    [
      "types",
      `import type { NextConfig } from "next";\nimport { type Foo, bar } from "x";\nconst config: NextConfig = { async headers(): Promise<Header[]> { return [${rule}] as const; } };\nexport default config satisfies NextConfig;`,
    ],
    [
      "a later entry",
      `export default { headers: () => [{ source: "/:a*", headers: [{ key: "x-frame-options", value: "SAMEORIGIN" }] }, ${rule}] };`,
    ],
  ])("is read: %s", (_, text) => {
    expect(read("next-config", text)).toEqual({ all: DENY, routes: {}, notes: [] });
  });

  it("is read as Next's own documentation writes a policy", () => {
    const text = `const cspHeader = \`
    default-src 'self';
    img-src 'self' blob: data:;
    upgrade-insecure-requests;
\`
module.exports = {
  async headers() {
    return [{ source: '/(.*)', headers: [{ key: 'Content-Security-Policy', value: cspHeader.replace(/\\n/g, '') }] }]
  },
}`;
    expect(read("next-config", text)).toEqual({
      all: { "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; upgrade-insecure-requests" },
      routes: {},
      notes: [],
    });
  });

  it.each([["/\\s{2,}/g, ' '"], ["/\\s+/g, ' '"], ["/\\n/g, ''"]])("tidies a policy: %s", (by) => {
    const text = `const csp = \`\n  default-src 'self';\n  img-src *;\n\`;\nexport default { headers: () => [{ source: "/(.*)", headers: [{ key: "Content-Security-Policy", value: csp.replace(${by}).trim() }] }] };`;
    expect(read("next-config", text)).toEqual({
      all: { "Content-Security-Policy": "default-src 'self'; img-src *" },
      routes: {},
      notes: [],
    });
  });

  it("is read through plugins, which is noted", () => {
    const text = `const config = { headers: () => [${rule}] };\nmodule.exports = withMDX({ a: 1 })(withBundleAnalyzer(config, { b: 2 }));`;
    expect(read("next-config", text)).toEqual({
      all: DENY,
      routes: {},
      notes: [
        '*2: "withMDX({ a: 1 })" may add headers: its argument is read',
        '*2: "withBundleAnalyzer" may add headers: its argument is read',
      ],
    });
  });

  it("has routes, of which a later one replaces a header", () => {
    const text = `export default { headers: () => [
  ${rule},
  { source: "/embed/:path*", headers: [{ key: "X-Frame-Options", value: "SAMEORIGIN" }] },
] };`;
    expect(read("next-config", text).routes).toEqual({
      "/embed": { "X-Frame-Options": "SAMEORIGIN" },
      "/embed/*": { "X-Frame-Options": "SAMEORIGIN" },
    });
  });

  it.each([
    ["an unknown value", `{ key: "X-A", value: process.env.X }`, '3: "process.env.X" is not plain data: not read'],
    ["a choice", `{ key: "X-A", value: dev ? "a" : "b" }`, '3: "dev ? \\"a\\" : \\"b\\"" is not plain data: not read'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the configuration
    ["a part of a template", "{ key: 'X-A', value: `a ${dev}` }", '3: "dev" is not plain data: not read'],
    [
      "a regular expression that is not known",
      "{ key: 'X-A', value: 'a'.replace(/(a+)+$/g, '') }",
      `3: "'a'.replace(/(a+)+$/g, '')" is not plain data: not read`,
    ],
    ["headers that are imported", "...others", '3: "others" is not plain data: not read'],
    ["headers of a choice", "dev && { key: 'X-A', value: 'b' }", `3: "dev && { key: 'X-A', value: 'b' }" is not plain data: not read`],
    ["a value that Next fills in", "{ key: 'X-A', value: ':path' }", '3: X-A has ":path" in it, which differs per response: not read'],
    ["a constant that changes", "{ key: 'X-A', value: list.join('; ') }", '3: "list" is not plain data: not read'],
    ["a variable that changes", "{ key: 'X-A', value: late }", '3: "late" is not plain data: not read'],
    ["a variable that a loop changes", "{ key: 'X-A', value: looped }", '3: "looped" is not plain data: not read'],
    ["a variable that is declared again in a block", "{ key: 'X-A', value: again }", '3: "again" is not plain data: not read'],
    ["a sum that begins with numbers", "{ key: 'X-A', value: 1 + 2 + 'a' }", "3: is not a sum of strings: not read"],
  ])("notes what is not plain data: %s", (_, header, message) => {
    const text = `const list = ["a"]; list.push(env); let late = "a"; late = env; let looped = "a"; for (looped of env) {} var again = "a"; if (env) { var again = "b"; }
export default { headers: () => [{ source: "/:path*", headers: [{ key: "X-Frame-Options", value: "DENY" },
  ${header}] }] };`;
    expect(read("next-config", text)).toEqual({ all: DENY, routes: {}, notes: [message] });
  });

  it.each([
    ["a choice of configurations", "export default dev ? {} : {};", '1: "dev ? {} : {}" is not plain data: not read; no header is read'],
    [
      "a configuration that changes",
      "const c = {};\nc.headers = () => [];\nexport default c;",
      '3: "c" is not plain data: not read; no header is read',
    ],
    [
      "two ways to return",
      "export default (p) => { if (p) return { headers: 1 }; return {}; };",
      '1: "(p) => { if (p) return { headers: 1 }; return {}; }" is not plain data: not read; no header is read',
    ],
    [
      "a list that lies in another file",
      'import list from "./portcullis-headers.mjs";\nexport default { headers: async () => list };',
      '2: "list" comes from "./portcullis-headers.mjs": not read; no header is read. Import that file instead',
    ],
    [
      "a function that lies in another file",
      'import { all as headers } from "../headers.js";\nexport default { headers };',
      '2: "headers" comes from "../headers.js": not read; no header is read. Import that file instead',
    ],
    [
      "headers that are imported",
      'import { headers } from "x";\nexport default { headers };',
      '2: "headers" does not return plain data: not read; no header is read',
    ],
    [
      "what is spread",
      'import base from "x";\nexport default { ...base };',
      '2: "...base" may have headers, and is not plain data: not read',
    ],
    [
      "basePath",
      `export default { basePath: "/docs", headers: () => [] };`,
      "1: header paths are relative to basePath: read without it. Prefix the routes with it",
    ],
    ["a parameter that hides a constant", `const h = []; export default { headers: (h) => h };`, '1: "h" is not plain data: not read'],
  ])("notes what cannot be known: %s", (_, text, message) => {
    expect(read("next-config", text)).toEqual({ ...nothing, notes: [message] });
  });

  it("notes conditions, and patterns that no path can express, by their source", () => {
    const text = `export default { headers: () => [{ source: "/a/:id", headers: [{ key: "A", value: "b" }] }, { source: "/b", has: [{ type: "host", value: "x" }], headers: [{ key: "A", value: "b" }] }] };`;
    expect(read("next-config", text).notes).toEqual([
      '1: "/a/:id" is a pattern that no Portcullis path can express: not read; its headers: A',
      '1: "/b" applies under a condition (has): not read; its headers: A',
    ]);
  });

  it.each([
    ["what is no JavaScript", "export default {\n  headers: [\n", '"next-config"["line 3"]: it is not JavaScript at "": Unexpected token.'],
    ["what exports nothing", "const a = 1;", '"next-config"["line 1"]: it exports no configuration.'],
    [
      "types that are more than names",
      "interface A { b: string }\nexport default {};",
      '"next-config"["line 1"]: it is not JavaScript at "interface A { b: str": The keyword \'interface\' is reserved.',
    ],
    ["brackets without end", `export default ${"[".repeat(100_000)}`, '"next-config"["line 1"]: its expressions are nested too deeply.'],
  ])("is refused: %s", (_, text, start) => {
    expect(issuesOf(() => parseConfig("next-config", text)).map((one) => one.slice(0, start.length))).toEqual([start]);
  });

  it.each([
    [
      "lists that double",
      `${Array.from({ length: 30 }, (_, n) => `const a${n + 1} = [...a${n}, ...a${n}];`).join("\n")}\nconst a0 = [1];\nexport default { headers: () => a30 };`,
      /more than 50000 directives/,
    ],
    [
      "texts that double",
      `${Array.from({ length: 14 }, (_, n) => `const a${n + 1} = a${n} + a${n};`).join("\n")}\nconst a0 = "${"x".repeat(2_000)}";\nexport default { headers: () => a14 };`,
      /more than 4194304 characters/,
    ],
    ["itself", "const a = [...a];\nexport default { headers: () => a };", /blocks are nested more than 100 deep/],
  ])("is refused with %s", (_, text, message) => {
    expect(issuesOf(() => parseConfig("next-config", text)).join()).toMatch(message);
  });
});

describe("a vercel.json on one line", () => {
  it("names the source in its notes", () => {
    const text = JSON.stringify({ headers: [{ source: "/a/:id", headers: [{ key: "A", value: "b" }] }] });
    expect(read("vercel", text).notes).toEqual(['1: "/a/:id" is a pattern that no Portcullis path can express: not read; its headers: A']);
  });
});

describe("what is printed is read as the same policy", () => {
  const policy = definePolicy("strict", { custom: { "X-A": 'a "b" \\ c' } });
  const routes = [
    { path: "/api/*", layers: ["api" as const] },
    { path: "/api/a.b+c", layers: [{ xFrameOptions: "SAMEORIGIN" as const }] },
    { path: "/embed", layers: [{ referrerPolicy: "origin" as const }] },
  ];

  it.each<[TargetName, ConfigFormat, typeof routes]>([
    ["netlify", "_headers", []],
    ["netlify-toml", "netlify-toml", []],
    ["cloudflare-headers", "_headers", routes],
    ["vercel", "vercel", routes],
    ["next-config", "next-config", routes],
  ])("%s", (target, format, routes) => {
    const [file] = exportPolicy(target, { policy, routes }).files;
    const { notes, ...parsed } = parseConfig(format, file?.text ?? "");
    const again = exportPolicy(target, {
      policy: parsed.policy,
      routes: parsed.routes.map(({ path, policy }) => ({ path, layers: [policy] })),
    });
    // Cloudflare's file may take away once more what a broader rule has taken away.
    const set = (text = "") => text.replace(/^ {2}! .*\n/gm, "");
    expect([set(again.files[0]?.text), notes]).toEqual([set(file?.text), []]);
  });
});
