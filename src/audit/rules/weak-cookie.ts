import { isKnownSameSite } from "../../values/set-cookie.js";
import { show } from "../../values/text.js";
import { type Cookie, hasPrefix, missingForPrefix } from "../cookies.js";
import type { AuditRule, Found } from "../finding.js";
import { type Standard, standard } from "../standard.js";

const rfc = "https://www.rfc-editor.org/rfc/rfc6265";
const SECURE = standard("A05", "CWE-614", rfc);
const HTTP_ONLY = standard("A05", "CWE-1004", rfc);
const SAME_SITE = standard("A01", "CWE-1275", rfc);

interface Weakness extends Pick<Found, "fix"> {
  readonly standard: Standard;
  readonly weak: (cookie: Cookie) => boolean;
  readonly severity: (cookie: Cookie) => Found["severity"];
  readonly message: string | ((cookie: Cookie) => string);
}

const WEAKNESSES: readonly Weakness[] = [
  {
    standard: SECURE,
    weak: ({ secure }) => !secure,
    severity: ({ session }) => (session ? "high" : "medium"),
    message: "has no Secure: it is sent over plain http, where anyone on the network can read it.",
    fix: "Add Secure.",
  },
  {
    standard: HTTP_ONLY,
    weak: ({ session, httpOnly }) => session && !httpOnly,
    severity: () => "medium",
    message: "is a session cookie by its name and has no HttpOnly: an injected script can read it.",
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
    weak: ({ sameSite }) => sameSite !== undefined && !isKnownSameSite(sameSite),
    severity: () => "medium",
    message: "has a SameSite that no browser knows.",
    fix: "Write SameSite=Lax, Strict or None.",
  },
  {
    standard: SAME_SITE,
    weak: ({ sameSite, secure }) => sameSite === "none" && !secure,
    severity: () => "medium",
    message: "has SameSite=None without Secure, and browsers reject it.",
    fix: "Add Secure.",
  },
  {
    standard: SECURE,
    weak: ({ partitioned, secure }) => partitioned && !secure,
    severity: () => "medium",
    message: "has Partitioned without Secure, and browsers reject it.",
    fix: "Add Secure.",
  },
  {
    standard: SECURE,
    weak: (cookie) => missingForPrefix(cookie).length > 0,
    severity: () => "medium",
    message: (cookie) => `breaks the rules of its prefix, and browsers reject it: it needs ${missingForPrefix(cookie).join(", ")}.`,
    fix: "Add what is missing, or remove the prefix.",
  },
  {
    standard: SECURE,
    weak: ({ name, value }) => name === "" && hasPrefix(value),
    severity: () => "medium",
    message: "has no name, and a value that begins with a prefix: browsers reject it.",
    fix: "Write name=value.",
  },
  {
    standard: SECURE,
    weak: ({ wellFormed }) => !wellFormed,
    severity: () => "medium",
    message: "is rejected by browsers: it is empty, too long, or contains a control character.",
    fix: "Write at most 4096 characters of name and value, in ASCII.",
  },
];

/** A cookie that others can read, or cause to be sent. RFC 6265bis §5.6, §8. */
export const weakCookie: AuditRule<"weak-cookie"> = {
  rule: "weak-cookie",

  check: ({ cookies = [] }) =>
    cookies.flatMap((cookie) =>
      WEAKNESSES.flatMap(({ weak, severity, message, ...rest }): Found[] => {
        if (!weak(cookie)) return [];
        const said = typeof message === "string" ? message : message(cookie);
        return [
          { header: "Set-Cookie", path: "", severity: severity(cookie), message: `The cookie ${show(cookie.name)} ${said}`, ...rest },
        ];
      }),
    ),
};
