import type { DirectiveKey } from "../headers/content-security-policy/directives.js";
import type { Patch } from "../headers/patch.js";
import { edit } from "../values/edits.js";
import type { Nonce } from "../values/slots.js";

/**
 * What a service needs of a page's policy. Lists are what `allow` takes.
 *
 * @experimental
 */
export interface ServiceNeeds {
  /** By the option's name of the directive, in the order of the table of directives. `nonce` is the place of the response's nonce. */
  readonly csp: { readonly [K in DirectiveKey]?: readonly (string | Nonce)[] };
  /** Origins that may use a feature: of the service, and `"self"`, without which a frame cannot have it. */
  readonly permissionsPolicy?: Readonly<Record<string, readonly string[]>>;
  /** For a popup that talks to the page that opened it. */
  readonly crossOriginOpenerPolicy?: "same-origin-allow-popups";
  /** `credentialless`: what it embeds has no `Cross-Origin-Resource-Policy`. `unsafe-none`: it embeds frames without a COEP header. */
  readonly crossOriginEmbedderPolicy?: "credentialless" | "unsafe-none";
}

/** The layer that allows what is needed, in the headers that are enforced and in their report-only forms. */
export function layerOf({ csp, permissionsPolicy = {}, crossOriginOpenerPolicy, crossOriginEmbedderPolicy }: ServiceNeeds): Patch {
  const word = (value: string | undefined) => (value === undefined ? undefined : { policy: edit("allow", [value]) });
  const layer = {
    contentSecurityPolicy: widening(csp),
    permissionsPolicy: widening(permissionsPolicy),
    crossOriginOpenerPolicy: word(crossOriginOpenerPolicy),
    crossOriginEmbedderPolicy: word(crossOriginEmbedderPolicy),
  };
  const written = Object.entries(layer).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...written, ...written.map(([key, value]) => [`${key}ReportOnly`, value])]) as Patch;
}

function widening(lists: Readonly<Record<string, readonly (string | Nonce)[] | undefined>>): object | undefined {
  const written = Object.entries(lists).filter(([, list]) => list !== undefined && list.length > 0);
  return written.length === 0
    ? undefined
    : Object.fromEntries(written.map(([key, list]) => [key, edit("allow", list as readonly (string | Nonce)[])]));
}
