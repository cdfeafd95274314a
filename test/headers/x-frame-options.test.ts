import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["xFrameOptions", true, "X-Frame-Options", "SAMEORIGIN"],
    ["xFrameOptions", "DENY", "X-Frame-Options", "DENY"],
  ],
  refused: [
    [
      { xFrameOptions: "ALLOW-FROM https://a.com" },
      'xFrameOptions: "ALLOW-FROM https://a.com" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://a.com"] }.',
    ],
    [
      { xFrameOptions: "allow-from" },
      'xFrameOptions: "allow-from" is not one of its values. Browsers ignore it: write contentSecurityPolicy: { frameAncestors: ["https://partner.example"] }.',
    ],
    [
      { xFrameOptions: "AllowAll" },
      'xFrameOptions: "AllowAll" is not one of its values. Write false: without the header every site may frame the page.',
    ],
    [{ xFrameOptions: "disallow-all" }, 'xFrameOptions: "disallow-all" is not one of its values. Write "SAMEORIGIN" or "DENY".'],
    [{ xFrameOptions: "deny" }, 'xFrameOptions: "deny" is not one of its values. Did you mean "DENY"?'],
    [{ xFrameOptions: 5 }, 'xFrameOptions: 5 is not one of its values. Write "SAMEORIGIN" or "DENY".'],
    [{ xFrameOptions: null }, "xFrameOptions: null is not one of its values. Leave the key out, or write false."],
  ],
  broken: [
    [{ "X-Frame-Options": "BOGUS" }, '"X-Frame-Options": "BOGUS" is not one of its values. Write "SAMEORIGIN" or "DENY".'],
    [{ "X-Frame-Options": ["DENY", "SAMEORIGIN"] }, '"X-Frame-Options": occurs 2 times. Send it once.'],
  ],
  normalised: [["X-Frame-Options", " deny ", "DENY"]],
});
