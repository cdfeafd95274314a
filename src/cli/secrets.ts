import { PolicyError } from "../errors.js";
import { hideIn } from "../record/hide-in.js";
import { type Hide, isLong, knownHiderOf } from "../record/known-secrets.js";
import { signedParts } from "../record/site-secrets.js";
import { Failure, policyFailure } from "./failure.js";
import { authorizationOf, isAddress } from "./input/address.js";

/** Headers whose values are no secrets: what a client accepts and is, conditions of a request, and what a proxy adds. */
const PLAIN =
  /^(?:accept(?:-.+)?|user-agent|origin|referer|cache-control|pragma|content-type|range|dnt|if-.+|sec-.+|upgrade-insecure-requests|x-requested-with|forwarded|x-forwarded-(?:for|proto|host|port|prefix)|x-real-ip)$/i;

/** Values that switch something: they are too common in the output to be hidden. */
const SWITCHES: ReadonlySet<string> = new Set(["0", "1", "true", "false", "yes", "no", "on", "off", "none", "null", "http", "https"]);

/** Parameters of an address whose values are secrets, however short. */
const SECRET_NAME = /tok|key|secret|pass|pw|otp|sig|auth|sess|sid|jwt|code|cred|(?:^|[_-])pin(?:$|[_-])/i;

/**
 * The secrets of a command line: values of `--header` and `--cookie`, passwords of addresses, and values of their queries that look like one.
 *
 * @param words the arguments of the command.
 * @param headers that are sent, by their names.
 */
export function secretsOf(words: readonly (string | undefined)[], headers: Readonly<Record<string, string>> = {}): ReadonlySet<string> {
  const urls = words.flatMap((word = "") => {
    const address = isAddress(word) ? word : `https://${word}`;
    return URL.canParse(address) ? [new URL(address)] : [];
  });
  const ofHeaders = Object.entries(headers).flatMap(([name, value]) => secretsOfHeader(name, value));
  const ofAddresses = urls.flatMap((url) => [
    ...secretsOfHeader("authorization", authorizationOf(url) ?? ""),
    ...[url.password, ...partsOf(decoded(url.password))],
  ]);
  const pairs = urls.flatMap(({ searchParams, hash }) => [...searchParams, ...new URLSearchParams(hash.slice(1))].filter(isSecretPair));
  const bare = urls.flatMap(({ searchParams }) =>
    [...searchParams].flatMap(([name, value]) => (value === "" && isToken(name) ? [name] : [])),
  );
  const ofWords = words.flatMap((word = "") => [...userOf(word), ...mistakenHeader(word)]);
  const all = [
    ...ofHeaders,
    ...ofAddresses,
    ...ofWords,
    ...[...pairs.map(([, value]) => value), ...bare].flatMap((one) => [one, ...partsOf(one)]),
  ];
  return new Set([...all, ...all.flatMap(inBase64)].filter((value) => value !== "" && !SWITCHES.has(value.toLowerCase())));
}

/** What a value says in base64, as tokens do (RFC 7519 §3), and what in that is a token of its own; words and hosts in it are no secrets. */
function inBase64(value: string): readonly string[] {
  return value.split(".").flatMap((part) => {
    const text = /^[\w+/-]{11,}={0,2}$/.test(part) ? Buffer.from(part, "base64").toString() : "";
    if (/[\p{Cc}\ufffd]/u.test(text.replace(/\s/g, ""))) return [];
    return [text, ...partsOf(text).filter((one) => /\d/.test(one) && /[a-z]/i.test(one))];
  });
}

