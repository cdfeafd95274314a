import type { Patch } from "../../../src/index.js";
import {
  crisp,
  googleAnalytics,
  googleFonts,
  googleSignIn,
  googleTagManager,
  hubspot,
  intercom,
  matomo,
  paypal,
  recaptcha,
  sentry,
  stripe,
  turnstile,
  youtube,
} from "../../../src/services/index.js";

/** A tag of a vendor's snippet. An inline script is a file of the site's own where the policy has no nonce. */
export type Tag = { readonly src: string; readonly attributes?: string } | { readonly inline: string } | { readonly html: string };

/** A service: its snippet, and what its vendor's files do. */
export interface PlayedService {
  readonly title: string;
  readonly recipes: readonly Patch[];
  readonly snippet: readonly Tag[];
  /** The vendor's scripts and style sheets, by URL, as they are played. */
  readonly files: Readonly<Record<string, string>>;
  /** All that the page loads with the recipe. */
  readonly loads: readonly string[];
  /** All that `strict` alone blocks of it. Of a blocked frame of another site browsers name the origin only. */
  readonly blocked: readonly string[];
  /** What Trusted Types, as strictDynamic has them, block of it with the recipe. */
  readonly untrusted: readonly string[];
  /** The beginning of URLs that are close to those of the service and no part of its recipe. */
  readonly outside: string;
}

/** An assignment of a string to the `src` of a script, or to `innerHTML`. */
const STRING = ["require-trusted-types-for trusted-types-sink"];

export const STRIPE: PlayedService = {
  title: "Stripe",
  recipes: [stripe()],
  snippet: [{ src: "https://js.stripe.com/v3/" }],
  files: {
    "https://js.stripe.com/v3/": `
      play.frame("https://js.stripe.com/v3/controller.html", { allow: "payment *" });
      play.frame("https://edge.js.stripe.com/v3/elements.html");
      play.frame("https://hooks.stripe.com/3d_secure_2/frame");
      play.fetch("https://api.stripe.com/v1/elements/sessions");
      play.script("https://edge.js.stripe.com/v3/elements.js");`,
  },
  loads: [
    "script https://js.stripe.com/v3/",
    "script https://edge.js.stripe.com/v3/elements.js",
    "frame https://js.stripe.com/v3/controller.html",
    "frame https://edge.js.stripe.com/v3/elements.html",
    "frame https://hooks.stripe.com/3d_secure_2/frame",
    "fetch https://api.stripe.com/v1/elements/sessions",
  ],
  blocked: [
    "script-src-elem https://js.stripe.com/v3/",
    "script-src-elem https://edge.js.stripe.com/v3/elements.js",
    "frame-src https://js.stripe.com",
    "frame-src https://edge.js.stripe.com",
    "frame-src https://hooks.stripe.com",
    "connect-src https://api.stripe.com/v1/elements/sessions",
  ],
  untrusted: STRING,
  outside: "https://dashboard.stripe.com",
};

/** As Google's scripts create their policy of Trusted Types: without it they go on with strings. */
const GOOG_HTML = `
  let policy = { createScriptURL: (url) => url };
  try { policy = trustedTypes.createPolicy("goog#html", policy) } catch {}`;

