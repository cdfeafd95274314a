import type { Path, ReportIssue } from "../errors.js";
import { isLoopback } from "../values/loopback.js";
import { checked, readStructured, strictly } from "../values/schema.js";
import { isInnerList, KEY, parseDictionary, serializeDictionary } from "../values/structured.js";
import { didYouMean, show } from "../values/text.js";
import type { Header, Resolved } from "./header.js";

/** Endpoint names and where they are: a path, or an https URL. */
export type ReportingEndpoints = Readonly<Record<string, string | false>>;

/**
 * A path from the root, or an http(s) URL with its host: what `report-uri` and Reporting-Endpoints take alike. Chromium drops an endpoint
 * that is relative in any other way, and `report-uri` would depend on the page. Browsers read a backslash as a slash.
 */
export function isReportAddress(text: string): boolean {
  return /^(?:https?:\/\/[^/\\?#]|\/(?![/\\]))/i.test(text);
}

/** An endpoint has to be potentially trustworthy, or browsers drop it. Reporting API §3.3, Secure Contexts §3.1. */
export function endpointProblem(text: string): readonly [string, string] | undefined {
  const hint = 'Write a path ("/reports") or an https URL.';
  if (!/^[\x21-\x7e]+$/.test(text) || !URL.canParse(text, "https://site.example")) return ["is not a URL", hint];
  if (!isReportAddress(text) && !ABSOLUTE.test(text)) {
    return ["is a relative URL, and browsers report nothing there", 'Begin it with one "/" ("/reports"), or write an https URL.'];
  }
  const { protocol, hostname } = new URL(text, "https://site.example");
  if (protocol === "https:" || (protocol === "http:" && isLoopback(hostname))) return undefined;
  return ["is not trustworthy, and browsers report nothing there", hint];
}

/** Another scheme, which is no relative URL. */
const ABSOLUTE = /^(?!https?:)[a-z][a-z\d+.-]*:/i;

export const endpointUrl = () => checked("a URL", endpointProblem);

/** Reports a `report-to` whose endpoint no header of this policy names. */
export function checkEndpoint(name: string, path: Path, policy: Resolved, report: ReportIssue): void {
  const endpoints = Object.keys((policy["reportingEndpoints"] ?? {}) as ReportingEndpoints);
  if (endpoints.includes(name)) return;
  const hint =
    didYouMean(name, endpoints) ||
    `Write reportingEndpoints: { ${KEY.test(name) ? name : "csp"}: "/csp-report" }, or just reporting: "/csp-report".`;
  report({ path, code: "unknown-endpoint", message: `${show(name)} names no endpoint, so that nothing is reported`, hint });
}

/** `Reporting-Endpoints`: names for the places that get reports. Reporting API §3.2; a dictionary, RFC 9651 §3.2. */
export const reportingEndpoints: Header<ReportingEndpoints, "Reporting-Endpoints"> = {
  name: "Reporting-Endpoints",
  siteWide: true,
  fields: () => ({}),

  otherField(name, report) {
    if (KEY.test(name)) return endpointUrl();
    report({
      path: [name],
      message: "an endpoint cannot be called that",
      hint: "Begin with a small letter; then small letters, digits, _ - . *",
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
