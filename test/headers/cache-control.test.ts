import { testHeader } from "./tables.js";

testHeader({
  sent: [
    ["cacheControl", true, "Cache-Control", "no-store"],
    ["cacheControl", 'private="a, b", max-age=60', "Cache-Control", 'private="a, b", max-age=60'],
  ],
  refused: [
    [{ cacheControl: "no-sotre" }, 'cacheControl: "no-sotre" has "no-sotre", which no cache knows. Did you mean "no-store"?'],
    [{ cacheControl: "max-age" }, 'cacheControl: "max-age" has max-age without a number of seconds. Write max-age=3600.'],
    [{ cacheControl: "max-age=x" }, 'cacheControl: "max-age=x" has max-age without a number of seconds. Write max-age=3600.'],
    [{ cacheControl: "no store" }, 'cacheControl: "no store" is not a list of cache directives. Write for example "no-store".'],
    [
      { cacheControl: "no-store\n" },
      'cacheControl: "no-store\\n" is not a field value. Write visible ASCII on one line, without blanks around it.',
    ],
  ],
  broken: [
    [{ "Cache-Control": "no store" }, '"Cache-Control": "no store" is not a list of cache directives. Write for example "no-store".'],
  ],
});
