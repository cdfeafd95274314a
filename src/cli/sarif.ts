import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding, Severity } from "../audit/index.js";
import type { RuleName } from "../audit/rules/index.js";
import { ruleTexts } from "../audit/rules/texts.js";

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = { high: "error", medium: "warning", low: "note", info: "note" };

/** What was audited, and its findings. */
export interface Audited {
  /** An address, or a file. */
  readonly name: string;
  /** The path of a route in that file. */
  readonly route?: string;
  readonly findings: readonly Finding[];
}

/** Findings as SARIF 2.1.0. A SARIF rule is a rule of the audit about one header, so that each has its own help page. */
export function sarifOf(audited: readonly Audited[], version: string): object {
  const all = audited.flatMap(({ findings }) => findings);
  const rules = [...new Map(all.map((finding) => [idOf(finding), finding])).entries()];
  const ids = rules.map(([id]) => id);
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "Portcullis", version, rules: rules.map(([id, finding]) => ruleOf(id, finding)) } },
        columnKind: "utf16CodeUnits",
        results: audited.flatMap(({ name, route, findings }) => findings.map((finding) => resultOf(finding, ids, name, route))),
      },
    ],
  };
}

const idOf = ({ rule, header }: Finding) => `${rule}/${header.toLowerCase()}`;

function ruleOf(id: string, { rule, header, owasp, cwe, reference }: Finding): object {
  const words = rule.replaceAll("-", " ");
  const { text, mend } = ruleTexts[rule as RuleName];
  const help = `${text} ${mend} See ${reference}`;
  return {
    id,
    shortDescription: { text: `${header}: ${words}` },
    fullDescription: { text: `The rule ${rule} of Portcullis, about the header ${header}.` },
    // GitHub shows it beside each result. GHAS requires it.
    help: { text: help.replaceAll("`", ""), markdown: help },
    helpUri: reference,
    properties: { tags: ["security", `OWASP-${owasp}`, cwe] },
  };
}

function resultOf(finding: Finding, ids: readonly string[], name: string, route: string | undefined): object {
  const { severity, header, path, message, fix } = finding;
  const id = idOf(finding);
  const uri = uriOf(name);
  const logical = [
    { name: header, ...(path !== "" && { fullyQualifiedName: path }), kind: "header" },
    ...(route === undefined ? [] : [{ name: route, kind: "route" }]),
  ];
  const where = route === undefined ? "" : `Route ${route}: `;
  return {
    ruleId: id,
    ruleIndex: ids.indexOf(id),
    level: LEVELS[severity],
    // Braces are placeholders and brackets are links in messages. SARIF 2.1.0 §3.11.5, §3.11.6.
    message: { text: escaped(`${where}${message} ${fix}`) },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } }, logicalLocations: logical }],
    properties: { severity },
  };
}

function escaped(text: string): string {
  return text.replace(/[[\]\\]/g, "\\$&").replace(/[{}]/g, "$&$&");
}

/**
 * A relative reference, RFC 3986 §4.2; a file URL for an absolute path. An address goes without its scheme: GitHub refuses the whole file where a
 * scheme is not that of its checkout.
 */
function uriOf(name: string): string {
  if (isAbsolute(name)) return pathToFileURL(name).href;
  const url = /^https?:/i.test(name) && URL.canParse(name) ? new URL(name) : undefined;
  if (url !== undefined) return `${url.host}${url.pathname}`.replace(/:(?=\d+\/)/, "%3A");
  return encodeURI(name).replace(/[#?]/g, encodeURIComponent);
}
