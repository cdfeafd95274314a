import { oneWordHeader } from "./one-of.js";

const words = oneWordHeader("X-XSS-Protection", ["0", "1", "1; mode=block"]);

/** `X-XSS-Protection`: `"0"` switches old browsers' filters off, which made holes; the CSP does their work. Not standardised. */
export const xXssProtection: typeof words = {
  ...words,
  parse: (text) => words.parse(text.replace(/(?<!\s)\s*;\s*/, "; ")),
};
