// Written by service-options.generate.mjs.

/** What each option of each recipe of `portcullis/services` does: the doc comments, which are not there at run time. */
export const optionTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  adobeFonts: {
    script:
      'The JavaScript embed code, <script src="https://use.typekit.net/….js">, which adds inline styles and fonts as data:. Default: false, for the style sheet https://use.typekit.net/….css.',
    metrics: "The performance metrics that the script sends. Default: false.",
  },
  algolia: {
    appId: 'The ID of the application, such as "B1G2GM9NG0": its own hosts alone. Default: all of algolia.net and algolianet.com.',
    insights: "Events of clicks and conversions, by search-insights. Default: false.",
  },
  amplitude: {
    region:
      "The data center, with the hosts that the Browser SDK uses today. Default: all of https://*.amplitude.com, as Amplitude's list has it.",
    replay: "Session Replay, with its worker (useWebWorker), which starts from a blob:. Default: false.",
    guides: "Guides and Surveys: images, media and styles, and scripts and requests of all of https://*.amplitude.com. Default: false.",
  },
  appleSignIn: {
    popup: "usePopup: the popup tells the page the result. Default: false, the page is left for Apple's.",
    button: 'The button that Apple\'s script draws into <div id="appleid-signin">, with inline styles and a font. Default: true.',
    buttonImage: "A button that is an image from Apple's. Default: false.",
  },
  auth0: {
    domain: 'The domain of the tenant, or its custom domain: "example.eu.auth0.com".',
    worker: "useRefreshTokens with tokens in memory: the worker of the SDK, which starts from a blob: without workerUrl. Default: false.",
    popup: "loginWithPopup. Default: false, the page is left for the page of Auth0.",
    cdn: "The SDK comes from cdn.auth0.com. Default: false, it is part of the site's scripts.",
  },
  braintree: {
    environment: '"sandbox" for tests. Default: "production".',
    dropIn: "Drop-in, which loads a style sheet. Default: false.",
    paypal: "PayPal by the PayPal Checkout component or by Drop-in. Default: false.",
    googlePay: "Google Pay, whose script calls the Payment Request API in the page. Default: false.",
    threeDSecure:
      "3-D Secure 2: the page of the cardholder's bank in a frame, from a host that cannot be known, so https: in frame-src and form-action. Default: false.",
    dataCollector: "The data collector of Braintree's fraud protection. Default: false.",
  },
  cdnjs: {
    packages:
      "The files: the part of each URL after the host, with an exact version. A path that ends in a slash is a folder, and allows all files below it. At most 50.",
    use: 'What the page uses them for; a second call can allow other files for another use. Default: ["script"].',
  },
  chargebee: {
    site: 'The host of the site: "acme.chargebee.com", "acme-test.chargebee.com", or your custom domain.',
    components: "Card and payment components, whose frames load from js.chargebee.com. Default: false.",
  },
  clerk: {
    frontendApi: 'The host of the Frontend API: "clerk.example.com", in development "example-name-12.clerk.accounts.dev".',
    telemetry: "What the SDK tells Clerk of its use, where that is not turned off. Default: false.",
  },
  cloudflareAnalytics: {
    automatic:
      "Automatic setup: Cloudflare's proxy writes the script into the pages, and data is sent to /cdn-cgi/rum of the site itself. Default: false, where the site has the script in its pages.",
  },
  crisp: {
    game: "The game that visitors play while they wait, in a frame. Default: false.",
    calls: "Audio and video calls: the page may use the microphone and the camera. Default: false.",
  },
  datadog: {
    site: 'The site of the account, as datadogRum.init takes it. Default: "datadoghq.com".',
    cdn: "The SDK from www.datadoghq-browser-agent.com, instead of the one from npm. Default: false.",
    replay: "Session Replay, or compressIntakeRequests: a worker from a blob:. Default: false.",
  },
  firebase: {
    authDomain: 'The authDomain of the configuration, for signing in by a popup or a redirect: "example.firebaseapp.com".',
    firestore: "Cloud Firestore. Default: false.",
    database: 'The host of the Realtime Database: "example-default-rtdb.firebaseio.com".',
    storage: "Cloud Storage, with its images. Default: false.",
    messaging: "Cloud Messaging. Default: false.",
    cdn: "The SDK comes from www.gstatic.com. Default: false, it is part of the site's scripts.",
  },
  friendlyCaptcha: {
    version: "Version 1 solves its puzzle in the page, version 2 in a frame. Default: 2.",
    endpoint: 'The endpoint that the widget is set to. Default: any of version 2, and "global" of version 1.',
    cdn: "The scripts of version 2 come from jsDelivr. Default: false, they are files of the site.",
  },
  googleAnalytics: {
    signals:
      "Google Signals: hosts of google.com, doubleclick.net and googlesyndication.com too, where Google's ads are measured. Default: false.",
    countryDomains:
      'Google\'s domains of the countries that visitors come from, at most 50: ["google.de", "google.co.uk"]. Google Signals sends images and requests there, and CSP has no wildcard for them. With it signals is true.',
  },
  googleMaps: {
    api: '"script": the Maps JavaScript API. "embed": the Maps Embed API, an <iframe> of https://www.google.com/maps/embed without scripts. Default: "script".',
    nonce:
      "The nonce of the response in style-src, instead of 'unsafe-inline': the API copies the nonce of the page's first style element. Default: false.",
    eval: "'unsafe-eval' in script-src. Google's example policies have it, and do not say what needs it: without it, code of the API that calls eval() fails with an EvalError. Default: false.",
    everyHost:
      "All sources that Google lists for scripts. They include hosts that serve anybody's files, such as storage.googleapis.com; the default is maps.googleapis.com, from which the API loads its files. Default: false.",
  },
  googleTagManager: {
    preview: "Preview mode, with the badge of Tag Assistant on the page: for those who write tags. Default: false.",
    eval: "'unsafe-eval', without which Custom JavaScript variables have no value. Default: false.",
    noscript: "The frame in <noscript> that the snippet has for browsers without scripts. Default: false.",
  },
  hotjar: { inlineStyles: "'unsafe-inline' for styles, which surveys and feedback widgets write into the page. Default: false." },
  hubspot: {
    tracking: "The tracking code, with the banner for cookies and the forms that it finds on the page. Default: true.",
    chat: "The chat. Default: false.",
    forms: "Embedded forms. Default: false.",
  },
  intercom: {
    region: 'Where the workspace\'s data is. Default: "us".',
    videos: "Videos of YouTube, Vimeo and Wistia in messages and articles. Default: false.",
  },
  jsdelivr: {
    packages:
      "The files: the part of each URL after the host, with an exact version. A path that ends in a slash is a folder, and allows all files below it. At most 50.",
    use: 'What the page uses them for; a second call can allow other files for another use. Default: ["script"].',
  },
  mapbox: {
    cdn: "Mapbox GL JS and its style sheet from https://api.mapbox.com/mapbox-gl-js/, instead of a bundled copy. Default: false.",
    wasm: "'wasm-unsafe-eval' in script-src: without it, Mapbox Standard Style and 3D models are not shown. Default: false.",
    cspBuild: "The bundle mapbox-gl-csp.js, with mapbox-gl-csp-worker.js on your own origin: no blob: in worker-src. Default: false.",
    olderTiles: "https://*.tiles.mapbox.com, which Mapbox listed up to version 3.18. Default: false.",
  },
  matomo: { host: 'The host of Matomo: "matomo.example.com", or of Matomo Cloud "example.matomo.cloud".' },
  mixpanel: {
    region: 'Where the project is: the United States, the European Union, India. Default: "us".',
    host: "The host of api_host, where that is another than the library's own: a proxy. It is allowed in place of the region's.",
  },
  newRelic: { region: 'Where the account is: the United States, the European Union, or the endpoints of FedRAMP ("gov"). Default: "us".' },
  openStreetMap: {
    tiles: 'How the map library loads tiles: "img" for Leaflet, "fetch" for MapLibre GL. Default: "img".',
    subdomains:
      "The old hosts a.tile.openstreetmap.org to c.tile.openstreetmap.org, which OpenStreetMap does not recommend. Default: false.",
    vector: "Vector tiles of vector.openstreetmap.org. Default: false.",
    nominatim: "Search by Nominatim. Default: false.",
    embed: "The map of https://www.openstreetmap.org/export/embed.html in a frame. Default: false.",
  },
  paypal: {
    nonce:
      'The nonce of the response in script-src and style-src, instead of \'unsafe-inline\'. Pass it to the SDK as well: <script nonce="…" data-csp-nonce="…" src="https://www.paypal.com/sdk/js?…">. Default: false.',
    inline:
      "'unsafe-inline' in script-src-elem, for pages without a nonce: without either, the inline scripts of the SDK are blocked. It allows injected <script> elements too; event handlers in attributes stay blocked. Default: false.",
  },
  plausible: { host: 'The host of Plausible Community Edition, or of a proxy: "plausible.example.com". Default: "plausible.io".' },
  posthog: {
    region:
      "The region of PostHog Cloud, with the hosts that posthog-js uses today. Default: all of https://*.posthog.com, as PostHog recommends, for these hosts may change.",
    host: "The host of a proxy, or of a self-hosted PostHog, instead of PostHog Cloud; with region, in addition to it.",
    replay: "Session replay, whose recorder starts a worker from a blob:. Default: false.",
    toolbar: "The toolbar, which the staff of the site open on its pages: all of https://*.posthog.com. Default: false.",
  },
  recaptcha: {
    host: '"recaptcha.net" where www.google.com cannot be reached. Default: "google.com".',
    inlineStyles: "'unsafe-inline' for styles, which the badge and the challenge write into the page. Default: false.",
  },
  segment: { region: 'The region to which the source sends events: "eu" is Dublin. Default: "us".' },
  sentry: {
    dsn: 'The DSN of the project, as Sentry.init takes it: "https://key@o0.ingest.us.sentry.io/0". Events are sent to its host.',
    loader: "The Loader Script, which loads the SDK when it is needed; for a self-hosted Sentry, the one under its host. Default: false.",
    cdn: "The SDK from browser.sentry-cdn.com, by a <script> of the page. Default: false.",
    replay: "Session Replay, which compresses in a worker from a blob:. Default: false.",
  },
  spotify: {
    api: "The iFrame API. Default: false.",
    eval: "'unsafe-eval' in script-src: sites report that the iFrame API does not start without it. A player that is an <iframe> in the page does not need it. Default: false.",
  },
  square: {
    environment: '"sandbox" for tests. Default: "production".',
    threeDSecure:
      "3-D Secure: the page of the cardholder's bank in a frame, from a host that cannot be known, so https: in frame-src. Default: false.",
  },
  stripe: {
    address: "The Address Element with your own Google Maps API key. Default: false.",
    link: "Link, Stripe's wallet. Default: false.",
    checkout: "Checkout in the page, by checkout.stripe.com. A redirect to Checkout needs no sources. Default: false.",
    connect: "Connect embedded components (Connect.js). Default: false.",
    crypto: "The embedded crypto onramp. Default: false.",
  },
  supabase: {
    url: 'What createClient is given: "https://example.supabase.co", or the address of a self-hosted server.',
    realtime: "Realtime: channels, and changes of tables, by a socket. Default: false.",
    images: "Pictures from Storage. Default: false.",
  },
  tiktok: {
    pixel: "TikTok Pixel. Default: true.",
    app: "Pages that are open in TikTok's app: frames of its schemes bytedance: and sslocal:, by the pixel. Default: false.",
    embed: "Videos embedded by embed.js. Default: false.",
  },
  turnstile: { preClearance: "Pre-clearance: the widget asks the site's own host for its cookie. Default: false." },
  unpkg: {
    packages:
      "The files: the part of each URL after the host, with an exact version. A path that ends in a slash is a folder, and allows all files below it. At most 50.",
    use: 'What the page uses them for; a second call can allow other files for another use. Default: ["script"].',
  },
  vimeo: {
    api: "The player SDK, https://player.vimeo.com/api/player.js. Vimeo's embed code has its tag beside the frame. Default: false.",
    oembed:
      "Players that the SDK creates from the ID or the URL of a video: it requests https://vimeo.com/api/oembed.json. Default: false.",
    thumbnails: "Thumbnails of i.vimeocdn.com in the page. Default: false.",
  },
  youtube: {
    nocookie: "The privacy-enhanced mode: www.youtube-nocookie.com instead of www.youtube.com. Default: false.",
    api: "The IFrame Player API. Default: false.",
    thumbnails: "Thumbnails of i.ytimg.com in the page. Default: false.",
    motion: "The motion sensors, for 360° videos. Default: false.",
  },
  zendesk: {
    widget: 'Which of Zendesk\'s widgets the account has. Default: "messaging".',
    subdomain: 'The account\'s own host alone: "example" of example.zendesk.com. Of the classic widget. Default: all of zendesk.com.',
    voice: "Calls, which go by Twilio: the page may use the microphone. Default: false.",
  },
};
