import * as z from "zod/mini";
import type { ReportIssue } from "../errors.js";
import { faultOf, isPath, readPath } from "../middleware/routes.js";
import type { Layer, Policy } from "../policy/policy.js";
import type { PresetName } from "../presets/index.js";
import { awaited, checkOptions, type OptionSchemas, shown } from "../values/options.js";
import { expecting, listOf, textThat, wholeNumber } from "../values/schema.js";
import { show } from "../values/text.js";

/** Layers for some paths, applied on top of the site's policy. */
export interface ExportRoute {
  /**
   * `"/embed"` for this path only (not for `/embed/`), or `"/api/*"` for all paths below `/api/`. Decoded,
   * without `//`, `.` and `..` segments, and without a query.
   */
  readonly path: string;
  /** Applied on top of the site's policy and of broader routes that match this path, the broadest first, as `override` does. */
  readonly layers: readonly Layer[];
}

/** The options of {@link exportPolicy}. */
export interface ExportOptions {
  /** The name of a preset, a policy made with `definePolicy`, or a list of layers. */
  readonly policy: PresetName | Policy | readonly Layer[];
  readonly routes?: readonly ExportRoute[] | undefined;
  /** The origin of the application, such as `"http://127.0.0.1:8501"`. With it, a complete server is printed instead of the headers only. */
  readonly upstream?: string | undefined;
  /** The host name of the site. Default: `"example.com"`. */
  readonly serverName?: string | undefined;
  /** Paths of the certificate and its key on the server. */
  readonly certificate?: string | undefined;
  readonly certificateKey?: string | undefined;
  /** Defaults: 443 and 80. */
  readonly httpsPort?: number | undefined;
  readonly httpPort?: number | undefined;
  /** A path that the server itself answers with 200. Default: `"/health"`. */
  readonly healthPath?: string | undefined;
  /** IP addresses to listen on, such as `["127.0.0.1", "::1"]`. Default: all IPv4 addresses. */
  readonly listen?: readonly string[] | undefined;
  /**
   * Seconds, 1 to 86,400, that the application may take until a response begins, and between two parts of one. Each target has its own
   * default, a few minutes or more. WebSockets may be idle for at least an hour.
   */
  readonly readTimeout?: number | undefined;
}

const port = (example: number) => wholeNumber(1, 65_535, `a port, such as ${example}`);

/** Excludes characters with a meaning in configurations: `$`, quotes, braces, `%`, backslashes. */
const FILE = /^[A-Za-z0-9 /._\-+@~:]+$/;
const file = () =>
  textThat(
    (text) => FILE.test(text),
    "a plain file path",
    "Write the path of a file with letters, digits, spaces and /._-+@~: only, with slashes on Windows too.",
  );

const OPTIONS: OptionSchemas<ExportOptions> = () => ({
  policy: z.custom<ExportOptions["policy"]>(
    (value: unknown) => (typeof value === "string" ? value !== "" : typeof value === "object" && value !== null),
    expecting("a policy", 'Write "strict", definePolicy(…), or a list of layers.'),
  ),
  routes: listOf(z.unknown(), "a list of routes", 'Write [{ path: "/embed", layers: [{ … }] }].'),
  upstream: textThat(isOrigin, "an origin", 'Write "http://127.0.0.1:8501": scheme, host and port, without a path.'),
  serverName: textThat(
    (text) => HOST.test(text),
    "a host name",
    'Write "www.example.com": a name or an IPv4 address, without scheme and port.',
  ),
  certificate: file(),
  certificateKey: file(),
  httpsPort: port(443),
  httpPort: port(80),
  healthPath: healthPath(),
  listen: listOf(textThat(isIpAddress, "an IP address", LISTEN), "a list of IP addresses", LISTEN),
  readTimeout: wholeNumber(1, 86_400, "seconds, from 1 to 86400"),
});

const LISTEN = 'Write IP addresses of the server: ["127.0.0.1", "::1"].';

/**
 * The options that are present and of the right type; all others are reported.
 * Layers and routes are checked in read-site.ts.
 */
export function readExportOptions(options: unknown, report: ReportIssue): Partial<ExportOptions> {
  return checkOptions<ExportOptions>(["exportPolicy"], options, OPTIONS, report);
}

/** One path, without a star. */
function healthPath() {
  return z.unknown().check((context) => {
    const { value } = context;
    if (isPath(value)) return;
    const read = readPath(value);
    const [fault, hint] = read === undefined ? faultOf(value, '"/health"') : ["is not one path", `Write ${show(read.path)}.`];
    const message = `${shown(value)} ${fault}`;
    context.issues.push({ code: "custom", input: value, params: { message, hint: awaited(value, hint) } });
  });
}

/** Origins that are safe in every configuration. The URL parser also accepts characters such as `;` and `$`. */
const UPSTREAM = /^https?:\/\/(?:\[[\da-f:.]+\]|\w(?:[\w-]*\w)?(?:\.\w(?:[\w-]*\w)?)*)(?::[1-9]\d*)?\/?$/i;

function isOrigin(text: string): boolean {
  return UPSTREAM.test(text) && URL.canParse(text);
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

/** An IPv4 or IPv6 address, without brackets. The URL parser also accepts other spellings and rewrites them. */
function isIpAddress(text: string): boolean {
  const host = text.includes(":") ? `[${text}]` : text;
  if (!/^[\d.]+$|^\[[\da-f:.]+\]$/i.test(host) || !URL.canParse(`http://${host}/`)) return false;
  return host.startsWith("[") || new URL(`http://${host}/`).hostname === host;
}
