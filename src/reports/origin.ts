import { addressOf } from "./address.js";

/** Whose page sent a request: the site's own, another's, one without an origin (`null`), or no browser (no `Origin`). */
export type Sender = "site" | "other" | "sandboxed" | "unstated";

/**
 * Who sent a request, by its `Origin`, which no script can choose. What browsers send (Chromium 156 and Firefox 153, whatever the
 * Referrer-Policy; `Sec-Fetch-Dest` tells nothing, since Reporting API deliveries look like a script's own request):
 *
 * | delivery                              | preflight                | `Origin`                    |
 * |---------------------------------------|--------------------------|-----------------------------|
 * | `report-uri`, to any origin           | none                     | the document's              |
 * | `report-uri`, of a sandboxed document | none                     | `null`                      |
 * | Reporting API, to the same origin     | none                     | the document's              |
 * | Reporting API, to another origin      | yes                      | the document's              |
 * | Reporting API, sandboxed document     | Firefox: yes; Chromium does not deliver | `null`       |
 * | a script, with a type of reports      | from another origin, yes | the script's, sandboxed `null` |
 *
 * A script of another site needs a preflight, so that is where it is refused. A preflight from `null` may be anybody's. A POST from
 * `null` of a report's type has passed no preflight here, so a browser's `report-uri` made it.
 *
 * @param isOwn whether a host is the site's.
 */
export function senderOf(origin: string | undefined, isOwn: (host: string) => boolean): Sender {
  if (origin === undefined) return "unstated";
  if (origin === "null") return "sandboxed";
  const address = /^https?:\/\/[^/\s]+$/i.test(origin) ? addressOf(origin) : undefined;
  return address !== undefined && isOwn(address.hostname) ? "site" : "other";
}

/** Whether a request of this sender is taken. */
export function isWelcome(sender: Sender, method: string | undefined): boolean {
  return sender === "site" || sender === "unstated" || (sender === "sandboxed" && method === "POST");
}
