import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { howToGetNodes, nodeBinary } from "../package/install.js";
import { skipWithout } from "../peers.js";
import { bundle, type Program, put, run, shell } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

describe("The help", () => {
  const COMMANDS = [
    "check",
    "compare",
    "completion",
    "explain",
    "export",
    "headers",
    "import",
    "init",
    "learn",
    "presets",
    "prove",
    "proxy",
    "record",
    "services",
  ];

  it.each([[[]], [["--help"]], [["-h"]], [["help"]]])("of the whole names every command: %j", async (args) => {
    const { code, out, err } = await portcullis(...args);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^portcullis 1\.2\.3: /);
    expect([...out.matchAll(/^ {2}(\w+)(?: [<[]\w+[>\]](?:\.{3})?)* {2,}/gm)].map(([, name]) => name)).toEqual(COMMANDS);
  });

  it("of the whole fits a screen of 32 lines", async () => {
    expect((await portcullis("--help")).out.split("\n").length).toBeLessThanOrEqual(32);
  });

  it.each(COMMANDS)("of %s has its options and examples, within 80 columns", async (name) => {
    const { code, out, err } = await portcullis(name, "--help");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`\nUsage: portcullis ${name}`);
    expect(out).toMatch(/\nOptions:\n {2}--\w/);
    expect(out).toContain(`\nExamples:\n  portcullis ${name}`);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(await portcullis("help", name)).toEqual({ code, out, err });
  });

  it("of export names the targets and the presets", async () => {
    const { out } = await portcullis("export", "--help");
    expect(out).toMatch(/\nTargets:\n(?: .*\n)* {2}nginx +nginx/);
    expect(out).toMatch(/\n {2}preset {2}recommended, strict, /);
  });

  it("comes before whatever else is wrong", async () => {
    expect((await portcullis("proxy", "--nonsense", "--help")).code).toBe(0);
  });

  it("starts without what makes a policy", () => {
    const outputs = program.meta.outputs;
    const [cli = ""] = Object.keys(outputs).filter((path) => path.endsWith("/cli.js"));
    const reached = new Set<string>();
    const walk = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const one of outputs[path]?.imports ?? []) if (one.kind === "import-statement" && !one.external) walk(one.path);
    };
    walk(cli);
    const inputs = [...reached].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
    expect(inputs).toContain("src/cli/main.ts");
    expect(inputs.filter((path) => /src\/(?:policy|headers|presets|export|proxy)\/|zod|pino/.test(path))).toEqual([]);
  });

  it.each(["--version", "-v"])("tells the version: %s", async (flag) => {
    expect(await portcullis(flag)).toEqual({ code: 0, out: "1.2.3\n", err: "" });
  });
});

