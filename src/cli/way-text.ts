import type { Hop } from "../audit/index.js";
import type { Subject } from "./subject.js";

/** The lowest status that says that a request failed. RFC 9110 §15.5. */
const LOWEST_ERROR = 400;

/** Whether a status is that of an error page. */
export const isError = (status: number | undefined): boolean => status !== undefined && status >= LOWEST_ERROR;

/** The redirects of a site in one line: `http://a.example/ 301 -> https://a.example/ 200`. */
export const wayOf = (hops: readonly Hop[]): string => hops.map(hopText).join(" -> ");

const hopText = ({ url, status, fault }: Hop) =>
  `${url} ${[status, fault === "certificate" ? "(bad certificate)" : undefined].filter((one) => one !== undefined).join(" ") || "(unreachable)"}`;

/** Why what was read may not be what was meant: the headers are those of an error page. Undefined for any other. */
export function errorNote({ name, context: { status } }: Pick<Subject, "name" | "context">): string | undefined {
  return isError(status) ? `${name} answered ${status}: its headers are those of an error page.` : undefined;
}
