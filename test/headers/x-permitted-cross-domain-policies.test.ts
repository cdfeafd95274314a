import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["xPermittedCrossDomainPolicies", true, "X-Permitted-Cross-Domain-Policies", "none"],
    ["xPermittedCrossDomainPolicies", "by-content-type", "X-Permitted-Cross-Domain-Policies", "by-content-type"],
  ],
});
