import { relative, testHeader } from "./tables.js";

testHeader({
  sent: [
    ["reportingEndpoints", { csp: "/r", other: "https://r.example/x" }, "Reporting-Endpoints", 'csp="/r", other="https://r.example/x"'],
    [
      "reportingEndpoints",
      { local: "http://localhost:3000/r", loop: "http://127.0.0.1/r" },
      "Reporting-Endpoints",
      'local="http://localhost:3000/r", loop="http://127.0.0.1/r"',
    ],
  ],
  refused: [
    [
      { reportingEndpoints: { csp: "http://r.example" } },
      'reportingEndpoints.csp: "http://r.example" is not trustworthy, and browsers report nothing there. Write "https://r.example".',
    ],
    [
      { reportingEndpoints: { csp: "csp-report" } },
      `reportingEndpoints.csp: "csp-report" ${relative}. Write "/csp-report", or an https URL.`,
    ],
    [
      { reportingEndpoints: { csp: "/a b" } },
      'reportingEndpoints.csp: "/a b" is not a URL. Write a path such as "/reports", or an https URL.',
    ],
    [{ reportingEndpoints: { Csp: "/r" } }, "reportingEndpoints.Csp: an endpoint cannot have this name. Write csp."],
  ],
  broken: [[{ "Reporting-Endpoints": "csp=5" }, '"Reporting-Endpoints".csp: 5 is not a string. Write a quoted URL.']],
});
