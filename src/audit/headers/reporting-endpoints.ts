import type { ReportingEndpoints } from "../../headers/reporting-endpoints.js";
import { NO_DIFFERENCE, REPORTS_ONLY } from "../compare/difference.js";
import { standard } from "../standard.js";
import { adviseStructured, type HeaderKnowledge } from "./knowledge.js";
import { whenRead } from "./sentences.js";

export const reportingEndpoints: HeaderKnowledge<ReportingEndpoints> = {
  repeated: "list",
  standard: standard("A09", "CWE-778", "https://www.w3.org/TR/reporting-1/"),
  advise: adviseStructured('Write each endpoint with its URL in double quotes: default="/reports".'),
  explain: whenRead((_, text) => `Names of the endpoints that receive reports: ${text}.`),
  compare: () => ({ difference: NO_DIFFERENCE, note: REPORTS_ONLY }),
};
