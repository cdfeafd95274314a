import { SEVERITIES } from "../../src/audit/finding.js";
import { standardOf } from "../../src/audit/headers/index.js";
import { nameOf, rows } from "../../src/headers/content-security-policy/directives.js";
import { headers, registered } from "../../src/headers/index.js";
import type { Page } from "../page.js";
import { type JudgedRule, judgedRules } from "./findings.js";
import { guide } from "./guides.js";
import { groupOf, headerRef, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, link, list, plain, prose, section, table } from "./markdown.js";

/** A page for each rule of the audit, and their index. */
export function rulePages(): readonly Page[] {
  const all = judgedRules();
  return [indexPage(all), ...all.map(rulePage)];
}

/** The severities of a rule's findings, the most severe first. */
function severitiesOf({ findings }: JudgedRule): string {
  const found = SEVERITIES.filter((one) => findings.some(({ severity }) => severity === one));
  return found.length === 1 ? String(found[0]) : `${found.slice(0, -1).join(", ")} or ${found.at(-1)}`;
}

function indexPage(all: readonly JudgedRule[]): Page {
  return {
    path: pathOf("rules"),
    title: "Audit rules",
    description: "Every rule of portcullis check and audit(): what it finds, its severity, an example, and how to mend it.",
    group: groupOf("rules"),
    body: blocks(
      `${code("portcullis check https://example.com")} and ${code("audit()")} of ${code('"portcullis/audit"')} check the headers of a site by these rules. See ${guide("audit", "Checking a site")}.`,
      table(
        ["Rule", "Severity", "What it finds"],
        all.map((one) => [ref("rules", one.name), severitiesOf(one), prose(firstSentence(one.summary))]),
      ),
      "Severities: `high`: an attack works. `medium`: a defence is missing or off. `low`: an additional defence is missing. `info`: good to know.",
    ),
  };
}

/** Up to the first full stop or to the reference to a specification behind it. */
const firstSentence = (text: string) => /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;

function rulePage(one: JudgedRule): Page {
  const { name, summary, text } = one;
  return {
    path: pathOf("rules", name),
    title: `${name} (audit rule)`,
    description: plain(`The audit rule ${name}: ${firstSentence(summary)}`),
    group: groupOf("rules"),
    body: blocks(
      `${code(name)} is a rule of ${code("portcullis check")} and ${code("audit()")}. It finds: ${prose(summary.charAt(0).toLowerCase() + summary.slice(1))} ${text.text}`,
      table(
        ["Property", "Value"],
        [
          ["Severity", severitiesOf(one)],
          ["Classified as", standardText(one)],
          ["Headers", headersText(one)],
        ],
      ),
      exampleSection(one),
      section("How to mend it", text.mend),
      findingsText(one),
      section(
        "See also",
        list([
          ...directivesText(one),
          indexRef("rules", "All rules"),
          ref("commands", "check", "portcullis check"),
          guide("audit", "Checking a site"),
        ]),
      ),
    ),
  };
}

/** A rule without a classification of its own has that of the header that the finding is about. */
function standardText({ rule, findings }: JudgedRule): string {
  const names = [...new Set(findings.map(({ header }) => header))];
  const { owasp, cwe, reference } = rule.standard ?? standardOf(names[0] ?? "");
  const text = `OWASP ${owasp}, ${cwe}; ${link("read more", reference)}`;
  return rule.standard === undefined && names.length > 1 ? `as the header is; for ${names[0]} ${text}` : text;
}

const hasPage = (name: string) => registered.some((one) => one.name === name);

function headersText({ findings }: JudgedRule): string {
  const names = [...new Set(findings.map(({ header }) => header))];
  return names.map((name) => (hasPage(name) ? headerRef(name) : code(name))).join(", ");
}

/** Lines and characters of an example that are shown. */
const [MOST_LINES, MOST_CHARACTERS] = [6, 300];

function exampleSection({ example, exampleFindings }: JudgedRule): string {
  const { headers: lines, context = {}, policy } = example;
  const shown = lines.slice(0, MOST_LINES).map(([name, value]) => cut(`${name}: ${value}`));
  const more = lines.length > MOST_LINES ? [`… (${lines.length} lines)`] : [];
  const facts = [
    context.url === undefined ? "" : `The response came from ${code(context.url)}.`,
    context.html === undefined ? "" : `The page is ${code(context.html)}.`,
  ].filter(Boolean);
  return section(
    "Example",
    policy === undefined ? fence("http", [...shown, ...more].join("\n")) : fence("js", policy.code),
    facts.join(" "),
    "The finding:",
    list(exampleFindings.map(({ severity, message, fix }) => `**${severity}**: ${prose(message)} ${prose(fix)}`)),
  );
}

const cut = (text: string) => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} … (${text.length} characters)` : text);

/** What the rule finds in further responses. */
function findingsText({ findings, exampleFindings }: JudgedRule): string {
  const others = findings.filter((one) => !exampleFindings.some(({ header, message }) => header === one.header && message === one.message));
  const rows = others.map(({ header, severity, message, fix }) => [
    hasPage(header) ? headerRef(header) : code(header),
    severity,
    prose(message),
    prose(fix),
  ]);
  return rows.length === 0
    ? ""
    : section(
        "Further findings",
        "In other responses it reports, for example:",
        table(["Header", "Severity", "Finding", "What to do"], rows),
      );
}

/** Links to the directives that the findings are about. */
function directivesText({ findings }: JudgedRule): readonly string[] {
  const keys = findings.flatMap(({ path, header }) => {
    const [first, key = ""] = path.split(".");
    return header === headers.contentSecurityPolicy.name && first === "contentSecurityPolicy" && Object.hasOwn(rows, key) ? [key] : [];
  });
  return [...new Set(keys)].map((key) => ref("directives", nameOf(key)));
}
