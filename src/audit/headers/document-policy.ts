import type { DocumentPolicy } from "../../headers/document-policy.js";
import { NO_DIFFERENCE } from "../compare/difference.js";
import { GENERAL_STANDARD } from "../standard.js";
import { adviseStructured, type HeaderKnowledge } from "./knowledge.js";

/** WICG Document Policy. */
export const documentPolicy: HeaderKnowledge<DocumentPolicy> = {
  repeated: "list",
  standard: GENERAL_STANDARD,
  advise: adviseStructured("Write each configuration point with its value: document-write=?0."),
  explain: (_, text) => `Limits that the document sets itself: ${text}.`,
  // Some of its points allow more where they are on, others less.
  compare: (before, after) => ({
    difference: before.text === after.text ? NO_DIFFERENCE : { ...NO_DIFFERENCE, uncertain: "its values have no known order" },
  }),
};
