import { describe, expect, it } from "vitest";
import { getLanguageService, type JSONDocument, type JSONSchema, TextDocument } from "vscode-json-languageservice";
import { policyOfJson } from "../../src/cli/input/policy-file.js";
import { policySchema } from "../../src/cli/schema/policy-schema.js";
import { directives } from "../../src/headers/content-security-policy/directives.js";
import { keys } from "../../src/headers/index.js";
import { features } from "../../src/headers/permissions-policy/features.js";
import { makePolicy } from "../../src/policy/policy.js";
import { presets } from "../../src/presets/index.js";
import { editKind, isEdit } from "../../src/values/edits.js";
import { snippet } from "../docs/snippets.js";

/** As it is published: the language service puts definitions in place of references in what it is given. */
const schema = JSON.stringify(policySchema());

/** As `import` and `learn` write it. */
const ADDRESS = "./node_modules/portcullis/dist/policy.schema.json";
const service = getLanguageService({
  schemaRequestService: async (uri) => {
    if (uri === "file:///site/node_modules/portcullis/dist/policy.schema.json") return schema;
    throw new Error(`${uri} was asked for`);
  },
  workspaceContext: { resolveRelativePath: (path, base) => new URL(path, base).href },
});
service.configure({ validate: true, schemas: [{ uri: "file:///policy", fileMatch: ["*"], schema: JSON.parse(schema) as JSONSchema }] });

function open(text: string): [TextDocument, JSONDocument] {
  const document = TextDocument.create("file:///site/policy.json", "json", 1, text);
  return [document, service.parseJSONDocument(document)];
}

/** What VS Code offers where `|` is, with the text beside it. */
async function completions(text: string): Promise<ReadonlyMap<string, string>> {
  const [document, json] = open(text.replace("|", ""));
  const list = await service.doComplete(document, document.positionAt(text.indexOf("|")), json);
  return new Map(
    list?.items.map(({ label, documentation }) => [label, typeof documentation === "object" ? documentation.value : (documentation ?? "")]),
  );
}

/** What VS Code underlines, and why. */
async function mistakes(text: string): Promise<readonly string[]> {
  const [document, json] = open(text);
  const found = await service.doValidation(document, json);
  return found.map(({ message, range }) => `${document.getText(range)}: ${message}`);
}

it("the policy file of the documentation is right, for VS Code and for the library", async () => {
  const text = snippet("docs/overrides.md > Policy files > 1");
  expect(await mistakes(text)).toEqual([]);
  expect(policyOfJson(text, "policy.json").routes.map(({ path }) => path)).toEqual(["/embed"]);
});

