import { show } from "../../values/text.js";
import { usage } from "../arguments.js";

/** Headers of a connection and not of a request (RFC 9110 §7.6.1), and those that the address and the body decide. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  ...["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer", "transfer-encoding"],
  ...["upgrade", "http2-settings", "host", "content-length", "expect"],
]);

/** `cookie-pair`, RFC 6265 §4.1.1, with what servers accept besides: any visible character but `;`. */
const COOKIE = /^[!#$%&'*+\-.^_`|~\w]+=[\x20-\x3a\x3c-\x7e]*$/;

const LONGEST = 16_384;

/** What the command line has of headers. */
export interface HeaderWords {
  readonly header?: readonly string[] | undefined;
  readonly cookie?: readonly string[] | undefined;
}

/**
 * Reads `--header "Name: value"` and `--cookie "name=value"`.
 *
 * @param command its name, for errors.
 * @returns the headers by their names in lower case.
 * @throws {Failure} with every one that cannot be sent; no value is printed.
 */
export function readRequestHeaders(command: string, { header = [], cookie = [] }: HeaderWords): Readonly<Record<string, string>> {
  const wrong: string[] = [];
  const headers = readHeaderWords(header, wrong, (name) =>
    OF_THE_CONNECTION.has(name.toLowerCase()) ? `${name} belongs to the connection or the address, and cannot be set.` : undefined,
  );
  const found = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const cookies = cookie.flatMap((text) => text.split(";").map((pair) => pair.trim())).filter((pair) => pair !== "");
  cookies.forEach(
    (pair) => void (COOKIE.test(pair) || wrong.push(`--cookie: ${faultOf(pair, "=", "is not name=value")} Write "session=…".`)),
  );
  if (cookie.length > 0 && cookies.length === 0) wrong.push('--cookie: there is no cookie in it. Write "session=…".');
  if (cookies.length > 0 && found["cookie"] !== undefined) wrong.push("--cookie and --header Cookie cannot be combined.");
  const all = { ...found, ...(cookies.length > 0 && { cookie: cookies.join("; ") }) };
  if (Object.values(all).some(({ length }) => length > LONGEST))
    wrong.push(`--header and --cookie: a value is longer than ${LONGEST} characters.`);
  if (wrong.length > 0) throw usage(wrong, command);
  return all;
}

/**
 * Reads headers that are written as `Name: value`.
 *
 * @param wrong gets a line for each that cannot be sent, without its value.
 * @param refusal why a name is refused, or undefined.
 */
export function readHeaderWords(
  texts: readonly string[],
  wrong: string[],
  refusal: (name: string) => string | undefined,
): readonly (readonly [name: string, value: string])[] {
  const headers: [string, string][] = [];
  const known = new Set<string>();
  for (const text of texts) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~\w]+):([\t\x20-\x7e]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      wrong.push(`--header: ${faultOf(text, ":", "has no colon after a name")} Write "Authorization: Bearer …".`);
      continue;
    }
    const empty = value.trim() === "" ? `${name} has no value. Write it in quotes: "${name}: …".` : undefined;
    const refused = refusal(name) ?? empty ?? (known.has(name.toLowerCase()) ? `${name} cannot be repeated.` : undefined);
    if (refused !== undefined) wrong.push(`--header: ${refused}`);
    else headers.push([name, value.trim()]);
    known.add(name.toLowerCase());
  }
  return headers;
}

/** What is wrong with a name and a value. Only what is a name and has a value behind it is named: anything else may be a secret. */
function faultOf(text: string, separator: ":" | "=", fault: string): string {
  const [name = "", ...rest] = text.split(separator);
  const isName = rest.join("") !== "" && /^[!#$%&'*+\-.^_`|~\w]{1,64}$/.test(name);
  return isName ? `the value of ${show(name)} has characters that cannot be sent.` : `a value ${fault}.`;
}
