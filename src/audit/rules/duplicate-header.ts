import { registered } from "../../headers/index.js";
import type { AuditRule, Found } from "../finding.js";
import type { Repeated } from "../reading.js";
import { ignoredTwice, repeatedOf } from "../repeated.js";
import { standard } from "../standard.js";
import { partsOf, readHeader, type Subject } from "../subject.js";

/** A header that is sent twice, or whose values a proxy has joined with a comma. RFC 9110 §5.3. */
export const duplicateHeader: AuditRule<"duplicate-header"> = {
  rule: "duplicate-header",
  standard: standard("A05", "CWE-436", "https://www.rfc-editor.org/rfc/rfc9110#section-5.3"),
  check: (subject) =>
    NAMED.flatMap(([name, one]): readonly Found[] => {
      const lines = subject.values(name);
      if (lines.length === 0) return NOTHING;
      const ignored = ignoredTwice(one.name, lines, () => readHeader(subject, one.header).kind === "broken");
      if (ignored !== undefined) return [{ header: one.name, severity: "medium", message: `${one.name} is ${ignored}`, fix: FIX }];
      return SINGLE.includes(repeatedOf(one.name)) ? single(subject, one.name) : several(subject, one.name);
    }),
};

const NAMED = registered.map((one) => [one.name.toLowerCase(), one] as const);
const NOTHING: readonly Found[] = [];
const FIX = "Send it once: from the server, the proxy or the application, not from two of them.";

/** Where one value counts, a second one is a mistake. */
const SINGLE: readonly Repeated[] = ["first line", "first member", "equal members", "unspecified"];

function single(subject: Subject, header: string): readonly Found[] {
  const parts = header === "Strict-Transport-Security" ? transportParts(subject) : partsOf(subject, header);
  if (parts.length < 2) return [];
  const equal = new Set(parts.map((part) => part.toLowerCase())).size === 1;
  const how = subject.values(header.toLowerCase()).length > 1 ? `is sent ${parts.length} times` : "has several values, joined with a comma";
  const message = equal
    ? `${header} ${how}, each time the same.`
    : `${header} ${how}, with values that contradict each other: ${header === "X-Frame-Options" ? "browsers block every frame" : "browsers use the first, or none"}.`;
  return [{ header, severity: equal ? "low" : "medium", message, fix: FIX }];
}

/** Lines that a proxy has joined, RFC 9110 §5.2. */
const transportParts = ({ values }: Subject) => values("strict-transport-security").flatMap((line) => line.split(/,(?=[ \t]*max-age\b)/i));

/** Several lines are allowed, but rarely intended. */
function several({ values, enforced, reportOnly, page }: Subject, header: string): readonly Found[] {
  const fields = values(header.toLowerCase()).length;
  if (header.startsWith("Content-Security-Policy")) {
    const count = header === "Content-Security-Policy" ? enforced.length - (page?.policies.length ?? 0) : reportOnly.length;
    if (count < 2) return [];
    const message = `${header} has ${count} policies, and browsers enforce all of them: each one has to allow a request.`;
    return [{ header, severity: "info", message, fix: "Send one policy, unless this is intended." }];
  }
  if (fields < 2) return [];
  return [
    { header, severity: "info", message: `${header} is sent ${fields} times; browsers read the values as one list.`, fix: "Send it once." },
  ];
}
