import { addressOf } from "./address.js";

/** The page that sent a request: of the site, of another site, without an origin (`null`), or no browser (no `Origin`). */
export type Sender = "site" | "other" | "sandboxed" | "unstated";

/**
 * The sender of a request, by its `Origin`, which no script can choose. Browsers send (Chromium 156 and Firefox 153, with any
 * Referrer-Policy; `Sec-Fetch-Dest` does not help, since deliveries of the Reporting API look like a script's request):
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
 * A script of another site needs a preflight, which is refused. A preflight from `null` may come from any page. A POST from `null` with a
 * report's type cannot have passed a preflight here, so a browser's `report-uri` sent it.
 *
 * @param isOwn whether a host is the site's.
 */
export function senderOf(origin: string | undefined, isOwn: (host: string) => boolean): Sender {
  if (origin === undefined) return "unstated";
  if (origin === "null") return "sandboxed";
  const address = /^https?:\/\/[^/\s]+$/i.test(origin) ? addressOf(origin) : undefined;
  return address !== undefined && isOwn(address.hostname) ? "site" : "other";
}

/** Whether a request of this sender is accepted. */
export function isWelcome(sender: Sender, method: string | undefined): boolean {
  return sender === "site" || sender === "unstated" || (sender === "sandboxed" && method === "POST");
}
