/** Second-level labels below a country's domain, as in `site.co.uk`: there, three labels are one site. */
const SHARED = new Set("ac co com edu gob gov go gouv govt id ltd me mil ne net nom nhs or org plc res sch school web".split(" "));

/**
 * Whether two hosts belong to one owner, judged by their names: the same last two labels, or three below `co.uk` and similar domains.
 * The public suffix list is more exact, but larger than all of Portcullis.
 *
 * @param one a host name or an IP address, as in `URL.hostname`.
 * @param other the same.
 */
export function isSameSite(one: string, other: string): boolean {
  return registrableDomain(one) === registrableDomain(other);
}

/** Whether a host, as a URL has it, is an IP address. */
export function isIpAddress(hostname: string): boolean {
  return hostname.startsWith("[") || /^\d+(?:\.\d+){3}$/.test(hostname);
}

function registrableDomain(hostname: string): string {
  const host = hostname.replace(/\.$/, "");
  if (isIpAddress(host)) return host;
  const labels = host.split(".");
  const [second = "", last = ""] = labels.slice(-2);
  return labels.slice(last.length === 2 && SHARED.has(second) ? -3 : -2).join(".");
}
