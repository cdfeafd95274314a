import type { IntegrityPolicy } from "../../headers/integrity-policy.js";
import { GENERAL_STANDARD } from "../standard.js";
import { byGain, type HeaderKnowledge } from "./knowledge.js";
import { and, whenRead } from "./sentences.js";

type Destination = IntegrityPolicy["blockedDestinations"][number];

const ELEMENTS: Readonly<Record<Destination, string>> = { script: "<script src>", style: "<link rel=stylesheet>" };

function gain(from: IntegrityPolicy | undefined, to: IntegrityPolicy | undefined): string | undefined {
  const loose = from?.blockedDestinations.find((one) => !to?.blockedDestinations.includes(one));
  return loose && `a ${loose} without integrity`;
}

export const integrityPolicy: HeaderKnowledge<IntegrityPolicy> = {
  repeated: "list",
  standard: GENERAL_STANDARD,
  explain: whenRead(({ blockedDestinations }) => {
    const what = and(blockedDestinations.map((one) => ELEMENTS[one]));
    return `Blocked: every ${what} without an integrity attribute, the site's own too. Add one to each element in the HTML.`;
  }),
  compare: byGain(gain),
};