export const ANALYTICS: PlayedService = {
  title: "Google Analytics",
  recipes: [googleAnalytics()],
  snippet: [
    { src: "https://www.googletagmanager.com/gtag/js?id=G-PLAYED", attributes: "async" },
    {
      inline: `window.dataLayer = window.dataLayer || [];
        function gtag(){dataLayer.push(arguments);}
        gtag('js', new Date());
        gtag('config', 'G-PLAYED');`,
    },
  ],
  files: {
    "https://www.googletagmanager.com/gtag/js?id=G-PLAYED": `{${GOOG_HTML}
      play.beacon("https://region1.google-analytics.com/g/collect?v=2");
      play.beacon("https://analytics.google.com/g/collect?v=2");
      play.beacon("https://region1.analytics.google.com/g/collect?v=2");
      play.fetch("https://www.google.com/g/collect?v=2", { mode: "no-cors" });
      play.fetch("https://www.googletagmanager.com/td?id=G-PLAYED", { mode: "no-cors" });
      play.image("https://www.google-analytics.com/g/collect?v=2");
      play.image("https://www.googletagmanager.com/a?id=G-PLAYED");
    }`,
  },
  loads: [
    "script https://www.googletagmanager.com/gtag/js?id=G-PLAYED",
    "fetch https://region1.google-analytics.com/g/collect?v=2",
    "fetch https://analytics.google.com/g/collect?v=2",
    "fetch https://region1.analytics.google.com/g/collect?v=2",
    "fetch https://www.google.com/g/collect?v=2",
    "fetch https://www.googletagmanager.com/td?id=G-PLAYED",
    "image https://www.google-analytics.com/g/collect?v=2",
    "image https://www.googletagmanager.com/a?id=G-PLAYED",
  ],
  blocked: [
    "script-src-elem https://www.googletagmanager.com/gtag/js?id=G-PLAYED",
    "connect-src https://region1.google-analytics.com/g/collect?v=2",
    "connect-src https://analytics.google.com/g/collect?v=2",
    "connect-src https://region1.analytics.google.com/g/collect?v=2",
    "connect-src https://www.google.com/g/collect?v=2",
    "connect-src https://www.googletagmanager.com/td?id=G-PLAYED",
    "img-src https://www.google-analytics.com/g/collect?v=2",
    "img-src https://www.googletagmanager.com/a?id=G-PLAYED",
  ],
  // It works all the same: of Google's policy nothing but a report is left.
  untrusted: ["trusted-types trusted-types-policy"],
  outside: "https://www.google.com",
};

const TAG_MANAGER: PlayedService = {
  title: "Google Tag Manager with a tag of Google Analytics",
  recipes: [googleTagManager(), googleAnalytics()],
  snippet: [
    {
      inline: `(function(w,d,s,l,i){w[l]=w[l]||[];w[l].push({'gtm.start':
        new Date().getTime(),event:'gtm.js'});var f=d.getElementsByTagName(s)[0],
        j=d.createElement(s),dl=l!='dataLayer'?'&l='+l:'';j.async=true;j.src=
        'https://www.googletagmanager.com/gtm.js?id='+i+dl;var n=d.querySelector('[nonce]');
        n&&j.setAttribute('nonce',n.nonce||n.getAttribute('nonce'));f.parentNode.insertBefore(j,f);
        })(window,document,'script','dataLayer','GTM-PLAYED');`,
    },
  ],
  files: {
    "https://www.googletagmanager.com/gtm.js?id=GTM-PLAYED": `{${GOOG_HTML}
      play.script(policy.createScriptURL("https://www.googletagmanager.com/gtag/js?id=G-TAG"));
      play.image("https://www.googletagmanager.com/a?id=GTM-PLAYED");
      play.fetch("https://www.google.com/ccm/collect", { mode: "no-cors" });
    }`,
    "https://www.googletagmanager.com/gtag/js?id=G-TAG": `play.beacon("https://region1.google-analytics.com/g/collect?tid=G-TAG");`,
  },
  loads: [
    "script https://www.googletagmanager.com/gtm.js?id=GTM-PLAYED",
    "script https://www.googletagmanager.com/gtag/js?id=G-TAG",
    "image https://www.googletagmanager.com/a?id=GTM-PLAYED",
    "fetch https://www.google.com/ccm/collect",
    "fetch https://region1.google-analytics.com/g/collect?tid=G-TAG",
  ],
  blocked: [
    "script-src-elem https://www.googletagmanager.com/gtm.js?id=GTM-PLAYED",
    "script-src-elem https://www.googletagmanager.com/gtag/js?id=G-TAG",
    "img-src https://www.googletagmanager.com/a?id=GTM-PLAYED",
    "connect-src https://www.google.com/ccm/collect",
    "connect-src https://region1.google-analytics.com/g/collect?tid=G-TAG",
  ],
  untrusted: STRING,
  outside: "https://optimize.google.com",
};

export const FONTS: PlayedService = {
  title: "Google Fonts",
  recipes: [googleFonts()],
  snippet: [
    {
      html: `<link rel="preconnect" href="https://fonts.googleapis.com"><link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>
        <link href="https://fonts.googleapis.com/css2?family=Roboto&display=swap" rel="stylesheet"><p>text</p>`,
    },
  ],
  files: {
    "https://fonts.googleapis.com/css2?family=Roboto&display=swap": `
      @font-face { font-family: "https://fonts.gstatic.com/s/roboto.woff2"; src: url(https://fonts.gstatic.com/s/roboto.woff2) }
      p { font-family: "https://fonts.gstatic.com/s/roboto.woff2", sans-serif }`,
  },
  loads: ["style https://fonts.googleapis.com/css2?family=Roboto&display=swap", "font https://fonts.gstatic.com/s/roboto.woff2"],
  blocked: [
    "style-src-elem https://fonts.googleapis.com/css2?family=Roboto&display=swap",
    "font-src https://fonts.gstatic.com/s/roboto.woff2",
  ],
  untrusted: [],
  outside: "https://ajax.googleapis.com",
};

