import { type Audit, audit, explain } from "../../src/audit/index.js";
import type { HeaderSet } from "../../src/policy/render.js";
import type { Page } from "../page.js";
import { declarationsOf, importsOf, memberTexts } from "./doc-comments.js";
import { guide } from "./guides.js";
import { groupOf, headerRef, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, plain, prose, section, table } from "./markdown.js";
import { headerLines, headersOf, type NamedPreset, namedPresets, policyOf } from "./samples.js";
import { presetTexts } from "./text/presets.js";

/** A page for each preset of the package and of applications, and their index. */
export function presetPages(): readonly Page[] {
  const texts = new Map([...memberTexts("src/presets/index.ts", "presets"), ...memberTexts("src/applications/index.ts", "applications")]);
  return [indexPage(texts), ...namedPresets.map((one) => presetPage(one, texts.get(one.name) ?? ""))];
}

/** The policy of a preset; of a patch, over the preset that text/presets.ts names. */
function layersOf({ name, preset }: NamedPreset): readonly unknown[] {
  const { over } = presetTexts[name];
  return over === undefined ? [preset] : [over, preset];
}

function indexPage(texts: ReadonlyMap<string, string>): Page {
  const rows = (isApplication: boolean) =>
    namedPresets
      .filter((one) => one.isApplication === isApplication)
      .map((one) => [
        ref("presets", one.name),
        one.preset.complete ? "complete" : "patch",
        scoreText(auditOf(one)),
        prose(summaryOf(one, texts.get(one.name) ?? "")),
      ]);
  const head = ["Preset", "Kind", "Score", "For"];
  return {
    path: pathOf("presets"),
    title: "Presets",
    description: "Every preset of security headers, with its headers, its purpose and what it breaks.",
    group: groupOf("presets"),
    body: blocks(
      `A preset is a named layer: ${code('securityHeaders("strict")')}. A complete preset replaces all layers below it; a patch changes them. Put your own settings on top: ${code('securityHeaders("strict", { referrerPolicy: "same-origin" })')}.`,
      table(head, rows(false)),
      section(
        "Presets of applications",
        `The command line and policy files take them by name; in code they are imported from ${code('"portcullis/applications"')}.`,
        table(head, rows(true)),
      ),
      `The score is that of the policy alone, by the figures of Mozilla's HTTP Observatory: see ${guide("audit", "Checking a site")}. That of a patch is with the preset below it.`,
    ),
  };
}

/** "The same without eval" is about the preset before it: its own file says more. */
function summaryOf({ name, isApplication }: NamedPreset, text: string): string {
  const isShort = text.startsWith("The same") || text.startsWith("A patch");
  if (!isShort) return text;
  const room = isApplication ? "src/applications/index.ts" : "src/presets/index.ts";
  const own = importsOf(room)
    .map((file) => declarationsOf(file).get(name)?.text ?? "")
    .find((one) => one !== "");
  return /^.*?\.(?=\s|$)/s.exec(own ?? text)?.[0] ?? text;
}

const auditOf = (one: NamedPreset): Audit => audit(policyOf(...layersOf(one)));
const scoreText = ({ score: { points, grade } }: Audit) => `${points} (${grade})`;

function presetPage(one: NamedPreset, summary: string): Page {
  const { name, preset, isApplication } = one;
  const { purpose, breaks, guide: file, over } = presetTexts[name];
  const text = summaryOf(one, summary);
  return {
    path: pathOf("presets", name),
    title: `${name} (preset)`,
    description: plain(`The preset ${name}: ${text}`),
    group: groupOf("presets"),
    body: blocks(
      `${code(name)} is a ${preset.complete ? "complete preset" : "preset that is a patch: it changes the layers below it"}. ${prose(text)} ${purpose}`,
      usageText(name, isApplication, over),
      section("What it breaks", list(breaks)),
      preset.complete ? headersSection(one) : changeSection(one, over ?? "recommended"),
      explainSection(one),
      detailSection(one),
      auditSection(one),
      section(
        "See also",
        list([
          guide(file, "Guide"),
          indexRef("presets", "All presets"),
          ref("commands", "presets", "portcullis presets"),
          ref("commands", "export", "portcullis export"),
        ]),
      ),
    ),
  };
}

function usageText(name: string, isApplication: boolean, over: string | undefined): string {
  const layers = [over === undefined ? undefined : JSON.stringify(over), isApplication ? name : JSON.stringify(name)]
    .filter(Boolean)
    .join(", ");
  const imports = isApplication ? `\nimport { ${name} } from "portcullis/applications";` : "";
  const flags = [over, name]
    .filter((one) => one !== undefined)
    .map((one) => `--policy ${one}`)
    .join(" ");
  return blocks(
    fence("js", `import { securityHeaders } from "portcullis";${imports}\n\napp.use(securityHeaders(${layers}));`),
    "On the command line:",
    fence("sh", `npx portcullis headers ${flags}`),
  );
}

function headersSection(one: NamedPreset): string {
  const sent = headersOf(...layersOf(one));
  const lines = headerLines(sent);
  if (lines === "") return section("Headers", "It sends no header.");
  const strips = (one.preset.patch.stripHeaders || []) as readonly string[];
  const names = Object.keys(sent)
    .map((name) => headerRef(name))
    .join(", ");
  return section(
    "Headers",
    "Over https, every response has:",
    fence("http", lines),
    strips.length === 0 ? "" : `It also removes ${strips.map(code).join(", ")} (${ref("options", "stripHeaders")}).`,
    `Each header has its page: ${names}.`,
    lines.includes("'nonce-") ? "The nonce differs in every response." : "",
  );
}

/** What a patch changes in the headers of the preset below it. */
function changeSection(one: NamedPreset, over: string): string {
  const [before, after] = [headersOf(over), headersOf(...layersOf(one))];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);
  const valueIn = (set: HeaderSet, name: string) => (set[name] === undefined ? "not sent" : code(set[name]));
  const rows = names.map((name) => [headerRef(name), valueIn(before, name), valueIn(after, name)]);
  return section("What it changes", `Over ${ref("presets", over)}:`, table(["Header", "Without it", "With it"], rows));
}

function explainSection(one: NamedPreset): string {
  const rows = explain(policyOf(...layersOf(one))).flatMap(({ header, text, directives }) =>
    directives.length === 0
      ? [[headerRef(header), prose(text)]]
      : directives.map(({ directive, text: sentence }) => [`${headerRef(header)} ${ref("directives", directive)}`, prose(sentence)]),
  );
  return section("What it does", table(["Header", "Effect"], rows));
}

/** The doc comment of the preset's own file, where it says more than the registry. */
function detailSection({ name, isApplication }: NamedPreset): string {
  const room = isApplication ? "applications" : "presets";
  const files = importsOf(`src/${room}/index.ts`);
  const text = files.map((file) => declarationsOf(file).get(name)?.text ?? "").find((one) => one !== "") ?? "";
  return isApplication || name.startsWith("streamlit") ? section("Details", prose(text)) : "";
}

function auditSection(one: NamedPreset): string {
  const { findings, score } = auditOf(one);
  const rows = findings.map(({ rule, severity, message }) => [ref("rules", rule), severity, prose(message)]);
  return section(
    "Audit",
    `${code(`portcullis check ${one.name}`)} gives it ${score.points} points, grade ${score.grade}.`,
    rows.length === 0 ? "It has no findings." : table(["Rule", "Severity", "Finding"], rows),
  );
}
