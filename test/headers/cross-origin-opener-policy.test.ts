import { endpoint, testHeader } from "./tables.js";

testHeader({
  sent: [
    ["crossOriginOpenerPolicy", true, "Cross-Origin-Opener-Policy", "same-origin"],
    ["crossOriginOpenerPolicy", "noopener-allow-popups", "Cross-Origin-Opener-Policy", "noopener-allow-popups"],
    [
      "crossOriginOpenerPolicyReportOnly",
      { policy: "same-origin-allow-popups" },
      "Cross-Origin-Opener-Policy-Report-Only",
      "same-origin-allow-popups",
    ],
  ],
  refused: [
    [
      { crossOriginOpenerPolicy: "same-orgin" },
      'crossOriginOpenerPolicy: "same-orgin" is not one of its values. Did you mean "same-origin"?',
    ],
    [
      { crossOriginOpenerPolicy: { policy: "same-orgin" } },
      'crossOriginOpenerPolicy.policy: "same-orgin" is not one of its values. Did you mean "same-origin"?',
    ],
    [
      { crossOriginOpenerPolicy: { policy: "same-origin", reportTo: "x" } },
      `crossOriginOpenerPolicy.reportTo: "x" ${endpoint}. Write reportingEndpoints: { x: "/csp-report" }, or just reporting: "/csp-report".`,
    ],
    [
      { crossOriginOpenerPolicy: { reportTo: "x" }, reportingEndpoints: { x: "/r" } },
      "crossOriginOpenerPolicy.policy: is missing. Write policy, or false to switch the whole header off.",
    ],
    [
      { crossOriginOpenerPolicy: 5 },
      'crossOriginOpenerPolicy: 5 is not a string or an object. Write "same-origin", or false to switch it off.',
    ],
  ],
  broken: [
    [
      { "Cross-Origin-Opener-Policy": '"same-origin"' },
      '"Cross-Origin-Opener-Policy": "\\"same-origin\\"" is not one of its values. Did you mean "same-origin"?',
    ],
  ],
});