describe("VS Code completes", () => {
  it("the keys of a policy, with what each header does", async () => {
    const found = await completions("{ | }");
    expect([...keys.keys()].filter((key) => !found.has(key))).toEqual([]);
    expect(found.get("xFrameOptions")).toContain("X-Frame-Options");
    expect([...keys.keys()].filter((key) => found.get(key) === "")).toEqual([]);
    expect(["policy", "routes", "$schema"].filter((key) => !found.has(key))).toEqual([]);
  });

  it("the keys of a document, a route, and an edit", async () => {
    expect([...(await completions('{ "policy": [], | }')).keys()]).toEqual(["$schema", "services", "routes", "check", "record", "prove"]);
    expect([...(await completions('{ "policy": [], "routes": [{ | }] }')).keys()]).toEqual(["path", "layers"]);
    expect([...(await completions('{ "contentSecurityPolicy": { "imgSrc": { | } } }')).keys()]).toEqual(["append", "remove", "allow"]);
  });

  it("the names of presets, with what each is for", async () => {
    const found = await completions('[ "|" ]');
    expect([...found.keys()]).toEqual(expect.arrayContaining(Object.keys(presets).map((name) => `"${name}"`)));
    expect(found.get('"api"')).toContain("data");
  });

  it("every directive, with its text", async () => {
    const found = await completions('{ "contentSecurityPolicy": { | } }');
    expect([...found.keys()].sort()).toEqual(Object.keys(directives).sort());
    expect([...found].filter(([, text]) => text === "")).toEqual([]);
    expect(found.get("imgSrc")).toContain("img-src");
  });

  it("the keywords that a directive takes, with what each allows", async () => {
    const found = await completions('{ "contentSecurityPolicy": { "imgSrc": [ "|" ] } }');
    expect(found.get('"self"')).toBe("The origin of the page.");
    expect(found.has('"unsafe-inline"')).toBe(false);
    expect((await completions('{ "contentSecurityPolicy": { "scriptSrc": { "append": [ "|" ] } } }')).has('"unsafe-inline"')).toBe(true);
  });

  it("every feature that browsers have, with a link to its documentation", async () => {
    const found = await completions('["strict", { "permissionsPolicy": { | } }]');
    const current = Object.entries(features).filter(([, feature]) => !("retired" in feature));
    expect([...found.keys()].sort()).toEqual(current.map(([name]) => name).sort());
    expect(found.get("camera")).toContain("Permissions-Policy/camera");
  });

  it("the origins and the object that a feature takes, also in the report-only header", async () => {
    for (const key of ["permissionsPolicy", "permissionsPolicyReportOnly"]) {
      const found = await completions(`{ "${key}": { "camera": [ "|" ] } }`);
      expect([...found]).toEqual([['"self"', "The origin of the page."]]);
      expect([...(await completions(`{ "${key}": { "camera": { | } } }`)).keys()]).toEqual(["allow", "reportTo", "edit", "sources"]);
    }
  });

  it.each([
    ["referrerPolicy", ['"no-referrer"', '"origin"', "false", "true"]],
    ["xFrameOptions", ['"DENY"', '"SAMEORIGIN"', "false", "true"]],
    ["crossOriginOpenerPolicy", ['"same-origin"', '"unsafe-none"', "false", "true"]],
    ["xContentTypeOptions", ['"nosniff"', "false", "true"]],
  ])("the values of %s, each with a sentence", async (key, values) => {
    const found = await completions(`{ "${key}": | }`);
    expect(values.filter((value) => !found.get(value))).toEqual([]);
  });

  it("the options of a header, with their texts", async () => {
    const found = await completions('{ "strictTransportSecurity": { | } }');
    expect([...found.keys()]).toEqual(["maxAge", "includeSubDomains", "preload"]);
    expect(found.get("maxAge")).toContain("Seconds");
  });
});

it("VS Code finds the schema by its address in the file", async () => {
  const found = await completions(`{ "$schema": "${ADDRESS}", "xFrameOptions": | }`);
  expect(found.get('"DENY"')).toBe("No page may frame this page.");
  expect(await mistakes(`{ "$schema": "${ADDRESS}", "xFrameOption": "DENY" }`)).toEqual([
    '"xFrameOption": Property xFrameOption is not allowed.',
  ]);
});

it("the schema has no large part twice", () => {
  expect(schema.length).toBeLessThanOrEqual(99_000);
});

describe("VS Code underlines", () => {
  it.each<[string, string, string]>([
    ["a misspelt header", '{ "xFrameOption": "DENY" }', '"xFrameOption": Property xFrameOption is not allowed.'],
    [
      "a misspelt directive in a layer",
      '["strict", { "contentSecurityPolicy": { "imgsrc": [] } }]',
      '"imgsrc": Property imgsrc is not allowed.',
    ],
    ["a misspelt feature", '{ "permissionsPolicy": { "camra": [] } }', '"camra": Property camra is not allowed.'],
    ["a misspelt key of a document", '{ "policy": "strict", "route": [] }', '"route": Property route is not allowed.'],
  ])("%s", async (_, text, line) => {
    expect(await mistakes(text)).toEqual([line]);
  });

  it("a misspelt keyword, and says what to write", async () => {
    const [line] = await mistakes('{ "contentSecurityPolicy": { "scriptSrc": ["slef"] } }');
    expect(line).toMatch(/^"slef": This is not a source here\. Write a keyword such as "self",/);
  });

  it("nothing in any preset's own patch", async () => {
    for (const { patch } of Object.values(presets)) {
      const text = JSON.stringify(patch, (_key, value) => (isEdit(value) ? { [editKind(value) as string]: value.sources } : value));
      // JSON has no nonce.
      if (!text.includes("{}")) expect(await mistakes(text)).toEqual([]);
    }
  });
});

/** A file, whether the library accepts it, and whether the schema does. */
type Row = readonly [text: string, library: boolean, schema: boolean];

const csp = (directives: string) => `{ "contentSecurityPolicy": ${directives} }`;

/** Headers of one word, each with one that is less strict than its first. */
const WORD_HEADERS = [
  ["crossOriginOpenerPolicy", "same-origin-allow-popups"],
  ["crossOriginOpenerPolicyReportOnly", "unsafe-none"],
  ["crossOriginEmbedderPolicy", "credentialless"],
  ["documentIsolationPolicy", "isolate-and-credentialless"],
] as const;

