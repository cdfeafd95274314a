import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { type OptionSchemas, readOptions } from "../values/options.js";
import { listOf, textThat } from "../values/schema.js";
import { isKnownSameSite, readSetCookie } from "../values/set-cookie.js";
import { type Committing, onCommit } from "./commit.js";
import { pass, refuseRequest, unwritable } from "./pass.js";
import { isSecure } from "./transport.js";
import type { Middleware } from "./types.js";

/** Options of {@link secureCookies}. */
export interface SecureCookiesOptions {
  /**
   * Adds `Secure`. `true` (default): to every cookie. `"auto"`: if the request came over https; for development over http, where Safari
   * drops Secure cookies. `false`: never.
   */
  readonly secure?: boolean | "auto" | undefined;
  /** Adds `HttpOnly`, which hides the cookie from scripts. Default: true. */
  readonly httpOnly?: boolean | undefined;
  /** The `SameSite` of a cookie that has none. Default: `"Lax"`; `false` adds none. */
  readonly sameSite?: "Lax" | "Strict" | "None" | false | undefined;
  /** The only cookies to change, by their exact names. */
  readonly only?: readonly string[] | undefined;
  /** Cookies to leave unchanged, by their exact names, such as `["XSRF-TOKEN"]`, which scripts read. */
  readonly except?: readonly string[] | undefined;
}

/**
 * Adds missing `Secure`, `HttpOnly` and `SameSite` attributes to every cookie of a response when its headers are sent, whichever code
 * set the cookie. Attributes that are present stay, including `SameSite=None`; a `SameSite` value that browsers do not recognise is replaced.
 * If an attribute is repeated, the last one counts; a value of more than 1,024 bytes is ignored.
 *
 * A cookie that browsers reject for its prefix is not repaired: `__Host-` and `__Host-Http-` with a Domain, or without `Path=/`. The
 * `Secure` that `Partitioned` and all prefixes require is added, with `secure: "auto"` over plain http too; the `HttpOnly` that
 * `__Http-` and `__Host-Http-` require is added unless `httpOnly` is false. RFC 6265bis §4.1.3, §5.6, §5.7.
 *
 * @param options see {@link SecureCookiesOptions}; all are optional, and `only` and `except` exclude each other.
 * @returns a middleware to mount before or after the code that sets cookies, such as express-session.
 * @throws {PolicyError} at the call, with all mistakes in the options.
 */
export function secureCookies(options: SecureCookiesOptions = {}, ...none: readonly []): Middleware {
  refuseRequest("secureCookies", [options, ...none]);
  const { auto, harden } = cookieHardener("secureCookies", options);

  return function secureCookies(req, res, next) {
    const unfit = res?.headersSent === false ? undefined : unwritable("secureCookies", req, res);
    if (unfit !== undefined) return pass(next, unfit);
    const https = auto && isSecure(req);
    onCommit(res, () => hardenAll(res as typeof res & Committing, harden, https));
    pass(next, undefined);
  };
}

/** Adds what one Set-Cookie line lacks. `https`: whether the request came over https, for `secure: "auto"`. */
export type Harden = (line: string, https: boolean) => string;

/**
 * Reads the options of {@link secureCookies}, for whatever sends cookies.
 *
 * @param name the function that takes the options, as errors name it.
 * @returns `harden`, and with `auto` whether it depends on how the request came.
 * @throws {PolicyError} with all mistakes in the options.
 */
export function cookieHardener(name: string, options: SecureCookiesOptions): { readonly auto: boolean; readonly harden: Harden } {
  const { secure = true, httpOnly = true, sameSite = "Lax", only, except } = readOptions<SecureCookiesOptions>(name, options, OPTIONS);
  if (only !== undefined && except !== undefined) {
    throw policyError("conflict", [name], "only and except cannot be combined", "Write one of them.");
  }
  if (sameSite === "None" && secure === false) {
    const hint = "Leave secure out: browsers reject SameSite=None without Secure.";
    throw policyError("conflict", [name, "sameSite"], '"None" requires Secure, and secure is false', hint);
  }
  const names = new Set(only ?? except);
  const rules: Rules = { secure, httpOnly, sameSite, concerns: (cookie) => names.has(cookie) === (only !== undefined) };
  return { auto: secure === "auto", harden: (line, https) => harden(line, rules, https) };
}

const NAMES = 'Write a list of cookie names, such as ["session"].';

const names = () =>
  listOf(
    textThat((name) => /^[^\s=;]+$/.test(name), "a cookie name", NAMES),
    "a list of one or more cookie names",
    NAMES,
    1,
  );

const OPTIONS: OptionSchemas<SecureCookiesOptions> = () => ({
  secure: z.literal([true, false, "auto"]),
  httpOnly: z.boolean(),
  sameSite: z.literal(["Lax", "Strict", "None", false]),
  only: names(),
  except: names(),
});

interface Rules extends Required<Pick<SecureCookiesOptions, "httpOnly" | "sameSite" | "secure">> {
  readonly concerns: (name: string) => boolean;
}

function hardenAll(res: Committing, harden: Harden, https: boolean): void {
  const value = res.getHeader("Set-Cookie");
  if (value === undefined) return;
  const before = Array.isArray(value) ? (value as readonly string[]) : [value];
  const after = before.map((line) => harden(String(line), https));
  if (after.some((line, index) => line !== before[index])) res.setHeader("Set-Cookie", after);
}

/**
 * Prefixes that make browsers reject a cookie without Secure, in any case: `__Secure-`; `__Host-`, which also requires Path=/ and no
 * Domain; `__Http-`, which also requires HttpOnly; `__Host-Http-`, which requires all of these. RFC 6265bis §4.1.3, §5.7.
 */
const PREFIXED = /^__(?:host|http|secure)-/i;

/** A SameSite attribute, at any position after the value. */
const SAME_SITE = /;[ \t]*samesite[ \t]*(?:=[^;]*)?(?=;|$)/gi;

/** One Set-Cookie line: its name and the attributes it has. */
interface Cookie {
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** Whether it has a SameSite value that browsers recognise. */
  readonly sameSite: boolean;
  /** Whether browsers reject it without Secure, for its name or for being Partitioned. */
  readonly needsSecure: boolean;
}

function readCookie(line: string): Cookie {
  const { name, attributes } = readSetCookie(line);
  return {
    name,
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: isKnownSameSite(attributes.get("samesite") ?? ""),
    needsSecure: attributes.has("partitioned") || PREFIXED.test(name),
  };
}

function harden(line: string, { secure, httpOnly, sameSite, concerns }: Rules, https: boolean): string {
  const cookie = readCookie(line);
  if (!concerns(cookie.name)) return line;
  const secured = cookie.secure || secure === true || (secure === "auto" && (https || cookie.needsSecure));
  // Browsers reject SameSite=None without Secure.
  const placed = sameSite !== false && !cookie.sameSite && (secured || sameSite !== "None");
  let hardened = placed ? line.replace(SAME_SITE, "") : line;
  if (secured && !cookie.secure) hardened += "; Secure";
  if (httpOnly && !cookie.httpOnly) hardened += "; HttpOnly";
  if (placed) hardened += `; SameSite=${sameSite}`;
  return hardened;
}
