import type { Patch } from "../../headers/patch.js";
import type { Nonce, PerRequest, PerRequestInput } from "../../values/slots.js";

/** The response that helmet's functions receive: any response of Node, in Express with `locals`. */
export interface HelmetResponse {
  readonly headersSent: boolean;
  readonly locals?: Readonly<Record<string, unknown>>;
}

/** A method, so that a function may declare a narrower request and response than these, such as Express's. */
export interface DirectiveFunction {
  bivariant(req: PerRequestInput, res: HelmetResponse): string;
}

/** One member of a directive; `nonce` and `perRequest(…)` of Portcullis are accepted too. */
export type HelmetSource = string | DirectiveFunction["bivariant"] | Nonce | PerRequest;

/** What helmet's `contentSecurityPolicy` takes. */
export interface HelmetContentSecurityPolicy {
  /** Merges the directives into helmet's defaults, where `null` removes one. Default: `true`. */
  readonly useDefaults?: boolean | undefined;
  /** By name, in camelCase or as in the header. The symbol is helmet's `dangerouslyDisableDefaultSrc`. */
  readonly directives?: Readonly<Record<string, null | Iterable<HelmetSource> | symbol>> | undefined;
  readonly reportOnly?: boolean | undefined;
}

/** What helmet's `strictTransportSecurity` takes. */
export interface HelmetStrictTransportSecurity {
  /** Seconds, rounded down. Default: 31536000, a year. */
  readonly maxAge?: number | undefined;
  /** Default: `true`. */
  readonly includeSubDomains?: boolean | undefined;
  readonly preload?: boolean | undefined;
}

type Referrer = Extract<Patch["referrerPolicy"], string>;

/** The options of helmet 8. An option with an "Also" has two names; only one of them may be set. */
export interface HelmetOptions {
  readonly contentSecurityPolicy?: HelmetContentSecurityPolicy | boolean | undefined;
  /** Off by default, unlike all others. */
  readonly crossOriginEmbedderPolicy?:
    | { readonly policy?: "require-corp" | "credentialless" | "unsafe-none" | undefined }
    | boolean
    | undefined;
  readonly crossOriginOpenerPolicy?:
    | { readonly policy?: "same-origin" | "same-origin-allow-popups" | "noopener-allow-popups" | "unsafe-none" | undefined }
    | boolean
    | undefined;
  readonly crossOriginResourcePolicy?: { readonly policy?: "same-origin" | "same-site" | "cross-origin" | undefined } | boolean | undefined;
  readonly originAgentCluster?: boolean | undefined;
  /** helmet's type allows the empty string; it is refused here. */
  readonly referrerPolicy?: { readonly policy?: Referrer | "" | readonly (Referrer | "")[] | undefined } | boolean | undefined;
  /** Also `hsts`. */
  readonly strictTransportSecurity?: HelmetStrictTransportSecurity | boolean | undefined;
  readonly hsts?: HelmetStrictTransportSecurity | boolean | undefined;
  /** Also `noSniff`. */
  readonly xContentTypeOptions?: boolean | undefined;
  readonly noSniff?: boolean | undefined;
  /** Also `dnsPrefetchControl`. */
  readonly xDnsPrefetchControl?: { readonly allow?: boolean | undefined } | boolean | undefined;
  readonly dnsPrefetchControl?: { readonly allow?: boolean | undefined } | boolean | undefined;
  /** Also `ieNoOpen`. */
  readonly xDownloadOptions?: boolean | undefined;
  readonly ieNoOpen?: boolean | undefined;
  /** Also `frameguard`. */
  readonly xFrameOptions?: { readonly action?: "deny" | "sameorigin" | "DENY" | "SAMEORIGIN" | undefined } | boolean | undefined;
  readonly frameguard?: { readonly action?: "deny" | "sameorigin" | "DENY" | "SAMEORIGIN" | undefined } | boolean | undefined;
  /** Also `permittedCrossDomainPolicies`. */
  readonly xPermittedCrossDomainPolicies?: { readonly permittedPolicies?: CrossDomain | undefined } | boolean | undefined;
  readonly permittedCrossDomainPolicies?: { readonly permittedPolicies?: CrossDomain | undefined } | boolean | undefined;
  /** Also `hidePoweredBy`. */
  readonly xPoweredBy?: boolean | undefined;
  readonly hidePoweredBy?: boolean | undefined;
  /** Also `xssFilter`. */
  readonly xXssProtection?: boolean | undefined;
  readonly xssFilter?: boolean | undefined;
}

type CrossDomain = "none" | "master-only" | "by-content-type" | "all";

/** Options that were read: own fields only. */
export type Fields = Readonly<Record<string, unknown>>;
