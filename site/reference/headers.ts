import { headerKnowledge } from "../../src/audit/headers/index.js";
import { explain } from "../../src/audit/index.js";
import { directives } from "../../src/headers/content-security-policy/directives.js";
import { type Headers, headers, type Registered, registered } from "../../src/headers/index.js";
import { features } from "../../src/headers/permissions-policy/features.js";
import { kebabCase } from "../../src/values/text.js";
import type { Page } from "../page.js";
import { declarationsOf, memberTexts } from "./doc-comments.js";
import { findingsSection } from "./finding-tables.js";
import { findingsOn } from "./findings.js";
import { guide } from "./guides.js";
import { groupOf, headerRef, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, codes, fence, list, plain, prose, section, table } from "./markdown.js";
import { byPreset } from "./preset-tables.js";
import { headerLines, headersOf, readExample } from "./samples.js";
import { typeOf, wordsOf } from "./schema-types.js";
import { compatOf, specificationSection, supportSection } from "./support.js";
import { headerTexts } from "./text/headers.js";

const REGISTRY = "src/headers/index.ts";

const REPORTING = headers.reportingEndpoints.name;

type HeaderKey = keyof Headers;

/** The header, not its report-only form, by key. */
type Row = Registered & { readonly key: HeaderKey };

/** A page for each header of the registry, and their index. */
export function headerPages(): readonly Page[] {
  const texts = memberTexts(REGISTRY, "headers");
  const rows = registered.filter(({ reportOnly }) => !reportOnly) as readonly Row[];
  return [indexPage(rows, texts), ...rows.map((row) => headerPage(row, texts.get(row.key) ?? ""))];
}

function indexPage(rows: readonly Row[], texts: ReadonlyMap<string, string>): Page {
  const lines = rows.map(({ key, name, header }) => [
    headerRef(name),
    code(key),
    header.hasReportOnly ? "yes" : "",
    prose(withoutName(texts.get(key) ?? "")),
  ]);
  return {
    path: pathOf("headers"),
    title: "Headers",
    description: "Every HTTP security header that Portcullis writes: key in a policy, wire name, values and defaults.",
    group: groupOf("headers"),
    body: blocks(
      `A policy is an object with a key for each header. Write ${code('securityHeaders("recommended", { referrerPolicy: "no-referrer" })')} to change one header of a preset. Every value is checked when the program starts.`,
      table(["Header", "Key in a policy", "Report-only form", "What it does"], lines),
      `Other headers are written under ${ref("options", "custom")}. See ${guide("overrides", "Overrides, and the keys of a policy")} for how layers are merged.`,
    ),
  };
}

