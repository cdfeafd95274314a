import type { ReferrerPolicy } from "../../headers/referrer-policy.js";
import { trimmed } from "../../values/text.js";
import { standard } from "../standard.js";
import { byGain, type HeaderKnowledge } from "./knowledge.js";
import { BROKEN } from "./sentences.js";

type Word = Exclude<ReferrerPolicy, readonly unknown[]>;

/** How much of the URL is sent: 0 nothing, 1 the origin, 2 the whole URL. */
type Amount = 0 | 1 | 2;

interface WordKnowledge {
  readonly text: string;
  /** Sent to the same origin, to another one, and from https to http. Referrer Policy §3. */
  readonly sends: readonly [Amount, Amount, Amount];
}

const WORDS: Readonly<Record<Word, WordKnowledge>> = {
  "no-referrer": { text: "Browsers send no site the URL of this page.", sends: [0, 0, 0] },
  "same-origin": { text: "Other sites are sent nothing.", sends: [2, 0, 0] },
  "strict-origin": { text: "https sites are sent only the origin, http sites nothing.", sends: [1, 1, 0] },
  origin: { text: "Every site is sent only the origin.", sends: [1, 1, 1] },
  "strict-origin-when-cross-origin": { text: "Other sites are sent only the origin, http sites nothing.", sends: [2, 1, 0] },
  "origin-when-cross-origin": { text: "Other sites are sent only the origin, http sites too.", sends: [2, 1, 1] },
  "no-referrer-when-downgrade": { text: "Every https site is sent the whole URL, http sites nothing.", sends: [2, 2, 0] },
  "unsafe-url": { text: "Every site is sent the whole URL, with its query.", sends: [2, 2, 2] },
};

const RECEIVERS = ["its own origin", "other origins", "plain http sites"];

/** Of several words the last one counts. Referrer Policy §8.1. */
const wordOf = (policy: ReferrerPolicy) => (typeof policy === "string" ? policy : policy.at(-1));

/** Without the header, the default of §3. */
const sentBy = (policy: ReferrerPolicy | undefined) => WORDS[(policy && wordOf(policy)) ?? "strict-origin-when-cross-origin"].sends;

function gain(before: ReferrerPolicy | undefined, after: ReferrerPolicy | undefined): string | undefined {
  const [from, to] = [sentBy(before), sentBy(after)];
  const receiver = to.findIndex((amount, index) => amount > (from[index] as Amount));
  return receiver < 0 ? undefined : `${to[receiver] === 2 ? "the whole URL" : "the origin"} of the page sent to ${RECEIVERS[receiver]}`;
}

/** Words behind the last known one: a browser that knows one of them uses it. Referrer Policy §8.1. */
function unknownWords(text: string): readonly string[] {
  const words = text.split(",").map((word) => trimmed(word).toLowerCase());
  const last = words.findLastIndex((word) => Object.hasOwn(WORDS, word));
  return words.slice(last + 1).filter((word) => /^[a-z-]+$/.test(word));
}

export const referrerPolicy: HeaderKnowledge<ReferrerPolicy> = {
  repeated: "list",
  standard: standard("A01", "CWE-200", "https://www.w3.org/TR/referrer-policy/"),
  // Words that browsers do not know are there for other browsers: a list is meant to have them.
  explain: (reading) => (reading.kind === "read" ? WORDS[wordOf(reading.value) as Word].text : BROKEN),
  compare: byGain(gain),
  unknownMembers: unknownWords,
};
