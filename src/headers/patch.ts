import type { Entry, Header, WithDefaults, WithReportOnly } from "./header.js";
import type { Headers, settings } from "./index.js";

type OptionsOf<E> = E extends Entry<infer Options, infer _> ? Options : never;

/** Every field is optional: a patch is merged into the layers below. */
type Partially<Options> = Options extends string | readonly unknown[]
  ? Options
  : Partial<Options> extends Options
    ? Options
    : { readonly [F in keyof Options]?: Exclude<Options[F], undefined> | undefined };

/** A value, and what turns its key on and off. Conditional at the top, so that editors show its members instead of its name. */
type Switched<Value, HasDefaults> = HasDefaults extends true ? Value | boolean : Value | false;

/** `true` only where the header has defaults to turn on. */
type ValueOf<E> = Switched<Partially<OptionsOf<E>>, E extends WithDefaults ? true : false>;

type FromHeaders = { readonly [K in keyof Headers]?: ValueOf<Headers[K]> | undefined };

type FromReportOnly = {
  readonly [K in keyof Headers & string as Headers[K] extends WithReportOnly ? `${K}ReportOnly` : never]?: ValueOf<Headers[K]> | undefined;
};

/** The report-only headers with documentation: the keys of a mapped type have none. */
interface ReportOnlyHeaders extends FromReportOnly {
  /** `Content-Security-Policy-Report-Only`: what it would block is reported, and not blocked. */
  readonly contentSecurityPolicyReportOnly?: FromReportOnly["contentSecurityPolicyReportOnly"];
  /** `Permissions-Policy-Report-Only`: what it would forbid is reported, and not forbidden. */
  readonly permissionsPolicyReportOnly?: FromReportOnly["permissionsPolicyReportOnly"];
  /** `Cross-Origin-Opener-Policy-Report-Only`: windows that it would separate are reported. */
  readonly crossOriginOpenerPolicyReportOnly?: FromReportOnly["crossOriginOpenerPolicyReportOnly"];
  /** `Cross-Origin-Embedder-Policy-Report-Only`: what it would not embed is reported. */
  readonly crossOriginEmbedderPolicyReportOnly?: FromReportOnly["crossOriginEmbedderPolicyReportOnly"];
  /** `Document-Isolation-Policy-Report-Only`: what it would not load is reported. */
  readonly documentIsolationPolicyReportOnly?: FromReportOnly["documentIsolationPolicyReportOnly"];
  /** `Integrity-Policy-Report-Only`: scripts and styles that it would block are reported. */
  readonly integrityPolicyReportOnly?: FromReportOnly["integrityPolicyReportOnly"];
}

type FromSettings = { readonly [K in keyof typeof settings]?: ValueOf<(typeof settings)[K]> | undefined };

/**
 * Changes to a policy, by key: a plain value replaces, an object is merged field by field,
 * `false` switches off, `true` turns on, `undefined` changes nothing.
 */
export interface Patch extends FromHeaders, ReportOnlyHeaders, FromSettings {}

type NameOf<H> = H extends Header<infer _, infer Name, infer __> ? Name : never;

type Names = {
  readonly [K in keyof Headers]: NameOf<Headers[K]> | (Headers[K] extends WithReportOnly ? `${NameOf<Headers[K]>}-Report-Only` : never);
};

/** The wire names that have a key of their own. */
export type HeaderName = Names[keyof Names];
