import { textThat } from "../values/schema.js";
import { urlOf } from "../values/url.js";
import { flag, isHost } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link sentry}. */
export interface SentryOptions {
  /** The DSN of the project, as `Sentry.init` takes it: `"https://key@o0.ingest.us.sentry.io/0"`. Events are sent to its host. */
  readonly dsn: string;
  /** The Loader Script, which loads the SDK when it is needed; for a self-hosted Sentry, the one under its host. Default: false. */
  readonly loader?: boolean | undefined;
  /** The SDK from browser.sentry-cdn.com, by a `<script>` of the page. Default: false. */
  readonly cdn?: boolean | undefined;
  /** Session Replay, which compresses in a worker from a `blob:`. Default: false. */
  readonly replay?: boolean | undefined;
}

const CDN = "https://browser.sentry-cdn.com";

/**
 * Sentry's Browser SDK, for sentry.io or a self-hosted Sentry. By default only what the SDK from npm needs.
 *
 * @param options see {@link SentryOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const sentry = recipe<SentryOptions>(
  {
    name: "sentry",
    title: "Sentry",
    category: "errors",
    evidence: "vendor",
    pages: [
      "https://github.com/getsentry/sentry-docs/blob/master/docs/platforms/javascript/common/install/loader.mdx",
      "https://github.com/getsentry/sentry-docs/pull/17476",
      "https://github.com/getsentry/sentry-docs/blob/master/docs/platforms/javascript/common/session-replay/index.mdx",
      "https://github.com/getsentry/sentry-javascript/issues/14494",
    ],
    checked: "2026-11-26",
    hosts: ["sentry.io", "sentry-cdn.com"],
    nonce: 'The <script src="https://js.sentry-cdn.com/….min.js" crossorigin="anonymous"> of the page, or that of browser.sentry-cdn.com.',
    notes: [
      "The Loader Script of a project in the EU, whose DSN is of ingest.de.sentry.io, comes from js-de.sentry-cdn.com.",
      "With tunnel, events go to the site itself, and no recipe is needed for them.",
      "Safari before 15.5 asks child-src for the worker of Session Replay: this recipe does not write it.",
      "In place of replay, a worker file on your site can be given to replayIntegration as workerUrl.",
    ],
    required: ["dsn"],
    example: { dsn: "https://key@o0.ingest.us.sentry.io/0" },
  },
  () => ({
    dsn: textThat((text) => originOf(text) !== undefined, 'a DSN such as "https://key@o0.ingest.us.sentry.io/0"'),
    loader: flag(),
    cdn: flag(),
    replay: flag(),
  }),
  ({ dsn, loader = false, cdn = false, replay = false }) => {
    const events = originOf(dsn) as string;
    return {
      csp: {
        scriptSrc: [...(loader ? [loaderOf(events)] : []), ...(loader || cdn ? [CDN] : [])],
        connectSrc: [events],
        workerSrc: replay ? ["blob:"] : [],
      },
    };
  },
);

/** Where the Loader Script of a project comes from. js.sentry-cdn.com has no loader for projects in the EU. */
function loaderOf(events: string): string {
  if (!/[./]sentry\.io(?::\d+)?$/.test(events)) return `${events}/js-sdk-loader/`;
  return events.endsWith(".ingest.de.sentry.io") ? "https://js-de.sentry-cdn.com" : "https://js.sentry-cdn.com";
}

/** The origin to which the events of a DSN are sent; undefined where the text is not a DSN. */
function originOf(dsn: string): string | undefined {
  const url = urlOf(dsn);
  if (url === undefined || url.username === "" || !/^https?:$/.test(url.protocol) || !/\/\d+$/.test(url.pathname)) return undefined;
  return isHost(url.host) ? url.origin : undefined;
}
