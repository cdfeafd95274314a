import * as z from "zod/mini";
import { policyError } from "../errors.js";
import { type OptionSchemas, readOptions } from "../values/options.js";
import { listOf, textThat } from "../values/schema.js";
import { isKnownSameSite, readSetCookie } from "../values/set-cookie.js";
import { type Committing, onCommit } from "./commit.js";
import { pass, refuseRequest, unwritable } from "./pass.js";
import { isSecure } from "./transport.js";
import type { Middleware } from "./types.js";

/** What {@link secureCookies} takes. */
export interface SecureCookiesOptions {
  /**
   * `Secure`. `true`, the default: on every cookie. `"auto"`: where the request came over https, for development over http, where
   * Safari drops Secure cookies. `false`: as it is.
   */
  readonly secure?: boolean | "auto" | undefined;
  /** `HttpOnly`, out of reach of scripts: `true`, the default, or `false`: as it is. */
  readonly httpOnly?: boolean | undefined;
  /** `SameSite` of a cookie that does not say: `"Lax"` by default; `false`: as it is. */
  readonly sameSite?: "Lax" | "Strict" | "None" | false | undefined;
  /** The only cookies to harden, by their exact names. */
  readonly only?: readonly string[] | undefined;
  /** Cookies to leave alone, by their exact names: `["XSRF-TOKEN"]`, which scripts read. */
  readonly except?: readonly string[] | undefined;
}

/**
 * Hardens the cookies of a response as its headers go out, whoever set them: a `Secure`, `HttpOnly` or `SameSite` that is missing
 * is appended. What is there stays, `SameSite=None` too; a `SameSite` that browsers do not know counts as missing, and gives way.
 * Of an attribute that stands there several times the last counts, and one whose value has more than 1,024 bytes does not.
 *
 * A cookie that browsers refuse for its prefix is not repaired: `__Host-` and `__Host-Http-` with a Domain, or without `Path=/`. The
 * `Secure` that `Partitioned` and all prefixes need is appended, with `secure: "auto"` over plain http too; so is the `HttpOnly` that
 * `__Http-` and `__Host-Http-` need, but under `httpOnly: false`. RFC 6265bis §4.1.3, §5.6, §5.7.
 *
 * @param options all of them optional; `only` and `except` exclude each other.
 * @returns a middleware to mount before or after what sets cookies, such as express-session.
 * @throws {PolicyError} at once, with all that is wrong with the options.
 */
export function secureCookies(options: SecureCookiesOptions = {}, ...none: readonly []): Middleware {
  refuseRequest("secureCookies", [options, ...none]);
  const {
    secure = true,
    httpOnly = true,
    sameSite = "Lax",
    only,
    except,
  } = readOptions<SecureCookiesOptions>("secureCookies", options, OPTIONS);
  if (only !== undefined && except !== undefined) {
    throw policyError("conflict", ["secureCookies"], "only and except exclude each other", "Write one of them.");
  }
  if (sameSite === "None" && secure === false) {
    const hint = "Leave secure out: browsers refuse SameSite=None without Secure.";
    throw policyError("conflict", ["secureCookies", "sameSite"], '"None" does not go with secure: false', hint);
  }
  const names = new Set(only ?? except);
  const rules: Rules = { secure, httpOnly, sameSite, concerns: (name) => names.has(name) === (only !== undefined) };

  return function secureCookies(req, res, next) {
    const unfit = res.headersSent === false ? undefined : unwritable("secureCookies", req, res);
    if (unfit !== undefined) return pass(next, unfit);
    const https = secure === "auto" && isSecure(req);
    onCommit(res, () => hardenAll(res as typeof res & Committing, rules, https));
    pass(next, undefined);
  };
}

const NAMES = 'Write a list of cookie names, such as ["session"].';

const names = () =>
  listOf(
    textThat((name) => /^[^\s=;]+$/.test(name), "a cookie name", NAMES),
    "a list of cookie names",
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

function hardenAll(res: Committing, rules: Rules, https: boolean): void {
  const value = res.getHeader("Set-Cookie");
  if (value === undefined) return;
  const before = Array.isArray(value) ? (value as readonly string[]) : [value];
  const after = before.map((line) => harden(String(line), rules, https));
  if (after.some((line, index) => line !== before[index])) res.setHeader("Set-Cookie", after);
}

/**
 * Names that make browsers refuse a cookie without Secure, in whatever case: `__Secure-`; `__Host-`, which also wants Path=/ and no
 * Domain; `__Http-`, which also wants HttpOnly; and `__Host-Http-`, which wants all of it. RFC 6265bis §4.1.3, §5.7.
 */
const PREFIXED = /^__(?:host|http|secure)-/i;

/** A SameSite, wherever it stands behind the value. */
const SAME_SITE = /;[ \t]*samesite[ \t]*(?:=[^;]*)?(?=;|$)/gi;

/** Of one line, what is there to be hardened. */
interface Cookie {
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** Whether browsers know what it says of SameSite. */
  readonly sameSite: boolean;
  /** Whether browsers refuse it without Secure, for its name or for being Partitioned. */
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
  // Without Secure, SameSite=None makes browsers refuse the cookie.
  const placed = sameSite !== false && !cookie.sameSite && (secured || sameSite !== "None");
  let hardened = placed ? line.replace(SAME_SITE, "") : line;
  if (secured && !cookie.secure) hardened += "; Secure";
  if (httpOnly && !cookie.httpOnly) hardened += "; HttpOnly";
  if (placed) hardened += `; SameSite=${sameSite}`;
  return hardened;
}