describe("A wrong command line is told in lines, with exit code 2", () => {
  it.each<[string, string[], string[]]>([
    ["an unknown command", ["exprt"], ['"exprt" is not a command. Did you mean "export"?']],
    [
      "a command far from any",
      ["dance"],
      [
        '"dance" is not a command. Write "check", "compare", "completion", "explain", "export", "headers", "import", "init", "learn", "presets", "prove", "proxy", "record" or "services".',
      ],
    ],
    [
      "a word of JavaScript",
      ["constructor"],
      [
        '"constructor" is not a command. Write "check", "compare", "completion", "explain", "export", "headers", "import", "init", "learn", "presets", "prove", "proxy", "record" or "services".',
      ],
    ],
    [
      "an option first",
      ["--policy", "strict"],
      [
        '--policy: the command comes first: "check", "compare", "completion", "explain", "export", "headers", "import", "init", "learn", "presets", "prove", "proxy", "record" or "services".',
      ],
    ],
  ])("%s", async (_, args, lines) => {
    const err = [...lines.map((line) => `error: ${line}`), "See portcullis --help.", ""].join("\n");
    expect(await portcullis(...args)).toEqual({ code: 2, out: "", err });
  });

  it.each<[string, string[], string[]]>([
    ["an unknown option", ["headers", "--polcy", "strict"], ["Unknown option --polcy. Did you mean --policy?"]],
    ["an unknown short option", ["headers", "-x"], ["Unknown option -x."]],
    ["a word of JavaScript", ["headers", "--toString"], ["Unknown option --toString."]],
    ["an option without its value", ["headers", "--policy"], ["--policy needs a value: --policy <preset|file>."]],
    ["an option whose value is an option", ["headers", "--policy", "--nonce"], ["--policy needs a value: --policy <preset|file>."]],
    ["an empty value", ["headers", "--policy="], ["--policy needs a value: --policy <preset|file>."]],
    ["a value where none belongs", ["headers", "--json=yes"], ["--json takes no value."]],
    ["an option twice", ["headers", "--nonce", "a", "--nonce", "b"], ["--nonce cannot be repeated."]],
    [
      "an address too many",
      ["proxy", "http://127.0.0.1:1"],
      ['Unexpected argument "http://127.0.0.1:1". Write --target http://127.0.0.1:1.'],
    ],
    ["a word too many", ["proxy", "strict"], ['Unexpected argument "strict". Write --policy strict.']],
    [
      "a missing target",
      ["export"],
      [
        "<target> is missing. Write portcullis export <target> [policy], such as portcullis export nginx strict; portcullis export --help lists the targets.",
      ],
    ],
    [
      "a missing word",
      ["compare", "strict"],
      ["<after> is missing. Write portcullis compare <before> <after>, such as portcullis compare recommended strict."],
    ],
    [
      "both words missing",
      ["compare"],
      ["<before> and <after> are missing. Write portcullis compare <before> <after>, such as portcullis compare recommended strict."],
    ],
    [
      "a missing site",
      ["check"],
      [
        "<site> is missing, and no configuration file gives a policy. Write portcullis check <site>, such as portcullis check https://example.com, or --sitemap <url>.",
      ],
    ],
    [
      "a missing subject, with a word that is optional",
      ["explain"],
      ["<subject> is missing. Write portcullis explain <subject> [path], such as portcullis explain strict."],
    ],
    ["no port", ["proxy", "--port", "http"], ['--port: "http" is not a whole number from 0 to 65535.']],
    ["a port too high", ["proxy", "--port", "65536"], ['--port: "65536" is not a whole number from 0 to 65535.']],
    ["no time at all", ["proxy", "--connect-timeout", "0"], ['--connect-timeout: "0" is not a whole number from 1 to 86400.']],
    [
      "several things at once",
      ["proxy", "--prot", "1", "--log=1", "--key"],
      ["Unknown option --prot. Did you mean --port?", "--log takes no value.", "--key needs a value: --key <file>."],
    ],
    ["no target", ["proxy"], ["--target is missing: write --target <url>, such as --target http://127.0.0.1:8501."]],
    [
      "a key without a certificate, and a redirect to nowhere",
      ["proxy", "--target", "http://127.0.0.1:1", "--key", "k.pem", "--public-port", "1", "--no-health", "--health-path", "/h"],
      ["--key and --cert need each other.", "--public-port needs --redirect-port.", "--health-path and --no-health cannot be combined."],
    ],
    [
      "a redirect without https",
      ["proxy", "--target", "http://127.0.0.1:1", "--redirect-port", "80"],
      ["--redirect-port needs --key and --cert."],
    ],
    [
      "a proxy of itself",
      ["proxy", "--target", "http://localhost:8080"],
      ["--target http://localhost:8080 is the address of the proxy itself. Write another --port."],
    ],
  ])("%s", async (_, args, lines) => {
    const err = [...lines.map((line) => `error: ${line}`), `See portcullis ${args[0]} --help.`, ""].join("\n");
    expect(await portcullis(...args)).toEqual({ code: 2, out: "", err });
  });

  it.each<[string, string[], string]>([
    ["an unknown preset", ["headers", "--policy", "strct"], '"strct" is not a preset. Did you mean "strict"?'],
    [
      "the name of a recipe",
      ["headers", "--policy", "strict", "--policy", "stripe"],
      '"stripe" is not a preset. Write a file such as policy.json: { "services": ["stripe"] }',
    ],
    ["an unknown preset of an application", ["headers", "--policy", "jupiter"], '"jupiter" is not a preset. Did you mean "jupyter"?'],
    [
      "a word that is neither preset nor file",
      ["headers", "--policy", "somethingelse"],
      '"somethingelse" is not a preset. Write "recommended", "strict", "strictDynamic", "api", "streamlit", "streamlitStrict", "streamlitMedia", "streamlitMapbox", "development", "none", "jupyter", "jupyterStrict", "gradio", "gradioStrict", "dash", "dashStrict", "swaggerUi", "swaggerUiStrict", "nodeRed" or "nodeRedStrict", or a file such as policy.json.',
    ],
    ["a missing file", ["headers", "--policy", "gone.json"], "gone.json does not exist."],
    ["a missing module", ["headers", "--policy", "./gone.mjs"], "./gone.mjs does not exist."],
    ["a folder", ["headers", "--policy", "folder.json"], "folder.json is a folder."],
    [
      "another kind of file",
      ["headers", "--policy", "policy.yaml"],
      'policy.yaml: the extension of a policy file is ".json", ".js", ".mjs", ".cjs", ".ts" or ".mts".',
    ],
    ["an unknown target", ["export", "ngnix"], '"ngnix" is not a target. Did you mean "nginx"?'],
    [
      "a route without a policy",
      ["export", "nginx", "--route", "/embed"],
      "--route /embed: write a path and a preset or policy file, such as /embed=embed.json.",
    ],
    [
      "an upstream that is none",
      ["export", "nginx", "--upstream", "localhost"],
      '--upstream: "localhost" is not an origin. Write "http://127.0.0.1:8501": scheme, host and port, without a path.',
    ],
    [
      "a host that is none",
      ["export", "nginx", "--server-name", "a b"],
      '--server-name: "a b" is not a host name. Write "www.example.com": a name or an IPv4 address, without scheme and port.',
    ],
    [
      "a target of the proxy that is none",
      ["proxy", "--target", "localhost"],
      '--target: "localhost" is not a target address. Write scheme, host and port, such as "http://127.0.0.1:8501"; a path may follow, as in "http://127.0.0.1:8501/base".',
    ],
    [
      "a policy with a nonce, and none given",
      ["headers", "--policy", "strictDynamic"],
      'The policy has a nonce. Write --nonce <base64>, such as --nonce "$(openssl rand -base64 16)".',
    ],
    ["a nonce for nothing", ["headers", "--nonce", "abc"], "--nonce: the policy has no nonce."],
    ["a missing key", ["proxy", "--target", "http://127.0.0.1:1", "--key", "k.pem", "--cert", "c.pem"], "k.pem does not exist."],
  ])("%s", async (_, args, line) => {
    mkdirSync(join(program.folder, "folder.json"), { recursive: true });
    expect(await portcullis(...args)).toEqual({ code: 2, out: "", err: `error: ${line}\n` });
  });

  it("as JSON on stdout, where that is asked for", async () => {
    const { code, out, err } = await portcullis("headers", "--json", "--polcy");
    expect([code, JSON.parse(out), err]).toEqual([2, { errors: ["Unknown option --polcy. Did you mean --policy?"] }, ""]);
  });
});

