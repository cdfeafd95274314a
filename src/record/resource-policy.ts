import { isIP } from "node:net";

/**
 * Whether Cross-Origin-Resource-Policy keeps a response from the document that asked for it without CORS. Chromium checks the headers of
 * the server, before the recorder can add one: so the recorder checks those that it adds. Fetch §3.7.
 *
 * The registrable domain of a host is taken as its last two names: without a list of public suffixes, `same-site` refuses too little.
 *
 * @param value of the header; a value that is not known allows everything.
 * @param address of the response.
 * @param origin of the document.
 */
export function isRefusedResource(value: string, address: string, origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  const [resource, document] = [new URL(address), new URL(origin)];
  if (resource.origin === document.origin) return false;
  switch (value.trim()) {
    case "same-origin":
      return true;
    case "same-site":
      return siteOf(resource.hostname) !== siteOf(document.hostname) || (resource.protocol === "https:" && document.protocol !== "https:");
    default:
      return false;
  }
}

const siteOf = (host: string) => (isIP(host) > 0 || host.startsWith("[") ? host : host.split(".").slice(-2).join("."));
