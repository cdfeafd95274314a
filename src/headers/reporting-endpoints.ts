import type { Path, ReportIssue } from "../errors.js";
import { isLoopback } from "../values/loopback.js";
import { checked, readStructured, strictly } from "../values/schema.js";
import { isInnerList, KEY, parseDictionary, serializeDictionary } from "../values/structured.js";
import { didYouMean, property, show } from "../values/text.js";
import type { Header, Resolved } from "./header.js";

/** The URL of each endpoint, by its name: a path, or an https URL. */
export type ReportingEndpoints = Readonly<Record<string, string | false>>;

/**
 * Whether a text is a path from the root, or an http(s) URL with its host, as `report-uri` and Reporting-Endpoints both take. Chromium
 * drops an endpoint with any other relative URL, and in `report-uri` it would depend on the page. Browsers read a backslash as a slash.
 */
export function isReportAddress(text: string): boolean {
  return /^(?:https?:\/\/[^/\\?#]|\/(?![/\\]))/i.test(text);
}

/** An endpoint has to be potentially trustworthy, or browsers drop it. Reporting API §3.3, Secure Contexts §3.1. */
export function endpointProblem(text: string): readonly [string, string] | undefined {
  const hint = 'Write a path such as "/reports", or an https URL.';
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text, "https://site.example")) return ["is not a URL", hint];
  if (!isReportAddress(text) && !ABSOLUTE.test(text)) {
    return ["is a relative URL, and browsers report nothing there", relativeHint(text)];
  }
  const { protocol, hostname } = new URL(text, "https://site.example");
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  const secure = protocol === "http:" ? `Write ${show(text.replace(/^http:/i, "https:"))}.` : hint;
  return ["is not trustworthy, and browsers report nothing there", secure];
}

function relativeHint(text: string): string {
  const host = /^(?:https?:[/\\]*|[/\\]{2,})/i.exec(text)?.[0];
  const path = `/${text.replace(/^[./\\]+/, "")}`;
  return host === undefined ? `Write ${show(path)}, or an https URL.` : `Write ${show(`https://${text.slice(host.length)}`)}.`;
}

/** A URL with another scheme. */
const ABSOLUTE = /^(?!https?:)[a-z][a-z\d+.-]*:/i;

/** The schema of an endpoint's URL. */
export const endpointUrl = () => checked("a URL", endpointProblem, 'Write a path such as "/csp-report", or an https URL.');

/** Reports a `report-to` whose endpoint no header of this policy names. */
export function checkEndpoint(name: string, path: Path, policy: Resolved, report: ReportIssue): void {
  const endpoints = Object.keys((policy["reportingEndpoints"] ?? {}) as ReportingEndpoints);
  if (endpoints.includes(name)) return;
  const hint =
    didYouMean(name, endpoints) ||
    `Write reportingEndpoints: { ${property(KEY.test(name) ? name : "csp", '"/csp-report"')} }, or just reporting: "/csp-report".`;
  report({ path, code: "unknown-endpoint", message: `${show(name)} names no endpoint, so that nothing is reported`, hint });
}

/** `Reporting-Endpoints`: names and URLs of the endpoints that get reports. Reporting API §3.2; a dictionary, RFC 9651 §3.2. */
export const reportingEndpoints: Header<ReportingEndpoints, "Reporting-Endpoints"> = {
  name: "Reporting-Endpoints",
  siteWide: true,
  example: '{ csp: "/csp-report" }',
  fields: () => ({}),

  otherField(name, report) {
    if (KEY.test(name)) return endpointUrl();
    report({
      path: [name],
      message: "an endpoint cannot have this name",
      hint: KEY.test(name.toLowerCase())
        ? `Write ${name.toLowerCase()}.`
        : "Begin with a small letter, followed by small letters, digits, and the characters _ - . *",
    });
    return undefined;
  },

  serialize: (endpoints) => serializeDictionary(endpoints as Record<string, string>),

  parse: strictly(read),
  read,
};

function read(text: string, report: ReportIssue): ReportingEndpoints {
  return Object.fromEntries(
    [...readStructured(text, parseDictionary)].flatMap(([name, member]) => {
      const url = isInnerList(member) ? undefined : member[0];
      const problem = typeof url === "string" ? endpointProblem(url) : (["is not a string", "Write a quoted URL."] as const);
      if (problem === undefined) return [[name, url as string]];
      report({ path: [name], message: `${show(url)} ${problem[0]}`, hint: problem[1] });
      return [];
    }),
  );
}
