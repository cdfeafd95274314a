import type { Entry } from "./header.js";
import { endpointUrl } from "./reporting-endpoints.js";

/** Where browsers send reports: a path or an https URL, each. */
export interface Reporting {
  /** Content-Security-Policy and its Report-Only twin; `default` where absent. */
  readonly csp?: string | false | undefined;
  /** Every other header that reports. */
  readonly default?: string | false | undefined;
}

/** Expands into Reporting-Endpoints and into `report-to`, `report-uri` and `endpoints` of every header that is on. */
export const reportingSetting: Entry<Reporting | string, Reporting> = {
  siteWide: true,
  takesText: true,
  parse: (text) => ({ default: text }),
  fields: () => ({ csp: endpointUrl(), default: endpointUrl() }),
};
