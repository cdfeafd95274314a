import type { RuleName } from "./index.js";

/** What a rule is about, for readers who see it outside of one finding: on its page, in SARIF. Markdown. */
export interface RuleText {
  /** Why it matters: one or two sentences. */
  readonly text: string;
  /** How to mend it with a policy. */
  readonly mend: string;
}

/** One row for each rule of the registry. */
export const ruleTexts: Readonly<Record<RuleName, RuleText>> = {
  "missing-header": {
    text: "Each header closes a hole that browsers leave open by default. Which headers a response needs depends on whether it is a page.",
    mend: "Put `securityHeaders()` in front of every route: the preset `recommended` sends those that break few sites, `strictDynamic` all of them.",
  },
  "insecure-transport": {
    text: "On plain http, anyone on the network can read and change the page, and no other header helps.",
    mend: "Redirect http to https with `httpsRedirect()`, and send `strictTransportSecurity`.",
  },
  "broken-value": {
    text: "A browser ignores what it cannot read, without a word to the visitor: the header seems to protect, and does not.",
    mend: "Let `definePolicy` write the value: it refuses what browsers would ignore, and names what to write.",
  },
  "ignored-part": {
    text: "The rest of the header is in effect, so the mistake is easy to miss.",
    mend: "Correct the spelling, or take the part out.",
  },
  "duplicate-header": {
    text: "A server, a proxy and an application that all set a header often disagree, and browsers differ in which value they use.",
    mend: "Set it in one place. `sealHeaders()` makes the policy win over what handlers and a proxied application write.",
  },
  "frame-options-overruled": {
    text: "Current browsers follow `frame-ancestors` and ignore X-Frame-Options; old ones do the opposite.",
    mend: 'Write the same in both: `xFrameOptions: "DENY"` with `frameAncestors: ["none"]`, `"SAMEORIGIN"` with `["self"]`. For other origins write `xFrameOptions: false`.',
  },
  "report-endpoint": {
    text: "Without the endpoint the browser drops the reports, and a report-only policy shows nothing.",
    mend: 'Write `reporting: "/csp-report"`: it adds Reporting-Endpoints and every `report-to`.',
  },
  "embedder-without-resource-policy": {
    text: "Under `require-corp`, a page of a subdomain cannot load images and scripts of this site that do not say who may embed them.",
    mend: 'Write `crossOriginResourcePolicy: "same-origin"` or `"same-site"` beside it.',
  },
  "preload-refused": {
    text: "A site is put on browsers' preload lists only if its header asks for a year or more, with all subdomains.",
    mend: "Write `strictTransportSecurity: { maxAge: 63072000, includeSubDomains: true, preload: true }`, or leave `preload` out.",
  },
  "strict-dynamic-inert": {
    text: "With `'strict-dynamic'`, only scripts with a nonce or a hash run, and what they load. Hosts in the list count in old browsers only.",
    mend: 'Write `scriptSrc: [nonce, "strict-dynamic"]`, and the nonce into every `<script>`.',
  },
  "unsafe-inline-inert": {
    text: "Browsers ignore `'unsafe-inline'` as soon as the list has a nonce or a hash, so that inline code may be blocked that was meant to run.",
    mend: 'Take `"unsafe-inline"` out of the list.',
  },
  "trusted-types": {
    text: "One directive requires Trusted Types, the other one limits which policies can make them. Each has little effect alone.",
    mend: 'Write both: `requireTrustedTypesFor: ["script"]` and `trustedTypes` with the names of your policies.',
  },
  "connection-allowlist": {
    text: "The header is new, and only Chromium reads it: it does not replace `connect-src`.",
    mend: "Write `connectSrc` in the Content-Security-Policy, and send this header under `custom` if you want both.",
  },
  "csp-bypass": {
    text: "A policy can look strict and still let an attacker run a script, for example from a host that serves JSONP. The checks are those of Google's csp_evaluator.",
    mend: 'Start from the preset `strict` or `strictDynamic`. Prefer a nonce with `"strict-dynamic"` to lists of hosts.',
  },
  "csp-weak": {
    text: "These openings do not run scripts by themselves. They let an attacker cover the page, send forms elsewhere or frame it.",
    mend: "Start from the preset `strict`, which closes all of them.",
  },
  "weak-value": {
    text: "Most sites can send a stronger value.",
    mend: "Take the value of the preset `recommended` or `strict`.",
  },
  "weak-cookie": {
    text: "A session cookie that scripts or plain http can read is as good as a password.",
    mend: "Mount `secureCookies()`: it adds the missing attributes to every cookie.",
  },
  "cors-universal": {
    text: "A response with a visitor's data must not be readable by every site.",
    mend: "Name the one origin that may read the response in your CORS middleware.",
  },
  "timing-universal": {
    text: "How long a response takes, and how large it is, can depend on who is logged in.",
    mend: "Take the header out, or name origins under `custom`.",
  },
  "missing-integrity": {
    text: "Whoever can change a file on a CDN can run scripts in every page that loads it.",
    mend: "Add `integrity` and `crossorigin` to the element, or serve the file yourself. `integrityPolicy` blocks scripts without the attribute. A vendor's script whose address has no version, such as that of a payment service, cannot have it: the vendor changes the file, and browsers would block it. Such scripts of the services with a recipe are not reported over https.",
  },
  "wide-service": {
    text: "The recipe of a third party has the hosts that its documentation lists. A wider source also allows what other customers of it have there.",
    mend: "Write the recipe of `portcullis/services` in place of the source.",
  },
  "nonce-cached": {
    text: "A nonce protects because nobody can guess it. A cache sends the same one to everybody.",
    mend: 'Write `cacheControl: "no-store"` on pages with a nonce; for pages in a cache use hashes.',
  },
  "deprecated-header": {
    text: "These headers have no effect any more, or did harm in the browsers that knew them.",
    mend: "Take the header out, with `stripHeaders` where an upstream server sends it.",
  },
  "information-leak": {
    text: "Names and versions of software help attackers to choose an exploit.",
    mend: 'Write `stripHeaders: ["X-Powered-By", "Server"]`. A server in front may add its own again.',
  },
  "large-header": {
    text: "Servers such as nginx, Apache and Tomcat refuse large headers by default, and a visitor sees an error page.",
    mend: 'Write fewer sources: a wildcard, or a nonce with `"strict-dynamic"`.',
  },
  "source-on-trial": {
    text: "Other browsers ignore such a source, so that what it allows works in one browser only.",
    mend: "Keep a nonce or a hash beside it.",
  },
  "not-judged": {
    text: "The audit has limits, so that a hostile response cannot keep it busy. What is beyond them is not checked.",
    mend: "Send one policy, and close the elements of the page.",
  },
  "per-request-slot": {
    text: "The function of a `perRequest` slot runs with a request only, so an audit of the policy cannot see its sources.",
    mend: "Run `portcullis check` against the running site too.",
  },
};
