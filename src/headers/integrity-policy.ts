import * as z from "zod/mini";
import { policyError, type ReportIssue } from "../errors.js";
import { readStructured, strictly } from "../values/schema.js";
import {
  innerList,
  isInnerList,
  isToken,
  parseDictionary,
  serializeDictionary,
  serializeItem,
  textOf,
  token,
} from "../values/structured.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import type { Header, WithDefaults, WithReportOnly } from "./header.js";
import { checkEndpoint } from "./reporting-endpoints.js";
import { endpointName } from "./reporting-word.js";

const DESTINATIONS = ["script", "style"] as const;
const SOURCES = ["inline"] as const;

/** What needs an `integrity` attribute. */
export interface IntegrityPolicy {
  /** Which elements need an `integrity` attribute: `<script>`, and with `style` also `<link rel="stylesheet">`. */
  readonly blockedDestinations: readonly (typeof DESTINATIONS)[number][];
  /** Where the integrity metadata comes from; default in browsers, and the only one: `inline`. */
  readonly sources?: readonly (typeof SOURCES)[number][] | false | undefined;
  /** Names of endpoints in Reporting-Endpoints; `reporting` fills it in. */
  readonly endpoints?: readonly string[] | false | undefined;
}

const MEMBERS: Readonly<Record<string, { readonly key: keyof IntegrityPolicy; readonly words?: readonly string[] }>> = {
  "blocked-destinations": { key: "blockedDestinations", words: DESTINATIONS },
  sources: { key: "sources", words: SOURCES },
  endpoints: { key: "endpoints" },
};

/** `Integrity-Policy`: scripts and styles without an integrity hash are blocked. SRI §3.9; a dictionary, RFC 9651 §3.2. */
export const integrityPolicy: Header<IntegrityPolicy, "Integrity-Policy"> & WithDefaults & WithReportOnly = {
  name: "Integrity-Policy",
  hasReportOnly: true,
  defaults: { blockedDestinations: ["script"] },
  example: '{ blockedDestinations: ["script"] }',
  required: ["blockedDestinations"],
  fields: () => ({
    blockedDestinations: z.array(z.enum(DESTINATIONS)).check(z.minLength(1)),
    sources: z.array(z.enum(SOURCES)).check(z.minLength(1)),
    endpoints: z.array(endpointName()).check(z.minLength(1)),
  }),

  check({ endpoints }, { policy, report }) {
    for (const [index, name] of (endpoints || []).entries()) checkEndpoint(name, ["endpoints", index], policy, report);
  },

  withReporting: (options, { endpoint }) => ({ ...options, endpoints: options.endpoints ?? [endpoint] }),

  serialize: (options) =>
    serializeDictionary(
      Object.fromEntries(
        Object.entries(MEMBERS).flatMap(([name, { key }]) => {
          const words = options[key];
          return words ? [[name, innerList(words.map(token))]] : [];
        }),
      ),
    ),

  parse: strictly(read),
  read,
};

function read(text: string, report: ReportIssue): IntegrityPolicy {
  const members = [...readStructured(text, parseDictionary)].flatMap(([name, member]) => {
    const known = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
    if (known === undefined) {
      const hint = didYouMean(name, Object.keys(MEMBERS)) || "Take it out.";
      report({ path: [], code: "unknown-name", message: `${show(name)} is not a member of Integrity-Policy`, hint });
      return [];
    }
    // Words are tokens: in quotes they are others.
    const words = isInnerList(member) ? member[0].map(([item]) => (isToken(item) ? textOf(item) : serializeItem(item)) ?? "") : [];
    const fits = words.filter((word) => known.words?.includes(word) ?? /^[a-z*]/i.test(word));
    const odd = words.filter((word) => !fits.includes(word));
    const hint = `Write ${name}=(${known.words?.[0] ?? "name"}).`;
    for (const word of fits.length === 0 && odd.length === 0 ? [text] : odd)
      report({ path: [known.key], message: `${show(word)} is not one of its values`, hint });
    // Integrity-Policy's algorithm, SRI §3.9.1: only a missing member means `inline`.
    if (name === "sources" && fits.length === 0)
      throw policyError("invalid-value", ["sources"], `${show(text)} names no source that browsers know, and blocks nothing`, hint);
    return fits.length === 0 ? [] : [[known.key, fits] as const];
  });
  const options = Object.fromEntries(members) as unknown as Partial<IntegrityPolicy>;
  if (options.blockedDestinations === undefined) {
    const hint = `Write blocked-destinations=(script). It takes ${oneOf(DESTINATIONS)}.`;
    throw policyError("missing", ["blockedDestinations"], "blocked-destinations is missing", hint);
  }
  return options as IntegrityPolicy;
}