const GOOD: readonly string[] = [
  '"strict"',
  '["recommended"]',
  '["none", "development", { "xFrameOptions": "DENY" }]',
  '[false, "", "strict"]',
  "{}",
  "[]",
  '{ "$schema": "./node_modules/portcullis/dist/policy.schema.json" }',
  '{ "$schema": "./node_modules/portcullis/dist/policy.schema.json", "xFrameOptions": "SAMEORIGIN" }',
  '{ "policy": "api" }',
  '{ "policy": { "xFrameOptions": false } }',
  '{ "$schema": "./node_modules/portcullis/dist/policy.schema.json", "policy": ["none"], "routes": [] }',
  '{ "policy": ["none"], "routes": [{ "path": "/embed", "layers": [{ "xFrameOptions": false }] }, { "path": "/a/*", "layers": ["api"] }] }',
  '{ "patch": { "contentSecurityPolicy": { "imgSrc": { "append": ["https://a.example"] } } }, "suggestions": [], "advice": [] }',
  csp("true"),
  csp("false"),
  csp("\"default-src 'self'; img-src https:\""),
  csp('"default-src intranet"'),
  csp('{ "defaultSrc": ["self"] }'),
  csp(
    '{ "defaultSrc": ["\'self\'", "https:", "data:", "*.example.com", "https://a.example:8443/path/", "*", "localhost", "localhost:3000"] }',
  ),
  csp('{ "scriptSrc": ["self", "sha256-" ] }').replace('"sha256-"', "\"'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='\""),
  csp('{ "scriptSrc": ["unsafe-inline", "unsafe-eval", "wasm-unsafe-eval", "report-sample", "HTTPS://A.EXAMPLE"] }'),
  csp('{ "connectSrc": ["self", "wss://a.example:*", "ws:"] }'),
  csp('{ "imgSrc": { "append": ["https://a.example"] } }'),
  csp('{ "imgSrc": { "remove": ["data:"] }, "scriptSrcAttr": false, "upgradeInsecureRequests": true }'),
  csp('{ "sandbox": [] }'),
  csp('{ "sandbox": ["allow-scripts", "allow-forms"] }'),
  csp('{ "trustedTypes": ["none"], "requireTrustedTypesFor": ["script"] }'),
  csp('{ "trustedTypes": ["a#b", "allow-duplicates"] }'),
  csp('{ "webrtc": "block" }'),
  csp('{ "reportUri": ["/csp", "https://a.example/r"] }'),
  '{ "contentSecurityPolicyReportOnly": { "defaultSrc": ["none"] } }',
  '{ "strictTransportSecurity": { "maxAge": 0 } }',
  '{ "strictTransportSecurity": { "includeSubDomains": false } }',
  '{ "strictTransportSecurity": { "maxAge": 31536000, "includeSubDomains": true, "preload": true } }',
  '{ "strictTransportSecurity": true }',
  '["none", { "strictTransportSecurity": { "preload": false } }]',
  '{ "xContentTypeOptions": "nosniff", "xXssProtection": "1; mode=block", "xDownloadOptions": true }',
  '{ "referrerPolicy": "no-referrer" }',
  '{ "referrerPolicy": ["no-referrer", "strict-origin"] }',
  '{ "permissionsPolicy": { "camera": [], "geolocation": "*", "microphone": ["self", "https://a.example", "https://*.a.example"] } }',
  '{ "permissionsPolicy": { "camera": { "edit": "allow", "sources": ["self"] } } }',
  '{ "permissionsPolicy": { "camera": { "allow": ["self"], "reportTo": "a" } }, "reportingEndpoints": { "a": "/r" } }',
  '{ "crossOriginOpenerPolicy": "same-origin" }',
  '{ "crossOriginOpenerPolicy": "same-origin; report-to=\\"a\\"", "reportingEndpoints": { "a": "https://a.example/" } }',
  '{ "crossOriginEmbedderPolicy": { "policy": "credentialless", "reportTo": false } }',
  '{ "crossOriginResourcePolicy": "cross-origin", "originAgentCluster": "?0" }',
  '{ "documentPolicy": { "oversizedImages": 2.5, "syncXhr": false, "documentWrite": true } }',
  '{ "integrityPolicy": { "blockedDestinations": ["script", "style"], "sources": ["inline"] } }',
  '{ "cacheControl": "public, max-age=3600" }',
  '{ "clearSiteData": ["cache", "cookies"] }',
  '{ "reporting": "/csp-report" }',
  '{ "reporting": { "csp": "/csp", "default": "https://a.example/r" } }',
  '{ "custom": { "X-Own": "a b", "X-Other": false } }',
  '{ "stripHeaders": ["X-Powered-By", "Server"] }',
  '{ "maxBytes": 32768 }',
  ...WORD_HEADERS.map(([key, word]) => `{ "${key}": { "policy": { "allow": ["${word}"] } } }`),
  '{ "crossOriginOpenerPolicy": { "policy": { "allow": ["unsafe-none"] }, "reportTo": "a" }, "reportingEndpoints": { "a": "/r" } }',
  '["strict", { "contentSecurityPolicy": { "frameSrc": { "allow": ["https://a.example"] } } }]',
  `{ "services": [${Array(100).fill('"stripe"').join()}] }`,
  '["none", { "developmentOnly": "viteDev()" }]',
];

