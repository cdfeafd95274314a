import { checked } from "../values/schema.js";
import type { Entry } from "./header.js";
import { endpointProblem } from "./reporting-endpoints.js";

/** Where browsers send reports: paths or https URLs. */
export interface Reporting {
  /** Reports of Content-Security-Policy and of its report-only header; default: `default`. */
  readonly csp?: string | false | undefined;
  /** Reports of every other header. */
  readonly default?: string | false | undefined;
}

/** An endpoint is also written into `report-uri`, where `;` ends a directive and `,` a policy. */
function reportingProblem(text: string): readonly [string, string] | undefined {
  const problem = endpointProblem(text);
  if (problem !== undefined || !/[;,]/.test(text)) return problem;
  return ['does not fit into report-uri, where ";" and "," end the value', "Write them as %3B and %2C."];
}

const reportingUrl = () => checked("a URL", reportingProblem, 'Write a path such as "/csp-report", or an https URL.');

/** Expands into Reporting-Endpoints and into `report-to`, `report-uri` and `endpoints` of every header that is on. */
export const reportingSetting: Entry<Reporting | string, Reporting> = {
  siteWide: true,
  example: '"/csp-report"',
  takesText: true,
  parse: (text) => ({ default: text }),
  fields: () => ({ csp: reportingUrl(), default: reportingUrl() }),
};
