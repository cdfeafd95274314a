import * as z from "zod/mini";
import { own, record } from "../values/own.js";
import { checked, expecting } from "../values/schema.js";
import type { Entry, Resolved } from "./header.js";
import { endpointProblem } from "./reporting-endpoints.js";

/** Where browsers send reports: paths or https URLs. */
export interface Reporting {
  /** Reports of Content-Security-Policy and of its report-only header; default: `default`. */
  readonly csp?: string | false | undefined;
  /** Reports of every other header. */
  readonly default?: string | false | undefined;
  /**
   * The share of the responses that ask for reports, more than 0 and up to 1, chosen at random for each response. Default: 1. What is
   * counted is then a sample.
   */
  readonly sample?: number | false | undefined;
}

/** The share of the responses that ask for reports; undefined where all do. */
export function sampleOf(policy: Resolved): number | undefined {
  const sample = own(policy["reporting"], "sample") as Reporting["sample"];
  return sample === false || sample === 1 ? undefined : sample;
}

/** The endpoints, without the other settings. */
export function endpointsOf({ sample: _, ...endpoints }: Reporting): Readonly<Record<string, string | false>> {
  return record(Object.entries(endpoints).filter((entry): entry is [string, string | false] => entry[1] !== undefined));
}

/** An endpoint is also written into `report-uri`, where `;` ends a directive and `,` a policy. */
function reportingProblem(text: string): readonly [string, string] | undefined {
  const problem = endpointProblem(text);
  if (problem !== undefined || !/[;,]/.test(text)) return problem;
  return ['does not fit into report-uri, where ";" and "," end the value', "Write them as %3B and %2C."];
}

const reportingUrl = () => checked("a URL", reportingProblem, 'Write a path such as "/csp-report", or an https URL.');

const share = () => {
  const words = expecting("a share", "Write a number above 0 and up to 1, such as 0.1 for every tenth response.");
  return z.number(words).check(z.gt(0, words), z.lte(1, words));
};

/** Expands into Reporting-Endpoints and into `report-to`, `report-uri` and `endpoints` of every header that is on. */
export const reportingSetting: Entry<Reporting | string, Reporting> = {
  siteWide: true,
  example: '"/csp-report"',
  takesText: true,
  parse: (text) => ({ default: text }),
  fields: () => ({ csp: reportingUrl(), default: reportingUrl(), sample: share() }),
  check(value, { report }) {
    if (own(value, "sample") === undefined || Object.values(endpointsOf(value)).some(Boolean)) return;
    const hint = 'Write an endpoint beside it, such as default: "/reports".';
    report({ path: ["sample"], code: "missing", message: "has no endpoint to send a sample to", hint });
  },
};