const RECAPTCHA: PlayedService = {
  title: "reCAPTCHA",
  recipes: [recaptcha()],
  snippet: [{ src: "https://www.google.com/recaptcha/api.js?render=played" }],
  files: {
    "https://www.google.com/recaptcha/api.js?render=played": `
      play.script("https://www.gstatic.com/recaptcha/releases/1/recaptcha__en.js", { crossOrigin: "anonymous", nonce: document.querySelector("script[nonce]")?.nonce ?? "" });`,
    "https://www.gstatic.com/recaptcha/releases/1/recaptcha__en.js": `
      play.frame("https://www.google.com/recaptcha/api2/anchor");
      play.frame("https://recaptcha.google.com/recaptcha/api2/bframe");
      play.fetch("https://www.google.com/recaptcha/api2/clr", { method: "POST", mode: "no-cors" });
      play.image("https://www.gstatic.com/recaptcha/api2/logo_48.png");`,
  },
  loads: [
    "script https://www.google.com/recaptcha/api.js?render=played",
    "script https://www.gstatic.com/recaptcha/releases/1/recaptcha__en.js",
    "frame https://www.google.com/recaptcha/api2/anchor",
    "frame https://recaptcha.google.com/recaptcha/api2/bframe",
    "fetch https://www.google.com/recaptcha/api2/clr",
    "image https://www.gstatic.com/recaptcha/api2/logo_48.png",
  ],
  blocked: [
    "script-src-elem https://www.google.com/recaptcha/api.js?render=played",
    "script-src-elem https://www.gstatic.com/recaptcha/releases/1/recaptcha__en.js",
    "frame-src https://www.google.com",
    "frame-src https://recaptcha.google.com",
    "connect-src https://www.google.com/recaptcha/api2/clr",
    "img-src https://www.gstatic.com/recaptcha/api2/logo_48.png",
  ],
  untrusted: STRING,
  outside: "https://www.google.com/maps",
};

const SENTRY: PlayedService = {
  title: "Sentry's Loader Script with Session Replay",
  recipes: [sentry({ dsn: "https://key@o0.ingest.us.sentry.io/0", loader: true, replay: true })],
  snippet: [{ src: "https://js.sentry-cdn.com/key.min.js", attributes: 'crossorigin="anonymous"' }],
  files: {
    "https://js.sentry-cdn.com/key.min.js": `
      play.script("https://browser.sentry-cdn.com/10.0.0/bundle.replay.min.js", { crossOrigin: "anonymous" });`,
    "https://browser.sentry-cdn.com/10.0.0/bundle.replay.min.js": `
      play.fetch("https://o0.ingest.us.sentry.io/api/0/envelope/?sentry_key=key", { method: "POST", body: "played" });
      play.worker();`,
  },
  loads: [
    "script https://js.sentry-cdn.com/key.min.js",
    "script https://browser.sentry-cdn.com/10.0.0/bundle.replay.min.js",
    "fetch https://o0.ingest.us.sentry.io/api/0/envelope/?sentry_key=key",
    "blob worker",
  ],
  blocked: [
    "script-src-elem https://js.sentry-cdn.com/key.min.js",
    "script-src-elem https://browser.sentry-cdn.com/10.0.0/bundle.replay.min.js",
    "connect-src https://o0.ingest.us.sentry.io/api/0/envelope/?sentry_key=key",
    "worker-src blob",
  ],
  untrusted: STRING,
  outside: "https://o1.ingest.us.sentry.io",
};