const DENY = "X-Frame-Options: DENY\n";

it("A policy module that leaves a timer running does not keep a command running", async () => {
  put(program, { "p.mjs": 'setInterval(() => undefined, 1000); export const policy = ["none", { xFrameOptions: "DENY" }];' });
  expect(await portcullis("headers", "--policy", "p.mjs")).toEqual({ code: 0, out: DENY, err: "" });
});

it("An address is refused where a policy is expected, exit code 2", async () => {
  expect(await portcullis("headers", "--policy", "https://a.example/")).toEqual({
    code: 2,
    out: "",
    err: 'error: "https://a.example/" is an address. Write a preset or a policy file.\n',
  });
});

describe("headers", () => {
  it("prints those of recommended where nothing is told", async () => {
    const { code, out, err } = await portcullis("headers");
    expect([code, err]).toEqual([0, ""]);
    expect(out.split("\n").slice(1, 4)).toEqual([
      "Strict-Transport-Security: max-age=31536000; includeSubDomains",
      "X-Frame-Options: SAMEORIGIN",
      "X-Content-Type-Options: nosniff",
    ]);
  });

  it("prints what later policies make of the first", async () => {
    put(program, { "site.json": '{ "xFrameOptions": "SAMEORIGIN" }' });
    const { out } = await portcullis("headers", "--policy", "streamlit", "--policy", "site.json", "--policy=development");
    expect(
      out,
    ).toBe(`Content-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: blob:; connect-src 'self' ws: wss: https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; font-src 'self' data:; frame-ancestors 'self'
X-Frame-Options: SAMEORIGIN
X-Content-Type-Options: nosniff
Referrer-Policy: strict-origin-when-cross-origin
Permissions-Policy: geolocation=(), microphone=(), camera=()
X-XSS-Protection: 1; mode=block
`);
  });

  it("prints them as JSON", async () => {
    put(program, { "site.json": '["none", { "xFrameOptions": "DENY", "referrerPolicy": "origin" }]' });
    const { out } = await portcullis("headers", "--json", "--policy", "site.json");
    expect(JSON.parse(out)).toEqual({ "X-Frame-Options": "DENY", "Referrer-Policy": "origin" });
  });

  it("puts the nonce where the policy has it", async () => {
    put(program, {
      "n.mjs":
        'import { nonce } from "portcullis"; export default ["none", { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: [nonce] } }];',
    });
    expect((await portcullis("headers", "--policy", "n.mjs", "--nonce", "bm9uY2U=")).out).toBe(
      "Content-Security-Policy: default-src 'self'; script-src 'nonce-bm9uY2U='\n",
    );
  });

  it("leaves out the routes of a file, and says so", async () => {
    put(program, { "site.json": '{ "policy": ["none", { "xFrameOptions": "DENY" }], "routes": [{ "path": "/a", "layers": ["none"] }] }' });
    expect(await portcullis("headers", "--policy", "site.json")).toEqual({
      code: 0,
      out: DENY,
      err: "warning: The routes /a are left out: only check, compare, explain, export and proxy use routes.\n",
    });
  });

  it("refuses a nonce that is none", async () => {
    expect(await portcullis("headers", "--policy", "strictDynamic", "--nonce", "a b")).toEqual({
      code: 1,
      out: "",
      err: 'error: nonce: "a b" is not a nonce. Write base64, without \'nonce-.\n',
    });
  });
});

