import { describe, expect, it } from "vitest";
import { compare, explain } from "../../src/audit/index.js";

describe("explain has a sentence for every word of a header", () => {
  it.each([
    ["Cross-Origin-Opener-Policy", "same-origin", "Windows of other sites cannot access this one, and it cannot access them."],
    [
      "Cross-Origin-Opener-Policy",
      "same-origin-allow-popups",
      "Windows of other sites cannot access this one, but it can access the pop-ups it opens.",
    ],
    [
      "Cross-Origin-Opener-Policy",
      "noopener-allow-popups",
      "The page that opened this window cannot access it; it can access the pop-ups it opens.",
    ],
    [
      "Cross-Origin-Opener-Policy",
      "unsafe-none",
      "Windows of other sites that opened this one, or were opened by it, keep a handle on it.",
    ],
    ["Cross-Origin-Embedder-Policy", "require-corp", "The page embeds only files that allow it, by CORS or Cross-Origin-Resource-Policy."],
    [
      "Cross-Origin-Embedder-Policy",
      "credentialless",
      "Files of other sites are requested without cookies, unless they allow embedding by CORS.",
    ],
    ["Cross-Origin-Embedder-Policy", "unsafe-none", "The page may embed any file."],
    ["Cross-Origin-Resource-Policy", "same-origin", "Only this origin may embed this response."],
    ["Cross-Origin-Resource-Policy", "same-site", "Only this site and its subdomains may embed this response."],
    ["Cross-Origin-Resource-Policy", "cross-origin", "Any site may embed this response."],
    [
      "Document-Isolation-Policy",
      "isolate-and-require-corp",
      "This document is isolated from other origins, and embeds only files that allow it.",
    ],
    [
      "Document-Isolation-Policy",
      "isolate-and-credentialless",
      "This document is isolated from other origins; files of other sites are requested without cookies, unless they allow embedding by CORS.",
    ],
    ["Document-Isolation-Policy", "none", "This document is not isolated from other origins."],
    ["Origin-Agent-Cluster", "?1", "The origin requests its own process."],
    ["Origin-Agent-Cluster", "?0", "The origin shares a process with its subdomains."],
    ["X-Content-Type-Options", "nosniff", "Scripts and style sheets load only under their own media type."],
    ["X-Download-Options", "noopen", "Internet Explorer does not open downloads in the site's context."],
    ["X-DNS-Prefetch-Control", "off", "Browsers do not resolve the hosts of links in advance."],
    ["X-DNS-Prefetch-Control", "on", "Browsers may resolve the hosts of links in advance."],
    ["X-Frame-Options", "DENY", "No page may frame this page."],
    ["X-Frame-Options", "SAMEORIGIN", "Only this site may frame this page."],
    ["X-Permitted-Cross-Domain-Policies", "none", "Adobe's products may not read this site's data."],
    ["X-Permitted-Cross-Domain-Policies", "master-only", "Adobe's products follow one policy file of this site."],
    [
      "X-Permitted-Cross-Domain-Policies",
      "by-content-type",
      "Adobe's products follow any policy file of this site that has the right media type.",
    ],
    ["X-Permitted-Cross-Domain-Policies", "all", "Adobe's products follow any policy file of this site."],
    ["X-XSS-Protection", "0", "The harmful filter of old browsers is off."],
    ["X-XSS-Protection", " 0; mode=block", "The harmful filter of old browsers is off."],
    ["X-XSS-Protection", "1", "Switches on a filter of old browsers that did harm; current browsers have none."],
    ["X-XSS-Protection", "1; report=/0", "Switches on a filter of old browsers that did harm; current browsers have none."],
    ["Referrer-Policy", "no-referrer", "Browsers send no site the URL of this page."],
    ["Referrer-Policy", "same-origin", "Other sites are sent nothing."],
    ["Referrer-Policy", "strict-origin", "https sites are sent only the origin, http sites nothing."],
    ["Referrer-Policy", "origin", "Every site is sent only the origin."],
    ["Referrer-Policy", "strict-origin-when-cross-origin", "Other sites are sent only the origin, http sites nothing."],
    ["Referrer-Policy", "origin-when-cross-origin", "Other sites are sent only the origin, http sites too."],
    ["Referrer-Policy", "no-referrer-when-downgrade", "Every https site is sent the whole URL, http sites nothing."],
    ["Referrer-Policy", "unsafe-url", "Every site is sent the whole URL, with its query."],
    ["Reporting-Endpoints", 'default="/r"', 'Names of the endpoints that receive reports: default="/r".'],
    ["Document-Policy", "sync-xhr=?0", "Limits that the document sets itself: sync-xhr=?0."],
  ])("%s: %s", (header, value, sentence) => {
    expect(explain({ [header]: value })[0]?.text).toBe(sentence);
  });
});