/** What is before the last `@` of an address that no parser takes, and its password: `http//user:password@host`. */
function userOf(word: string): readonly string[] {
  if (isAddress(word) && URL.canParse(word) && new URL(word).host !== "") return [];
  const [scheme = ""] = /^[a-z][\w+.-]*:?\/+/i.exec(word) ?? [];
  const before = word.slice(0, Math.max(0, word.lastIndexOf("@")));
  const user = [before.slice(scheme.length), before].find((one) => one.includes(":")) ?? "";
  // The port of a host before a path with an @.
  if (/^[^:]*:\d{1,5}\//.test(user)) return [];
  const password = user.slice(user.indexOf(":") + 1);
  return [user, password, ...partsOf(password), decoded(password)];
}

/** The value of a header that was written without `--header`. */
function mistakenHeader(word: string): readonly string[] {
  const [, name = "", blank = "", value = ""] = /^([!#$%&'*+\-.^_`|~\w]+):(\s*)(\S.*)$/s.exec(word) ?? [];
  const isHeader = !isAddress(word) && (blank !== "" || /^cookie$/i.test(name) || SECRET_NAME.test(name));
  return isHeader ? secretsOfHeader(name, value) : [];
}

/** Options whose values are secrets. */
const SECRET_OPTION = /^--(header|cookie)(?:=(.*))?$/s;

/** The beginning of a value that the shell has split, since it has no quotes: `--header Authorization: Bearer …`. */
const BEGINNING = /^[\w-]+:(?:basic|bearer)?$|^(?:basic|bearer)$/i;

/**
 * The secrets of a command line that is wrong: an option may be forgotten, split by the shell, or written where the command has none.
 *
 * @param args of the program.
 */
export function secretsOfMistakes(args: readonly string[]): ReadonlySet<string> {
  const found: string[] = [];
  let open: string | undefined;
  for (const arg of args) {
    const [option, name, inline] = SECRET_OPTION.exec(arg) ?? [];
    const value = option === undefined ? arg : (inline ?? "");
    const of = name ?? (arg.startsWith("--") ? undefined : open);
    if (of === undefined) found.push(...secretsOf([arg.replace(/^--[\w-]+=/, "")]));
    else if (of === "cookie") found.push(...secretsOfHeader("cookie", value));
    else if (!BEGINNING.test(value)) found.push(...secretsOfHeaderWord(value, open === "value"));
    if (name !== undefined && inline === undefined) open = name;
    else open = of !== undefined && BEGINNING.test(value) ? "value" : undefined;
  }
  return new Set(found.filter((value) => value !== "" && !SWITCHES.has(value.toLowerCase())));
}

/** Of `Name: value`; without a colon all of it, except what is a name: one whose value was forgotten, or one before a blank. */
function secretsOfHeaderWord(text: string, isValue: boolean): readonly string[] {
  const [, name, value = ""] = /^([\w-]+):\s*(.*)$/s.exec(text) ?? [];
  if (name !== undefined && !isValue) return secretsOfHeader(name, value);
  if (/^[a-z-]+$/i.test(text) && !isValue) return [];
  return [text, ...partsOf(text.replace(/^[a-z-]+\s/i, ""))];
}

/** What may follow a part of a value in a header, so that the part may be repeated, or reported, alone. */
const partsOf = (value: string) => value.split(/[\s=;,":/|@&]+/).filter(isLong);

/** The value, and the parts of it that a server may repeat alone. */
function secretsOfHeader(name: string, value: string): readonly string[] {
  if (PLAIN.test(name) || value === "") return [];
  const parts = partsOf(value);
  if (/^cookie$/i.test(name)) return [value, ...cookiesOf(value)];
  if (!/^(?:proxy-)?authorization$/i.test(name)) return [value, ...parts];
  const [, scheme = "", credentials = ""] = /^(\S+)\s+(.*)$/s.exec(value) ?? [];
  return [value, ...parts, credentials, ...(/^basic$/i.test(scheme) ? basicParts(credentials) : [])];
}

/** The values of cookies; their names are no secrets. */
function cookiesOf(value: string): readonly string[] {
  return value.split(";").flatMap((pair) => {
    const one = pair.slice(pair.indexOf("=") + 1).trim();
    const bare = one.replace(/^"(.*)"$/s, "$1");
    return [one, bare, ...partsOf(bare), ...signedParts(bare)];
  });
}

/** User and password together, and the password, in the spellings of base64. RFC 7617 §2. */
function basicParts(credentials: string): readonly string[] {
  const bytes = Buffer.from(credentials, "base64");
  const text = bytes.toString();
  const colon = text.indexOf(":");
  const password = text.slice(colon + 1);
  const unpadded = credentials.replaceAll("=", "");
  const own = colon === -1 || password === "" ? text.replace(":", "") : password;
  return [text, own, ...partsOf(own), unpadded, bytes.toString("base64url")];
}

/** A value of an address with a telling name, or a long word with digits in it. */
function isSecretPair([name, value]: readonly [string, string]): boolean {
  return (SECRET_NAME.test(name) && value.length >= 4) || isToken(value);
}

const isToken = (value: string) => value.length >= 16 && /\d/.test(value) && /[a-z]/i.test(value);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Members of what the commands print whose values are words of Portcullis. */
const PUBLIC: ReadonlySet<string> = new Set(["severity", "rule", "owasp", "cwe", "reference", "grade", "test", "kind", "verdict", "fault"]);

/** What a command does with the secrets of its command line. */
export interface Secrets {
  /** Data without them; its keys are kept. */
  without<T>(data: T): T;
  /** Runs what may fail with a text of a server: they are replaced in the error too. */
  guard<T>(run: () => Promise<T>): Promise<T>;
}

/** Hides secrets in what a command prints. */
export function hidingSecrets(secrets: ReadonlySet<string>): Secrets {
  const hide = knownHiderOf(secrets);
  return {
    without: (data) => (secrets.size === 0 ? data : hideIn(data, hide, PUBLIC)),
    async guard(run) {
      try {
        return await run();
      } catch (error) {
        throw hiddenError(error, hide);
      }
    },
  };
}

function hiddenError(error: unknown, hide: Hide): unknown {
  const failure = error instanceof PolicyError ? policyFailure(error) : error;
  return failure instanceof Failure ? hiddenFailure(failure, hide) : error;
}

function hiddenFailure({ lines, exitCode, hint }: Printed, hide: Hide): Failure {
  return new Failure(lines.map(hide), exitCode, hint === undefined ? undefined : hide(hint));
}

type Printed = Pick<Failure, "lines" | "exitCode" | "hint">;

/** What is printed of any error of a command line: without its secrets, also where it was not understood. */
export const withoutMistakes = (printed: Printed, args: readonly string[]): Printed =>
  hiddenFailure(printed, knownHiderOf(secretsOfMistakes(args)));
