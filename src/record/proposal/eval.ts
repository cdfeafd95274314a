import { makePolicy, type Policy } from "../../policy/policy.js";
import type { Group } from "../../reports/group.js";
import { edit } from "../../values/edits.js";
import { isBlobScript } from "./hosts.js";
import { type Accepted, type Allowed, NOTHING, type Part, type Pending, pointsOf, some } from "./part.js";
import { pagesOf } from "./stored.js";

/** Code from text: `eval` and scripts from `blob:` URLs only where somebody confirms them; WebAssembly compiles without it. */
export function evalPart(policy: Policy, all: readonly Group[], accepted: Accepted): Part {
  const groups = all.filter(({ type }) => type === "csp-violation");
  const [evals, wasm, blobs] = [
    groups.filter(({ blocked }) => blocked === "eval"),
    groups.filter(({ blocked }) => blocked === "wasm-eval"),
    groups.filter(isBlobScript),
  ];
  const allowed: Allowed[] = [];
  const pending: Pending[] = [];
  const add = (source: string, why: string) => allowed.push({ directive: "scriptSrc", source, why, code: undefined });
  if (wasm.length > 0) add("wasm-unsafe-eval", `WebAssembly, from ${filesOf(wasm)}`);
  if (evals.length > 0) {
    const message = `eval, new Function or a timer with a string, from ${filesOf(evals)}: ${samplesOf(evals)}. With it, whoever can change a text that is evaluated can run code. ${costOf(policy)}`;
    if (accepted.has("eval")) add("unsafe-eval", message);
    else pending.push({ consent: "eval", message, code: undefined, pages: pagesOf(evals) });
  }
  if (blobs.length > 0) {
    const message = `A script made another one, from a blob: URL (${filesOf(blobs)}): a user's content may be in it.`;
    if (accepted.has("runtime") || accepted.has("blob:")) add("blob:", message);
    else pending.push({ consent: "runtime", item: "blob:", message, code: undefined, pages: pagesOf(blobs) });
  }
  return { ...NOTHING, allowed, pending };
}

const filesOf = (groups: readonly Group[]) => some(groups.flatMap(({ files }) => files.map(({ value }) => value))) || "an unknown place";
const samplesOf = (groups: readonly Group[]) => some(groups.flatMap(({ samples }) => samples.map(({ value }) => JSON.stringify(value))));

/** What an audit takes for `'unsafe-eval'`. */
function costOf(policy: Policy): string {
  const [before, after] = [
    pointsOf(policy),
    pointsOf(makePolicy([policy, { contentSecurityPolicy: { scriptSrc: edit("append", ["unsafe-eval"]) } }])),
  ];
  return before === after ? "The score stays the same." : `It costs ${before - after} points.`;
}
