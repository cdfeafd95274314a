import type { ReportIssue } from "../errors.js";
import type { Layer, Policy } from "../policy/policy.js";
import type { PresetName } from "../presets/index.js";
import { fittingOptions, type Option } from "../values/legacy-options.js";
import type { ServerOption } from "./target.js";

/** Paths that get more than the site's policy. */
export interface ExportRoute {
  /**
   * `"/embed"` for this path alone (not for `/embed/`), or `"/api/*"` for all below `/api/`. As clients ask for it, and decoded:
   * without `//`, `.` and `..`, and without a query.
   */
  readonly path: string;
  /** Laid on the site's policy, and on the routes that mean this path too, the broadest first: as `override` does. */
  readonly layers: readonly Layer[];
}

/** What is printed, and around it. */
export interface ExportOptions {
  /** A preset's name, what `definePolicy` made, or layers as it takes them. */
  readonly policy: PresetName | Policy | readonly Layer[];
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

/** Options of the server that is printed, besides the upstream, of which each target tells what it does with it. */
export const SERVER_OPTIONS: readonly ServerOption[] = [
  "serverName",
  "certificate",
  "certificateKey",
  "httpsPort",
  "httpPort",
  "healthPath",
  "listen",
  "readTimeout",
];

const isPort = (value: unknown) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 65_536;
/** The path of a file without characters that configurations read otherwise: `$`, quotes, braces, `%`, a backslash. */
const FILE: Option = {
  fits: (value) => typeof value === "string" && /^[A-Za-z0-9 /._\-+@~:]+$/.test(value),
  hint: "Write the path of a file in letters, digits, blanks and /._-+@~: alone, with slashes on Windows too.",
};

const OPTIONS: Readonly<Record<keyof ExportOptions, Option>> = {
  policy: {
    fits: (value) => (typeof value === "string" ? value !== "" : typeof value === "object" && value !== null),
    hint: 'Write "strict", definePolicy(…), or a list of layers.',
  },
  routes: { fits: Array.isArray, hint: 'Write [{ path: "/embed", layers: [{ … }] }].' },
  upstream: { fits: isOrigin, hint: 'Write "http://127.0.0.1:8501": scheme, host and port, without a path.' },
  serverName: {
    fits: (value) => typeof value === "string" && HOST.test(value),
    hint: 'Write "www.example.com": a name or an IPv4 address, without scheme and port.',
  },
  certificate: FILE,
  certificateKey: FILE,
  httpsPort: { fits: isPort, hint: "Write a port, such as 443." },
  httpPort: { fits: isPort, hint: "Write a port, such as 80." },
  // What it is, and what to write instead, is told with the routes'.
  healthPath: { fits: () => true, hint: "" },
  listen: {
    fits: (value) => Array.isArray(value) && Array.from(value).every(isIpAddress),
    hint: 'Write addresses of the server: ["127.0.0.1", "::1"].',
    member: isIpAddress,
  },
  readTimeout: {
    fits: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= 86_400,
    hint: "Write seconds, from 1 to 86400.",
  },
};

/** The options that were given, each of its type; what does not fit is reported, and what they hold is checked elsewhere. */
export function readExportOptions(given: unknown, report: ReportIssue): Partial<ExportOptions> {
  return fittingOptions<ExportOptions>("exportPolicy", given, OPTIONS, report);
}

/** A host as configurations of all servers can have it: URL takes more, such as `;` and `$`. */
const UPSTREAM = /^https?:\/\/(?:\[[\da-f:.]+\]|\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*)(?::[1-9]\d*)?\/?$/i;

function isOrigin(value: unknown): boolean {
  return typeof value === "string" && UPSTREAM.test(value) && URL.canParse(value);
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
