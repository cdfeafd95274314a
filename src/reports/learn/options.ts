import * as z from "zod/mini";
import { type OptionSchemas, readOptions } from "../../values/options.js";
import { listOf, wholeNumber } from "../../values/schema.js";

/** What `learn` takes. */
export interface LearnOptions {
  /** Distinct addresses that must report a source. Default: 3, and 10 for a host other than the document's. */
  readonly minClients?: number | undefined;
  /** Different days. Default: 2. */
  readonly minDays?: number | undefined;
  /** Different routes. Default: 1. */
  readonly minRoutes?: number | undefined;
  /** How much of an address a source has: `"origin"`, the default, or the narrower `"directory"` or `"path"`. */
  readonly width?: "origin" | "directory" | "path" | undefined;
  /** Whether reports on other versions of the policy count too. Default: false. */
  readonly anyPolicy?: boolean | undefined;
  /** Whether the patch includes risky sources. Default: false. */
  readonly acceptRisks?: boolean | undefined;
  /** All routes of the site, such as `"/users/*"`: the result lists those without a report. */
  readonly routes?: readonly string[] | undefined;
}

const atLeastOne = (what: string) => wholeNumber(1, Number.MAX_SAFE_INTEGER, `${what}, 1 or more`);
const ROUTES = 'Write a list such as ["/", "/users/*"].';

const OPTIONS: OptionSchemas<LearnOptions> = () => ({
  minClients: atLeastOne("how many addresses must report a source"),
  minDays: atLeastOne("on how many days a source must be reported"),
  minRoutes: atLeastOne("on how many routes a source must be reported"),
  width: z.literal(["origin", "directory", "path"]),
  anyPolicy: z.boolean(),
  acceptRisks: z.boolean(),
  routes: listOf(z.string(), "a list of routes", ROUTES),
});

/** Checks the options of `learn`, under the name of the function that takes them. Throws PolicyError. */
export function readLearnOptions(name: string, options: unknown): LearnOptions {
  return readOptions<LearnOptions>(name, options, OPTIONS);
}