const INTERCOM: PlayedService = {
  title: "Intercom",
  recipes: [intercom()],
  snippet: [
    {
      inline: `(function(){var w=window;var ic=w.Intercom;if(typeof ic==="function"){ic('update',w.intercomSettings);}else{var d=document;
        var i=function(){i.c(arguments);};i.q=[];i.c=function(args){i.q.push(args);};w.Intercom=i;
        var l=function(){var s=d.createElement('script');s.type='text/javascript';s.async=true;s.src='https://widget.intercom.io/widget/played';
        var x=d.getElementsByTagName('script')[0];x.parentNode.insertBefore(s,x);};
        if(document.readyState==='complete'){l();}else{w.addEventListener('load',l,false);}}})();`,
    },
  ],
  files: {
    "https://widget.intercom.io/widget/played": `play.script("https://js.intercomcdn.com/frame.js");`,
    "https://js.intercomcdn.com/frame.js": `
      play.inlineStyle();
      play.fetch("https://api-iam.intercom.io/messenger/web/ping", { method: "POST" });
      play.socket("wss://nexus-websocket-a.intercom.io/pubsub");
      play.font("https://fonts.intercomcdn.com/inter.woff2");
      play.image("https://static.intercomassets.com/avatars/1.png");
      play.frame("https://intercom-sheets.com/sheet");`,
  },
  loads: [
    "script https://widget.intercom.io/widget/played",
    "script https://js.intercomcdn.com/frame.js",
    "inline style",
    "fetch https://api-iam.intercom.io/messenger/web/ping",
    "socket wss://nexus-websocket-a.intercom.io/pubsub",
    "font https://fonts.intercomcdn.com/inter.woff2",
    "image https://static.intercomassets.com/avatars/1.png",
    "frame https://intercom-sheets.com/sheet",
  ],
  blocked: [
    "script-src-elem https://widget.intercom.io/widget/played",
    "script-src-elem https://js.intercomcdn.com/frame.js",
    "style-src-elem inline",
    "connect-src https://api-iam.intercom.io/messenger/web/ping",
    "connect-src wss://nexus-websocket-a.intercom.io/pubsub",
    "font-src https://fonts.intercomcdn.com/inter.woff2",
    "img-src https://static.intercomassets.com/avatars/1.png",
    "frame-src https://intercom-sheets.com",
  ],
  untrusted: STRING,
  outside: "https://www.intercom.com",
};

const YOUTUBE: PlayedService = {
  title: "YouTube's IFrame Player API with a thumbnail",
  recipes: [youtube({ api: true, thumbnails: true })],
  snippet: [{ src: "https://www.youtube.com/iframe_api" }, { html: '<img src="https://i.ytimg.com/vi/played/hqdefault.jpg" alt="">' }],
  files: {
    "https://www.youtube.com/iframe_api": `
      var scriptUrl = "https://www.youtube.com/s/player/1/www-widgetapi.js";
      try {
        var ttPolicy = trustedTypes.createPolicy("youtube-widget-api", { createScriptURL: (url) => url });
        scriptUrl = ttPolicy.createScriptURL(scriptUrl);
      } catch {}
      play.script(scriptUrl);`,
    "https://www.youtube.com/s/player/1/www-widgetapi.js": `play.frame("https://www.youtube.com/embed/played?enablejsapi=1");`,
  },
  loads: [
    "script https://www.youtube.com/iframe_api",
    "script https://www.youtube.com/s/player/1/www-widgetapi.js",
    "frame https://www.youtube.com/embed/played?enablejsapi=1",
    "image https://i.ytimg.com/vi/played/hqdefault.jpg",
  ],
  blocked: [
    "script-src-elem https://www.youtube.com/iframe_api",
    "script-src-elem https://www.youtube.com/s/player/1/www-widgetapi.js",
    "frame-src https://www.youtube.com",
    "img-src https://i.ytimg.com/vi/played/hqdefault.jpg",
  ],
  untrusted: [],
  outside: "https://www.youtube.com/watch",
};

export const TURNSTILE: PlayedService = {
  title: "Turnstile",
  recipes: [turnstile()],
  snippet: [{ src: "https://challenges.cloudflare.com/turnstile/v0/api.js", attributes: "async defer" }],
  files: {
    "https://challenges.cloudflare.com/turnstile/v0/api.js": `
      play.frame("https://challenges.cloudflare.com/cdn-cgi/challenge-platform/h/b/turnstile");`,
  },
  loads: [
    "script https://challenges.cloudflare.com/turnstile/v0/api.js",
    "frame https://challenges.cloudflare.com/cdn-cgi/challenge-platform/h/b/turnstile",
  ],
  blocked: ["script-src-elem https://challenges.cloudflare.com/turnstile/v0/api.js", "frame-src https://challenges.cloudflare.com"],
  untrusted: [],
  outside: "https://www.cloudflare.com",
};

