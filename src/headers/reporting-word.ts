import * as z from "zod/mini";
import { policyError } from "../errors.js";
import type { Edit } from "../values/edits.js";
import { checked, readStructured } from "../values/schema.js";
import { isToken, parseItem, serializeItem, textOf, token } from "../values/structured.js";
import { didYouMean, oneOf, show, TOKEN } from "../values/text.js";
import type { Header, WithDefaults, WithReportOnly } from "./header.js";
import { checkEndpoint, isReportAddress } from "./reporting-endpoints.js";

/** A structured token, and the endpoint that gets its reports. */
export interface ReportingWord<Word extends string> {
  readonly policy: Word;
  /** The name of an endpoint in Reporting-Endpoints; `reporting` fills it in. */
  readonly reportTo?: string | false | undefined;
}

/** The same as a policy writes it. */
export interface WrittenWord<Word extends string> extends Omit<ReportingWord<Word>, "policy"> {
  /** One of the words; `allow(…)` for this word where the layers below have a stricter one. */
  readonly policy: Word | Edit<Word>;
}

/** The schema of an endpoint's name. */
export const endpointName = () =>
  checked("the name of an endpoint", nameProblem, (value) => {
    const [first] = Array.isArray(value) ? (value as readonly unknown[]) : [];
    return typeof first === "string" ? `Write ${show(first)}.` : "Write the name of a key of reportingEndpoints.";
  });

function nameProblem(text: string): readonly [string, string] | undefined {
  if (TOKEN.test(text)) return undefined;
  const hint = isReportAddress(text)
    ? `Write reporting: ${show(text)}, beside this header.`
    : "Write the name of a key of reportingEndpoints.";
  return ["is not the name of an endpoint", hint];
}

/**
 * A header of one structured token with an optional `report-to`, and a report-only header.
 *
 * @param words the strictest first, which `true` means; each allows what those before it allow.
 * @param apart those of the words of which that is not true: they also forbid something. `allow(…)` does not take them.
 */
export function reportingWordHeader<const Name extends string, const Words extends readonly [string, ...string[]]>(
  name: Name,
  words: Words,
  apart: readonly Words[number][] = [],
): Header<Words[number] | WrittenWord<Words[number]>, Name, ReportingWord<Words[number]>> & WithDefaults & WithReportOnly {
  type Word = Words[number];
  return {
    name,
    hasReportOnly: true,
    defaults: { policy: words[0] },
    example: show(words[0]),
    takesText: true,
    required: ["policy"],
    fields: () => ({ policy: z.enum(words), reportTo: endpointName() }),

    widening: {
      example: `{ policy: allow(${show(words[1])}) }`,
      takes: () => z.enum(words.filter((word) => !apart.includes(word))),
      valueOf: (sources) => (sources.length === 1 ? sources[0] : sources),
      widen: (value, [word]) => words[Math.max(words.indexOf(value as Word), words.indexOf(word as Word))],
    },

    check({ reportTo }, { policy, report }) {
      if (typeof reportTo === "string") checkEndpoint(reportTo, ["reportTo"], policy, report);
    },

    withReporting: (options, { endpoint }) => ({ ...options, reportTo: options.reportTo ?? endpoint }),

    serialize({ policy, reportTo }) {
      const [value] = token(policy);
      return serializeItem(value, new Map(typeof reportTo === "string" ? [["report-to", reportTo]] : []));
    },

    parse(text) {
      const [value, parameters] = readStructured(text, parseItem);
      const word = words.find((known): known is Word => isToken(value) && known === textOf(value));
      if (word === undefined)
        throw policyError(
          "invalid-value",
          [],
          `${show(text)} is not one of its values`,
          didYouMean(text, words) || `Write ${oneOf(words)}.`,
        );
      const reportTo = parameters.get("report-to");
      return typeof reportTo === "string" ? { policy: word, reportTo } : { policy: word };
    },
  };
}
