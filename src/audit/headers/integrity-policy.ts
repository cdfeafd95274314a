import type { IntegrityPolicy } from "../../headers/integrity-policy.js";
import { readStructured } from "../../values/schema.js";
import { type InnerList, type Item, isInnerList, isToken, parseDictionary, textOf } from "../../values/structured.js";
import { show } from "../../values/text.js";
import { readValue } from "../reading.js";
import { GENERAL_STANDARD } from "../standard.js";
import { adviseStructured, byGain, type HeaderKnowledge } from "./knowledge.js";
import { and, whenRead } from "./sentences.js";

type Destination = IntegrityPolicy["blockedDestinations"][number];

const ELEMENTS: Readonly<Record<Destination, string>> = { script: "<script src>", style: "<link rel=stylesheet>" };

function gain(from: IntegrityPolicy | undefined, to: IntegrityPolicy | undefined): string | undefined {
  const loose = from?.blockedDestinations.find((one) => !to?.blockedDestinations.includes(one));
  return loose && `a ${loose} without integrity`;
}

/** The words of each member that are known here. */
const KNOWN: Readonly<Record<string, readonly string[]>> = { "blocked-destinations": ["script", "style"], sources: ["inline"] };

/** Destinations, sources and members that a browser other than those known here may know. Words are tokens. */
function unknownMembers(text: string): readonly string[] {
  const reading = readValue({ parse: (value) => [...readStructured(value, parseDictionary)].flatMap(unknownIn) }, text);
  return reading.kind === "read" ? reading.value : [];
}

function unknownIn([name, member]: readonly [string, Item | InnerList]): readonly string[] {
  if (name === "endpoints") return [];
  const words = Object.hasOwn(KNOWN, name) ? KNOWN[name] : undefined;
  if (words === undefined) return [show(name)];
  if (!isInnerList(member)) return [];
  const tokens = member[0].flatMap(([item]) => (isToken(item) ? (textOf(item) ?? []) : []));
  return tokens.filter((word) => !words.includes(word)).map((word) => `${show(word)} of ${name}`);
}

export const integrityPolicy: HeaderKnowledge<IntegrityPolicy> = {
  repeated: "list",
  standard: GENERAL_STANDARD,
  advise: adviseStructured("Write blocked-destinations=(script)."),
  explain: whenRead(({ blockedDestinations }) => {
    const what = and(blockedDestinations.map((one) => ELEMENTS[one]));
    return `Blocked: every ${what} without an integrity attribute, the site's own too. Add one to each element in the HTML.`;
  }),
  compare: byGain(gain),
  unknownMembers,
};
