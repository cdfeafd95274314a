import { PolicyError } from "../errors.js";
import { presetName } from "../presets/preset.js";
import { compile, type HeaderValue } from "./compile.js";
import { isNoncePart } from "./fill.js";
import type { Policy } from "./types.js";

/** `console.log` and `util.inspect` call a method of this name. */
export const INSPECT = Symbol.for("nodejs.util.inspect.custom");

/** The method of a policy under {@link INSPECT}; `depth` is negative where the policy is nested too deeply to be printed. */
export function inspectPolicy(this: Policy, depth?: number): string {
  return depth !== undefined && depth < 0 ? "[Policy]" : describe(this);
}

/** The layers on one line, then each header on its own; what differs per request is `'nonce-…'` and `<perRequest>`. */
function describe(policy: Policy): string {
  const layers = policy.layers.map((layer) => presetName(layer) ?? `{ ${Object.keys(layer).join(", ")} }`);
  return [`Policy ${layers.join(" + ")}`, ...headerLines(policy)].join("\n  ");
}

function headerLines(policy: Policy): readonly string[] {
  try {
    const { secure, strip } = compile(policy);
    const lines = secure.names.map((name, index) => `${name}: ${shownValue(secure.values[index] as HeaderValue)}`);
    return strip.length === 0 ? lines : [...lines, `removes: ${strip.join(", ")}`];
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return [`cannot be sent: ${error.message}`];
  }
}

function shownValue(value: HeaderValue): string {
  if (typeof value === "string") return value;
  return value
    .map((part) => (typeof part === "string" ? part : isNoncePart(part) ? "…" : part.slots.map(() => " <perRequest>").join("")))
    .join("");
}
