import * as z from "zod/mini";
import { isLoopback } from "../values/loopback.js";
import { checked, expecting, textThat } from "../values/schema.js";
import { readSource } from "../values/sources.js";
import { urlOf } from "../values/url.js";

/** An option that adds what a part of a service needs. */
export const flag = () => z.boolean(expecting("true or false"));

/** One of these words. */
export const oneOfWords = (...words: readonly [string, ...string[]]) =>
  z.enum(words, expecting("one of its values", `Write ${words.map((word) => JSON.stringify(word)).join(" or ")}.`));

/** The host of a service, of the user's own or one that the vendor gave out: no scheme, no path, no wildcard. */
export const host = (example: string) => {
  const expected = `a host such as ${JSON.stringify(example)}, without https:// and without a path`;
  return checked(expected, (text) => (isHost(text) ? undefined : [`is not ${expected}`, `Write ${hostIn(text) ?? expected}.`]));
};

/** The host of a URL, quoted. */
function hostIn(text: string): string | undefined {
  const url = urlOf(text);
  return url !== undefined && isHost(url.host) ? JSON.stringify(url.host) : undefined;
}

/** Whether a text is the host of one machine, with or without a port. */
export function isHost(text: string): boolean {
  const read = readSource(text, "policy");
  return read.kind === "host" && read.scheme === undefined && read.path === undefined && !text.includes("*");
}

/** An origin over https or http: of a development server, which may be on another machine of the network. */
export const origin = (example: string) =>
  textThat((text) => originOf(text) !== undefined, `an origin such as ${JSON.stringify(example)}, without a path`);

/** An origin over https, or over http on this machine. */
export const secureOrigin = (example: string) =>
  textThat(
    (text) => isSecure(originOf(text)),
    `an origin such as ${JSON.stringify(example)}, without a path, and with http only for localhost`,
  );

function originOf(text: string): URL | undefined {
  const url = urlOf(text);
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, "")) return undefined;
  // URLs may have hosts that sources may not, and "*", which is every host in a source.
  return isHost(url.host) ? url : undefined;
}

const isSecure = (url: URL | undefined) => url?.protocol === "https:" || (url !== undefined && isLoopback(url.hostname));

/** A list of one to 50 texts. */
export const texts = (one: ReturnType<typeof textThat>, example: string) =>
  z
    .array(one, expecting(`a list such as ${example}`))
    .check(z.minLength(1, expecting(`a list such as ${example}`)), z.maxLength(50, expecting("a list of at most 50")));

/** The origin of a WebSocket. */
export const socketOrigin = (example: string) =>
  textThat(
    (text) => /^wss?:\/\//.test(text) && originOf(text.replace(/^ws/, "http")) !== undefined,
    `the origin of a WebSocket such as ${JSON.stringify(example)}`,
  );
