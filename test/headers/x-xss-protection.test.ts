import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["xXssProtection", true, "X-XSS-Protection", "0"],
    ["xXssProtection", "1; mode=block", "X-XSS-Protection", "1; mode=block"],
  ],
  normalised: [["X-XSS-Protection", "1;mode=block", "1; mode=block"]],
});
