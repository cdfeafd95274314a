import { exportPolicy } from "../src/export/index.js";
import { hashCollector } from "../src/hashes/html.js";
import { definePolicy, type Policy } from "../src/index.js";

/**
 * The policy of the site: `strict`, the hashes of the inline scripts of its pages, and Trusted Types.
 *
 * @param pages the HTML of all pages by their file, as it is served.
 * @throws {PolicyError} for a page with an inline handler, a `style` attribute or a `javascript:` URL: no hash covers them.
 */
export async function sitePolicy(pages: ReadonlyMap<string, string>): Promise<Policy> {
  const collector = hashCollector({});
  for (const [file, html] of pages) collector.add(html, file);
  return definePolicy("strict", await collector.hashes(), {
    contentSecurityPolicy: {
      fontSrc: false,
      baseUri: ["none"],
      formAction: ["none"],
      requireTrustedTypesFor: ["script"],
      trustedTypes: ["none"],
    },
    // A server of static files sends no X-Powered-By, and not every one can remove a header.
    stripHeaders: [],
  });
}

/**
 * `_headers`, which Netlify and Cloudflare read alike.
 *
 * @throws {Error} if the two would need different files.
 */
export function headersFile(policy: Policy): string {
  const [netlify, cloudflare] = (["netlify", "cloudflare-headers"] as const).map((target) => exportPolicy(target, { policy }).files);
  const [file, ...others] = netlify ?? [];
  if (file?.path !== "_headers" || others.length > 0 || file.text !== cloudflare?.[0]?.text) {
    throw new Error("_headers: Netlify and Cloudflare need different files for this policy. Write one for each in site/policy.ts.");
  }
  return file.text;
}