const BAD: readonly string[] = [
  "null",
  "5",
  "true",
  '"strct"',
  '["strct"]',
  "[null]",
  '[["strict"]]',
  "[5]",
  '{ "$schema": 5 }',
  '{ "policy": null }',
  '{ "policy": 5 }',
  '{ "policy": "strict", "extra": 1 }',
  '{ "policy": "strict", "xFrameOptions": "DENY" }',
  '{ "routes": [] }',
  '{ "policy": "strict", "routes": {} }',
  '{ "policy": "strict", "routes": [5] }',
  '{ "policy": "strict", "routes": [{ "path": "/a" }] }',
  '{ "policy": "strict", "routes": [{ "path": "/a", "layers": "strict" }] }',
  '{ "policy": "strict", "routes": [{ "path": "/a", "layers": [], "more": 1 }] }',
  '{ "xFrameOption": "DENY" }',
  '{ "X-Frame-Options": "DENY" }',
  '{ "hsts": true }',
  '{ "xFrameOptions": "deny" }',
  '{ "xFrameOptions": null }',
  '{ "xFrameOptions": { "append": ["DENY"] } }',
  csp("null"),
  csp("[]"),
  csp('""'),
  csp('{ "imgsrc": ["self"] }'),
  csp('{ "img-src": ["self"] }'),
  csp('{ "imgSrc": "self" }'),
  csp('{ "imgSrc": [] }'),
  csp('{ "imgSrc": ["slef"] }'),
  csp('{ "imgSrc": ["unsafe-inline"] }'),
  csp('{ "imgSrc": ["https://a.example; script-src *"] }'),
  csp('{ "imgSrc": [5] }'),
  csp('{ "imgSrc": { "append": [] } }'),
  csp('{ "imgSrc": { "append": ["intranet"] } }'),
  csp('{ "imgSrc": { "append": ["self"], "remove": ["data:"] } }'),
  csp('{ "imgSrc": { "apend": ["self"] } }'),
  csp('{ "scriptSrc": ["sha256-47DEQpj8HBSa"] }'),
  csp('{ "scriptSrc": ["\'nonce-abc\'"] }'),
  csp('{ "sandbox": ["allow-script"] }'),
  csp('{ "webrtc": "deny" }'),
  csp('{ "upgradeInsecureRequests": "yes" }'),
  csp('{ "requireTrustedTypesFor": ["style"] }'),
  '{ "strictTransportSecurity": { "maxAge": "1 year" } }',
  '{ "strictTransportSecurity": { "maxAge": -1 } }',
  '{ "strictTransportSecurity": { "maxAge": 1.5 } }',
  '{ "strictTransportSecurity": { "max-age": 1 } }',
  '{ "strictTransportSecurity": "max-age=1" }',
  '{ "referrerPolicy": "none" }',
  '{ "referrerPolicy": [] }',
  '{ "permissionsPolicy": { "camra": [] } }',
  '{ "permissionsPolicy": { "camera": false } }',
  '{ "permissionsPolicy": { "camera": "self" } }',
  '{ "permissionsPolicy": { "camera": ["none"] } }',
  '{ "permissionsPolicy": { "camera": { "reportTo": "a" } } }',
  '{ "permissionsPolicy": { "camera": { "allow": ["self"] } } }',
  '{ "permissionsPolicy": { "camera": { "edit": "allow", "sources": [] } } }',
  '{ "permissionsPolicy": { "camera": { "edit": "append", "sources": ["self"] } } }',
  '{ "crossOriginOpenerPolicy": "same-orign" }',
  '{ "crossOriginOpenerPolicy": { "policy": "same-orign" } }',
  '{ "clearSiteData": true }',
  '{ "clearSiteData": ["cash"] }',
  '{ "documentPolicy": { "syncXhr": "no" } }',
  '{ "integrityPolicy": { "blockedDestinations": [] } }',
  '{ "custom": { "X Own": "a" } }',
  '{ "custom": { "X-Own": true } }',
  '{ "reportingEndpoints": { "A": "/r" } }',
  '{ "stripHeaders": "Server" }',
  '{ "maxBytes": 0 }',
  '{ "maxBytes": 1048577 }',
  '{ "reporting": { "crash": "/r" } }',
  '{ "__proto__": {} }',
  '{ "crossOriginOpenerPolicy": { "policy": { "allow": ["unsafe-non"] } } }',
  '{ "crossOriginOpenerPolicy": { "policy": { "allow": [] } } }',
  '{ "crossOriginOpenerPolicy": { "policy": { "allow": ["noopener-allow-popups"] } } }',
  '{ "crossOriginOpenerPolicy": { "policy": { "allow": ["same-origin", "unsafe-none"] } } }',
  '{ "crossOriginEmbedderPolicy": { "policy": { "append": ["credentialless"] } } }',
  '["strict", { "contentSecurityPolicy": { "defaultSrc": { "allow": ["https://a.example"] } } }]',
  '["strict", { "contentSecurityPolicy": { "childSrc": { "allow": ["https://a.example"] } } }]',
  `{ "services": [${Array(101).fill('"stripe"').join()}] }`,
  '{ "services": ["constructor"] }',
  '{ "developmentOnly": "" }',
];

