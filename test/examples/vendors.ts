import https from "node:https";
import { WebSocketServer } from "ws";
import { CERTIFICATE, listen } from "../http/support.js";

// The vendors' hosts cannot be reached from a test: one local server plays all of them. What each of its scripts loads follows
// the vendor's documentation and the list of sources of its recipe. It is not the vendors' code, and proves nothing about that.

interface Played {
  readonly type: string;
  readonly body: string | Buffer;
}

const js = (body: string): Played => ({ type: "text/javascript", body: `(() => {${body}})();` });
const html = (body = ""): Played => ({ type: "text/html", body: `<!doctype html>${body}` });
const css = (body: string): Played => ({ type: "text/css", body });
const json: Played = { type: "application/json", body: "{}" };
const svg: Played = { type: "image/svg+xml", body: '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>' };
/** Any bytes: browsers ask for a font, and then refuse what is in it. */
const font: Played = { type: "font/woff2", body: Buffer.from("wOF2") };
const sound: Played = { type: "audio/mpeg", body: Buffer.alloc(16) };

/** A script that a script adds to the page, its address assigned as text. */
const addScript = (url: string) => `const s = document.createElement("script"); s.src = ${JSON.stringify(url)}; document.head.append(s);`;
const addFrame = (url: string, allow = "") =>
  `{ const f = document.createElement("iframe"); f.allow = ${JSON.stringify(allow)}; f.src = ${JSON.stringify(url)}; document.body.append(f); }`;

const PAGES: Readonly<Record<string, Played>> = {
  // Stripe.js: Elements are frames, which ask Stripe themselves; the page asks its API, and shows 3-D Secure in a frame.
  "js.stripe.com/dahlia/stripe.js": js(`
    ${addScript("https://b.js.stripe.com/chunk.js")}
    globalThis.Stripe = () => ({ elements: () => ({
      create: () => ({ mount: (place) => {
        const f = document.createElement("iframe");
        f.allow = "payment *";
        f.src = "https://js.stripe.com/elements-inner-payment.html";
        document.querySelector(place).append(f);
      } }),
      submit: async () => {
        await fetch("https://api.stripe.com/v1/elements/sessions");
        ${addFrame("https://hooks.stripe.com/3d_secure")}
        return { error: new Error("Your card number is incomplete.") };
      },
    }) });`),
  "b.js.stripe.com/chunk.js": js(""),
  "js.stripe.com/elements-inner-payment.html": html(
    '<script>fetch("/payment-" + document.featurePolicy.allowsFeature("payment"))</script>',
  ),
  "js.stripe.com/payment-true": json,
  "api.stripe.com/v1/elements/sessions": json,
  "hooks.stripe.com/3d_secure": html(),

  // gtag.js: events go to a regional host by fetch, some by an image.
  "www.googletagmanager.com/gtag/js": js(`
    const send = ([command, name]) => {
      if (command === "config") new Image().src = "https://www.google-analytics.com/g/collect?en=page_view";
      if (command === "event") navigator.sendBeacon("https://analytics.google.com/g/collect/" + name);
    };
    fetch("https://region1.google-analytics.com/g/collect", { method: "POST" });
    dataLayer.forEach(send);
    dataLayer.push = send;`),
  "region1.google-analytics.com/g/collect": json,
  "www.google-analytics.com/g/collect": svg,
  "analytics.google.com/g/collect/add_to_cart": json,

  "fonts.googleapis.com/css2": css('@font-face { font-family: "Inter"; src: url(https://fonts.gstatic.com/s/inter.woff2) }'),
  "fonts.gstatic.com/s/inter.woff2": font,

  // api.js: the release, with the nonce of the page's first script; it puts frames into the page.
  "www.google.com/recaptcha/api.js": js(`
    const po = document.createElement("script");
    po.src = "https://www.gstatic.com/recaptcha/releases/release/recaptcha__en.js";
    po.nonce = document.querySelector("script[nonce]").nonce;
    document.head.append(po);`),
  "www.gstatic.com/recaptcha/releases/release/recaptcha__en.js": js(`
    document.querySelector(".g-recaptcha").style.width = "304px";
    ${addFrame("https://www.google.com/recaptcha/api2/anchor")}
    ${addFrame("https://www.google.com/recaptcha/api2/bframe")}
    new Image().src = "https://www.gstatic.com/recaptcha/api2/logo_48.svg";`),
  "www.google.com/recaptcha/api2/anchor": html(),
  "www.google.com/recaptcha/api2/bframe": html(),
  "www.gstatic.com/recaptcha/api2/logo_48.svg": svg,

  // The Loader Script: with the first error it tries with an inline script how old the browser is, and adds the SDK, which sends the
  // event to the host of the DSN.
  "js.sentry-cdn.com/0123456789abcdef.min.js": js(`
    globalThis.Sentry = { captureException() {
      const old = document.createElement("script");
      old.noModule = true;
      old.innerHTML = "globalThis.noModules = true";
      document.head.append(old);
      ${addScript("https://browser.sentry-cdn.com/10.0.0/bundle.min.js")}
    } };`),
  "browser.sentry-cdn.com/10.0.0/bundle.min.js": js(`
    fetch("https://o0.ingest.us.sentry.io/api/0/envelope/", { method: "POST" });`),
  "o0.ingest.us.sentry.io/api/0/envelope/": json,

  // The Messenger: more scripts, a style element, a font, a picture, a sound, its API and a socket.
  "widget.intercom.io/widget/example": js(addScript("https://js.intercomcdn.com/frame.js")),
  "js.intercomcdn.com/frame.js": js(`
    const style = document.createElement("style");
    style.textContent = "@font-face { font-family: m; src: url(https://fonts.intercomcdn.com/m.woff2) } .messenger { font-family: m }";
    const launcher = document.createElement("div");
    launcher.className = "messenger";
    launcher.textContent = "Chat";
    document.head.append(style);
    document.body.append(launcher);
    new Image().src = "https://static.intercomassets.com/avatar.svg";
    new Audio("https://js.intercomcdn.com/notification.mp3").load();
    fetch("https://api-iam.intercom.io/messenger/web/ping", { method: "POST" });
    new WebSocket("wss://nexus-websocket-a.intercom.io/pubsub");`),
  "fonts.intercomcdn.com/m.woff2": font,
  "static.intercomassets.com/avatar.svg": svg,
  "js.intercomcdn.com/notification.mp3": sound,
  "api-iam.intercom.io/messenger/web/ping": json,

  // A stranger: it must never be asked.
  "stranger.example/code.js": js('document.title = "taken over"'),
};

