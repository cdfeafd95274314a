import { type HeaderDifference, type Received, UNKNOWN_NONCE } from "./differences.js";

/** The text of an assertion error: each difference, and hints at likely causes. `isPlain`: the headers are those for plain http. */
export function describeDifferences(differences: readonly HeaderDifference[], headers: Received, isPlain: boolean): string {
  const csp = headers.get("content-security-policy");
  const hints: readonly (readonly [boolean, string])[] = [
    [
      csp === "default-src 'none'" && differences.some(({ name }) => name.startsWith("Content-Security-Policy,")),
      "Express's own error and redirect pages send this CSP: mount sealHeaders(), or respond in your own handler.",
    ],
    [csp?.includes(",") === true, "This CSP has two policies: something else sends one too."],
    [isPlain, 'This is what plain http gets. If the request came that way, pass { transport: "plain" }.'],
  ];
  const lines = differences.map(({ name, expected, got }) => `  ${name}\n    expected  ${spell(expected)}\n    got       ${spell(got)}`);
  const causes = hints.flatMap(([holds, hint]) => (holds ? [hint] : []));
  return [`${differences.length} ${differences.length === 1 ? "difference" : "differences"} from the policy:`, ...lines, ...causes].join(
    "\n",
  );
}

function spell(value: string | undefined): string {
  if (value === undefined) return "(nothing)";
  return value === "" ? "(no value)" : value.replaceAll(UNKNOWN_NONCE, "…");
}
