import { KEYWORD_TEXTS, SANDBOX_TEXTS } from "../../src/cli/schema/keywords.js";
import {
  type Directive,
  type DirectiveKey,
  deprecated,
  directives,
  nameOf,
  rows,
  takesOf,
} from "../../src/headers/content-security-policy/directives.js";
import { headers } from "../../src/headers/index.js";
import type { Page } from "../page.js";
import { memberTexts } from "./doc-comments.js";
import { findingsSection } from "./finding-tables.js";
import { findingsAt } from "./findings.js";
import { guide } from "./guides.js";
import { groupOf, headerRef, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, codes, fence, list, plain, prose, section, table } from "./markdown.js";
import { byPreset } from "./preset-tables.js";
import { recipesWithDirective } from "./recipe-needs.js";
import { directivesOf, headersOf, readExample } from "./samples.js";
import { compatOf, specificationSection, supportSection } from "./support.js";
import { directiveTexts } from "./text/directives.js";

const CSP = headers.contentSecurityPolicy.name;

/** A page for each directive of the registry and each that browsers have dropped, and their index. */
export function directivePages(): readonly Page[] {
  const texts = memberTexts("src/headers/content-security-policy/directives.ts", "directives");
  const keys = Object.keys(directives) as readonly DirectiveKey[];
  return [
    indexPage(keys, texts),
    ...keys.map((key) => directivePage(key, texts.get(key) ?? "")),
    ...[...deprecated].map(([name, advice]) => deprecatedPage(name, advice)),
  ];
}

/** What kind of value a directive has. A kind of the registry without a row here is a compile error. */
const TAKES: Readonly<Record<Directive["takes"], string>> = {
  basic: "a list of sources: keywords, hosts and schemes",
  connect: "a list of sources: keywords, hosts and schemes",
  style: "a list of sources: keywords, hosts, schemes, nonces and hashes",
  default: "a list of sources: keywords, hosts, schemes, nonces and hashes",
  script: "a list of sources: keywords, hosts, schemes, nonces and hashes",
  scriptElement: "a list of sources: keywords, hosts, schemes, nonces and hashes",
  scriptAttribute: "a list of sources: keywords, hosts, schemes, nonces and hashes",
  sandbox: "a list of tokens; `[]` allows nothing",
  trustedTypes: 'a list of names of policies, or `["none"]`',
  trustedTypesFor: '`["script"]`, the only value there is',
  urls: "a list of paths or https URLs",
  endpoint: "the name of an endpoint",
  webrtc: '`"allow"` or `"block"`',
  flag: "`true`: the directive has no value",
};

function indexPage(keys: readonly DirectiveKey[], texts: ReadonlyMap<string, string>): Page {
  const lines = keys.map((key) => [ref("directives", nameOf(key)), code(key), fallbackText(key), prose(withoutName(texts.get(key) ?? ""))]);
  const gone = [...deprecated].map(([name, advice]) => [ref("directives", name), prose(advice)]);
  return {
    path: pathOf("directives"),
    title: "CSP directives",
    description: "Every directive of Content-Security-Policy: key in a policy, kind of value, fallback and what it governs.",
    group: groupOf("directives"),
    body: blocks(
      `A Content-Security-Policy is an object of directives: ${code('contentSecurityPolicy: { scriptSrc: ["self"] }')}. Keywords such as ${code("self")} are written without quotes. See ${headerRef(CSP)} for the header.`,
      table(["Directive", "Key", "Falls back to", "What it governs"], lines),
      section("Directives that are not written any more", table(["Directive", "What to write instead"], gone)),
    ),
  };
}

