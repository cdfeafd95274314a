import { checked } from "../values/schema.js";
import type { Entry } from "./header.js";
import { endpointProblem } from "./reporting-endpoints.js";

/** Where browsers send reports: a path or an https URL, each. */
export interface Reporting {
  /** Content-Security-Policy and its Report-Only twin; `default` where absent. */
  readonly csp?: string | false | undefined;
  /** Every other header that reports. */
  readonly default?: string | false | undefined;
}

/** An endpoint that may also stand in `report-uri`, where these end a directive and a policy. */
function reportingProblem(text: string): readonly [string, string] | undefined {
  const problem = endpointProblem(text);
  if (problem !== undefined || !/[;,]/.test(text)) return problem;
  return ['cannot stand in report-uri, where ";" and "," end what is written', "Write them as %3B and %2C."];
}

const reportingUrl = () => checked("a URL", reportingProblem);

/** Expands into Reporting-Endpoints and into `report-to`, `report-uri` and `endpoints` of every header that is on. */
export const reportingSetting: Entry<Reporting | string, Reporting> = {
  siteWide: true,
  takesText: true,
  parse: (text) => ({ default: text }),
  fields: () => ({ csp: reportingUrl(), default: reportingUrl() }),
};
