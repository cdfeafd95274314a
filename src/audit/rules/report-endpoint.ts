import type { CspPolicy } from "../../headers/content-security-policy/wire.js";
import { headers } from "../../headers/index.js";
import { show } from "../../values/text.js";
import type { AuditRule, Found } from "../finding.js";
import { standard } from "../standard.js";
import { readHeader, type Subject } from "../subject.js";

/** A `report-to` that names an endpoint that no header defines. Reporting API §3.2. */
export const reportEndpoint: AuditRule<"report-endpoint"> = {
  rule: "report-endpoint",
  standard: standard("A09", "CWE-778", "https://www.w3.org/TR/reporting-1/"),

  check: (subject) => {
    const known = endpoints(subject);
    return namesOf(subject).flatMap(({ name, header, path }): Found[] => {
      if (known.has(name)) return [];
      const message = `${show(name)} is not the name of an endpoint: nothing is reported${header.startsWith("Content-") ? ", and report-uri is ignored" : ""}.`;
      const fix = 'Send Reporting-Endpoints with that name, such as Reporting-Endpoints: default="/reports".';
      return [{ header, ...(path !== undefined && { path }), severity: "low", message, fix }];
    });
  },
};

/** Of Reporting-Endpoints, and of Report-To, which Chromium still reads. */
function endpoints(subject: Subject): ReadonlySet<string> {
  const reading = readHeader(subject, headers.reportingEndpoints);
  const names = reading.kind === "read" ? Object.keys(reading.value) : [];
  return new Set([...names, ...subject.values("report-to").flatMap(groupsOf)]);
}

function groupsOf(value: string): readonly string[] {
  try {
    const groups: unknown = JSON.parse(`[${value}]`);
    return (groups as readonly { readonly group?: unknown }[]).map((one) => String(one?.group ?? "default"));
  } catch {
    return [];
  }
}

interface Named {
  readonly name: string;
  readonly header: string;
  readonly path?: string;
}

const withTwin = (headers: readonly string[]) => headers.flatMap((one) => [one, `${one}-Report-Only`]);

/** How each header but a CSP names its endpoints. */
const PLACES = [
  {
    headers: withTwin(["Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy", "Document-Isolation-Policy", "Permissions-Policy"]),
    pattern: /;\s*report-to\s*=\s*"?([^"\s;,()]+)/gi,
  },
  { headers: withTwin(["Integrity-Policy"]), pattern: /\bendpoints\s*=\s*\(([^()]*)\)/gi },
];

function namesOf({ values, enforced, reportOnly }: Subject): readonly Named[] {
  const ofPolicies = (header: string, key: string, policies: readonly CspPolicy[]): readonly Named[] =>
    policies.flatMap(({ directives }) => (directives.get("report-to") ?? []).map((name) => ({ name, header, path: `${key}.reportTo` })));
  return [
    ...ofPolicies("Content-Security-Policy", "contentSecurityPolicy", enforced),
    ...ofPolicies("Content-Security-Policy-Report-Only", "contentSecurityPolicyReportOnly", reportOnly),
    ...PLACES.flatMap(({ headers: among, pattern }) =>
      among.flatMap((header) => {
        const lists = values(header.toLowerCase()).flatMap((value) => [...value.matchAll(pattern)].map(([, list = ""]) => list));
        const names = new Set(lists.flatMap((list) => list.split(/\s+/).filter(Boolean)));
        return [...names].map((name) => ({ name, header }));
      }),
    ),
  ];
}
