import { testHeader } from "./tables.js";

testHeader({
  sent: [["custom", { "X-Robots-Tag": "noindex, nofollow" }, "X-Robots-Tag", "noindex, nofollow"]],
  refused: [
    [{ custom: { "x-frame-options": "DENY" } }, 'custom["x-frame-options"]: "x-frame-options" has a key of its own. Write xFrameOptions.'],
    [
      { custom: { "Content-Security-Policy-Report-Only": "x" } },
      'custom["Content-Security-Policy-Report-Only"]: "Content-Security-Policy-Report-Only" has a key of its own. Write contentSecurityPolicyReportOnly.',
    ],
    [
      { custom: { "Set-Cookie": "a=b" } },
      'custom["Set-Cookie"]: "Set-Cookie" cannot be part of a policy. Set it per response, for example with res.cookie().',
    ],
    [
      { custom: { "Transfer-Encoding": "chunked" } },
      'custom["Transfer-Encoding"]: "Transfer-Encoding" cannot be part of a policy. The server sets it: take it out.',
    ],
    [
      { custom: { "content-length": "5" } },
      'custom["content-length"]: "content-length" cannot be part of a policy. The server sets it: take it out.',
    ],
    [{ custom: { "X A": "b" } }, 'custom["X A"]: "X A" is not the name of a header. Write letters, digits and hyphens.'],
    [
      { custom: { "X-A": "b\r\nSet-Cookie: c" } },
      'custom["X-A"]: "b\\r\\nSet-Cookie: c" is not a field value. Write visible ASCII on one line, without blanks around it.',
    ],
    [{ custom: { "X-A": " b" } }, 'custom["X-A"]: " b" is not a field value. Write visible ASCII on one line, without blanks around it.'],
    [{ custom: { "X-A": 5 } }, 'custom["X-A"]: 5 is not a string. Write "5", in quotes.'],
    [{ custom: { "X-A": "b", "x-a": "c" } }, 'custom["x-a"]: "x-a" is written twice, in two spellings. Write it once.'],
  ],
});