describe("presets", () => {
  it("prints every one with its headers", async () => {
    const { code, out, err } = await portcullis("presets");
    expect([code, err]).toEqual([0, ""]);
    expect([...out.matchAll(/^\S.*$/gm)].map(([line]) => line)).toEqual([
      "recommended",
      "strict",
      "strictDynamic",
      "api",
      "streamlit",
      "streamlitStrict",
      "streamlitMedia (a patch; here on top of recommended)",
      "streamlitMapbox (a patch; here on top of recommended)",
      "development (a patch; here on top of recommended)",
      "none",
      "jupyter",
      "jupyterStrict",
      "gradio",
      "gradioStrict",
      "dash",
      "dashStrict",
      "swaggerUi",
      "swaggerUiStrict",
      "nodeRed",
      "nodeRedStrict",
    ]);
    expect(out).toMatch(/^streamlit\n {2}Content-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline'/m);
    expect(out).toMatch(
      /\nnone\n {2}No headers\.\n\njupyter\n {2}Content-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval';/,
    );
  });

  it("prints them as JSON", async () => {
    const { out } = await portcullis("presets", "--json");
    const { none, streamlit } = JSON.parse(out);
    expect([none, streamlit["X-Frame-Options"]]).toEqual([{}, "SAMEORIGIN"]);
  });
});

describe("A policy file", () => {
  const printed = (name: string) => portcullis("headers", "--policy", name);

  it.each<[string, string, string]>([
    ["a patch in JSON lies on recommended", "p.json", '{ "xFrameOptions": "DENY" }'],
    ["JSON with a byte order mark", "p.json", '\ufeff["none", { "xFrameOptions": "DENY" }]'],
    ["a list of layers in JSON", "p.json", '["none", { "xFrameOptions": "DENY" }]'],
    ["a document in JSON", "p.json", '{ "policy": ["none", { "xFrameOptions": "DENY" }] }'],
    ["a document in JSON whose policy is a patch", "p.json", '{ "policy": { "xFrameOptions": "DENY" } }'],
    ["a default export", "p.mjs", 'export default ["none", { xFrameOptions: "DENY" }];'],
    [
      "an export called policy",
      "p.mjs",
      'import { definePolicy } from "portcullis"; export const policy = definePolicy("none", { xFrameOptions: "DENY" });',
    ],
    [
      "an export called policy beside a default",
      "p.mjs",
      'export const policy = ["none", { xFrameOptions: "DENY" }]; export default function () {}',
    ],
    ["a module by .js, of the kind that the folder's package says", "p.js", 'module.exports = ["none", { xFrameOptions: "DENY" }];'],
    ["CommonJS", "p.cjs", 'exports.policy = ["none", { xFrameOptions: "DENY" }];'],
    ["a name with blanks and a #", "my policy #1.mjs", 'export default ["none", { xFrameOptions: "DENY" }];'],
    ["the name of a preset by export", "p.mjs", 'export const policy = "strict";'],
    ["the name of a preset by default", "p.mjs", 'export default "strict";'],
    ["the name of a preset in a document", "p.json", '{ "policy": "strict" }'],
    ["the name of an application's preset", "p.json", '["nodeRedStrict"]'],
    ["the name of an application's preset by default", "p.mjs", 'export default "dashStrict";'],
    ["a policy made ready by await", "p.mjs", 'export const policy = await Promise.resolve(["none", { xFrameOptions: "DENY" }]);'],
  ])("is read: %s", async (_, name, text) => {
    put(program, { [name]: text });
    const { code, out, err } = await printed(name);
    expect([code, out.match(/^X-Frame-Options: .*\n/m)?.[0], err]).toEqual([0, DENY, ""]);
  });

  it.each<[string, string, string, string[]]>([
    [
      "is refused, an issue a line",
      "p.json",
      '{ "xFrameOptions": "ALLOW-FROM https://a.example", "strictTransportSecurity": { "maxage": 1 } }',
      [
        'p.json: xFrameOptions: "ALLOW-FROM https://a.example" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://a.example"] }.',
        'p.json: strictTransportSecurity.maxage: unknown option. Did you mean "maxAge"?',
      ],
    ],
    ["is refused where it is JSON of another kind", "p.json", "3", ["p.json: policy: 3 is not a layer, or "]],
    [
      "is refused as a whole where it is refused in the module",
      "p.mjs",
      'import { definePolicy } from "portcullis"; export default definePolicy({ xframeOptions: "DENY" });',
      ['p.mjs: xframeOptions: unknown header. Did you mean "xFrameOptions"?'],
    ],
    [
      "is a document with more than it takes",
      "p.json",
      '{ "policy": {}, "routs": [], "xFrameOptions": "DENY" }',
      [
        'p.json: routs: unknown option. Did you mean "routes"?',
        "p.json: xFrameOptions: is not a key beside policy. Write it into the policy.",
      ],
    ],
    [
      "has routes that are none",
      "p.mjs",
      "export const policy = {}; export const routes = [{ path: '/a' }];",
      ['p.mjs: routes[0].layers: is missing. Write { "path": "/embed", "layers": [{ … }] }.'],
    ],
    [
      "has routes that are no list",
      "p.json",
      '{ "policy": {}, "routes": { "path": "/a", "layers": [] } }',
      ['p.json: routes: an object is not a list of routes. Write [{ "path": "/embed", "layers": [{ … }] }].'],
    ],
    [
      "has routes with other keys",
      "p.json",
      '{ "policy": {}, "routes": [{ "path": "/a", "override": {} }, { "path": "/b", "layers": [] }, { "pth": "/c", "layers": {} }, 7] }',
      [
        'p.json: routes[0].override: unknown option. Write "path" or "layers".',
        'p.json: routes[2].pth: unknown option. Did you mean "path"?',
        'p.json: routes[2].layers: an object is not a list of layers. Write { "path": "/embed", "layers": [{ … }] }.',
        'p.json: routes[3]: 7 is not a route. Write { "path": "/embed", "layers": [{ … }] }.',
      ],
    ],
    [
      "names an application's preset that is none",
      "p.json",
      '{ "policy": ["nodered-strict", {}], "routes": [{ "path": "/a", "layers": ["gradioo"] }] }',
      [
        'p.json: "nodered-strict": unknown preset. Did you mean "nodeRedStrict"?',
        'p.json: gradioo: unknown preset. Did you mean "gradio"?',
      ],
    ],
    ["names a preset that is none", "p.mjs", 'export const policy = "strct";', ['p.mjs: strct: unknown preset. Did you mean "strict"?']],
    ["is not JSON", "p.json", '{\n  "a": 1,\n  b\n}', ["p.json is not JSON: "]],
    ["is empty", "p.json", "", ["p.json is not JSON: Unexpected end of JSON input."]],
    ["throws", "p.mjs", "const a = 1;\n\nnothing.here;\n", ["p.mjs: ReferenceError: nothing is not defined (line 3)."]],
    ["throws what is no error", "p.mjs", 'throw "no";', ['p.mjs: threw "no".']],
    ["is no JavaScript", "p.mjs", "\nexport const policy = {;\n", ["p.mjs: SyntaxError: Unexpected token ';' (line 2)."]],
    [
      "exports nothing",
      "p.mjs",
      "export const polisy = {};",
      ["p.mjs: exports no policy. Write export const policy = definePolicy(…), a patch, or a list of layers."],
    ],
    [
      "exports a function",
      "p.mjs",
      "export default () => ({});",
      ["p.mjs: exports a function. Write export const policy = definePolicy(…), a patch, or a list of layers."],
    ],
  ])("%s", async (_, name, text, lines) => {
    put(program, { [name]: text });
    const { code, out, err } = await printed(name);
    expect([code, out]).toEqual([1, ""]);
    const said = err.split("\n").slice(0, -1);
    expect(said.map((line, index) => line.slice(0, `error: ${lines[index]}`.length))).toEqual(lines.map((line) => `error: ${line}`));
  });

  it("that is not JSON is told with its line", async () => {
    put(program, { "p.json": '{\n  "a": 1,\n  b\n}' });
    expect((await printed("p.json")).err).toMatch(/\(line 3/);
  });

  it("that is refused is told as JSON where that is asked for", async () => {
    put(program, { "p.json": '{ "xFrameOptions": "X" }' });
    const { code, out, err } = await portcullis("headers", "--json", "--policy", "p.json");
    expect([code, JSON.parse(out), err]).toEqual([
      1,
      { errors: ['p.json: xFrameOptions: "X" is not one of its values. Write "SAMEORIGIN" or "DENY".'] },
      "",
    ]);
  });

  it.each([
    ["mjs", 'import { definePolicy } from "portcullis"; export default definePolicy("none");', "package 'portcullis'"],
    ["cjs", 'const { stripe } = require("portcullis/services"); exports.policy = stripe();', "module 'portcullis/services'"],
  ])("that needs portcullis where it is not installed says how to get it, or to do without: .%s", async (end, text, missing) => {
    const path = `/tmp/portcullis-alone-${process.pid}.${end}`;
    writeFileSync(path, text);
    onTestFinished(() => rmSync(path));
    const { code, err } = await printed(path);
    expect(code).toBe(1);
    expect(err).toContain(`Cannot find ${missing}`);
    expect(err).toMatch(
      /\. Install it in the project of this file: npm install portcullis\. Without a project, write the policy as \.json; portcullis import prints one with --json\.\n$/,
    );
  });

  const TYPESCRIPT =
    'import type { Patch } from "portcullis";\nexport const policy: readonly ["none", Patch] = ["none", { xFrameOptions: "DENY" }];\n';

  it.skipIf((process.features as { typescript?: unknown }).typescript)("in TypeScript says which Node reads it", async () => {
    put(program, { "p.ts": TYPESCRIPT });
    expect(await printed("p.ts")).toEqual({
      code: 2,
      out: "",
      err: `error: p.ts: Node ${process.versions.node} cannot import TypeScript. Use Node 22.18, 23.6 or newer, or write the policy as .mjs or .json.\n`,
    });
  });

  const node = nodeBinary(24);
  it.skipIf(skipWithout("policies in TypeScript", [{ name: "Node 24", found: existsSync(node), get: howToGetNodes }]))(
    "in TypeScript is read by a Node that strips types",
    async () => {
      put(program, { "p.mts": TYPESCRIPT });
      const { code, out } = await run(program, ["headers", "--policy", "p.mts"], {}, node);
      expect([code, out]).toEqual([0, DENY]);
    },
  );
});

describe("export", () => {
  const POLICY = { "p.json": '["none", { "xFrameOptions": "DENY" }]', "embed.json": '{ "xFrameOptions": false }' };
  const TOP = `# For the top of the server block, above any rewrite, return or if, and again for every location that has an add_header or
# a proxy_hide_header of its own: nginx would drop all of these there.
# With fastcgi_pass, add a fastcgi_hide_header for each proxy_hide_header. The same applies to uwsgi_pass, scgi_pass and grpc_pass.

`;
  const HEADERS = `${TOP}proxy_hide_header X-Frame-Options;
add_header X-Frame-Options "DENY" always;
`;
  const HTTP = `# For the http block.
# The narrowest first: nginx uses the first match.
map $uri $portcullis_route {
    default site;
    ~^/embed\\z embed;
}

map $portcullis_route $portcullis_x_frame_options {
    default "DENY";
    embed "";
}
`;
  const HEADERS_OF_BOTH = `${TOP}# Finds the route now: a map is evaluated once per request, and try_files, index, rewrite and error_page may change the path later.
set $portcullis_place $portcullis_route;
# With an encoded slash next to dots, nginx sees another path than an application that does not decode it: /admin/..%2Fembed.
if ($request_uri ~* "^[^?]*(?:%(?:2f|5c)(?:[.]|%2e){2}(?:[/?]|%2f|%5c|$)|/(?:[.]|%2e){2}%(?:2f|5c))") { return 400; }

proxy_hide_header X-Frame-Options;
add_header X-Frame-Options $portcullis_x_frame_options always;
`;
  const INCLUDE_HTTP = "warning: Include portcullis/http.conf in the http block: the headers need it.\n";
  const read = (path: string) => readFileSync(join(program.folder, path), "utf8");
  const out = () => {
    onTestFinished(() => rmSync(join(program.folder, "out"), { recursive: true, force: true }));
    return ["--out", "out"];
  };

  it("prints one file as it is", async () => {
    put(program, POLICY);
    expect(await portcullis("export", "nginx", "--policy", "p.json")).toEqual({ code: 0, out: HEADERS, err: "" });
  });

  it("prints several under their names", async () => {
    put(program, POLICY);
    expect((await portcullis("export", "nginx", "--policy", "p.json", "--route", "/embed=embed.json")).out).toBe(
      `==> portcullis/http.conf <==\n${HTTP}\n==> portcullis/headers.conf <==\n${HEADERS_OF_BOTH}`,
    );
  });

  it.each([
    [
      "a module",
      "site.mjs",
      'export const policy = ["none", { xFrameOptions: "DENY" }]; export const routes = [{ path: "/embed", layers: [{ xFrameOptions: false }] }];',
    ],
    [
      "JSON",
      "site.json",
      '{ "policy": ["none", { "xFrameOptions": "DENY" }], "routes": [{ "path": "/embed", "layers": [{ "xFrameOptions": false }] }] }',
    ],
  ])("prints the routes of a policy file: %s", async (_, name, text) => {
    put(program, { [name]: text });
    expect((await portcullis("export", "nginx", "--policy", name)).out).toBe(
      `==> portcullis/http.conf <==\n${HTTP}\n==> portcullis/headers.conf <==\n${HEADERS_OF_BOTH}`,
    );
  });

  it("refuses a file with routes for a route", async () => {
    put(program, { "site.json": '{ "policy": {}, "routes": [{ "path": "/a", "layers": [] }] }' });
    expect(await portcullis("export", "nginx", "--route", "/embed=site.json")).toEqual({
      code: 2,
      out: "",
      err: "error: --route /embed=site.json: site.json has routes itself. Write --policy site.json.\n",
    });
  });

  it("says which route of a file is no path", async () => {
    put(program, { "site.json": '{ "policy": {}, "routes": [{ "path": "a", "layers": [] }] }' });
    const { code, err } = await portcullis("export", "nginx", "--policy", "site.json");
    expect([code, err]).toEqual([1, 'error: site.json: routes[0].path: "a" is not a path. Write "/a".\n']);
  });

  it("prints a complete server for an upstream", async () => {
    put(program, POLICY);
    const site = ["--upstream", "http://127.0.0.1:8501", "--server-name", "app.example", "--https-port", "8443", "--http-port", "8080"];
    const files = ["--certificate", "/a.pem", "--certificate-key", "/k.pem", "--health-path", "/up"];
    const { out } = await portcullis("export", "nginx", "--policy", "p.json", ...site, ...files);
    for (const text of [
      "proxy_pass http://127.0.0.1:8501;",
      "return 301 https://app.example:8443$request_uri;",
      "listen 8080;",
      'ssl_certificate "/a.pem";',
      'ssl_certificate_key "/k.pem";',
      "location = /up {",
    ])
      expect(out).toContain(text);
  });

  it("prints files and warnings as JSON", async () => {
    put(program, { "p.json": '["none", { "xFrameOptions": "DENY", "stripHeaders": ["Server"] }]' });
    const { code, out, err } = await portcullis("export", "nginx", "--json", "--policy", "p.json");
    const { files, warnings } = JSON.parse(out);
    expect([code, err, files.map(({ path }: { path: string }) => path), warnings]).toEqual([
      0,
      "",
      ["portcullis/headers.conf"],
      ["nginx always sends its own Server header. server_tokens off removes the version."],
    ]);
  });

  it("warns on stderr", async () => {
    put(program, { "p.json": '["none", { "xFrameOptions": "DENY", "stripHeaders": ["Server"] }]' });
    expect((await portcullis("export", "nginx", "--policy", "p.json")).err).toBe(
      "warning: nginx always sends its own Server header. server_tokens off removes the version.\n",
    );
  });

  it("writes the files into a folder that it makes, and says which", async () => {
    put(program, POLICY);
    const ran = await portcullis("export", "nginx", "--policy", "p.json", "--route", "/embed=embed.json", ...out());
    expect(ran).toEqual({ code: 0, out: "", err: `${INCLUDE_HTTP}wrote out/portcullis/http.conf\nwrote out/portcullis/headers.conf\n` });
    expect([read("out/portcullis/http.conf"), read("out/portcullis/headers.conf")]).toEqual([HTTP, HEADERS_OF_BOTH]);
  });

  it("says as JSON what it has written", async () => {
    put(program, POLICY);
    const { out: text } = await portcullis("export", "nginx", "--policy", "p.json", "--json", ...out());
    expect(JSON.parse(text)).toEqual({ written: ["out/portcullis/headers.conf"], warnings: [] });
  });

  it("writes nothing at all where one of the files is there", async () => {
    put(program, { ...POLICY, "out/portcullis/headers.conf": "mine" });
    expect(await portcullis("export", "nginx", "--policy", "p.json", "--route", "/embed=embed.json", ...out())).toEqual({
      code: 1,
      out: "",
      err: `${INCLUDE_HTTP}error: out/portcullis/headers.conf exists already.\nNothing was written. --force overwrites existing files.\n`,
    });
    expect([read("out/portcullis/headers.conf"), existsSync(join(program.folder, "out/portcullis/http.conf"))]).toEqual(["mine", false]);
  });

  it("overwrites by force", async () => {
    put(program, { ...POLICY, "out/portcullis/headers.conf": "old, and longer than what comes".repeat(50) });
    expect((await portcullis("export", "nginx", "--policy", "p.json", "--force", ...out())).code).toBe(0);
    expect(read("out/portcullis/headers.conf")).toBe(HEADERS);
  });

  it("says so where the folder is a file", async () => {
    put(program, { ...POLICY, out: "a file" });
    const { code, err } = await portcullis("export", "nginx", "--policy", "p.json", "--out", "out");
    expect([code, err]).toEqual([1, "error: out/portcullis/headers.conf is below a file, which is not a folder.\n"]);
  });

  it("refuses a nonce, with its directive", async () => {
    const { code, out, err } = await portcullis("export", "nginx", "--policy", "strictDynamic");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(
      "error: contentSecurityPolicy.scriptSrc: differs per response, but printed values are static. Write hashes instead",
    );
  });

  it("ends quietly where nobody reads on", async () => {
    const { code, err } = await shell(program, "portcullis export nginx --upstream http://127.0.0.1:1 | head -c 1");
    expect([code, err]).toEqual([0, ""]);
  });
});

const terminal = { name: "script", found: spawnSync("script", ["--version"]).status === 0, get: "apt-get install bsdutils" };

describe.skipIf(skipWithout("colours on a terminal", [terminal]))("Colours", () => {
  // script starts $SHELL, which a machine may not set, and only bash takes a function over.
  const onTerminal = (line: string, env: NodeJS.ProcessEnv) =>
    shell(program, `export -f portcullis; script -qec '${line}' /dev/null`, { SHELL: "/bin/bash", TERM: "xterm", ...env });

  it("are there on a terminal", async () => {
    expect((await onTerminal("portcullis --help", {})).out).toContain("\x1b[1mUsage:\x1b[22m");
    expect((await onTerminal("portcullis nonsense", {})).out).toContain("\x1b[31merror:\x1b[39m");
  });

  it.each([{ NO_COLOR: "1" }, { TERM: "dumb" }])("are not there with %j", async (env) => {
    const { out } = await onTerminal("portcullis --help", env);
    expect(out).toContain("Usage:");
    expect(out).not.toContain("\x1b[");
  });

  it("are not there in a pipe", async () => {
    expect((await portcullis("--help")).out).not.toContain("\x1b[");
  });
});
