import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["referrerPolicy", true, "Referrer-Policy", "strict-origin-when-cross-origin"],
    ["referrerPolicy", ["no-referrer", "strict-origin"], "Referrer-Policy", "no-referrer, strict-origin"],
  ],
  refused: [
    [{ referrerPolicy: "no-referer" }, 'referrerPolicy: "no-referer" is not one of its values. Did you mean "no-referrer"?'],
    [{ referrerPolicy: [] }, "referrerPolicy: an empty list says nothing. Write at least one, or false for no header."],
    [
      { referrerPolicy: ["origin", "x"] },
      'referrerPolicy[1]: "x" is not one of its values. Write "no-referrer", "no-referrer-when-downgrade", "origin", "origin-when-cross-origin", "same-origin", "strict-origin", "strict-origin-when-cross-origin" or "unsafe-url".',
    ],
  ],
  normalised: [["Referrer-Policy", "No-Referrer,origin", "no-referrer, origin"]],
});
