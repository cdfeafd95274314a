import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["documentIsolationPolicy", true, "Document-Isolation-Policy", "isolate-and-require-corp"],
    [
      "documentIsolationPolicyReportOnly",
      "isolate-and-credentialless",
      "Document-Isolation-Policy-Report-Only",
      "isolate-and-credentialless",
    ],
  ],
});
