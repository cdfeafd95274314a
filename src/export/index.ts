import { issueCollector, policyError, type ReportIssue } from "../errors.js";
import { registered } from "../headers/index.js";
import { type Option, readOptions } from "../middleware/options.js";
import { byBreadth, contains, isPath, readRoutePath } from "../middleware/routes.js";
import type { CheckedLayers } from "../policy/check-types.js";
import { overrideWith } from "../policy/override.js";
import { type Layer, makePolicy, type Policy } from "../policy/policy.js";
import { compiledOf, renderHeaders } from "../policy/render.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import type { ExportedFile, Place, RoutePath, Site } from "./target.js";
import { type TargetName, targets } from "./targets/index.js";

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
  /** Addresses of the server to listen on, as `["127.0.0.1", "::1"]`; all of IPv4 unless told. */
  readonly listen?: readonly string[] | undefined;
  /** Seconds that the application may take before it begins an answer, and be silent in one; each target has its own default, minutes or more. A WebSocket may be silent for an hour at least. */
  readonly readTimeout?: number | undefined;
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
  listen: {
    fits: (value) => Array.isArray(value) && value.every(isIpAddress),
    hint: 'Write addresses of the server: ["127.0.0.1", "::1"].',
    member: isIpAddress,
  },
  readTimeout: {
    fits: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= 86_400,
    hint: "Write seconds, from 1 to 86400.",
  },
};

function siteOf(given: ExportOptions, report: ReportIssue): Site {
  const options = readOptions<ExportOptions>("exportPolicy", given, OPTIONS);
  const { policy: layers = [], routes: unread = [], serverName = "example.com", upstream } = options;
  const policy = makePolicy(Array.isArray(layers) ? layers : [layers]);
  const routes = unread
    .flatMap((route, index) => {
      if (!isRoute(route, index, report)) return [];
      const path = readRoutePath(route.path, report, index);
      return path === undefined ? [] : [{ path, layers: route.layers }];
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
    listen: options.listen ?? [],
    readTimeout: options.readTimeout,
  };
}

const KEYS_OF_A_ROUTE: readonly string[] = ["path", "layers"] satisfies readonly (keyof ExportRoute)[];

/** Reports what is no route, and what a route has no place for. */
function isRoute(given: unknown, index: number, report: ReportIssue): given is ExportRoute {
  const hint = 'Write { path: "/embed", layers: [{ … }] }.';
  if (typeof given !== "object" || given === null) {
    report({ path: ["routes", index], code: "wrong-type", message: `${show(given)} is not a route`, hint });
    return false;
  }
  for (const key of Object.keys(given).filter((one) => !KEYS_OF_A_ROUTE.includes(one))) {
    const message = `${show(key)} is not a key of a route`;
    report({ path: ["routes", index, key], code: "unknown-name", message, hint: didYouMean(key, KEYS_OF_A_ROUTE) || hint });
  }
  const { layers } = given as Partial<ExportRoute>;
  if (Array.isArray(layers)) return true;
  report({ path: ["routes", index, "layers"], code: "wrong-type", message: `${show(layers)} is not a list of layers`, hint });
  return false;
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

/** An address of IPv4 or IPv6 as it is written out, without brackets; URL reads other spellings too, and shows them otherwise. */
function isIpAddress(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const host = value.includes(":") ? `[${value}]` : value;
  return (
    /^[\d.]+$|^\[[\da-f:.]+\]$/i.test(host) &&
    URL.canParse(`http://${host}/`) &&
    (host.startsWith("[") || new URL(`http://${host}/`).hostname === host)
  );
}

/** Checks literals as `definePolicy` does, for routes that are written apart. */
export function exportRoute<const L extends readonly Layer[]>(path: string, ...layers: CheckedLayers<L>): ExportRoute {
  return { path, layers };
}