function withoutName(text: string): string {
  const rest = text.replace(/^`[^`]+`: /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

const fallbackText = (key: string) => (rows[key]?.fallback ?? []).map((one) => ref("directives", nameOf(one))).join(", then ");

function directivePage(key: DirectiveKey, summary: string): Page {
  const name = nameOf(key);
  const compat = compatOf(CSP, name);
  return {
    path: pathOf("directives", name),
    title: `${name} (Content-Security-Policy)`,
    description: plain(summary),
    group: groupOf("directives"),
    body: blocks(
      `${prose(summary)} ${directiveTexts[key].text}`,
      exampleText(key),
      factTable(key),
      wordsSection(key),
      section("In each preset", presetTable(name)),
      recipesSection(key),
      findingsSection(findingsAt(`contentSecurityPolicy.${key}`)),
      supportSection(compat, name),
      specificationSection(compat, [["Content Security Policy Level 3", "https://www.w3.org/TR/CSP3/"]]),
      section(
        "See also",
        list([headerRef(CSP), indexRef("directives", "All directives"), guide("nonces", "Nonces, and sources that depend on the request")]),
      ),
    ),
  };
}

function exampleText(key: DirectiveKey): string {
  const { example, beside = {} } = directiveTexts[key];
  const { contentSecurityPolicy: other = {}, ...keys } = beside as { readonly contentSecurityPolicy?: object };
  const written = [`contentSecurityPolicy: { ${[`${key}: ${example}`, ...membersText(other)].join(", ")} }`, ...membersText(keys)].join(
    ", ",
  );
  const sent = headersOf("recommended", { ...keys, contentSecurityPolicy: { [key]: readExample(example), ...other } })[CSP] ?? "";
  const directive = sent.split("; ").find((one) => one.split(" ")[0] === nameOf(key)) ?? "";
  return blocks(
    "Write it in a policy:",
    fence("js", `import { securityHeaders } from "portcullis";\n\napp.use(securityHeaders("recommended", { ${written} }));`),
    "The header then contains:",
    fence("http", directive),
    takesOf(key) === undefined
      ? ""
      : `A list replaces that of the preset. ${code(`append("https://cdn.example")`)} adds to it, ${code(`remove("data:")`)} removes from it, and ${code(`allow("https://cdn.example")`)} adds only where something is restricted.`,
  );
}

/** The members of an object as code: `trustedTypes: ["default"]`. */
const membersText = (object: object): readonly string[] => Object.entries(object).map(([key, value]) => `${key}: ${valueText(value)}`);

function valueText(value: unknown): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  return `{ ${membersText(value).join(", ")} }`;
}

function factTable(key: DirectiveKey): string {
  const { takes, enforcedOnly }: Directive = directives[key];
  const parents = fallbackText(key);
  const children = Object.keys(rows).filter((one) => rows[one]?.fallback?.includes(key));
  return table(
    ["Property", "Value"],
    [
      ["Key", code(key)],
      ["Value", TAKES[takes]],
      ["Without it", parents === "" ? withoutIt(key) : `browsers use ${parents}`],
      ["Stands in for", children.map((one) => ref("directives", nameOf(one))).join(", ")],
      ["Report-only", enforcedOnly ? "left out of Content-Security-Policy-Report-Only, where it has no meaning" : "works"],
      ["Deprecated", "no"],
    ].filter(([, value]) => value !== ""),
  );
}

function withoutIt(key: DirectiveKey): string {
  return takesOf(key) === undefined ? "nothing: there is no fallback" : "everything is allowed: there is no fallback";
}

/** The words that the directive takes. */
function wordsSection(key: DirectiveKey): string {
  const keywords = takesOf(key)?.keywords ?? [];
  if (keywords.length > 0) {
    const table1 = table(
      ["Keyword", "What it allows or does"],
      keywords.map((one) => [code(JSON.stringify(one)), prose(KEYWORD_TEXTS[one])]),
    );
    const others = [
      `a host: ${codes(['"https://cdn.example"', '"*.cdn.example"', '"https://cdn.example/lib/"'])}`,
      `a scheme: ${codes(['"https:"', '"data:"', '"blob:"'])}`,
      ...(takesOf(key)?.inline
        ? [`a hash of inline content: ${code("\"'sha256-…'\"")}, and ${code("nonce")}, which differs in every response`]
        : []),
      `${code("perRequest((req) => …)")}, and ${code("source(text)")} for a text that TypeScript cannot know`,
    ];
    return section("Sources", table1, "Beside keywords, the list takes:", list(others));
  }
  if (directives[key].takes !== "sandbox") return "";
  return section(
    "Tokens",
    table(
      ["Token", "What it allows"],
      Object.entries(SANDBOX_TEXTS).map(([token, text]) => [code(JSON.stringify(token)), prose(text)]),
    ),
  );
}

const presetTable = (name: string): string => byPreset((sent) => directivesOf(sent).get(name), "not set", `No preset sets ${name}.`);

function recipesSection(key: DirectiveKey): string {
  const recipes = recipesWithDirective(key);
  if (recipes.length === 0) return "";
  const text = "These recipes of `portcullis/services` add sources to it:";
  return section("Recipes", text, recipes.map((name) => ref("recipes", name)).join(", "));
}

function deprecatedPage(name: string, advice: string): Page {
  const compat = compatOf(CSP, name);
  return {
    path: pathOf("directives", name),
    title: `${name} (Content-Security-Policy)`,
    description: `${name} is a deprecated directive of Content-Security-Policy. ${plain(advice)}`,
    group: groupOf("directives"),
    body: blocks(
      `${code(name)} is a deprecated directive of Content-Security-Policy: take it out of your policy. ${prose(advice)}`,
      `A policy that names it is refused when the program starts. In the headers of a site, the audit reports it under ${ref("rules", "broken-value")}.`,
      supportSection(compat, name),
      specificationSection(compat, [["Content Security Policy Level 3", "https://www.w3.org/TR/CSP3/"]]),
      section("See also", list([headerRef(CSP), indexRef("directives", "All directives")])),
    ),
  };
}
