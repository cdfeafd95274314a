import * as z from "zod/mini";
import { policyError } from "../../errors.js";
import { isPolicy, type Policy } from "../../policy/policy.js";
import { type OptionSchemas, readOptions } from "../../values/options.js";
import { expecting, textThat } from "../../values/schema.js";
import { isBaseline, type RecordedGroups, readBaseline } from "../baseline.js";
import type { Group } from "../group.js";
import { type LearnOptions, readLearnOptions } from "../learn/options.js";
import { type ReportStore, storeWith } from "../stores/store.js";
import { isTimeZone } from "./time.js";

/** What {@link reportsPage} takes. */
export interface ReportsPageOptions {
  /** The store that `collectReports` writes to. */
  readonly store: ReportStore;
  /** The policy that is observed. With it, the page shows what `learn` proposes. */
  readonly policy?: Policy | undefined;
  /** Options for `learn`. */
  readonly learn?: LearnOptions | undefined;
  /**
   * What `recordViolations` has saved, one recording or several, as parsed JSON: `JSON.parse(await readFile("csp/recording.json", "utf8"))`.
   * With it, the page marks what is new since then.
   */
  readonly recorded?: RecordedGroups | readonly RecordedGroups[] | undefined;
  /** The zone of the times on the page, such as `"Europe/Berlin"`. Default: `"UTC"`. Exports are always in UTC. */
  readonly timeZone?: string | undefined;
  /** `true`: a middleware before this one decides who may see the page. In production the page requires it. */
  readonly behindAuth?: boolean | undefined;
}

const SCHEMAS: OptionSchemas<ReportsPageOptions> = () => ({
  store: storeWith(["groups", "stats", "timeline"], "Write the store of collectReports."),
  policy: z.custom<Policy>(isPolicy, expecting("a policy", "Write definePolicy(…).")),
  // Checked by readLearnOptions.
  learn: z.unknown(),
  recorded: z.custom(isBaseline, expecting("a recording", 'Write JSON.parse(await readFile("csp/recording.json", "utf8")).')),
  timeZone: textThat(isTimeZone, "a time zone", 'Write one that this runtime knows, such as "UTC" or "Europe/Berlin".'),
  behindAuth: z.boolean(),
});

/** The options, checked. */
export interface ReadPageOptions extends Omit<ReportsPageOptions, "behindAuth" | "recorded"> {
  /** Whether a group is in none of the recordings; undefined without one. */
  readonly isNew: ((group: Group) => boolean) | undefined;
}

/** Checks the options. Throws PolicyError with all mistakes, and where the page is unprotected in production. */
export function readPageOptions(options: unknown): ReadPageOptions {
  const { store, policy, learn, recorded, timeZone, behindAuth } = readOptions<ReportsPageOptions>("reportsPage", options, SCHEMAS);
  if (store === undefined) {
    throw policyError(
      "missing",
      ["reportsPage", "store"],
      "the store is missing",
      "Write reportsPage({ store }), with that of collectReports.",
    );
  }
  if (behindAuth !== true && isProduction()) {
    const hint = "Mount it behind a middleware that authenticates users, and write behindAuth: true.";
    throw policyError("invalid-value", ["reportsPage"], "in production, anybody could read the reports", hint);
  }
  const isNew = recorded && readBaseline("reportsPage", recorded);
  return { store, policy, timeZone, isNew, learn: readLearnOptions("reportsPage.learn", learn) };
}

/** Runtimes other than Node may have no `process`. */
function isProduction(): boolean {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } };
  return process?.env?.["NODE_ENV"] === "production";
}
