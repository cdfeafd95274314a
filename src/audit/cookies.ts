/** One Set-Cookie, as far as its safety goes. RFC 6265bis §5.7. */
export interface Cookie {
  readonly name: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** In lower case; undefined where it does not say. */
  readonly sameSite: string | undefined;
  /** By its name: whoever has it is logged in. */
  readonly session: boolean;
  /** By its name: scripts of the page read it, to prove that they are its own. */
  readonly antiCsrf: boolean;
}

const SESSION = /sess|login|(?:^|[._-])sid$/i;
const ANTI_CSRF = /csrf|xsrf/i;

export function readCookie(line: string): Cookie {
  const [pair = "", ...rest] = line.split(";");
  const equals = pair.indexOf("=");
  const name = (equals < 0 ? "" : pair.slice(0, equals)).trim();
  const attributes = new Map(
    rest.map((text) => {
      const [, key = "", value = ""] = /^\s*([^=]*)=?(.*)$/s.exec(text) ?? [];
      return [key.trim().toLowerCase(), value.trim().toLowerCase()];
    }),
  );
  const antiCsrf = ANTI_CSRF.test(name);
  return {
    name,
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: attributes.get("samesite"),
    session: SESSION.test(name) && !antiCsrf,
    antiCsrf,
  };
}

/** Whether browsers know this SameSite. RFC 6265bis §5.6.7. */
export function isSameSite(value: string): boolean {
  return ["strict", "lax", "none"].includes(value);
}
