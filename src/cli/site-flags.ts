import { type Flags, type Given, SECONDS } from "./command.js";
import type { FetchOptions } from "./input/site.js";
import type { Subject } from "./subject.js";
import type { Terminal } from "./terminal.js";

/** The options of the requests to a site, of `check`, `compare` and `explain`. */
export const siteFlags = {
  header: {
    value: "name: value",
    many: true,
    text: "A header for requests to the site, such as Authorization. Redirects do not send it to another origin.",
  },
  cookie: { value: "name=value", many: true, text: "A cookie for requests to the site. Redirects do not send it to another origin." },
  insecure: { text: "Accept certificates that are not valid, such as a self-signed one." },
  timeout: { value: "seconds", number: SECONDS, default: "10", text: "Time limit for all requests to one site." },
  "allow-private": { text: "Also follow redirects from a public site to a private address." },
} as const satisfies Flags;

/**
 * How a site is requested, by the options of a command line.
 *
 * @param command its name, for errors.
 * @throws {Failure} with every header and cookie that cannot be sent.
 */
export async function fetchOptions(command: string, given: Given<typeof siteFlags>): Promise<FetchOptions> {
  const { readRequestHeaders } = await import("./input/request-headers.js");
  return {
    seconds: given.timeout ?? 10,
    allowPrivate: given["allow-private"],
    insecure: given.insecure,
    headers: readRequestHeaders(command, given),
  };
}

/**
 * Prints on stderr which scheme was chosen for addresses without one, and which certificates are not valid.
 *
 * @param shown what is printed of a site, without secrets.
 */
export function noteScheme(shown: readonly Pick<Subject, "name" | "chosen" | "notes" | "hops">[], { say, warn }: Terminal): void {
  for (const { name, chosen, notes, hops } of shown) {
    if (chosen !== undefined) say(`${hops[0]?.url ?? name}: requested over ${chosen}, as no scheme was written`);
    for (const note of notes.filter((one) => one.includes("--insecure"))) warn(note);
  }
}

/** What {@link noteScheme} prints of a subject. */
export const siteOf = ({ name, chosen, notes, hops }: Subject) => ({ name, chosen, notes, hops });
