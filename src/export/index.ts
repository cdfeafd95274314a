import { issueCollector, policyError, type ReportIssue } from "../errors.js";
import { registered } from "../headers/index.js";
import { type Option, readOptions } from "../middleware/options.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { overrideWith } from "../policy/override.js";
import { type Layer, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import { byBreadth, contains, isPath, readRoutePath } from "./routes.js";
import type { ExportedFile, Place, RoutePath, Site } from "./target.js";
import { type TargetName, targets } from "./targets/index.js";

export { type ConfigFormat, type ConfigNote, type ParsedConfig, parseConfig } from "./parse/index.js";
export type { ExportedFile } from "./target.js";
export type { TargetName } from "./targets/index.js";

/** Paths that get more than the site's policy. */
export interface ExportRoute {
  /** `"/embed"`, or `"/api/*"` for all below `/api/`. */
  readonly path: string;
  /** Laid on the site's policy, and on the routes that mean this path too, the broadest first: as `override` does. */
  readonly layers: readonly Layer[];
}

/** What is printed, and around it. */
export interface ExportOptions {
  /** Made by `definePolicy`, or layers as it takes them. */
  readonly policy: Policy | readonly Layer[];
  readonly routes?: readonly ExportRoute[] | undefined;
  /** Where the application listens, as `"http://127.0.0.1:8501"`: then a complete server is printed, and not the headers alone. */
  readonly upstream?: string | undefined;
  /** The host name of the site; `example.com` unless told. */
  readonly serverName?: string | undefined;
  /** Paths of the certificate and its key on the server. */
  readonly certificate?: string | undefined;
  readonly certificateKey?: string | undefined;
  /** 443 and 80 unless told. */
  readonly httpsPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** A path that the server answers itself with 200; `/health` unless told. */
  readonly healthPath?: string | undefined;
}

/** Files to be written, and what to know about them. */
export interface Exported {
  readonly files: readonly ExportedFile[];
  /** What the target cannot say, or does not do as the policy has it; never a header that was left out without a word. */
  readonly warnings: readonly string[];
}

/**
 * Prints a policy for a server or a CDN, so that what goes over the wire there is what Express would send over https.
 *
 * @param target its name, such as `"nginx"`.
 * @param options the policy, overrides by path, and what a complete server needs to know.
 * @returns texts of files; nothing is written.
 * @throws {PolicyError} where the policy has a slot (static files cannot hold a nonce), a value is too long for the target, or
 *   an option is wrong: all that is wrong at once.
 */
export function exportPolicy(target: TargetName, options: ExportOptions): Exported {
  const printer = Object.hasOwn(targets, target) ? targets[target] : unknownTarget(target);
  const { report, throwIfAny } = issueCollector();
  const site = siteOf(options, report);
  throwIfAny();
  for (const place of [site.all, ...site.routes]) checkLimits(place, printer, report);
  const warnings: string[] = [];
  const files = printer.print(site, { report, warn: (text) => warnings.push(text) });
  throwIfAny();
  return { files, warnings };
}

function unknownTarget(target: unknown): never {
  const names = Object.keys(targets);
  const hint = typeof target === "string" ? didYouMean(target, names) : "";
  throw policyError("unknown-name", ["target"], `${show(target)} is no target`, hint || `Write ${oneOf(names)}.`);
}

const isPort = (value: unknown) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536;
const isFile = (value: unknown) => typeof value === "string" && /^[\x20-\x7e]+$/.test(value);

const OPTIONS: Readonly<Record<keyof ExportOptions, Option>> = {
  policy: { fits: (value) => typeof value === "object" && value !== null, hint: 'Write definePolicy(…), or a list of layers: ["strict"].' },
  routes: { fits: Array.isArray, hint: 'Write [{ path: "/embed", layers: [{ … }] }].' },
  upstream: { fits: isOrigin, hint: 'Write "http://127.0.0.1:8501".' },
  serverName: { fits: (value) => typeof value === "string" && HOST.test(value), hint: 'Write "www.example.com".' },
  certificate: { fits: isFile, hint: "Write the path of a file." },
  certificateKey: { fits: isFile, hint: "Write the path of a file." },
  httpsPort: { fits: isPort, hint: "Write a port, such as 443." },
  httpPort: { fits: isPort, hint: "Write a port, such as 80." },
  healthPath: { fits: isPath, hint: 'Write "/health".' },
};

const ROUTE_OPTIONS: Readonly<Record<keyof ExportRoute, Option>> = {
  // What it may be, readRoutePath says.
  path: { fits: () => true, hint: "" },
  layers: { fits: Array.isArray, hint: 'Write a list of layers: ["api"] or [{ … }].' },
};

function siteOf(given: ExportOptions, report: ReportIssue): Site {
  const options = readOptions<ExportOptions>("exportPolicy", given, OPTIONS);
  const { policy: layers = [], routes: unread = [], serverName = "example.com", upstream } = options;
  const policy = makePolicy(Array.isArray(layers) ? layers : [layers]);
  const routes = unread
    .flatMap((route, index) => {
      const { path, layers = [] } = readOptions<ExportRoute>(`routes[${index}]`, route, ROUTE_OPTIONS);
      const read = readRoutePath(path, report, index);
      return read === undefined ? [] : [{ path: read, layers }];
    })
    .sort((one, other) => byBreadth(one.path, other.path));
  return {
    all: placeOf(policy, undefined, report),
    routes: routes.flatMap((route, index) => {
      // Of the same path the last one has the layers of all: no server takes a path twice.
      if (routes.slice(index + 1).some(({ path }) => contains(route.path, path) && contains(path, route.path))) return [];
      const broader = routes.slice(0, index).filter(({ path }) => contains(path, route.path));
      const onTop = [...broader.flatMap((one) => one.layers), ...route.layers];
      return [placeOf(overrideWith(policy, onTop), route.path, report)];
    }),
    upstream: upstream === undefined ? undefined : new URL(upstream).origin,
    serverName,
    certificate: options.certificate ?? `/etc/ssl/certs/${serverName}.pem`,
    certificateKey: options.certificateKey ?? `/etc/ssl/private/${serverName}.key`,
    httpsPort: options.httpsPort ?? 443,
    httpPort: options.httpPort ?? 80,
    healthPath: options.healthPath ?? "/health",
  };
}

function placeOf(policy: Policy, path: RoutePath | undefined, report: ReportIssue): Place {
  const compiled = compiledOf(policy);
  if (!compiled.fixed) {
    reportSlots(policy, report);
    return { path, lines: [], remove: [] };
  }
  const lines = Object.entries(renderHeaders(policy));
  return { path, lines, remove: compiled.gone.secure };
}

/** Says in which directives the slots stand. */
function reportSlots(policy: Policy, report: ReportIssue): void {
  for (const { key } of registered) {
    const options = policy.resolved[key];
    if (typeof options !== "object" || options === null) continue;
    for (const [field, list] of Object.entries(options)) {
      if (!Array.isArray(list) || list.every((source) => typeof source === "string")) continue;
      const hint = 'Write hashes instead: see hashesOf in "portcullis/hashes".';
      report({ path: [key, field], code: "slot-empty", message: "differs per response, and what is printed does not", hint });
    }
  }
}

/** Tokens have more characters than these, and each of them means something to one server or another. */
const PLAIN_NAME = /^[A-Za-z0-9][\w.-]*$/;

function checkLimits(
  { lines, remove, path }: Place,
  { longestValue, mostHeaders }: (typeof targets)[TargetName],
  report: ReportIssue,
): void {
  const where = path === undefined ? "the site" : path.path;
  for (const name of [...lines.map(([name]) => name), ...remove].filter((name) => !PLAIN_NAME.test(name))) {
    report({ path: [name], message: `is a name that not every server takes, for ${where}`, hint: "Write letters, digits and hyphens." });
  }
  for (const [name, value] of lines) {
    if (longestValue === undefined || value.length <= longestValue) continue;
    const message = `has ${value.length} characters for ${where}, and the target takes ${longestValue}`;
    report({ path: [name], message, hint: "Shorten the list of sources." });
  }
  if (mostHeaders !== undefined && lines.length > mostHeaders) {
    const message = `${where} has ${lines.length} headers, and the target takes ${mostHeaders}`;
    report({ path: ["headers"], message, hint: "Switch off those that you need least." });
  }
}

function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const url = new URL(value);
  return /^https?:$/.test(url.protocol) && `${url.pathname}${url.search}${url.hash}${url.username}${url.password}` === "/";
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

/** Checks literals as `definePolicy` does, for routes that are written apart. */
export function exportRoute<const L extends readonly Layer[]>(path: string, ...layers: CheckedLayers<L>): ExportRoute {
  return { path, layers };
}
