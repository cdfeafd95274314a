import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { skipWithout } from "../peers.js";
import { compileProject } from "./compile.js";
import { howToGetNodes, install, nodeBinary, nodeVersions, readJson, run, tsc } from "./install.js";
import { AGREED, BOTH_COPIES, CJS_SERVER, ESM_SERVER, SERVED, TYPESCRIPT } from "./programs.js";

const installed = install("express@5", "@types/express@5", "@types/node@20");
const { folder, library, files } = installed;
afterAll(installed.remove);

/** Every entry, and the names it exports. */
const EXPORTS: Readonly<Record<string, string>> = {
  portcullis:
    "PolicyError allow append definePolicy httpsRedirect nonce nonceOf observe override parseHeaders perRequest policyOf remove renderHeaders reportOnly sealHeaders secureCookies securityHeaders source",
  "portcullis/presets":
    "api development none presets recommended streamlit streamlitMapbox streamlitMedia streamlitStrict strict strictDynamic",
  "portcullis/applications":
    "applications dash dashStrict gradio gradioStrict jupyter jupyterStrict nodeRed nodeRedStrict swaggerUi swaggerUiStrict",
  "portcullis/audit": "audit compare explain",
  "portcullis/decorators": "SecurityHeaders overridesFor",
  "portcullis/export": "exportPolicy exportRoute parseConfig",
  "portcullis/fastify": "nonceOf override policyOf securityHeaders",
  "portcullis/fetch": "nonceOf override policyOf sealHeaders securityHeaders",
  "portcullis/hashes": "hashInlineScripts hashInlineStyles hashesOf",
  "portcullis/helmet": "fromHelmet",
  "portcullis/koa": "nonceOf override policyOf securityHeaders",
  "portcullis/nest": "SecurityHeaders SecurityHeadersGuard overridesFor secureNest",
  "portcullis/next": "nextHeaders noInlineScripts override",
  "portcullis/proxy": "createProxy",
  "portcullis/reports": "collectReports learn memoryStore policyHash printLearned redisStore reportsPage sqliteStore",
  "portcullis/services":
    "adobeFonts algolia amplitude appleSignIn auth0 braintree cdnjs chargebee clarity clerk cloudflareAnalytics crisp datadog drift firebase friendlyCaptcha googleAnalytics googleFonts googleMaps googleSignIn googleTagManager hcaptcha hotjar hubspot intercom jsdelivr linkedinInsight livereload mapbox matomo metaPixel mixpanel newRelic nextDev openStreetMap paypal plausible posthog recaptcha segment sentry serviceOf services spotify square stripe supabase tiktok turnstile unpkg vimeo viteDev xEmbed youtube zendesk",
  "portcullis/testing": "collectViolations provePolicy recordViolations secured toBeSecured",
};
const entries = Object.keys(EXPORTS);
const told = Object.entries(EXPORTS)
  .map(([entry, names]) => `${entry}: ${names}\n`)
  .join("");

const project = (compilerOptions: Readonly<Record<string, unknown>>, file: string) =>
  JSON.stringify({
    compilerOptions: {
      target: "es2022",
      lib: ["es2023"],
      types: ["node"],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      ...compilerOptions,
    },
    files: [file],
  });

/** Every subpath, and a use that shows that its types are there. */
const EVERY = `${entries.map((entry, index) => `import * as entry${index} from "${entry}";`).join("\n")}
${Object.values(EXPORTS)
  .map(
    (names, index) =>
      `entry${index}.${names.split(" ")[0]};\n// @ts-expect-error: types are there, and do not know it\nentry${index}.unknown;`,
  )
  .join("\n")}