/** The vendors' hosts, played by one local server. */
export interface Vendors {
  /** For Chromium: every host but localhost leads to that server, whose certificate is for none of them. */
  readonly flags: readonly string[];
  /** What arrived: `"GET js.stripe.com/dahlia/stripe.js"`, each once, in order of the alphabet. */
  asked(): readonly string[];
  forget(): void;
}

/** Plays the vendors until the test is over. What they do not have is answered with 404. */
export async function playVendors(): Promise<Vendors> {
  const asked = new Set<string>();
  const server = https.createServer(CERTIFICATE, (req, res) => {
    const place = `${req.headers.host}${(req.url ?? "").replace(/\?.*/s, "")}`;
    if (req.method !== "OPTIONS") asked.add(`${req.method} ${place}`);
    const page = PAGES[place];
    res.writeHead(page === undefined ? 404 : 200, {
      "Content-Type": page?.type ?? "text/plain",
      "Cache-Control": "no-store",
      "Access-Control-Allow-Origin": req.headers.origin ?? "*",
      "Access-Control-Allow-Credentials": "true",
    });
    res.end(page?.body);
  });
  new WebSocketServer({ server }).on("connection", (_socket, { headers, url }) => asked.add(`SOCKET ${headers.host}${url}`));
  const port = await listen(server);
  return {
    flags: [`--host-resolver-rules=MAP * 127.0.0.1:${port}, EXCLUDE localhost`, "--ignore-certificate-errors"],
    asked: () => [...asked].sort(),
    forget: () => asked.clear(),
  };
}