const MATOMO: PlayedService = {
  title: "Matomo Cloud",
  recipes: [matomo({ host: "played.matomo.cloud" })],
  snippet: [
    {
      inline: `var _paq = window._paq = window._paq || [];
        _paq.push(['trackPageView']);
        (function() {
          var u="https://played.matomo.cloud/";
          _paq.push(['setTrackerUrl', u+'matomo.php']);
          var d=document, g=d.createElement('script'), s=d.getElementsByTagName('script')[0];
          g.async=true; g.src='https://cdn.matomo.cloud/played.matomo.cloud/matomo.js'; s.parentNode.insertBefore(g,s);
        })();`,
    },
  ],
  files: {
    "https://cdn.matomo.cloud/played.matomo.cloud/matomo.js": `
      play.beacon("https://played.matomo.cloud/matomo.php");
      play.image("https://played.matomo.cloud/matomo.php?action_name=played");`,
  },
  loads: [
    "script https://cdn.matomo.cloud/played.matomo.cloud/matomo.js",
    "fetch https://played.matomo.cloud/matomo.php",
    "image https://played.matomo.cloud/matomo.php?action_name=played",
  ],
  blocked: [
    "script-src-elem https://cdn.matomo.cloud/played.matomo.cloud/matomo.js",
    "connect-src https://played.matomo.cloud/matomo.php",
    "img-src https://played.matomo.cloud/matomo.php?action_name=played",
  ],
  untrusted: STRING,
  outside: "https://cdn.matomo.cloud/another.matomo.cloud",
};

const CRISP: PlayedService = {
  title: "Crisp",
  recipes: [crisp()],
  snippet: [
    {
      inline: `window.$crisp=[];window.CRISP_WEBSITE_ID="played";(function(){var d=document;var s=d.createElement("script");
        s.src="https://client.crisp.chat/l.js";s.async=1;d.getElementsByTagName("head")[0].appendChild(s);})();`,
    },
  ],
  files: {
    "https://client.crisp.chat/l.js": `
      play.style("https://client.crisp.chat/static/client.css");
      play.script("https://client.crisp.chat/static/client.js");`,
    "https://client.crisp.chat/static/client.js": `
      play.inlineStyle();
      play.fetch("https://client.crisp.chat/settings/website/played/");
      play.socket("wss://client.relay.crisp.chat/w/b1/");
      play.font("https://client.crisp.chat/static/noto_sans.woff2");
      play.image("https://image.crisp.chat/avatar/website/played/");`,
  },
  loads: [
    "script https://client.crisp.chat/l.js",
    "script https://client.crisp.chat/static/client.js",
    "style https://client.crisp.chat/static/client.css",
    "inline style",
    "fetch https://client.crisp.chat/settings/website/played/",
    "socket wss://client.relay.crisp.chat/w/b1/",
    "font https://client.crisp.chat/static/noto_sans.woff2",
    "image https://image.crisp.chat/avatar/website/played/",
  ],
  blocked: [
    "script-src-elem https://client.crisp.chat/l.js",
    "script-src-elem https://client.crisp.chat/static/client.js",
    "style-src-elem https://client.crisp.chat/static/client.css",
    "style-src-elem inline",
    "connect-src https://client.crisp.chat/settings/website/played/",
    "connect-src wss://client.relay.crisp.chat/w/b1/",
    "font-src https://client.crisp.chat/static/noto_sans.woff2",
    "img-src https://image.crisp.chat/avatar/website/played/",
  ],
  untrusted: STRING,
  outside: "https://app.crisp.chat",
};

