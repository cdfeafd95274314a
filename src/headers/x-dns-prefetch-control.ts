import { expecting, soleMember } from "../values/schema.js";
import { oneWordHeader } from "./one-of.js";

/** `X-DNS-Prefetch-Control`: whether browsers look up the hosts of links in advance. Not standardised. */
export const xDnsPrefetchControl = oneWordHeader("X-DNS-Prefetch-Control", ["off", "on"], false, (input) => {
  const allow = soleMember(input);
  return typeof allow === "boolean" ? expecting("one of its values", `Write ${allow ? '"on"' : '"off"'}.`) : undefined;
});