`;

/** Each way of TypeScript to find a module. */
const RESOLUTIONS = [
  { name: "node", options: { module: "commonjs", moduleResolution: "node" }, file: "every.ts" },
  { name: "node, to ES modules", options: { module: "esnext", moduleResolution: "node" }, file: "every.ts" },
  { name: "node16, from an ES module", options: { module: "node16", moduleResolution: "node16" }, file: "every.mts" },
  { name: "node16, from CommonJS", options: { module: "node16", moduleResolution: "node16" }, file: "every.cts" },
  { name: "nodenext, from an ES module", options: { module: "nodenext", moduleResolution: "nodenext" }, file: "every.mts" },
  { name: "nodenext, from CommonJS", options: { module: "nodenext", moduleResolution: "nodenext" }, file: "every.cts" },
  { name: "bundler", options: { module: "esnext", moduleResolution: "bundler" }, file: "every.ts" },
].map((one) => ({ ...one, options: { ...one.options, skipLibCheck: false } }));

installed.write({
  "server.mjs": ESM_SERVER,
  "server.cjs": CJS_SERVER,
  "both.mjs": BOTH_COPIES,
  "names.mjs": entries.map((entry) => `console.log("${entry}: " + Object.keys(await import("${entry}")).sort().join(" "));`).join("\n"),
  "names.cjs": entries.map((entry) => `console.log("${entry}: " + Object.keys(require("${entry}")).sort().join(" "));`).join("\n"),
  "ts/nodenext.mts": TYPESCRIPT,
  "ts/nodenext.cts": TYPESCRIPT,
  "ts/plain.ts": TYPESCRIPT,
  "ts/esm.json": project({ module: "nodenext", moduleResolution: "nodenext", esModuleInterop: true, skipLibCheck: false }, "nodenext.mts"),
  "ts/cjs.json": project({ module: "nodenext", moduleResolution: "nodenext", esModuleInterop: true, skipLibCheck: false }, "nodenext.cts"),
  "ts/bundler.json": project({ module: "esnext", moduleResolution: "bundler", esModuleInterop: true }, "plain.ts"),
  "ts/classic.json": project({ module: "commonjs", moduleResolution: "node10", esModuleInterop: true }, "plain.ts"),
  "ts/every.mts": EVERY,
  "ts/every.cts": EVERY,
  "ts/every.ts": EVERY,
  ...Object.fromEntries(
    RESOLUTIONS.map(({ name, options, file }) => [
      `ts/${name}.json`,
      project({ ...options, lib: ["es2023", "dom"], experimentalDecorators: true }, file),
    ]),
  ),
  "ts/exact.json": project(
    {
      module: "nodenext",
      moduleResolution: "nodenext",
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
    },
    "nodenext.mts",
  ),
});

describe("The packed package", () => {
  it("holds what it is made of, and nothing else", () => {
    const kinds = files.filter(
      (path) => !/^(?:dist\/(?:adapters\/|cli\/|shared\/)?[\w-]+\.(?:js|cjs|d\.ts|d\.cts)|docs\/(?:targets\/)?[\w-]+\.md)$/.test(path),
    );
    expect(kinds.filter((path) => !["CHANGELOG.md", "README.md", "SECURITY.md"].includes(path)).sort()).toEqual([
      "LICENSE",
      "dist/THIRD-PARTY-LICENSES.txt",
      "dist/policy.schema.json",
      "dist/sbom.cdx.json",
      "package.json",
    ]);
  });

  it("holds every file that its README links to", () => {
    const linked = [...readFileSync(join(library, "README.md"), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
      ([, path]) => path as string,
    );
    expect(linked).toContain("docs/frameworks.md");
    expect(linked.filter((path) => !files.includes(path))).toEqual([]);
  });

  it("depends on nothing when it runs", () => {
    const manifest = readJson(join(library, "package.json"));
    expect(manifest["dependencies"] ?? {}).toEqual({});
    // What a store or a recording needs is asked for by whoever uses it, and by nobody else.
    expect(Object.keys(manifest["peerDependencies"] ?? {})).toEqual(["node-sqlite3-wasm", "playwright-core", "redis"]);
    expect(manifest["peerDependenciesMeta"]).toEqual({
      "playwright-core": { optional: true },
      "node-sqlite3-wasm": { optional: true },
      redis: { optional: true },
    });
    expect(manifest["optionalDependencies"] ?? {}).toEqual({});
  });

  it("imports nothing but Node's own modules", () => {
    // What the command line prints of modules has a ${…} in it.
    const imported = files
      .filter((path) => /\.c?js$/.test(path))
      .flatMap((path) => [
        ...readFileSync(join(library, path), "utf8").matchAll(/^import [^;$]*?["']([^"']+)["'];?$|\brequire\(["']([^"']+)["']\)/gm),
      ])
      .map(([, esm, cjs]) => esm ?? cjs ?? "");
    expect(imported.filter((name) => !name.startsWith(".") && !isBuiltin(name))).toEqual([]);
  });

  it("mentions zod in no declaration", () => {
    const declarations = files.filter((path) => /\.d\.c?ts$/.test(path));
    expect(declarations).not.toEqual([]);
    const imports = declarations.filter((path) =>
      /from ["']zod|import\(["']zod|\bz\.\w|\$Zod|\bZod[A-Z]/.test(readFileSync(join(library, path), "utf8")),
    );
    expect(imports).toEqual([]);
  });

  it.each(["mjs", "cjs"])("exports from every entry these names and no others: %s", (format) => {
    expect(run(process.execPath, folder, `names.${format}`)).toBe(told);
  });

  it("serves from ESM JavaScript", () => {
    expect(run(process.execPath, folder, "server.mjs")).toBe(SERVED);
  });

  it("serves from CommonJS JavaScript", () => {
    expect(run(process.execPath, folder, "server.cjs")).toBe(SERVED);
  });

  it("is a command", () => {
    const headers = run(
      process.execPath,
      folder,
      "node_modules/portcullis/dist/cli/cli.js",
      "headers",
      "--policy",
      "none",
      "--policy",
      "api",
    );
    expect(headers).toContain("Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\n");
    expect(readFileSync(join(library, "dist/cli/cli.js"), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it("agrees with itself where it is loaded twice, as ESM and as CommonJS", () => {
    expect(run(process.execPath, folder, "both.mjs")).toBe(AGREED);
  });
});

describe.each(["typescript", "typescript54"] as const)("Under %s a project compiles with", { timeout: 120_000 }, (compiler) => {
  it.each([
    ["module nodenext, as ESM, every declaration checked", "esm"],
    ["module nodenext, as CommonJS, every declaration checked", "cjs"],
  ])("%s", (_setting, name) => {
    expect(tsc(compiler, join(folder, `ts/${name}.json`))).toBe("");
  });

  it.each([
    ["moduleResolution bundler", "bundler"],
    ["classic CommonJS, moduleResolution node10", "classic"],
    ["exactOptionalPropertyTypes and noUncheckedIndexedAccess", "exact"],
  ])("%s", (_setting, name) => {
    expect(compileProject(compiler, join(folder, `ts/${name}.json`))).toBe("");
  });
});

describe.each(["typescript", "typescript54"] as const)("Under %s every subpath has its types with moduleResolution", (compiler) => {
  it.each(RESOLUTIONS.map(({ name }) => name))("%s", { timeout: 120_000 }, (name) => {
    expect(compileProject(compiler, join(folder, `ts/${name}.json`))).toBe("");
  });
});

describe.each(["typescript", "typescript54"] as const)("Under %s, compiled in this process,", (compiler) => {
  it("an error in a program is one", { timeout: 120_000 }, () => {
    installed.write({
      "ts/wrong.mts": 'import { definePolicy } from "portcullis";\ndefinePolicy(1);\n',
      "ts/wrong.json": project({ module: "nodenext", moduleResolution: "nodenext" }, "wrong.mts"),
    });
    expect(compileProject(compiler, join(folder, "ts/wrong.json"))).toContain("wrong.mts(2,14): error TS2345: ");
  });

  it("an error in a package's declarations is one where they are checked", { timeout: 120_000 }, () => {
    installed.write({
      "node_modules/wrong/index.d.ts": "export declare const wrong: Missing;\n",
      "node_modules/wrong/package.json": '{ "name": "wrong", "types": "index.d.ts" }',
      "ts/declared.ts": 'import "wrong";\nexport {};\n',
      "ts/declared.json": project({ module: "esnext", moduleResolution: "bundler", skipLibCheck: false }, "declared.ts"),
    });
    expect(compileProject(compiler, join(folder, "ts/declared.json"))).toContain("index.d.ts(1,29): error TS2304: ");
  });
});

const peers = nodeVersions.map((version) => ({ name: `Node ${version}`, found: existsSync(nodeBinary(version)), get: howToGetNodes }));

describe.skipIf(skipWithout("the packed package on every Node", peers)).each(nodeVersions)("On Node %i the packed package", (version) => {
  const node = nodeBinary(version);

  it("is run by that Node", () => {
    installed.write({ "version.cjs": "console.log(process.versions.node.split('.')[0]);" });
    expect(run(node, folder, "version.cjs")).toBe(`${version}\n`);
  });

  it.each(["mjs", "cjs"])("loads from every entry: %s", (format) => {
    expect(run(node, folder, `names.${format}`)).toBe(told);
  });

  it("serves from ESM JavaScript", () => {
    expect(run(node, folder, "server.mjs")).toBe(SERVED);
  });

  it("serves from CommonJS JavaScript", () => {
    expect(run(node, folder, "server.cjs")).toBe(SERVED);
  });

  it("agrees with itself where it is loaded twice", () => {
    expect(run(node, folder, "both.mjs")).toBe(AGREED);
  });
});
