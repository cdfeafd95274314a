import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["documentPolicy", { oversizedImages: false }, "Document-Policy", "oversized-images=?0"],
    [
      "documentPolicy",
      { oversizedImages: 2, syncXhr: false, jsProfiling: true },
      "Document-Policy",
      "oversized-images=2.0, sync-xhr=?0, js-profiling",
    ],
    ["documentPolicy", { oversizedImages: 0.125 }, "Document-Policy", "oversized-images=0.125"],
    ["documentPolicy", { oversizedImages: 2.5 }, "Document-Policy", "oversized-images=2.5"],
  ],
  refused: [
    [
      { documentPolicy: { oversizedImages: "no" } },
      'documentPolicy.oversizedImages: "no" is not true, false or a number. Write true, false, or a ratio such as 2.0.',
    ],
    [
      { documentPolicy: { oversizedImages: 0.0001 } },
      "documentPolicy.oversizedImages: a header has at most three digits after the decimal point. Write for example 0.125.",
    ],
    [
      { documentPolicy: { oversizedImages: 2.0005 } },
      "documentPolicy.oversizedImages: a header has at most three digits after the decimal point. Write for example 0.125.",
    ],
    [{ documentPolicy: { oversizedImages: -1 } }, "documentPolicy.oversizedImages: -1 is negative. Write 0 or more."],
    [
      { documentPolicy: { "oversized-images": false } },
      'documentPolicy["oversized-images"]: configuration points are written in camelCase. Write oversizedImages.',
    ],
  ],
  broken: [
    [
      { "Document-Policy": "oversized-image=?0" },
      '"Document-Policy": "oversized-image" is not a configuration point. Did you mean "oversized-images"?',
    ],
    [{ "Document-Policy": "sync-xhr=5" }, '"Document-Policy".syncXhr: "sync-xhr=5" has a value that it does not take. Write ?0 or ?1.'],
  ],
});
