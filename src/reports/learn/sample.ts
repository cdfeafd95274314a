import { sampleOf } from "../../headers/reporting.js";
import { makePolicy } from "../../policy/policy.js";
import { own } from "../../values/own.js";
import type { Observed } from "./observed.js";

/**
 * The share of the responses that ask for reports on the observed CSP, of `reporting.sample`; undefined where all do. A CSP that has
 * its own `reportUri` or `reportTo` asks on each response.
 */
export function sampleIn({ policy, key }: Observed): number | undefined {
  const sample = sampleOf(policy.resolved);
  if (sample === undefined) return undefined;
  const outside = makePolicy([policy, { reporting: false }], false).resolved[key];
  return own(outside, "reportUri") || own(outside, "reportTo") ? undefined : sample;
}

/** How many reports there would be if all responses asked for them: an estimate, without decimals. */
export function scaled(count: number, sample: number | undefined): number {
  return sample === undefined ? count : Math.round(count / sample);
}

/** `42 reports`; of a sample, `about 420 reports (42 counted)`. */
export function reportsText(count: number, sample: number | undefined): string {
  const number = scaled(count, sample);
  const text = `${number} report${number === 1 ? "" : "s"}`;
  return sample === undefined ? text : `about ${text} (${count} counted)`;
}

/** `A sample of 10 %: about 420 reports (42 counted).` */
export function sampleText(count: number, sample: number): string {
  return `A sample of ${Number((sample * 100).toPrecision(3))} %: ${reportsText(count, sample)}.`;
}
