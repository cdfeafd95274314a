import type { Edit } from "../../values/edits.js";
import { strictly } from "../../values/schema.js";
import { type BareItem, type InnerList, type Item, innerList, serializeDictionary, token } from "../../values/structured.js";
import { kebabCase } from "../../values/text.js";
import type { Header, WithDefaults, WithReportOnly } from "../header.js";
import { checkEndpoint } from "../reporting-endpoints.js";
import { type Allowlist, allowlistSchema, type Origin, type ReportedAllowlist, reportedForm } from "./allowlist.js";
import { type Feature, features } from "./features.js";
import { type Allowlists, featureNamed, readPermissionsPolicy } from "./read.js";

export type { Allowlist, ReportedAllowlist };

type FromTable = { readonly [F in keyof typeof features]?: Allowlist | ReportedAllowlist | Edit<Origin> | undefined };

/** The features of a Permissions-Policy. `allow(…)` adds origins to a feature that the layers below restrict. */
export interface PermissionsPolicy extends FromTable {}

const rows: Readonly<Record<string, Feature>> = features;

/** Every powerful feature that browsers support, with an empty allowlist: used by the strict presets. */
export function noPowerfulFeatures(): PermissionsPolicy {
  return Object.fromEntries(Object.entries(rows).flatMap(([key, row]) => (row.powerful && !row.warnedOf ? [[key, []]] : [])));
}

/** `Permissions-Policy`: which features this page and its frames may use, and which origins get client hints; a dictionary, RFC 9651 §3.2. Permissions Policy §5.2. */
export const permissionsPolicy: Header<PermissionsPolicy, "Permissions-Policy", Allowlists> & WithDefaults & WithReportOnly = {
  name: "Permissions-Policy",
  hasReportOnly: true,
  falseIsAValue: true,
  fieldNoun: "feature",
  example: "{ camera: [] }",
  defaults: { geolocation: [], microphone: [], camera: [] },
  fields: () => Object.fromEntries(Object.keys(rows).map((key) => [key, allowlistSchema()])),

  otherField(name, report) {
    const key = featureNamed(name.toLowerCase()) ?? featureNamed(kebabCase(name.replace(/_/g, "-")));
    const unknown = (message: string, hint: string) => report({ path: [name], code: "unknown-name", message, hint });
    if (key !== undefined) unknown("features are written in camelCase", `Write ${key}.`);
    else if (name === "features") unknown("unknown feature", "Write the features directly: permissionsPolicy: { camera: [] }.");
    else if (name === "vibrate") unknown("unknown feature", "Browsers have removed it: take it out.");
    return undefined;
  },

  widening: {
    example: '{ payment: allow("self", "https://pay.example") }',
    valueOf: (sources) => sources,
    widen(value, sources) {
      const { allow, ...rest } = reportedForm(value as Allowlist | ReportedAllowlist);
      const wider = allow === "*" ? allow : [...new Set([...allow, ...(sources as readonly Origin[])])];
      return rest.reportTo === undefined ? wider : { allow: wider, ...rest };
    },
  },

  check(options, { policy, report }) {
    for (const [key, value] of Object.entries(options)) {
      const { reportTo } = reportedForm(value);
      if (reportTo !== undefined) checkEndpoint(reportTo, [key, "reportTo"], policy, report);
    }
  },

  withReporting: (options, { endpoint }) =>
    Object.fromEntries(
      Object.entries(options).map(([key, value]) => {
        const { allow, reportTo = endpoint } = reportedForm(value);
        return [key, { allow, reportTo }];
      }),
    ),

  serialize: (options) =>
    serializeDictionary(new Map(Object.entries(options).map(([key, value]) => [kebabCase(key), serializeAllowlist(reportedForm(value))]))),

  parse: strictly(readPermissionsPolicy),
  read: readPermissionsPolicy,
};

function serializeAllowlist({ allow, reportTo }: ReportedAllowlist): Item | InnerList {
  const parameters = new Map<string, BareItem>(reportTo === undefined ? [] : [["report-to", reportTo]]);
  if (allow === "*") return [token("*")[0], parameters];
  return innerList(
    allow.map((origin): Item => (origin === "self" ? token("self") : [origin, new Map()])),
    parameters,
  );
}
