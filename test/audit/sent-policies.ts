/**
 * Policies such as large sites send, written down from memory, shortened; each is labelled by hand with how many policies it is, and with
 * what browsers ignore in it: names of directives, and sources.
 */
export interface SentPolicy {
  readonly name: string;
  readonly text: string;
  readonly policies: number;
  readonly ignored: readonly string[];
}

const sent = (name: string, text: string, { policies = 1, ignored = [] as readonly string[] } = {}): SentPolicy => ({
  name,
  text,
  policies,
  ignored,
});

export const SENT_POLICIES: readonly SentPolicy[] = [
  sent(
    "a code host",
    "default-src 'none'; base-uri 'self'; child-src github.com/assets-cdn/worker/ github.com/webpack/; connect-src 'self' uploads.github.com www.githubstatus.com collector.github.com raw.githubusercontent.com api.github.com *.rel.tunnels.api.visualstudio.com wss://*.rel.tunnels.api.visualstudio.com; font-src github.githubassets.com; form-action 'self' github.com gist.github.com; frame-ancestors 'none'; frame-src viewscreen.githubusercontent.com notebooks.githubusercontent.com; img-src 'self' data: blob: github.githubassets.com media.githubusercontent.com *.githubusercontent.com; manifest-src 'self'; media-src github.com user-images.githubusercontent.com/; script-src github.githubassets.com; style-src 'unsafe-inline' github.githubassets.com; upgrade-insecure-requests; worker-src github.githubassets.com github.com/assets-cdn/worker/ github.com/webpack/",
  ),
  sent(
    "a search engine's strict policy",
    "object-src 'none';base-uri 'self';script-src 'nonce-R0x1Y2tZbnVtYmVy' 'strict-dynamic' 'report-sample' 'unsafe-eval' 'unsafe-inline' https: http:;report-uri https://csp.withgoogle.com/csp/gws/other-hp",
  ),
  sent(
    "a mail service's three policies",
    "require-trusted-types-for 'script';report-uri /_/mail/cspreport, script-src 'report-sample' 'nonce-R0x1Y2tZ' 'unsafe-inline' 'strict-dynamic' https: http: 'unsafe-eval';object-src 'none';base-uri 'self';report-uri /_/mail/cspreport;worker-src 'self', script-src 'unsafe-inline' 'unsafe-eval' blob: data: 'self' https://apis.google.com https://ssl.gstatic.com https://www.google.com https://www.gstatic.com https://www.google-analytics.com;report-uri /_/mail/cspreport/allowlist",
    { policies: 3 },
  ),
  sent(
    "a browser maker",
    "default-src 'self' *.mozilla.org; script-src 'self' 'unsafe-inline' 'unsafe-eval' *.mozilla.org www.googletagmanager.com www.google-analytics.com tagmanager.google.com www.youtube.com s.ytimg.com; style-src 'self' 'unsafe-inline' *.mozilla.org; img-src 'self' data: *.mozilla.org www.googletagmanager.com; child-src www.googletagmanager.com www.youtube-nocookie.com; frame-src www.googletagmanager.com www.youtube-nocookie.com; connect-src 'self' *.mozilla.org https://accounts.firefox.com/; frame-ancestors 'none'; upgrade-insecure-requests",
  ),
  sent(
    "its documentation",
    "default-src 'self'; script-src 'report-sample' 'self' 'wasm-unsafe-eval' https://www.google-analytics.com/analytics.js https://www.googletagmanager.com/gtag/js assets.codepen.io 'sha256-UA0Jys3ucHm5nARvLqYKaqPYvRlpkhnqUrqkWvyhMCo='; style-src 'report-sample' 'self' 'unsafe-inline'; object-src 'none'; base-uri 'self'; connect-src 'self' stats.g.doubleclick.net https://api.stripe.com; font-src 'self'; frame-src 'self' https://interactive-examples.mdn.mozilla.net https://*.mdnplay.dev; img-src 'self' data: *.githubusercontent.com https://*; manifest-src 'self'; media-src 'self' archive.org; child-src 'self'; worker-src 'self'",
  ),
  sent(
    "a social network",
    "default-src 'self' data: blob: 'self' https://*.fbsbx.com *.facebook.com *.fbcdn.net; script-src *.facebook.com *.fbcdn.net 'nonce-dzZ4Y1hp' blob: 'self' connect.facebook.net 'wasm-unsafe-eval'; style-src *.fbcdn.net data: *.facebook.com 'unsafe-inline'; connect-src *.facebook.com facebook.com *.fbcdn.net wss://*.facebook.com:* wss://*.whatsapp.com:* attachment.fbsbx.com ws://localhost:* blob: *.cdninstagram.com 'self'; font-src data: *.facebook.com *.fbcdn.net; img-src *.fbcdn.net *.facebook.com data: https://*.giphy.com blob: android-webview-video-poster:; media-src *.cdninstagram.com blob: *.fbcdn.net data:; frame-src *.doubleclick.net *.google.com *.facebook.com fbsbx: data:; worker-src blob: *.facebook.com data:; block-all-mixed-content; upgrade-insecure-requests",
    { ignored: ["block-all-mixed-content"] },
  ),
  sent(
    "a short-message service",
    "connect-src 'self' blob: https://api.x-thing.com https://*.pscp.tv https://video.twimg.com:443 wss://*.pscp.tv; default-src 'self'; form-action 'self' https://twitter.com https://*.twitter.com; font-src 'self' https://*.twimg.com; frame-src 'self' https://twitter.com mobile-app:; img-src 'self' blob: data: https://*.twimg.com; manifest-src 'self'; media-src 'self' blob: https://twitter.com https://*.twimg.com; object-src 'none'; script-src 'self' 'unsafe-inline' https://*.twimg.com 'nonce-MGYxYjJm'; style-src 'self' 'unsafe-inline' https://*.twimg.com; worker-src 'self' blob:; report-uri https://twitter.com/i/csp_report?a=O5RXE%3D%3D%3D&ro=false",
  ),
  sent("a shop platform", "block-all-mixed-content; frame-ancestors 'none'; upgrade-insecure-requests;", {
    ignored: ["block-all-mixed-content"],
  }),
  sent(
    "a file host",
    "script-src 'unsafe-eval' 'nonce-abcdEFGH' https://www.dropbox.com/static/api/ https://cfl.dropboxstatic.com/static/ 'unsafe-inline' ; base-uri 'self' ; frame-src https://* carousel: dbapi-6: dbapi-7: itms-apps: itms-appss: ; object-src 'self' https://cfl.dropboxstatic.com/static/ ; img-src https://* data: blob: ; worker-src https://www.dropbox.com/static/serviceworker/ blob: ; style-src https://* 'unsafe-inline' 'unsafe-eval' ; default-src 'none' ; font-src https://* data: ; media-src https://* blob: ; connect-src https://* ws://127.0.0.1:*/ws ; child-src https://www.dropbox.com/static/serviceworker/ blob: ; form-action 'self' https://www.dropbox.com/ https://docs.google.com/",
    { ignored: ["unsafe-eval"] },
  ),
  sent(
    "a news site with old spellings",
    "default-src data: 'unsafe-inline' 'unsafe-eval' https:; script-src data: 'unsafe-inline' 'unsafe-eval' https: blob:; style-src data: 'unsafe-inline' https:; img-src data: https: blob: android-webview-video-poster:; font-src data: https:; connect-src https: wss: blob:; media-src data: https: blob:; object-src https:; child-src https: data: blob:; form-action https:; report-uri https://csp.nytimes.com/report;",
  ),
  sent("plugin-types and reflected-xss", "default-src 'self'; plugin-types application/pdf; reflected-xss block; referrer origin", {
    ignored: ["plugin-types", "reflected-xss", "referrer"],
  }),
  sent("keywords without quotes", "default-src self; script-src self unsafe-inline https://cdn.example", {
    ignored: ["self", "self", "unsafe-inline"],
  }),
  sent("addresses without a scheme", "default-src 'self'; script-src 'self' //cdn.example.com //www.google-analytics.com; img-src *", {
    ignored: ["//cdn.example.com", "//www.google-analytics.com"],
  }),
  sent("a wildcard in the middle", "default-src 'self'; connect-src 'self' https://api.*.example.com https://*.s3.*.amazonaws.com", {
    ignored: ["https://api.*.example.com", "https://*.s3.*.amazonaws.com"],
  }),
  sent("two wildcards", "default-src 'self'; img-src *.*.example.com https://*.example.*", {
    ignored: ["*.*.example.com", "https://*.example.*"],
  }),
  sent("an IPv6 address", "default-src 'self'; connect-src 'self' http://[::1]:8080 ws://[::1]:8080", {
    ignored: ["http://[::1]:8080", "ws://[::1]:8080"],
  }),
  sent("a query in a source", "default-src 'self'; script-src 'self' https://maps.googleapis.com/maps/api/js?key=abc", {
    ignored: ["https://maps.googleapis.com/maps/api/js?key=abc"],
  }),
  sent("'none' beside others", "default-src 'self'; object-src 'none' 'self'; frame-ancestors 'none' https://a.example", {
    ignored: ["'none'", "'none'"],
  }),
  sent("a directive twice", "default-src 'self'; img-src 'self'; img-src https:; script-src 'self'", { ignored: ["img-src"] }),
  sent("directives of 2012", "allow 'self'; options inline-script; xhr-src 'self'; default-src 'self'", {
    ignored: ["allow", "options", "xhr-src"],
  }),
  sent("a colon behind the name", "default-src: 'self'; script-src: 'self' https://cdn.example", {
    ignored: ["default-src:", "script-src:"],
  }),
  sent("an equals sign behind the name", "frame-ancestors=self; upgrade-insecure-requests", { ignored: ["frame-ancestors=self"] }),
  sent("the header's name inside", "Content-Security-Policy: default-src 'self'; img-src *", { ignored: ["content-security-policy:"] }),
  sent("typographic quotes", "default-src ‘self’; img-src *", { ignored: ["default-src"] }),
  sent("double quotes", 'default-src "self"; img-src "data:" *', { ignored: ['"self"', '"data:"'] }),
  sent("quoted hosts", "default-src 'self' 'https://cdn.example' 'data:'", { ignored: ["'https://cdn.example'", "'data:'"] }),
  sent("a hash without quotes", "default-src 'self'; script-src 'self' sha256-YWJj", { ignored: ["sha256-YWJj"] }),
  sent("a hash of a kind that is gone", "default-src 'self'; script-src 'self' 'sha1-YWJj'", { ignored: ["'sha1-YWJj'"] }),
  sent("a nonce that was never filled in", "default-src 'self'; script-src 'self' 'nonce-{{nonce}}'", { ignored: ["'nonce-{{nonce}}'"] }),
  sent("'unsafe-hashed-attributes'", "default-src 'self'; script-src 'self' 'unsafe-hashed-attributes'", {
    ignored: ["'unsafe-hashed-attributes'"],
  }),
  sent("data without a colon", "default-src 'self'; img-src 'self' data blob"),
  sent("ports and paths", "default-src 'self' https://a.example:443/x/ http://localhost:* https://*.b.example:8443 *:8080"),
  sent("schemes of apps", "default-src 'self' gap: ms-appx-web: chrome-extension: file: filesystem: mediastream: about:"),
  sent("prefetch-src and navigate-to", "default-src 'self'; prefetch-src 'self'; navigate-to 'self' 'unsafe-allow-redirects'", {
    ignored: ["prefetch-src", "navigate-to"],
  }),
  sent("require-sri-for", "default-src 'self'; require-sri-for script style", { ignored: ["require-sri-for"] }),
  sent("a sandbox", "default-src 'none'; sandbox allow-scripts allow-same-origin allow-forms allow-popups"),
  sent("Trusted Types", "require-trusted-types-for 'script'; trusted-types dompurify goog#html nextjs#bundler 'allow-duplicates'"),
  sent("upper case", "DEFAULT-SRC 'SELF'; SCRIPT-SRC 'SELF' 'UNSAFE-INLINE' HTTPS://CDN.EXAMPLE; IMG-SRC DATA:"),
  sent("empty parts", ";; default-src 'self' ;;; img-src * ; ,, ;"),
  sent("tabs and line breaks of a template", "default-src 'self';\t\timg-src\t'self'  data:"),
  sent(
    "on trial",
    "script-src 'self' 'url-sha256-YWJjZA==' 'strict-dynamic-url' 'eval-sha256-YWJjZA=='; object-src 'none'; base-uri 'none'",
  ),
];
