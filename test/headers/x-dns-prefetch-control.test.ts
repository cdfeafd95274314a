import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["xDnsPrefetchControl", true, "X-DNS-Prefetch-Control", "off"],
    ["xDnsPrefetchControl", "on", "X-DNS-Prefetch-Control", "on"],
  ],
});
