import type { Entry, Header, WithDefaults, WithReportOnly } from "./header.js";
import type { Headers, settings } from "./index.js";

type OptionsOf<E> = E extends Entry<infer Options, infer _> ? Options : never;

/** Each field may be left out: a patch lies on top of what is there. */
type Partially<Options> = Options extends string | readonly unknown[]
  ? Options
  : { readonly [F in keyof Options]?: Options[F] | undefined };

/** `true` only where the header has defaults to turn on. */
type ValueOf<E> = Partially<OptionsOf<E>> | (E extends WithDefaults<unknown> ? boolean : false);

type FromHeaders = { readonly [K in keyof Headers]?: ValueOf<Headers[K]> | undefined };

type FromTwins = {
  readonly [K in keyof Headers & string as Headers[K] extends WithReportOnly ? `${K}ReportOnly` : never]?: ValueOf<Headers[K]> | undefined;
};

/** The twins again, for their documentation: a key that a mapping puts together has none. */
interface Twins extends FromTwins {
  /** `Content-Security-Policy-Report-Only`: what it would block is reported, and let through. */
  readonly contentSecurityPolicyReportOnly?: FromTwins["contentSecurityPolicyReportOnly"];
  /** `Permissions-Policy-Report-Only`: what it would forbid is reported, and let through. */
  readonly permissionsPolicyReportOnly?: FromTwins["permissionsPolicyReportOnly"];
  /** `Cross-Origin-Opener-Policy-Report-Only`: windows that it would separate are reported. */
  readonly crossOriginOpenerPolicyReportOnly?: FromTwins["crossOriginOpenerPolicyReportOnly"];
  /** `Cross-Origin-Embedder-Policy-Report-Only`: what it would not embed is reported. */
  readonly crossOriginEmbedderPolicyReportOnly?: FromTwins["crossOriginEmbedderPolicyReportOnly"];
  /** `Document-Isolation-Policy-Report-Only`: what it would not load is reported. */
  readonly documentIsolationPolicyReportOnly?: FromTwins["documentIsolationPolicyReportOnly"];
  /** `Integrity-Policy-Report-Only`: scripts and styles that it would block are reported. */
  readonly integrityPolicyReportOnly?: FromTwins["integrityPolicyReportOnly"];
}

type FromSettings = { readonly [K in keyof typeof settings]?: ValueOf<(typeof settings)[K]> | undefined };

/**
 * Changes to a policy, by key: a plain value replaces, an object is merged field by field,
 * `false` switches off, `true` turns on, `undefined` is silence.
 */
export interface Patch extends FromHeaders, Twins, FromSettings {}

type NameOf<H> = H extends Header<infer _, infer Name, infer __> ? Name : never;

type Names = {
  readonly [K in keyof Headers]: NameOf<Headers[K]> | (Headers[K] extends WithReportOnly ? `${NameOf<Headers[K]>}-Report-Only` : never);
};

/** The wire names that have a key of their own. */
export type HeaderName = Names[keyof Names];
