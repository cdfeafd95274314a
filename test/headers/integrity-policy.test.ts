import { endpoint, testHeader } from "./tables.js";

testHeader({
  sent: [
    ["integrityPolicy", true, "Integrity-Policy", "blocked-destinations=(script)"],
    [
      "integrityPolicyReportOnly",
      { blockedDestinations: ["script", "style"], sources: ["inline"] },
      "Integrity-Policy-Report-Only",
      "blocked-destinations=(script style), sources=(inline)",
    ],
  ],
  refused: [
    [
      { integrityPolicy: { blockedDestinations: [] } },
      "integrityPolicy.blockedDestinations: an empty list says nothing. Write at least one, or false for no header.",
    ],
    [
      { integrityPolicy: { blockedDestinations: ["scripts"] } },
      'integrityPolicy.blockedDestinations[0]: "scripts" is not one of its values. Did you mean "script"?',
    ],
    [
      { integrityPolicy: { blockedDestinations: ["script"], endpoints: ["csp", "cps"] }, reportingEndpoints: { csp: "/a" } },
      `integrityPolicy.endpoints[1]: "cps" ${endpoint}. Did you mean "csp"?`,
    ],
    [
      { integrityPolicy: { endpoints: ["a"] }, reportingEndpoints: { a: "/a" } },
      "integrityPolicy.blockedDestinations: is missing. Write blockedDestinations, or false to switch the whole header off.",
    ],
  ],
  broken: [
    [
      { "Integrity-Policy": 'blocked-destinations=(script), endpoints=("a")' },
      '"Integrity-Policy".endpoints: "\\"a\\"" is not one of its values. Write endpoints=(name).',
    ],
    [
      { "Integrity-Policy": "blocked-destinations=(image)" },
      '"Integrity-Policy".blockedDestinations: "image" is not one of its values. Write blocked-destinations=(script).',
    ],
    [
      { "Integrity-Policy": "sources=(inline)" },
      '"Integrity-Policy".blockedDestinations: blocked-destinations is missing. Write blocked-destinations=(script). It takes "script" or "style".',
    ],
    [{ "Integrity-Policy": "constructor=(x)" }, '"Integrity-Policy": "constructor" is not a member of Integrity-Policy. Take it out.'],
  ],
});
