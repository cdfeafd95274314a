import { show } from "../../values/text.js";
import { Failure } from "../failure.js";

/** Whether a word of the command line is an address, also with another scheme than http and https. */
export function isAddress(word: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(word);
}

/** @throws {Failure} for an address that is not valid, or neither http nor https. */
export function readAddress(word: string): URL {
  const bare = /^(?:localhost|\[[0-9a-f:.]{2,45}\]|[\w-]{1,63}(?:\.[\w-]{1,63}){1,9})(?::\d{1,5})?(?=[/?#]|$)/i.exec(word);
  if (bare !== null) throw new Failure([`${show(word)} has no scheme. Write http://${bare[0]}.`], 2);
  const url = URL.canParse(word) ? new URL(word) : undefined;
  if (url === undefined) throw new Failure([`${show(word)} is not a valid address. Write one such as https://example.com/.`], 2);
  if (!isWeb(url)) throw new Failure([`${show(word)}: only http and https addresses are fetched.`], 2);
  return url;
}

/** Whether the scheme is http or https. */
export const isWeb = ({ protocol }: URL): boolean => protocol === "https:" || protocol === "http:";

/** The same place on the site of an address: `/login` of `https://example.com/a`. */
export function atPath(word: string, path: string): string {
  return new URL(path, readAddress(word)).href;
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
