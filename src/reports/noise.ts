import { addressOf } from "./address.js";
import type { Report } from "./parse.js";

/** Schemes of extensions, of apps with a web view, and of browsers' own pages; browsers may report the bare scheme. */
const SCHEMES: ReadonlySet<string> = new Set(
  `resource chromenull chrome-extension moz-extension safari-extension mxjscall webviewprogressproxy res mx jar chrome
  safari-resource chromeinvoke chromeinvokeimmediate mbinit opera ms-appx ms-appx-web crwebnull crwebinvoke se-extension none
  wvjbscheme nativebaiduhd bdvideo tmtbff symres`.split(/\s+/),
);

/** The same as prefixes. */
const PREFIXES = ["safari-web-extension", "ms-browser-extension", "android-webview", "data:text/html,chromewebdata"];

/** Adware, and filters between the site and its visitor. */
const HOSTS =
  /^(?:[^/]+\.)?(?:superfish\.com|metrext\.com|tlscdn\.com|injections\.adguard\.com|gateway\.zscalertwo\.net)$|-a\.akamaihd\.net$/;

/** Any of these in an address: a fast check before it is parsed. */
const SUSPECT_HOSTS = /superfish|metrext|tlscdn|adguard|zscaler|akamaihd/i;

const SAMPLES = ["AG_onLoad", "ghostery", "BlockAdBlock", "installGlobalHook", "dummyRuleForDigg"];

/** Filters that send their own policy. */
const REWRITERS = ["zscaler.net", "blackspider.com"];

/** Whether a report is not about the site: it is caused by an extension, adware or a filter, or its document is not http(s). */
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
  // Keywords such as "inline" are in neither table.
  return SCHEMES.has(scheme) || PREFIXES.some((prefix) => lower.startsWith(prefix)) || (rest !== undefined && scheme === "about");
}
