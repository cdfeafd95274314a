import type { GroupKey } from "./group.js";
import { isAddress } from "./learn/sources.js";

/**
 * Names what a group is about, on any route and under any version of the policy. What can be done about an address does not depend on the
 * directive, so it is its own name: `https://cdn.example`, `self`, `data`. Anything else is named with its directive or type:
 * `inline script-src-elem`, `deprecation UnloadHandler`.
 */
export function subjectOf({ type, directive, blocked }: Pick<GroupKey, "type" | "directive" | "blocked">): string {
  if (type !== "csp-violation") return [type, directive, blocked].filter((part) => part !== "").join(" ");
  return isAddress(blocked) ? blocked : `${blocked} ${directive}`.trim();
}