const HUBSPOT: PlayedService = {
  title: "HubSpot's tracking code",
  recipes: [hubspot()],
  snippet: [{ src: "https://js-eu1.hs-scripts.com/1.js", attributes: 'id="hs-script-loader" async defer' }],
  files: {
    "https://js-eu1.hs-scripts.com/1.js": `
      play.script("https://js-eu1.hs-analytics.net/analytics/1/1.js");
      play.script("https://js-eu1.hs-banner.com/v2/1/banner.js");
      play.script("https://js-eu1.hscollectedforms.net/collectedforms.js");`,
    "https://js-eu1.hs-analytics.net/analytics/1/1.js": `play.image("https://track-eu1.hubspot.com/__ptq.gif");`,
    "https://js-eu1.hs-banner.com/v2/1/banner.js": `play.fetch("https://js-eu1.hs-banner.com/v2/1/config");`,
    "https://js-eu1.hscollectedforms.net/collectedforms.js": `
      play.fetch("https://forms-eu1.hscollectedforms.net/collected-forms/v1/config/json");`,
  },
  loads: [
    "script https://js-eu1.hs-scripts.com/1.js",
    "script https://js-eu1.hs-analytics.net/analytics/1/1.js",
    "script https://js-eu1.hs-banner.com/v2/1/banner.js",
    "script https://js-eu1.hscollectedforms.net/collectedforms.js",
    "image https://track-eu1.hubspot.com/__ptq.gif",
    "fetch https://js-eu1.hs-banner.com/v2/1/config",
    "fetch https://forms-eu1.hscollectedforms.net/collected-forms/v1/config/json",
  ],
  blocked: [
    "script-src-elem https://js-eu1.hs-scripts.com/1.js",
    "script-src-elem https://js-eu1.hs-analytics.net/analytics/1/1.js",
    "script-src-elem https://js-eu1.hs-banner.com/v2/1/banner.js",
    "script-src-elem https://js-eu1.hscollectedforms.net/collectedforms.js",
    "img-src https://track-eu1.hubspot.com/__ptq.gif",
    "connect-src https://js-eu1.hs-banner.com/v2/1/config",
    "connect-src https://forms-eu1.hscollectedforms.net/collected-forms/v1/config/json",
  ],
  untrusted: STRING,
  outside: "https://js.hsforms.net",
};

const BUTTON = '<button id="opens">Open</button>';

export const SIGN_IN: PlayedService = {
  title: "Sign in with Google",
  recipes: [googleSignIn()],
  snippet: [{ html: BUTTON }, { src: "https://accounts.google.com/gsi/client" }],
  files: {
    "https://accounts.google.com/gsi/client": `
      play.style("https://accounts.google.com/gsi/style");
      play.frame("https://accounts.google.com/gsi/button");
      play.fetch("https://accounts.google.com/gsi/status", { credentials: "include" });
      document.getElementById("opens")?.addEventListener("click", () => open("https://accounts.google.com/gsi/select", "", "popup"));`,
  },
  loads: [
    "script https://accounts.google.com/gsi/client",
    "style https://accounts.google.com/gsi/style",
    "frame https://accounts.google.com/gsi/button",
    "fetch https://accounts.google.com/gsi/status",
  ],
  blocked: [
    "script-src-elem https://accounts.google.com/gsi/client",
    "style-src-elem https://accounts.google.com/gsi/style",
    "frame-src https://accounts.google.com",
    "connect-src https://accounts.google.com/gsi/status",
  ],
  untrusted: [],
  outside: "https://accounts.google.com/o/oauth2",
};

export const PAYPAL: PlayedService = {
  title: "PayPal",
  recipes: [paypal()],
  snippet: [{ html: BUTTON }, { src: "https://www.paypal.com/sdk/js?client-id=played" }, { inline: "paypal.Buttons().render('#opens');" }],
  files: {
    "https://www.paypal.com/sdk/js?client-id=played": `
      globalThis.paypal = { Buttons: () => ({ render(place) {
        document.querySelector(place).innerHTML = "<b>PayPal</b>";
        play.inlineStyle();
        play.frame("https://www.paypal.com/smart/buttons", { allow: "payment *" });
        play.fetch("https://www.paypal.com/xoplatform/logger/api/logger", { method: "POST" });
        play.image("https://www.paypalobjects.com/images/logo.png");
        document.querySelector(place).addEventListener("click", () => open("https://www.paypal.com/checkoutnow", "", "popup"));
      } }) };`,
  },
  loads: [
    "script https://www.paypal.com/sdk/js?client-id=played",
    "inline style",
    "frame https://www.paypal.com/smart/buttons",
    "fetch https://www.paypal.com/xoplatform/logger/api/logger",
    "image https://www.paypalobjects.com/images/logo.png",
  ],
  blocked: [
    "script-src-elem https://www.paypal.com/sdk/js?client-id=played",
    "style-src-elem inline",
    "frame-src https://www.paypal.com",
    "connect-src https://www.paypal.com/xoplatform/logger/api/logger",
    "img-src https://www.paypalobjects.com/images/logo.png",
  ],
  untrusted: STRING,
  outside: "https://www.paypal.com.evil.test",
};

export const PLAYED: readonly PlayedService[] = [
  STRIPE,
  ANALYTICS,
  TAG_MANAGER,
  FONTS,
  RECAPTCHA,
  SENTRY,
  INTERCOM,
  YOUTUBE,
  TURNSTILE,
  MATOMO,
  CRISP,
  HUBSPOT,
  SIGN_IN,
  PAYPAL,
];
