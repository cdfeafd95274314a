import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse, type Token } from "acorn";
import { Ajv } from "ajv";
import { build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { readAudit } from "../../build/advisories.mjs";
import { bundledPackages } from "../../build/bundled.js";
import { makePlan } from "../../build/plan.js";
import { install, run } from "./install.js";

const installed = install();
afterAll(installed.remove);
const read = (path: string) => readFileSync(join(installed.library, path), "utf8");
const code = installed.files.filter((path) => /^dist\/.*\.c?js$/.test(path));
const { metafiles } = await makePlan();
const bundled = bundledPackages(metafiles);

/** What a file imports or requires as it is loaded. */
function loadedBy(path: string): readonly string[] {
  if (path.endsWith(".cjs")) return [...read(path).matchAll(/=\n?require\("([^"]+)"\)/g)].map(([, name]) => name as string);
  const { body } = parse(read(path), { ecmaVersion: 2024, sourceType: "module" });
  return body.flatMap((node) => ("source" in node && node.source ? [String(node.source.value)] : []));
}

/** A program that uses the core and rooms that both formats share. */
const BUNDLED = `
  import { PolicyError } from "portcullis";
  import { audit } from "portcullis/audit";
  import { exportPolicy, parseConfig } from "portcullis/export";
  import { createProxy } from "portcullis/proxy";
  import { memoryStore } from "portcullis/reports";
  const found = parseConfig("nginx", "server { add_header X-Frame-Options DENY always; }");
  try {
    exportPolicy("nowhere", {});
  } catch (error) {
    console.log(found.policy.resolved.xFrameOptions, error instanceof PolicyError);
  }
  console.log(typeof audit, typeof createProxy, typeof memoryStore);
`;

/** Files of dist that are loaded with an entry. */
function reachedFrom(path: string, known = new Set<string>()): readonly string[] {
  for (const name of loadedBy(path).filter((one) => one.startsWith("."))) {
    const file = join(dirname(path), name);
    if (!known.has(file)) reachedFrom(file, known.add(file));
  }
  return [...known];
}

/** Files that hold a text, most of them by one statement of it. */
const filesWith = (text: string) => code.filter((path) => read(path).includes(text));

describe("In the published code", () => {
  it.each([
    ["the core", 'Symbol.for("portcullis.error@1")', ["dist/shared/core.cjs", "dist/shared/core.js"]],
    ["zod", "function $constructor(", ["dist/shared/core.cjs", "dist/shared/core.js"]],
    ["the audit", "function scoreOf(", ["dist/shared/audit-room.cjs"]],
    ["what prints for servers", "lambda-integration-tag", ["dist/shared/targets-room.cjs"]],
    ["what reads configurations", "function parseConfig(", ["dist/shared/parse-room.cjs"]],
    ["the proxy", "function createProxy(", ["dist/shared/proxy-room.cjs"]],
    ["the collector of reports", "function collectReports(", ["dist/shared/reports-room.cjs"]],
    ["parse5", "end-tag-without-matching-open-element", ["dist/shared/parse5.cjs"]],
    ["yaml", "BLOCK_AS_IMPLICIT_KEY", ["dist/shared/yaml.cjs"]],
    ["acorn", "Unterminated regular expression", ["dist/shared/acorn.cjs"]],
    ["pino", "exports.pino=", ["dist/shared/pino.cjs"]],
  ])("%s is in one file for each format, or in one for both", (_what, text, files) => {
    expect(filesWith(text)).toEqual(files);
  });

  it("no package is in two files of one format", () => {
    const places = metafiles.flatMap((metafile) => bundledPackages([metafile]).map(({ name }) => name));
    expect([...places].sort()).toEqual([...new Set(places)].sort());
  });

  it("the main entry loads the core and nothing else", () => {
    expect(loadedBy("dist/index.js")).toEqual(["./shared/core.js"]);
    expect(loadedBy("dist/shared/core.js")).toEqual([]);
    expect(loadedBy("dist/index.cjs")).toEqual(["./shared/core.cjs"]);
    expect(loadedBy("dist/shared/core.cjs")).toEqual([]);
  });

  it("a room that both formats share gets what it imports from the format that loads it", () => {
    const shared = code.filter((path) => path.endsWith("-room.cjs"));
    expect(shared).toHaveLength(6);
    expect(shared.flatMap(loadedBy)).toEqual([]);
    for (const entry of ["audit", "export", "proxy", "reports"]) {
      const files = (format: string) => reachedFrom(`dist/${entry}.${format}`);
      expect(files("js").filter((path) => path.startsWith("dist/shared/core"))).toEqual(["dist/shared/core.js"]);
      expect(files("cjs").filter((path) => path.startsWith("dist/shared/core"))).toEqual(["dist/shared/core.cjs"]);
    }
  });

  it.each(["esm", "cjs"] as const)("a bundler makes one file that runs of rooms that both formats share: %s", async (format) => {
    const file = join(installed.folder, format === "esm" ? "bundle.mjs" : "bundle.cjs");
    await build({ stdin: { contents: BUNDLED, resolveDir: installed.folder }, bundle: true, format, platform: "node", outfile: file });
    expect(run(process.execPath, installed.folder, file)).toBe("DENY true\nfunction function function\n");
    expect(readFileSync(file, "utf8").split('Symbol.for("portcullis.error@1")')).toHaveLength(2);
  });

  it("no entry but those that read files and configurations loads what they need", () => {
    for (const entry of [
      "presets",
      "applications",
      "reports",
      "proxy",
      "adapters/fetch",
      "adapters/koa",
      "adapters/fastify",
      "adapters/next",
    ]) {
      expect(
        reachedFrom(`dist/${entry}.js`).filter(
          (path) => /parse|yaml|acorn|toml|tinyglobby|pino|targets/.test(path) && !/parse5/.test(path),
        ),
      ).toEqual([]);
    }
  });

  it("names are the sources'", () => {
    for (const name of ["securityHeaders", "definePolicy", "override", "renderHeaders", "throwIfAny", "formatPath"]) {
      expect(read("dist/shared/core.js")).toMatch(new RegExp(`(?:function |const )${name}\\b`));
    }
  });

  it("a line has at most 200 characters, but where a regular expression, a template or a string of characters is longer itself", () => {
    for (const path of code) {
      const long = read(path)
        .split("\n")
        .filter((line) => line.length > 200);
      expect(long.filter((line) => longestToken(path, line) < 180)).toEqual([]);
    }
  });

  it("there is no source map", () => {
    expect(installed.files.filter((path) => path.endsWith(".map"))).toEqual([]);
    expect(filesWith("sourceMappingURL=data")).toEqual([]);
  });
});

const tokens = new Map<string, ReadonlyMap<string, number>>();

/** The length of what cannot be broken in a line: a regular expression, or text of a string or a template. */
function longestToken(path: string, line: string): number {
  if (!tokens.has(path)) {
    const text = read(path);
    const lengths = new Map<string, number>();
    const onToken = ({ type, start, end }: Token) => {
      if (!["regexp", "template", "string", "privateId"].includes(type.label)) return;
      let from = start;
      for (const part of text.slice(start, end).split("\n")) {
        const lineStart = text.lastIndexOf("\n", from - 1) + 1;
        const lineEnd = text.indexOf("\n", from);
        const whole = text.slice(lineStart, lineEnd < 0 ? undefined : lineEnd);
        lengths.set(whole, Math.max(lengths.get(whole) ?? 0, part.length));
        from += part.length + 1;
      }
    };
    parse(text, { ecmaVersion: 2024, sourceType: path.endsWith(".cjs") ? "script" : "module", allowHashBang: true, onToken });
    tokens.set(path, lengths);
  }
  return tokens.get(path)?.get(line) ?? 0;
}

describe("Its size is", () => {
  it("at most 1,030 kB as a tarball", () => {
    expect(installed.size.packed).toBeLessThanOrEqual(1_030_000);
  });

  it("at most 3.35 MB unpacked", () => {
    expect(installed.size.unpacked).toBeLessThanOrEqual(3_350_000);
  });

  it("of declarations, one set for both formats", () => {
    const own = installed.files.filter((path) => path.endsWith(".d.ts")).map(read);
    expect(own).not.toEqual([]);
    for (const text of own) expect(text).toMatch(/^export \* from "\.\/[\w-]+\.cjs";\n$/);
  });
});

describe("What is bundled", () => {
  const bill = JSON.parse(read("dist/sbom.cdx.json"));
  const licences = read("dist/THIRD-PARTY-LICENSES.txt");

  it("has these packages among it", () => {
    const names = bundled.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        "zod",
        "structured-headers",
        "leven",
        "parse5",
        "entities",
        "csp_evaluator",
        "pino",
        "sonic-boom",
        "yaml",
        "acorn",
      ]),
    );
    expect(names).not.toContain("vitest");
  });

  it("is in the bill of materials, with version and licence, and nothing else is", () => {
    const listed = bill.components.map(
      (one: { group?: string; name: string; version: string; licenses: { license: { id: string } }[] }) => [
        one.group === undefined ? one.name : `${one.group}/${one.name}`,
        one.version,
        one.licenses[0]?.license.id,
      ],
    );
    expect(listed.sort()).toEqual(bundled.map(({ name, version, license }) => [name, version, license]).sort());
  });

  it("is in the licences, with version and text, and nothing else is", () => {
    const parts = licences.split(`\n${"-".repeat(80)}\n\n`).map((part) => part.replace("dist/ holds code of these packages.\n\n", ""));
    expect(parts).toEqual(bundled.map(({ name, version, text }) => `${name} ${version}\n\n${text}\n`));
  });

  it("is listed as CycloneDX 1.6", () => {
    const schema = (name: string) =>
      JSON.parse(readFileSync(`node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`, "utf8"));
    const ajv = new Ajv({ strict: false, validateFormats: false });
    for (const name of ["spdx", "jsf-0.82"]) {
      ajv.addSchema({ ...schema(name), $id: `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json` });
    }
    const validate = ajv.compile(schema("bom-1.6"));
    expect(validate(bill) ? [] : validate.errors).toEqual([]);
    expect([bill.bomFormat, bill.specVersion, bill.metadata.component.name]).toEqual(["CycloneDX", "1.6", "portcullis"]);
  });
});

describe("The check for advisories", () => {
  const audit = (vulnerabilities: unknown) => JSON.stringify({ auditReportVersion: 2, vulnerabilities });

  it("fails where a bundled package has one from moderate on", () => {
    expect(readAudit(audit({ zod: { severity: "moderate" }, yaml: { severity: "critical" } }), ["yaml", "zod"])).toEqual({
      failed: true,
      line: "Advisories: known for bundled packages: yaml (critical), zod (moderate). See npm audit.",
    });
  });

  it("passes where only other packages have one, or a low one", () => {
    expect(readAudit(audit({ vitest: { severity: "critical" }, zod: { severity: "low" } }), ["yaml", "zod"])).toEqual({
      failed: false,
      line: "Advisories: none for the 2 bundled packages.",
    });
  });

  it.each([
    ['{"message":"405 Method Not Allowed","error":{"summary":""}}', "405 Method Not Allowed"],
    ["", "npm audit printed no JSON"],
    ["null", "no answer"],
  ])("says in one line that the registry did not answer: %s", (printed, why) => {
    expect(readAudit(printed, ["zod"])).toEqual({
      failed: false,
      line: `Advisories: not checked, because the registry did not answer (${why}).`,
    });
  });
});
