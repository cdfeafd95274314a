import { relative, testHeader } from "./tables.js";

testHeader({
  refused: [
    ...[
      ["csp-report", 'Write "/csp-report", or an https URL.'],
      ["./r", 'Write "/r", or an https URL.'],
      ["//x.example/r", 'Write "https://x.example/r".'],
      ["/\\x.example/r", 'Write "https://x.example/r".'],
      ["?r", 'Write "/?r", or an https URL.'],
      ["#r", 'Write "/#r", or an https URL.'],
      ["https:r.example/r", 'Write "https://r.example/r".'],
    ].map(([text, hint]): [object, string] => [{ reporting: text }, `reporting.default: ${JSON.stringify(text)} ${relative}. ${hint}`]),
    [{ reporting: { csp: "r" } }, `reporting.csp: "r" ${relative}. Write "/r", or an https URL.`],
    [
      { reporting: "/r;default-src" },
      'reporting.default: "/r;default-src" does not fit into report-uri, where ";" and "," end the value. Write them as %3B and %2C.',
    ],
    [
      { reporting: { csp: "https://r.example/a,b" } },
      'reporting.csp: "https://r.example/a,b" does not fit into report-uri, where ";" and "," end the value. Write them as %3B and %2C.',
    ],
    [
      { reporting: "http://r.example/" },
      'reporting.default: "http://r.example/" is not trustworthy, and browsers report nothing there. Write "https://r.example/".',
    ],
    ...[
      { default: false, sample: 0.1 },
      { csp: false, sample: 1 },
      { csp: false, default: false, sample: 0.5 },
    ].map((reporting): [object, string] => [
      { reporting },
      'reporting.sample: has no endpoint to send a sample to. Write an endpoint beside it, such as default: "/reports".',
    ]),
    [{ reporting: { cps: "/r" } }, 'reporting.cps: unknown option. Did you mean "csp"?'],
    [{ reporting: true }, 'reporting: true needs a default, and this key has none. Write "/csp-report".'],
    [
      { reporting: "/a", reportingEndpoints: { default: "/b" } },
      'reportingEndpoints.default: "/b" differs from the URL of reporting. Write the endpoint in one of the two places.',
    ],
  ],
});