/** What depends on several values, or on a grammar that a pattern would repeat: the library refuses it, and the schema does not. */
const LIBRARY_ONLY: readonly string[] = [
  csp('{ "imgSrc": ["none", "self"] }'),
  csp('{ "scriptSrc": ["strict-dynamic"] }'),
  '["none", { "contentSecurityPolicy": { "imgSrc": ["self"] } }]',
  '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"], "reportTo": "nowhere" } }]',
  '["none", { "contentSecurityPolicyReportOnly": { "defaultSrc": ["self"], "sandbox": [] } }]',
  csp('{ "imgSrc": ["https://a.example:99999"] }'),
  csp('{ "reportUri": ["csp-report"] }'),
  csp('{ "trustedTypes": ["a b"] }'),
  '{ "strictTransportSecurity": { "maxAge": 1, "preload": true } }',
  '["none", { "strictTransportSecurity": { "includeSubDomains": true } }]',
  '{ "permissionsPolicy": { "camera": ["https://a.example/path"] } }',
  '{ "cacheControl": "max-age" }',
  '{ "custom": { "Set-Cookie": "a=b" } }',
  '{ "custom": { "X-Frame-Options": "DENY" } }',
  '{ "custom": { "X-A": "1", "x-a": "2" } }',
  '{ "custom": { "X-A": " a" } }',
  '{ "stripHeaders": ["X-Frame-Options"] }',
  '{ "reporting": "http://a.example/r" }',
  '{ "documentPolicy": { "oversizedImages": 0.1234 } }',
  '{ "services": [{ "friendlyCaptcha": { "version": 1, "cdn": true } }] }',
];

const rows: readonly Row[] = [
  ...GOOD.map((text): Row => [text, true, true]),
  ...BAD.map((text): Row => [text, false, false]),
  ...LIBRARY_ONLY.map((text): Row => [text, false, true]),
];

function libraryAccepts(text: string): boolean {
  try {
    const { layers } = policyOfJson(text, "p.json");
    makePolicy(layers);
    return true;
  } catch {
    return false;
  }
}

describe("The library and the schema agree", () => {
  it.each(rows)("%s", async (text, library, fits) => {
    expect([libraryAccepts(text), (await mistakes(text)).length === 0]).toEqual([library, fits]);
  });

  it("on every key that is turned on, off or left at its default", async () => {
    for (const [key, { entry }] of keys) {
      const values = [false, ...(entry.defaults === undefined ? [] : [true, entry.defaults])];
      for (const value of values) expect(await mistakes(JSON.stringify({ [key]: value }))).toEqual([]);
    }
  });

  it("with patterns that also compile with the flag u", () => {
    const patterns = [...schema.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(([, text]) => JSON.parse(text as string) as string);
    expect(patterns.length).toBeGreaterThan(5);
    for (const pattern of patterns) expect(() => new RegExp(pattern, "u")).not.toThrow();
  });
});
