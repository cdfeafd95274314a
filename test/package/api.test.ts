import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { readDoc } from "../../build/api/doc.js";
import { type Extracted, extractApi } from "../../build/api/extract.js";
import { main } from "../../build/api/main.js";
import { type Api, type ApiName, readApi } from "../../build/api/model.js";
import { stabilityOf, withNames, writtenFiles } from "../../build/api/written.js";
import { apiPages } from "../../site/api.js";
import type { Page } from "../../site/page.js";

let extracted: readonly Extracted[];
let api: Api;
let pages: readonly Page[];

beforeAll(async () => {
  extracted = extractApi();
  api = readApi(extracted);
  pages = await apiPages(api);
}, 200_000);

const body = (path: string) => pages.find((page) => page.path === `reference/api/${path}`)?.body ?? "";

/** The part of a page below the heading of a name. */
const section = (path: string, name: string) =>
  body(path)
    .split(/^## /m)
    .find((part) => part.startsWith(`${name}\n`)) ?? "";

const headings = (path: string) => [...body(path).matchAll(/^## (\S+)$/gm)].map(([, name]) => name as string);

const FILES = [
  ...["portcullis", "applications", "audit", "export", "hashes", "presets", "proxy", "reports", "services", "testing"],
  ...["decorators", "fastify", "fetch", "helmet", "koa", "nest", "next"],
];

describe("The public API", () => {
  it("is in api/ and docs/stability.md as the source has it: run `npm run api` and look at the difference", () => {
    for (const [path, text] of writtenFiles(extracted, api)) expect([path, readFileSync(path, "utf8")]).toEqual([path, text]);
  });

  it("has a report for every entry", () => {
    expect(extracted.map(({ entry }) => entry.file)).toEqual(FILES);
  });

  it("has the entries that package.json exports", () => {
    const { exports } = JSON.parse(readFileSync("package.json", "utf8")) as { readonly exports: Readonly<Record<string, unknown>> };
    const rooms = FILES.slice(1, 10).map((file) => `./${file}`);
    expect(Object.keys(exports).sort()).toEqual([".", ...rooms, "./package.json", "./*"].sort());
  });

  it("has the values that each entry exports when it runs", async () => {
    for (const { entry, names } of api.entries) {
      const values = names.filter(({ kind }) => ["Class", "Function", "Variable"].includes(kind)).map(({ name }) => name);
      const module = (await import(/* @vite-ignore */ `../../${entry.module.replace(/\.ts$/, ".js")}`)) as object;
      expect([entry.name, Object.keys(module).sort()]).toEqual([entry.name, [...new Set(values)].sort()]);
    }
  });

  it("has options of types that are not exported", () => {
    const types = writtenFiles(extracted, api).get("api/types.api.md") ?? "";
    expect(types).toMatch(
      /^\/\/ src\/headers\/strict-transport-security\ninterface StrictTransportSecurity \{\n {4}readonly includeSubDomains/m,
    );
  });
});

describe("A page of the API reference", () => {
  it("is there for every entry, with an overview and the types that are not exported", () => {
    expect(pages.map(({ path }) => path)).toEqual(["reference/api", ...[...FILES, "types"].map((file) => `reference/api/${file}`)]);
  });

  it("has every export of the entry's report exactly once", () => {
    for (const { entry, report } of extracted) {
      const exported = [...report.matchAll(/^export (?:declare |abstract )?(?:const|function|interface|type|class) ([\w$]+)/gm)];
      expect([entry.file, [...headings(entry.file)].sort()]).toEqual([entry.file, exported.map(([, name]) => name as string).sort()]);
    }
  });

  it("has functions before values before types", () => {
    expect(headings("next")).toEqual([
      ...["nextHeaders", "override", "noInlineScripts"],
      ...["CheckedNextLayers", "NextHeaders", "NextOverride", "NextPages"],
    ]);
  });

  it("has a signature", () => {
    expect(section("audit", "audit")).toContain(
      "```ts\nfunction audit(subject: Policy | HeadersInput, context?: AuditContext): Audit;\n```",
    );
  });

  it("says what a function takes", () => {
    expect(section("testing", "provePolicy")).toContain(
      "Parameters:\n\n- `on`: as for [recordViolations](/reference/api/testing#recordviolations).\n- `options`: the policy.",
    );
  });

  it("says what a function returns", () => {
    expect(section("services", "serviceOf")).toContain(
      "\n\nReturns the recipe's name, the product's, and the call to write; undefined for",
    );
  });

  it("says what a function throws, with a link", () => {
    expect(section("services", "serviceOf")).toContain(
      "\n\nThrows [PolicyError](/reference/api/portcullis#policyerror) for anything but a string.",
    );
  });

  it("says what the members of a type are", () => {
    expect(section("audit", "Comparison")).toContain(
      '\n\n- `headers`: Every header that is present on either side, in the order in which they are sent.\n- `verdict`: `"same"` or `"stronger"`:',
    );
  });

  it("shows a type with its members", () => {
    expect(section("portcullis", "PolicyIssue")).toContain(
      "interface PolicyIssue {\n    readonly code: PolicyErrorCode;\n    readonly hint: string;\n    readonly message: string;\n    readonly path: string;\n}",
    );
  });

  it("links to types of other entries", () => {
    expect(section("audit", "compare")).toContain(
      "Types: [Policy](/reference/api/portcullis#policy), [HeadersInput](/reference/api/portcullis#headersinput), [Comparison](/reference/api/audit#comparison).",
    );
  });

  it("links a name to the page itself, where it has one", () => {
    expect(section("next", "nextHeaders")).toContain("[override](/reference/api/next#override)");
  });

  it("links to the second of two headings that differ only in letter case by its number", () => {
    expect(section("portcullis", "perRequest")).toContain("[PerRequest](/reference/api/portcullis#perrequest-1)");
  });

  it("says stable or experimental", () => {
    expect(section("audit", "audit")).toContain("audit\n\nfunction, stable\n");
    expect(section("testing", "recordViolations")).toContain("recordViolations\n\nfunction, experimental\n");
  });

  it("links to the entry that has the text of a name that several entries export", () => {
    expect(section("nest", "SecurityHeaders").trim()).toBe(
      "SecurityHeaders\n\nThe same as [SecurityHeaders](/reference/api/decorators#securityheaders) of portcullis/decorators.",
    );
  });

  it("has no link that leads to no heading", () => {
    const ids = new Set(pages.flatMap(({ path }) => slugs(headings(path.replace("reference/api/", ""))).map((slug) => `/${path}#${slug}`)));
    const links = pages.flatMap((page) =>
      [...page.body.matchAll(/\]\((\/reference\/api\/[^)#]*#[^)]*)\)/g)].map(([, href]) => href as string),
    );
    expect(links.length).toBeGreaterThan(300);
    expect(links.filter((href) => !ids.has(href))).toEqual([]);
  });

  it("has no {@link} left", () => {
    expect(pages.filter((page) => page.body.includes("{@")).map(({ path }) => path)).toEqual([]);
  });
});

/** Ids as repository hosts give them to headings. */
function slugs(names: readonly string[]): readonly string[] {
  const lower = names.map((name) => name.toLowerCase());
  return lower.map((name, index) => {
    const before = lower.slice(0, index).filter((one) => one === name).length;
    return before === 0 ? name : `${name}-${before}`;
  });
}

const name = (doc: string): ApiName => ({
  name: "old",
  kind: "Function",
  file: "src/made/up",
  signature: "function old(): void;",
  doc: readDoc(doc),
  members: [],
  mentions: [],
});

const made = (doc: string): Api => ({
  entries: [{ entry: { name: "portcullis/made", file: "made", module: "src/made/up.ts" }, names: [name(doc)] }],
  others: [],
});

describe("A doc comment", () => {
  it("that is missing fails, with the name and the file", async () => {
    await expect(apiPages(made(""))).rejects.toThrow("Without a doc comment: old of portcullis/made (src/made/up.ts).");
  });

  it("with a tag that no page shows fails", () => {
    expect(() => readDoc("/**\n * Text.\n *\n * @example\n *\n * code\n */\n")).toThrow(
      "The doc comment has @example, which no page shows",
    );
  });

  it("with @deprecated says so on the page, before the text", async () => {
    const [, page] = await apiPages(made("/**\n * Text.\n *\n * @deprecated\n *\n * Write `young()`.\n */\n"));
    expect(page?.body).toContain("## old\n\nfunction, stable\n\n**Deprecated.** Write `young()`.\n\nText.\n");
  });

  it("with @experimental and @deprecated has both in the list of names", () => {
    expect(stabilityOf(name("/**\n * Text.\n *\n * @deprecated\n *\n * Write\n * more.\n *\n * @experimental\n */\n"))).toBe(
      "experimental, deprecated: Write more.",
    );
  });
});

describe("The list of names in docs/stability.md", () => {
  it("replaces what is below its heading", () => {
    expect(withNames("# Title\n\nText.\n\n## Every public name\n\nold text\n", made("/**\n * Text.\n */\n"))).toBe(
      "# Title\n\nText.\n\n## Every public name\n\n`npm run api` writes this list from the doc comments.\n\n" +
        "### `portcullis/made`\n\n| name | what | stability |\n|---|---|---|\n| `old` | function | stable |\n",
    );
  });

  it("is refused without its heading", () => {
    expect(() => withNames("# Title\n", made(""))).toThrow('the heading "## Every public name" has to be there once');
  });

  it("has these names as experimental, and no others", () => {
    const experimental = api.entries.flatMap(({ entry, names }) =>
      names.filter(({ doc }) => doc.isExperimental).map((one) => `${entry.file} ${one.name}`),
    );
    expect(experimental).toEqual([
      ...["Batch", "GroupRecord", "Written"].map((one) => `reports ${one}`),
      ...["ServiceCategory", "ServiceFacts", "ServiceNeeds"].map((one) => `services ${one}`),
      ...["ContextLike", "PageOfContext", "PolicyProof", "ProvePolicyOptions", "RecordViolationsOptions", "ViolationRecording"].map(
        (one) => `testing ${one}`,
      ),
      ...["provePolicy", "recordViolations"].map((one) => `testing ${one}`),
      ...["NextPages", "noInlineScripts"].map((one) => `next ${one}`),
    ]);
  });
});

it("npm run api refuses an argument that it does not know", () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  expect(main(["--write"])).toBe(2);
  expect(error).toHaveBeenCalledWith('unexpected argument "--write" (npm run api takes none, npm run api:check neither)');
});
