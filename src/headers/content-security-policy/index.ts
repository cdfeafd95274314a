import type { Edit } from "../../values/edits.js";
import { plain } from "../../values/own.js";
import type { Nonce, PerRequest } from "../../values/slots.js";
import type { Source } from "../../values/sources.js";
import type { Header, ReportTarget, WithDefaults, WithReportOnly } from "../header.js";
import { checkPolicy } from "./checks.js";
import { directiveSchemas } from "./directive-schemas.js";
import { type directives, rows, type SANDBOX_TOKENS, type SourceListName, type SourceTexts } from "./directives.js";
import { resolveDirectives } from "./fallbacks.js";
import { parsePolicy } from "./parse.js";
import { noncePart, serializePolicy } from "./serialize.js";
import { explainUnknown } from "./unknown.js";
import type { Directives } from "./values.js";
import { wireWord } from "./words.js";

export type { Directives };
export { noncePart, wireWord };

type InlineSlot<List> = List extends "basic" | "connect" ? never : Nonce;

/** What one source list takes: its own keywords, hosts, schemes, and for inline content nonces and hashes. */
export type SourcesOf<List extends SourceListName> = SourceTexts<List> | InlineSlot<List> | PerRequest | Source;

/** Anything that some directive takes, for `append` and `remove`. */
export type AnySource = { [L in SourceListName]: SourcesOf<L> }[SourceListName] | SandboxToken;

export type SandboxToken = (typeof SANDBOX_TOKENS)[number];
type TrustedTypesName = "none" | "allow-duplicates" | "*" | (string & {});

interface OwnGrammars {
  readonly sandbox: readonly SandboxToken[] | Edit<SandboxToken> | boolean;
  readonly trustedTypes: readonly TrustedTypesName[] | boolean;
  readonly trustedTypesFor: readonly "script"[] | boolean;
  readonly urls: readonly string[] | boolean;
  readonly endpoint: string | false;
  readonly webrtc: "allow" | "block" | false;
  readonly flag: boolean;
}

/** A list, an edit of it, `false` to fall back, `true` for the list below or the default. Written out, so that editors show the members. */
type OptionOf<Takes> = Takes extends SourceListName
  ? readonly SourcesOf<Takes>[] | Edit<SourcesOf<Takes>> | boolean
  : Takes extends keyof OwnGrammars
    ? OwnGrammars[Takes]
    : never;

type FromTable = { readonly [D in keyof typeof directives]?: OptionOf<(typeof directives)[D]["takes"]> | undefined };

/** The directives of a Content-Security-Policy. A plain value replaces, `append` and `remove` edit, `false` falls back. */
export interface ContentSecurityPolicy extends FromTable {}

/** What `true` means: a server-rendered site that serves its own files works with it. */
const DEFAULTS: Directives = plain<Directives>({
  defaultSrc: ["self"],
  baseUri: ["self"],
  fontSrc: ["self", "data:"],
  formAction: ["self"],
  frameAncestors: ["self"],
  imgSrc: ["self", "data:"],
  objectSrc: ["none"],
  scriptSrc: ["self"],
  scriptSrcAttr: ["none"],
  styleSrc: ["self", "unsafe-inline"],
});

/** `Content-Security-Policy`: what a page may load, run, frame and send. CSP3. */
export const contentSecurityPolicy: Header<ContentSecurityPolicy | string, "Content-Security-Policy", Directives> &
  WithDefaults &
  WithReportOnly = {
  name: "Content-Security-Policy",
  hasReportOnly: true,
  reportsTo: "csp",
  takesText: true,
  defaults: DEFAULTS as ContentSecurityPolicy,
  fieldNoun: "directive",
  example: '{ defaultSrc: ["self"] }',
  fields: directiveSchemas,
  otherField: explainUnknown,

  resolve(fields, { report }) {
    const resolved = resolveDirectives(fields, DEFAULTS, report);
    return Object.keys(resolved).length === 0 ? undefined : resolved;
  },

  check: checkPolicy,

  // On a page over http, browsers would fetch its own files over https, where the server may not answer.
  overPlainHttp: (options) => withoutUpgrade(options),
  onLoopback: (options) => withoutUpgrade(options),
  observable: (options) => without(options, (key) => rows[key]?.enforcedOnly === true),

  withReporting(options, { endpoint, url }: ReportTarget) {
    return { ...options, reportUri: options.reportUri ?? [url], reportTo: options.reportTo ?? endpoint };
  },

  serialize: serializePolicy,
  parse: parsePolicy,
};

/** The directives that are not dropped: the same object where all are left, false where none is. */
function without(options: Directives, drop: (key: string) => boolean): Directives | false {
  const entries = Object.entries(options);
  const left = entries.filter(([key]) => !drop(key));
  if (left.length === entries.length) return options;
  return left.length > 0 && Object.fromEntries(left);
}

const withoutUpgrade = (options: Directives) => without(options, (key) => key === "upgradeInsecureRequests");
