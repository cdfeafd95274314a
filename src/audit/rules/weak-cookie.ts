import { show } from "../../values/text.js";
import { type Cookie, isSameSite } from "../cookies.js";
import type { Found, Rule } from "../finding.js";
import { type Standard, standard } from "../standards.js";

const rfc = "https://www.rfc-editor.org/rfc/rfc6265";
const SECURE = standard("A05", "CWE-614", rfc);
const HTTP_ONLY = standard("A05", "CWE-1004", rfc);
const SAME_SITE = standard("A01", "CWE-1275", rfc);

interface Weakness extends Pick<Found, "message" | "fix"> {
  readonly standard: Standard;
  readonly weak: (cookie: Cookie) => boolean;
  readonly severity: (cookie: Cookie) => Found["severity"];
}

const WEAKNESSES: readonly Weakness[] = [
  {
    standard: SECURE,
    weak: ({ secure }) => !secure,
    severity: ({ session }) => (session ? "high" : "medium"),
    message: "has no Secure: it is sent over plain http, where anybody on the way reads it.",
    fix: "Add Secure.",
  },
  {
    standard: HTTP_ONLY,
    weak: ({ session, httpOnly }) => session && !httpOnly,
    severity: () => "medium",
    message: "is a session by its name and has no HttpOnly: a script that somebody gets into the page reads it.",
    fix: "Add HttpOnly.",
  },
  {
    standard: SAME_SITE,
    weak: ({ sameSite }) => sameSite === undefined,
    severity: ({ antiCsrf }) => (antiCsrf ? "medium" : "low"),
    message: "has no SameSite: some browsers send it with requests that other sites make.",
    fix: "Add SameSite=Lax, or Strict.",
  },
  {
    standard: SAME_SITE,
    weak: ({ sameSite }) => sameSite !== undefined && !isSameSite(sameSite),
    severity: () => "medium",
    message: "has a SameSite that no browser knows.",
    fix: "Write SameSite=Lax, Strict or None.",
  },
  {
    standard: SAME_SITE,
    weak: ({ sameSite, secure }) => sameSite === "none" && !secure,
    severity: () => "medium",
    message: "has SameSite=None without Secure, and browsers refuse it.",
    fix: "Add Secure.",
  },
  {
    standard: SECURE,
    weak: ({ name, secure }) => /^__(?:host|secure)-/i.test(name) && !secure,
    severity: () => "medium",
    message: "bears a prefix that needs Secure, and browsers refuse it.",
    fix: "Add Secure.",
  },
];

/** A cookie that others can read, or have sent. RFC 6265bis §5.6, §8. */
export const weakCookie: Rule = {
  rule: "weak-cookie",

  check: ({ cookies = [] }) =>
    cookies.flatMap((cookie) =>
      WEAKNESSES.flatMap(({ weak, severity, message, ...rest }): Found[] =>
        weak(cookie)
          ? [{ header: "Set-Cookie", path: "", severity: severity(cookie), message: `The cookie ${show(cookie.name)} ${message}`, ...rest }]
          : [],
      ),
    ),
};
