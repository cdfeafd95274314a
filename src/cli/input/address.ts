import { existsSync } from "node:fs";
import { isLoopback } from "../../values/loopback.js";
import { show } from "../../values/text.js";
import { Failure } from "../failure.js";

/** Whether a word of the command line is an address, also with another scheme than http and https. */
export function isAddress(word: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(word);
}

/** A host as it is written without a scheme: `localhost`, an IP address, a name with a dot, or a name with a port. */
const BARE =
  /^(?:localhost|\[[0-9a-f:.]{2,45}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){0,9}\.(?:[a-z]{2,63}|xn--[a-z\d-]{1,59})|\d{1,3}(?:\.\d{1,3}){3}|[a-z][\w-]{0,62}(?=:\d))(?::\d{1,5})?(?=[/?#]|$)/i;

/** Extensions of files, for words that could be a host too. */
const FILE = /^[^/?#:]+\.(?:json|[cm]?[jt]s|txt|html?|headers|conf|log|ya?ml|toml|db|sqlite)$/i;

/** Whether a word is an address without its scheme: `localhost:8443`, `example.com/a`. A file of this name comes first. */
export function isBareAddress(word: string): boolean {
  return BARE.test(word) && !FILE.test(word) && !existsSync(word);
}

/** Whether a word has a user name and no scheme: `user:password@example.com`. */
export function hasBareUser(word: string): boolean {
  return /^[^/:@\s]{1,100}:[^/@\s]{1,200}@[\w.[-]/.test(word) && !existsSync(word);
}

/**
 * The addresses that a word may mean, the likely one first.
 *
 * Without a scheme, a public host is requested over https only: http in its place would be a silent downgrade. This machine is requested over
 * http first, as browsers and curl do, and over https where that does not work; port 443, 8443 and their like the other way round.
 *
 * @throws {Failure} as {@link readAddress}.
 */
export function addressesOf(word: string): readonly [URL, ...URL[]] {
  if (isAddress(word) || !BARE.test(word)) return [readAddress(word)];
  const secure = readAddress(`https://${word}`);
  if (!isLoopback(secure.hostname)) return [secure];
  const plain = readAddress(`http://${word}`);
  return /443$/.test(plain.port) ? [secure, plain] : [plain, secure];
}

/**
 * The address of an application, of which another program sends requests: `localhost:8501`, `127.0.0.1:8501`, `:8501` and `8501` are this
 * machine over http (over https where the port ends in 443).
 *
 * @param option that it is the value of, for errors.
 * @returns the word itself, or with what it leaves out.
 * @throws {Failure} for another host without a scheme: http and https are as likely.
 */
export function applicationAddress(word: string, option: string): string {
  const host = /^:?\d{1,5}$/.test(word) ? `localhost:${word.replace(":", "")}` : word;
  // A host without its port is more likely forgotten than meant as port 80.
  if (isAddress(host) || !/^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\]):\d{1,5}(?:\/|$)/i.test(host)) return word;
  const scheme = /^[^/?#]*443(?:[/?#]|$)/.test(host) ? "https" : "http";
  const url = `${scheme}://${host}`;
  if (URL.canParse(url) && isLoopback(new URL(url).hostname)) return url;
  throw new Failure([`--${option}: ${show(word)} has no scheme. Write http://${host} or https://${host}.`], 2);
}

/** @throws {Failure} for an address that is not valid, has no scheme, or another one than http and https. */
export function readAddress(word: string): URL {
  const bare = /^(?:localhost|\[[0-9a-f:.]{2,45}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){1,9})(?::\d{1,5})?(?=[/?#]|$)/i.exec(word);
  if (bare !== null) throw new Failure([`${show(word)} has no scheme. Write http://${bare[0]}.`], 2);
  const url = URL.canParse(word) ? new URL(word) : undefined;
  // What is before an @ may be a password.
  const shown = show(word.replace(/^([^/]*\/\/)?[^/?#]*@/, "$1"));
  if (url === undefined) throw new Failure([`${shown} is not a valid address. Write one such as https://example.com/.`], 2);
  if (!isWeb(url)) throw new Failure([`${shown}: only http and https addresses are fetched.`], 2);
  return url;
}

/** Whether the scheme is http or https. */
export const isWeb = ({ protocol }: URL): boolean => protocol === "https:" || protocol === "http:";

/** The same place on the site of an address: `/login` of `https://example.com/a`. A word without a scheme has none afterwards either. */
export function atPath(word: string, path: string): string {
  const { href, protocol } = new URL(path, addressesOf(word)[0]);
  return isAddress(word) ? href : href.slice(`${protocol}//`.length);
}

/** A word of the command line as it is printed: what is before the last `@` of an address may be a password, with any character in it. */
export function withoutUser(word: string): string {
  const [scheme = ""] = /^[a-z][\w+.-]*:\/\//i.exec(word) ?? [];
  const at = word.lastIndexOf("@");
  return at >= scheme.length && (scheme !== "" || word.slice(0, at).includes(":")) ? `${scheme}***${word.slice(at)}` : word;
}

/** An address as it is printed and sent: without user name, password and fragment. */
export function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  shown.hash = "";
  return shown.href;
}

/** The `Authorization` header for the user name and password of an address. RFC 7617. */
export function authorizationOf({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString("base64")}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same page over http; undefined where the address has a port: another service listens there. */
export function plainAddress(address: URL): URL | undefined {
  if (address.protocol === "http:") return address;
  if (address.port !== "") return undefined;
  const plain = new URL(address);
  plain.protocol = "http:";
  // The password is for https alone: over http everybody on the way could read it.
  plain.username = "";
  plain.password = "";
  return plain;
}
