import { definePolicy, type Layer, type Patch, type PresetName, renderHeaders } from "../../src/index.js";

const NONCE = "bm9uY2U=";

/** Each directive, feature and word of the headers, by its name on the wire. */
export function partsOf(...layers: readonly Layer[]): ReadonlyMap<string, string> {
  const headers = renderHeaders(definePolicy(...layers), { nonce: NONCE });
  const csp = (headers["Content-Security-Policy"] ?? "").split("; ").map((text) => text.split(/ (.*)/, 2));
  const features = (headers["Permissions-Policy"] ?? "").split(", ").map((text) => text.split(/=(.*)/, 2));
  const words = ["Cross-Origin-Opener-Policy", "Cross-Origin-Embedder-Policy"].map((name) => [name, headers[name] ?? ""]);
  const others = Object.entries(headers).filter(
    ([name]) => !/^(?:content-security|permissions|cross-origin-(?:opener|embedder))-policy$/i.test(name),
  );
  return new Map([...csp, ...features, ...words, ...others].map(([name = "", value = ""]) => [name, value]));
}

/** What these layers change in the headers of a preset: `"img-src"`, `"payment"`, `"Cross-Origin-Opener-Policy"`. */
export function changes(preset: PresetName, ...recipes: readonly Patch[]): Readonly<Record<string, string>> {
  const before = partsOf(preset);
  const after = partsOf(preset, ...recipes);
  const gone = [...before.keys()].filter((name) => !after.has(name)).map((name) => [name, "gone"] as const);
  return Object.fromEntries([...gone, ...[...after].filter(([name, value]) => before.get(name) !== value)]);
}

export { faultOf as fault } from "../messages.js";
