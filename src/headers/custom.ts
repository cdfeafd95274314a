import type { ReportIssue } from "../errors.js";
import { fieldText } from "../values/schema.js";
import { show, TOKEN } from "../values/text.js";
import type { Entry } from "./header.js";

/** Any other response header, by its wire name; `false` removes one that a lower layer has. */
export type Custom = Readonly<Record<string, string | false>>;

/** Names that belong to the connection, to the body, or to a header that may occur several times. RFC 9110 §7.6.1. */
const REFUSED = [
  "connection",
  "content-length",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** Names whose value differs between responses: the application writes them, and a server's configuration cannot. RFC 9110 §8, §10.2. */
const OF_ONE_ANSWER = [
  "accept-ranges",
  "age",
  "allow",
  "content-encoding",
  "content-range",
  "content-type",
  "date",
  "etag",
  "last-modified",
  "location",
  "vary",
  "www-authenticate",
];

/** Whether a header's value belongs to a single response; `name` in any case. */
export const isOfOneAnswer = (name: string): boolean => OF_ONE_ANSWER.includes(name.toLowerCase());

/** Whether a policy may set or remove this header; reports why not. */
export function checkName(name: string, path: readonly (string | number)[], report: ReportIssue, allowed: readonly string[] = []): boolean {
  if (!TOKEN.test(name)) report({ path, message: `${show(name)} is not the name of a header`, hint: "Write letters, digits and hyphens." });
  else if (REFUSED.includes(name.toLowerCase()) && !allowed.includes(name.toLowerCase())) {
    const hint =
      name.toLowerCase() === "set-cookie" ? "Set it per response, for example with res.cookie()." : "The server sets it: take it out.";
    report({ path, code: "conflict", message: `${show(name)} cannot be part of a policy`, hint });
  } else return true;
  return false;
}

/** `keyOf` finds the key of a wire name, where there is one. */
export function customHeaders(keyOf: (name: string) => string | undefined): Entry<Custom> {
  return {
    caseless: true,
    example: '{ "X-Robots-Tag": "noindex" }',
    fields: () => ({}),

    otherField(name, report) {
      if (!checkName(name, [name], report)) return undefined;
      const key = keyOf(name);
      if (key === undefined) return fieldText();
      report({ path: [name], code: "conflict", message: `${show(name)} has a key of its own`, hint: `Write ${key}.` });
      return undefined;
    },
  };
}