/** `X-Frame-Options`: who may … becomes Who may …. */
function withoutName(text: string): string {
  const rest = text.replace(/^`[^`]+`: /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

function headerPage(row: Row, summary: string): Page {
  const { key, name } = row;
  const { text, specifications, guides = [] } = headerTexts[key];
  const compat = compatOf(name);
  return {
    path: pathOf("headers", name),
    title: name,
    description: plain(summary),
    group: groupOf("headers"),
    body: blocks(
      `${prose(summary)} ${text}`,
      exampleText(row),
      factTable(row),
      valuesSection(row),
      section("In each preset", presetTable(name)),
      reportOnlySection(row),
      findingsSection(findingsOn(name)),
      supportSection(compat, name),
      specificationSection(
        compat,
        [...(specifications ?? []), ["Read more", headerKnowledge(key)?.standard.reference ?? ""] as const].filter(([, url]) => url !== ""),
      ),
      section(
        "See also",
        list([
          ...guides.map(([file, title]) => guide(file, title)),
          indexRef("headers", "All headers"),
          indexRef("presets", "All presets"),
        ]),
      ),
    ),
  };
}

function exampleText({ key, name, header }: Row): string {
  const value = headersOf("recommended", { [key]: readExample(header.example) })[name] ?? "";
  const layer = `{ ${key}: ${header.example} }`;
  return blocks(
    "Write it in a policy:",
    fence("js", `import { securityHeaders } from "portcullis";\n\napp.use(securityHeaders("recommended", ${layer}));`),
    "Every response then has this header:",
    fence("http", `${name}: ${value}`),
  );
}

function factTable({ key, name, header }: Row): string {
  const { defaults, hasReportOnly, siteWide, takesText } = header;
  const byDefault = defaults === undefined ? undefined : headersOf("none", { [key]: true })[name];
  return table(
    ["Property", "Value"],
    [
      ["Key in a policy", code(key)],
      ["Name on the wire", code(name)],
      ["`true` means", byDefault === undefined ? "an error: there is no default" : code(byDefault)],
      ["`false` means", "the header is not sent"],
      ["As text", takesText ? "a string with the header's value is accepted too" : ""],
      ["Report-only form", hasReportOnly ? `${code(`${key}ReportOnly`)}, sent as ${code(`${name}-Report-Only`)}` : "none"],
      ["In an override", siteWide ? "a preset or policy leaves it unchanged: it belongs to the whole site" : "it can be changed per route"],
    ].filter(([, value]) => value !== ""),
  );
}

/** The words of the header, its options, or links to the pages of its members. */
function valuesSection(row: Row): string {
  const { key, name, header } = row;
  if (key === "contentSecurityPolicy") {
    const text = `The value is an object of directives: keywords are written without quotes, and hashes with theirs.`;
    const rows = Object.keys(directives).map((one) => [ref("directives", kebabCase(one)), code(one)]);
    return section("Directives", text, table(["Directive", "Key"], rows));
  }
  if (key === "permissionsPolicy") {
    const text =
      'The value is an object of features. `[]` allows a feature for nobody, `["self"]` for this site, `"*"` for every frame; origins are written in full.';
    const rows = Object.keys(features).map((one) => [ref("features", kebabCase(one)), code(one)]);
    return section("Features", text, table(["Feature", "Key"], rows));
  }
  const words = wordsOf(header.value?.() ?? header.fields?.()["policy"]);
  return blocks(wordSection(name, words, header.defaults), optionSection(row));
}

function wordSection(name: string, words: readonly string[], defaults: unknown): string {
  if (words.length === 0) return "";
  const usual = typeof defaults === "string" ? defaults : (defaults as { policy?: string } | undefined)?.policy;
  const rows = words.map((word) => {
    const value = headerNamesQuoted(name) ? JSON.stringify(word) : word;
    return [code(JSON.stringify(word)), word === usual ? "yes" : "", prose(explain({ [name]: value })[0]?.text ?? "")];
  });
  return section("Values", table(["Value", "Default", "What it does"], rows));
}

/** Words of Clear-Site-Data are quoted on the wire. Clear Site Data §3.1. */
const headerNamesQuoted = (name: string) => name === headers.clearSiteData.name;

function optionSection({ key, name, header }: Row): string {
  const fields = Object.entries(header.fields?.() ?? {});
  if (fields.length === 0) return openSection(key, name);
  const texts = optionTexts(name, header.required?.includes("policy") === true);
  const defaults = (header.defaults ?? {}) as Readonly<Record<string, unknown>>;
  const rows = fields.map(([field, schema]) => {
    const text = texts.get(field) ?? (field === "policy" ? "One of the values above." : undefined);
    if (text === undefined) throw new Error(`${name}: the option ${field} has no doc comment.`);
    const needed = header.required?.includes(field) ? "yes" : "";
    const usual = Object.hasOwn(defaults, field) ? code(JSON.stringify(defaults[field])) : "";
    return [code(field), code(typeOf(schema)), needed, usual, prose(text)];
  });
  const off = header.falseIsAValue
    ? "`false` is a value here; an option that is left out is not sent."
    : "`false` removes an option that a lower layer has. The defaults are those of `true`.";
  const widening =
    header.widening === undefined ? "" : `${code("allow(…)")} widens it where a lower layer is stricter: ${code(header.widening.example)}.`;
  return section("Options", table(["Option", "Type", "Required", "Default", "What it does"], rows), off, widening);
}

/** The doc comments of a header's options; those of a word with an endpoint are shared. */
function optionTexts(name: string, isWord: boolean): ReadonlyMap<string, string> {
  const own = isWord ? undefined : declarationsOf(`src/headers/${name.toLowerCase()}.ts`).get(name.replaceAll("-", ""));
  const { members } = own ?? declarationsOf("src/headers/reporting-word.ts").get("ReportingWord") ?? { members: [] };
  return new Map(members.filter(({ text }) => text !== "").map((one) => [one.name, one.text]));
}

/** Headers whose value is a text, or an object of names of the reader's own. */
function openSection(key: HeaderKey, name: string): string {
  const type = declarationsOf(`src/headers/${name.toLowerCase()}.ts`).get(key.charAt(0).toUpperCase() + key.slice(1));
  return type === undefined || type.text === "" || wordsOf(headers[key].value?.()).length > 0 ? "" : section("Value", prose(type.text));
}

const presetTable = (name: string): string => byPreset((sent) => sent[name], "not sent", `No preset sends ${name}.`);

function reportOnlySection({ key, name, header }: Row): string {
  if (!header.hasReportOnly) return "";
  const layer = { reporting: "/reports", [`${key}ReportOnly`]: readExample(header.example) };
  const sent = Object.entries(headersOf("recommended", layer));
  const lines = headerLines(Object.fromEntries(sent.filter(([one]) => one === `${name}-Report-Only` || one === REPORTING)));
  const text = memberTexts("src/headers/patch.ts", "ReportOnlyHeaders").get(`${key}ReportOnly`) ?? "";
  return section(
    "Report-only",
    `${prose(text)} Write it beside the enforced header, or instead of it, to try a stricter value:`,
    fence("js", `securityHeaders("recommended", { reporting: "/reports", ${key}ReportOnly: ${header.example} });`),
    "It adds these headers to those of the preset:",
    fence("http", lines),
    `${codes(["observe", "reportOnly"], " and ")} turn whole layers into report-only headers: see ${guide("report-only", "Report-only")}.`,
  );
}
