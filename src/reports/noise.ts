import { addressOf } from "./address.js";
import type { Report } from "./parse.js";

/** Schemes of extensions, of apps around a web view, and of browsers' own pages; browsers may report the bare scheme. */
const SCHEMES: ReadonlySet<string> = new Set(
  `resource chromenull chrome-extension moz-extension safari-extension mxjscall webviewprogressproxy res mx jar chrome
  safari-resource chromeinvoke chromeinvokeimmediate mbinit opera ms-appx ms-appx-web crwebnull crwebinvoke se-extension none
  wvjbscheme nativebaiduhd bdvideo tmtbff symres`.split(/\s+/),
);

/** The same, where there is more behind the word. */
const BEGINNINGS = ["safari-web-extension", "ms-browser-extension", "android-webview", "data:text/html,chromewebdata"];

/** Adware and filters that put themselves between the site and its visitor. */
const HOSTS =
  /^(?:[^/]+\.)?(?:superfish\.com|metrext\.com|tlscdn\.com|injections\.adguard\.com|gateway\.zscalertwo\.net)$|-a\.akamaihd\.net$/;

/** Any of these anywhere in an address: a first look, before it is taken apart. */
const SUSPECT_HOSTS = /superfish|metrext|tlscdn|adguard|zscaler|akamaihd/i;

const SAMPLES = ["AG_onLoad", "ghostery", "BlockAdBlock", "installGlobalHook", "dummyRuleForDigg"];

/** Filters that write a policy of their own. */
const REWRITERS = ["zscaler.net", "blackspider.com"];

/**
 * Whether a report tells of something other than the site: an extension, adware, a filter on the way, or a document that is not http(s).
 *
 * @param report as {@link parseReport} gives it.
 */
export function isNoise(report: Report): boolean {
  return (
    !/^https?:\/\//i.test(report.document) ||
    isForeign(report.blocked) ||
    isForeign(report.sourceFile) ||
    REWRITERS.some((name) => report.policy.includes(name)) ||
    (report.sample !== "" && SAMPLES.some((sample) => report.sample.includes(sample)))
  );
}

function isForeign(address: string): boolean {
  if (address === "") return false;
  if (/^https?:/i.test(address)) return SUSPECT_HOSTS.test(address) && HOSTS.test(addressOf(address)?.hostname ?? "");
  const lower = address.toLowerCase();
  const [scheme = "", rest] = lower.split(":", 2);
  // A bare word that is a keyword is in none of the tables.
  return SCHEMES.has(scheme) || BEGINNINGS.some((one) => lower.startsWith(one)) || (rest !== undefined && scheme === "about");
}
