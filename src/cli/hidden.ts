import { Failure } from "./failure.js";
import type { FetchOptions } from "./input/site.js";

/** What is in the output instead of a secret; an address stays valid with it. */
const HIDDEN = "***";

/** Shorter values could be any word of the output. */
const SHORTEST = 8;

/** Headers whose values are no secrets. */
const PLAIN: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "accept-encoding",
  "user-agent",
  "origin",
  "referer",
  "cache-control",
]);

/** Parameters of an address whose values are secrets, however short. */
const SECRET_NAME = /tok|key|secret|pass|pwd|sig|auth|sess|sid|jwt|code|cred/i;

/**
 * The secrets of a command line: values of `--header` and `--cookie`, passwords of addresses, and values of their queries that look like one.
 *
 * @param words the arguments of the command.
 */
export function secretsOf(words: readonly (string | undefined)[], { headers = {} }: Pick<FetchOptions, "headers">): ReadonlySet<string> {
  const urls = words.flatMap((word = "") => {
    const address = /^[a-z][a-z\d+.-]*:\/\//i.test(word) ? word : `https://${word}`;
    return URL.canParse(address) ? [new URL(address)] : [];
  });
  const values = Object.entries(headers).flatMap(([name, value]) => (PLAIN.has(name) ? [] : [value, ...value.split(/[\s=;,]+/)]));
  const own = urls.flatMap(({ username, password }) => [
    password,
    decoded(password),
    ...(password === "" ? [username] : []),
    basicOf(username, password),
  ]);
  const long = [...values, ...own].filter(({ length }) => length >= SHORTEST);
  const queries = urls.flatMap(({ searchParams, hash }) => [...searchParams, ...new URLSearchParams(hash.slice(1))].filter(isSecretPair));
  return new Set([...long, ...queries.map(([, value]) => value)]);
}

/** What a user and a password are sent as, without its scheme. RFC 7617 §2. */
function basicOf(username: string, password: string): string {
  return username === "" && password === "" ? "" : Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64");
}

/** A value of an address with a telling name, or a long word with digits in it. */
function isSecretPair([name, value]: readonly [string, string]): boolean {
  return (SECRET_NAME.test(name) && value.length >= 4) || (value.length >= 16 && /\d/.test(value) && /[a-z]/i.test(value));
}

/** Data with every secret in its strings replaced, in each spelling that a server may repeat it in; keys are kept. */
export function withoutSecrets<T>(data: T, secrets: ReadonlySet<string>): T {
  if (secrets.size === 0) return data;
  const forms = [...new Set([...secrets].flatMap(spellingsOf))].sort((one, other) => other.length - one.length);
  const hidden = (value: unknown): unknown => {
    if (typeof value === "string") return forms.reduce((text, form) => text.replaceAll(form, HIDDEN), value);
    if (Array.isArray(value)) return value.map(hidden);
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, hidden(one)]));
  };
  return hidden(data) as T;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Runs what may fail with a text of a server: its secrets are replaced in the error too. */
export async function hidingSecrets<T>(secrets: ReadonlySet<string>, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(withoutSecrets(error.lines, secrets), error.exitCode, withoutSecrets(error.hint, secrets));
  }
}

function spellingsOf(secret: string): readonly string[] {
  const escaped = secret.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  const encoded = encodeURIComponent(secret);
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  const lower = encoded.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase());
  // Directives are read in lower case.
  return [
    secret,
    secret.toLowerCase(),
    decoded(secret),
    JSON.stringify(secret).slice(1, -1),
    escaped,
    encoded,
    encodeURI(secret),
    form,
    lower,
  ].filter(({ length }) => length >= 4);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