describe("compare has an example of what a word allows and another one does not", () => {
  const of = (name: string, value: string): Record<string, string> => (value === "" ? {} : { [name]: value });

  it.each([
    ["Cross-Origin-Opener-Policy", "same-origin", "same-origin-allow-popups", "a handle on this page for the popups it opens"],
    [
      "Cross-Origin-Opener-Policy",
      "noopener-allow-popups",
      "same-origin-allow-popups",
      "a handle on this page for its own origin's windows",
    ],
    ["Cross-Origin-Opener-Policy", "same-origin-allow-popups", "", "a handle on this page for windows of other origins"],
    ["Cross-Origin-Embedder-Policy", "require-corp", "credentialless", "files of other origins that did not agree, without credentials"],
    ["Cross-Origin-Embedder-Policy", "credentialless", "", "files of other origins that did not agree"],
    ["Cross-Origin-Resource-Policy", "same-origin", "same-site", "this response in pages of the same site"],
    ["Cross-Origin-Resource-Policy", "same-site", "cross-origin", "this response in pages of any site"],
    ["Cross-Origin-Resource-Policy", "", "cross-origin", "this response in isolated pages of any site"],
    [
      "Document-Isolation-Policy",
      "isolate-and-require-corp",
      "isolate-and-credentialless",
      "files of other origins that did not agree, without credentials",
    ],
    ["Document-Isolation-Policy", "isolate-and-credentialless", "none", "files of other origins that did not agree"],
    ["Origin-Agent-Cluster", "?1", "", "one agent cluster with the rest of the site, in browsers with that default"],
    ["Origin-Agent-Cluster", "", "?0", "one agent cluster with the rest of the site, by request"],
    ["X-Content-Type-Options", "nosniff", "", "a script or style sheet under another media type"],
    ["X-Download-Options", "noopen", "", "downloads opened in the site's context by Internet Explorer"],
    ["X-DNS-Prefetch-Control", "off", "", "DNS prefetching, in browsers with that default"],
    ["X-DNS-Prefetch-Control", "", "on", "DNS prefetching"],
    ["X-Frame-Options", "DENY", "SAMEORIGIN", "this page in a frame of its own origin"],
    ["X-Frame-Options", "SAMEORIGIN", "", "this page in a frame of any origin"],
    ["X-Permitted-Cross-Domain-Policies", "none", "master-only", "this site's data for Adobe's products, by the policy file at its root"],
    [
      "X-Permitted-Cross-Domain-Policies",
      "none",
      "by-content-type",
      "this site's data for Adobe's products, by files of the right media type",
    ],
    ["X-Permitted-Cross-Domain-Policies", "", "all", "this site's data for Adobe's products, by any policy file"],
    ["X-Permitted-Cross-Domain-Policies", "all", "", "this site's data for Adobe's products, by their own rules"],
    ["X-XSS-Protection", "", "0", "scripts past the filter of old browsers, which is off"],
    ["X-XSS-Protection", "0", "", "what the filter of old browsers does by default"],
    ["X-XSS-Protection", "0", "1", "vulnerabilities caused by the filter of old browsers, which edits pages"],
    ["X-XSS-Protection", "1", "1; mode=block", "vulnerabilities caused by the filter of old browsers, which blocks pages"],
    ["Referrer-Policy", "no-referrer", "same-origin", "the whole URL of the page sent to its own origin"],
    ["Referrer-Policy", "same-origin", "strict-origin-when-cross-origin", "the origin of the page sent to other origins"],
    ["Referrer-Policy", "same-origin", "no-referrer-when-downgrade", "the whole URL of the page sent to other origins"],
    ["Referrer-Policy", "strict-origin", "origin", "the origin of the page sent to plain http sites"],
    ["Referrer-Policy", "no-referrer-when-downgrade", "unsafe-url", "the whole URL of the page sent to plain http sites"],
    ["Strict-Transport-Security", "max-age=300; includeSubDomains", "max-age=300", "plain http on subdomains"],
    [
      "Strict-Transport-Security",
      "max-age=300; preload",
      "max-age=300",
      "plain http on the first visit, once the preload lists have removed the site",
    ],
    ["Clear-Site-Data", '"cache", "cookies"', '"cache"', "browsers that keep cookies"],
    ["Clear-Site-Data", '"*"', '"cache", "cookies", "storage"', "browsers that keep clientHints"],
    ["Integrity-Policy", "blocked-destinations=(script style)", "blocked-destinations=(script)", "a style without integrity"],
  ])("%s: %s → %s", (name, before, after, example) => {
    const { headers } = compare(of(name, before), of(name, after));
    expect(headers.find(({ header }) => header === name)?.message).toMatch(new RegExp(`^Now allowed: ${example}\\.(?: No longer|$)`));
  });
});
