import type { AuditContext, Hop } from "../audit/index.js";

/** The lowest status that says that a request failed. RFC 9110 §15.5. */
const LOWEST_ERROR = 400;

/** Statuses of redirects are below that. RFC 9110 §15.4. */
const LOWEST_REDIRECT = 300;

/** Whether a status is that of an error page. */
export const isError = (status: number | undefined): boolean => status !== undefined && status >= LOWEST_ERROR;

/** The redirects of a site in one line: `http://a.example/ 301 -> https://a.example/ 200`. */
export const wayOf = (hops: readonly Hop[]): string => hops.map(hopText).join(" -> ");

const hopText = ({ url, status, fault }: Hop) =>
  `${url} ${[status, fault === "certificate" ? "(bad certificate)" : undefined].filter((one) => one !== undefined).join(" ") || "(unreachable)"}`;

/** Whether a status says that the page is elsewhere; 304 says that it has not changed. */
export const isRedirect = (status: number | undefined): boolean =>
  status !== undefined && status >= LOWEST_REDIRECT && status < LOWEST_ERROR && status !== 304;

/** Why what was read may not be what was meant: the headers are not those of a page. Undefined where they may be. */
export function errorNote({ name, context: { status } }: { readonly name: string; readonly context: AuditContext }): string | undefined {
  if (isError(status)) return `${name} answered ${status}: its headers are those of an error page.`;
  return isRedirect(status)
    ? `${name} answered ${status}: its headers are those of a redirect, not of the page that it leads to.`
    : undefined;
}
