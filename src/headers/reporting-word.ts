import * as z from "zod/mini";
import { policyError } from "../errors.js";
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

/** A header of one structured token with an optional `report-to`, and a report-only header. The first word is its default, which `true` means. */
export function reportingWordHeader<const Name extends string, const Words extends readonly [string, ...string[]]>(
  name: Name,
  words: Words,
): Header<Words[number] | ReportingWord<Words[number]>, Name, ReportingWord<Words[number]>> & WithDefaults & WithReportOnly {
  type Word = Words[number];
  return {
    name,
    hasReportOnly: true,
    defaults: { policy: words[0] },
    example: show(words[0]),
    takesText: true,
    required: ["policy"],
    fields: () => ({ policy: z.enum(words), reportTo: endpointName() }),

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
