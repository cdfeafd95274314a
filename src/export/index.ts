import { issueCollector, policyError, type ReportIssue } from "../errors.js";
import type { CheckedLayers } from "../policy/check-types.js";
import type { Layer } from "../policy/policy.js";
import { awaited, shown } from "../values/options.js";
import { didYouMean, oneOf } from "../values/text.js";
import type { ExportOptions, ExportRoute } from "./options.js";
import { checkRoute, siteOf } from "./read-site.js";
import { type ExportedFile, type Place, SERVER_OPTIONS, type Target } from "./target.js";
import { type TargetName, targets } from "./targets/index.js";

export type { ExportOptions, ExportRoute } from "./options.js";
export {
  type ConfigFormat,
  type ConfigNote,
  type ConfigText,
  type ParsedConfig,
  type ParseOptions,
  parseConfig,
  type ReadFiles,
} from "./parse/index.js";
export type { ExportedFile } from "./target.js";
export type { TargetName } from "./targets/index.js";

/** Files to write, and warnings about them. */
export interface Exported {
  readonly files: readonly ExportedFile[];
  /** Each part of the policy that the target cannot express or does otherwise. */
  readonly warnings: readonly string[];
}

/**
 * Prints a policy for a server or a CDN, which then sends the same headers that Express would send over https.
 *
 * @param target the server or service, such as `"nginx"`.
 * @param options the policy, overrides by path, and the options of a complete server.
 * @returns the texts of the files. Nothing is written to disk.
 * @throws {PolicyError} if the policy has a slot (static files cannot have a nonce), a value is too long for the target, or
 *   an option is wrong. It lists all mistakes.
 */
export function exportPolicy(target: TargetName, options: ExportOptions): Exported {
  const issues = issueCollector();
  const { report, throwIfAny } = issues;
  const printer = typeof target === "string" && Object.hasOwn(targets, target) ? targets[target] : unknownTarget(target);
  const read = siteOf(options, issues, printer.slotHint);
  throwIfAny();
  const { site, options: given } = read as NonNullable<typeof read>;
  for (const place of [site.all, ...site.routes]) checkLimits(place, printer, report);
  const warnings = [...withoutEffect(printer, given)];
  const files = printer.print(site, { report, warn: (text) => warnings.push(text) });
  throwIfAny();
  return { files, warnings };
}

function unknownTarget(target: unknown): never {
  const names = Object.keys(targets);
  const hint = typeof target === "string" ? didYouMean(target, names) : "";
  throw policyError("unknown-name", ["target"], `${shown(target)} is not a target`, awaited(target, hint || `Write ${oneOf(names)}.`));
}

/** Warns of options that have no effect. */
function withoutEffect({ uses, usesAlone }: Target, given: Partial<ExportOptions>): readonly string[] {
  const alone = given.upstream === undefined;
  const used = alone ? (usesAlone ?? uses ?? []) : (uses ?? SERVER_OPTIONS);
  const idle = SERVER_OPTIONS.filter((name) => given[name] !== undefined && !used.includes(name));
  if (idle.length === 0) return [];
  const isFragment = alone && (uses === undefined || usesAlone !== undefined);
  const why = isFragment ? "Without upstream only the headers are printed, and" : "In this target";
  return [`${why} these options have no effect: ${idle.join(", ")}.`];
}

/** The other characters of tokens have a meaning in the configuration of some server. */
const PLAIN_NAME = /^[A-Za-z0-9][\w.-]*$/;

function checkLimits({ lines, remove, path }: Place, { longestValue, mostHeaders }: Target, report: ReportIssue): void {
  const where = path === undefined ? "the site" : path.path;
  for (const name of [...lines.map(([name]) => name), ...remove].filter((name) => !PLAIN_NAME.test(name))) {
    report({
      path: [name],
      message: `is a header name that not every server accepts, for ${where}`,
      hint: "Write letters, digits and hyphens.",
    });
  }
  for (const [name, value] of lines) {
    if (longestValue === undefined || value.length <= longestValue) continue;
    const message = `has ${value.length} characters for ${where}, and the maximum of the target is ${longestValue}`;
    report({ path: [name], message, hint: "Shorten the list of sources." });
  }
  if (mostHeaders !== undefined && lines.length > mostHeaders) {
    const message = `${where} has ${lines.length} headers, and the maximum of the target is ${mostHeaders}`;
    report({ path: ["headers"], message, hint: "Remove the headers you need least." });
  }
}

/**
 * A route for {@link exportPolicy}. The types check its layers as they check those of `definePolicy`.
 *
 * @param path `"/embed"`, or `"/api/*"` for all paths below it.
 * @param layers applied on top of the site's policy on these paths.
 * @throws {PolicyError} if the path or a layer is not valid.
 */
export function exportRoute<const L extends readonly Layer[]>(path: string, ...layers: CheckedLayers<L>): ExportRoute {
  const issues = issueCollector();
  checkRoute(path, layers, issues);
  issues.throwIfAny();
  return { path, layers };
}
