import { isKnownSameSite } from "../../values/set-cookie.js";
import { type Cookie, missingForPrefix } from "../cookies.js";
import type { Subject } from "../subject.js";
import type { Outcome } from "./figures.js";
import { transportSecurity } from "./transport.js";

/** Heroku's router sets it, and no site can change it. */
const NOT_COUNTED = "heroku-session-affinity";
const SESSION = /login|sess/i;
const ANTI_CSRF = /csrf/i;

/** The worst outcome of all cookies that browsers keep, in the order of the figures; it recognises cookies by the same names as the Observatory. */
export function cookies(subject: Subject): Outcome<"cookies"> {
  if (subject.cookies === undefined) return { unseen: "The cookies are not known." };
  const list = subject.cookies.filter((cookie) => !["", NOT_COUNTED].includes(cookie.name) && missingForPrefix(cookie).length === 0);
  if (list.length === 0) return "none";
  const hsts = transportSecurity(subject);
  const safe = hsts === "preloaded" || hsts === "at-least-six-months";
  const sessions = list.filter(({ name }) => SESSION.test(name));
  const allSecure = list.every(({ secure }) => secure);
  const sessionsSecure = sessions.every(({ secure }) => secure);
  if (!sessionsSecure && !safe) return "session-without-secure";
  if (sessions.some(({ httpOnly }) => !httpOnly)) return "session-without-httponly";
  if (list.some(({ name, sameSite }) => ANTI_CSRF.test(name) && sameSite === undefined)) return "anti-csrf-without-samesite";
  if (list.some(isSameSiteInvalid)) return "samesite-invalid";
  if (!allSecure && !safe) return "without-secure";
  if (!sessionsSecure) return "session-without-secure-but-hsts";
  if (!allSecure) return "without-secure-but-hsts";
  return list.every(({ sameSite }) => sameSite !== undefined)
    ? "secure-with-httponly-sessions-and-samesite"
    : "secure-with-httponly-sessions";
}

function isSameSiteInvalid({ sameSite, secure }: Cookie): boolean {
  return sameSite !== undefined && (!isKnownSameSite(sameSite) || (sameSite === "none" && !secure));
}
