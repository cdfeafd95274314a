import { cspPolicies } from "../../headers/content-security-policy/wire.js";
import { readSource } from "../../values/sources.js";
import type { Group } from "../group.js";
import { cspText, type Observed } from "./observed.js";

/** The source list of `<script>` elements, where it has `'strict-dynamic'`. */
export interface StrictDynamic {
  /** The key to which a nonce is added. A list of `default-src` is widened in `scriptSrc`, which starts from it. */
  readonly directive: "scriptSrcElem" | "scriptSrc";
  readonly hasNonce: boolean;
}

/** What governs `<script>` elements, nearest first. CSP3 §6.8.4. */
const SCRIPT_DIRECTIVES = ["script-src-elem", "script-src", "default-src"];

/** The list that governs `<script>` elements, where it has `'strict-dynamic'`: browsers then ignore its hosts and `'self'`. CSP3 §8.2. */
export function strictDynamicOf(observed: Observed): StrictDynamic | undefined {
  const directives = cspPolicies(cspText(observed))[0]?.directives;
  const name = SCRIPT_DIRECTIVES.find((one) => directives?.has(one));
  const sources = (directives?.get(name ?? "") ?? []).map((text) => readSource(text, "wire"));
  if (!sources.some((source) => source.kind === "keyword" && source.keyword === "strict-dynamic")) return undefined;
  const hasNonce = sources.some(({ kind }) => kind === "nonce");
  return { directive: name === "script-src-elem" ? "scriptSrcElem" : "scriptSrc", hasNonce };
}

/** Whether a group reports a script file, which beside `'strict-dynamic'` no host and no `'self'` allows. */
export function isScriptFile({ type, directive, blocked }: Group): boolean {
  const isScript = directive === "script-src" || directive === "script-src-elem";
  return type === "csp-violation" && isScript && (blocked === "self" || /^https?:\/\//.test(blocked));
}
