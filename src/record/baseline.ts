import type { Group } from "../reports/group.js";
import type { SavedRecording } from "./saved.js";

/** Blocked code, which may be other code on each route: a source is the same everywhere. */
const CODE: readonly string[] = ["inline", "eval", "wasm-eval", "trusted-types-policy", "trusted-types-sink"];

/** What makes a report known: the directive and the source; of code, the route too. */
function keyOf({ type, directive, blocked, route }: Group): string {
  const base = directive.replace(/-(?:elem|attr)$/, "");
  return [type, base, blocked, CODE.includes(blocked) ? route : ""].join(" ");
}

/** The groups of a report store that no recording has. */
export function newSince(recordings: readonly SavedRecording[], groups: readonly Group[]): readonly Group[] {
  const known = new Set(recordings.flatMap((one) => one.groups.map(keyOf)));
  return groups.filter((group) => !known.has(keyOf(group)));
}
