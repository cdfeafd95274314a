import { policyError } from "../errors.js";
import { textThat } from "../values/schema.js";
import type { ServiceNeeds } from "./needs.js";
import { flag, oneOfWords } from "./options.js";
import { recipe } from "./recipe.js";

/** Options of {@link zendesk}. */
export interface ZendeskOptions {
  /** Which of Zendesk's widgets the account has. Default: `"messaging"`. */
  readonly widget?: "messaging" | "classic" | undefined;
  /** The account's own host alone: `"example"` of example.zendesk.com. Of the classic widget. Default: all of zendesk.com. */
  readonly subdomain?: string | undefined;
  /** Calls, which go by Twilio: the page may use the microphone. Default: false. */
  readonly voice?: boolean | undefined;
}

/**
 * Zendesk's Web Widget.
 *
 * @param options see {@link ZendeskOptions}.
 * @throws {PolicyError} for options that are not of this shape.
 */
export const zendesk = recipe<ZendeskOptions>(
  {
    name: "zendesk",
    title: "Zendesk",
    category: "chat",
    evidence: "vendor",
    pages: [
      "https://developer.zendesk.com/documentation/zendesk-web-widget-sdks/sdks/web/csp",
      "https://developer.zendesk.com/embeddables/docs/widget/csp",
      "https://github.com/tidepool-org/blip/pull/2047",
    ],
    checked: "2026-11-26",
    hosts: [
      "zdassets.com",
      "static.zdassets.com",
      "ekr.zdassets.com",
      "zendesk.com",
      "zdusercontent.com",
      "smooch.io",
      "zopim.com",
      "zopim.io",
    ],
    tenants: ["zdassets.com", "zendesk.com", "zdusercontent.com"],
    nonce: 'The <script id="ze-snippet" src="https://static.zdassets.com/ekr/snippet.js?key=…"> of the page.',
    notes: [
      "Messaging speaks to hosts of zendesk.com that are not the account's, such as pod-20-sunco-ws.zendesk.com, so that the wildcard is needed.",
      "The widget's styles are inline: where style-src has a nonce or a hash, browsers ignore 'unsafe-inline', and it is shown without them.",
      "Calls use the microphone in the page itself: Zendesk lists no frame for them, and no Permissions-Policy.",
      "Zendesk also lists *.ingest.*.sentry.io, to which the widget reports its own errors: a policy cannot express that.",
      "Zendesk lists all of zdassets.com for scripts, where customers' files are too: this recipe allows static.zdassets.com alone.",
    ],
  },
  () => ({
    widget: oneOfWords("messaging", "classic"),
    subdomain: textThat((text) => /^[a-z0-9-]{1,63}$/i.test(text), 'a subdomain of zendesk.com such as "example"'),
    voice: flag(),
  }),
  ({ widget = "messaging", subdomain, voice }) => {
    const calls = voice ? ["https://*.twilio.com", "wss://voice-js.roaming.twilio.com"] : [];
    const needs = widget === "classic" ? classic(subdomain ?? "*", calls) : messaging(subdomain, calls);
    return voice ? { ...needs, permissionsPolicy: { microphone: ["self"] } } : needs;
  },
);

function messaging(subdomain: string | undefined, calls: readonly string[]): ServiceNeeds {
  if (subdomain !== undefined) {
    const hint = 'Leave it out; with widget: "classic" it is taken.';
    throw policyError("conflict", ["zendesk", "subdomain"], "messaging needs more of zendesk.com than the account's own host", hint);
  }
  return {
    csp: {
      scriptSrc: ["https://static.zdassets.com"],
      styleSrc: ["unsafe-inline"],
      imgSrc: [
        "blob:",
        "data:",
        "https://static.zdassets.com",
        "https://*.zendesk.com",
        "https://media.smooch.io",
        "https://*.zdusercontent.com",
      ],
      connectSrc: [
        "https://*.zdassets.com",
        "https://*.zendesk.com",
        "https://*.smooch.io",
        "wss://*.zendesk.com",
        "wss://api.smooch.io",
        ...calls,
      ],
      mediaSrc: ["https://static.zdassets.com"],
    },
    crossOriginEmbedderPolicy: "credentialless",
  };
}

function classic(account: string, calls: readonly string[]): ServiceNeeds {
  return {
    csp: {
      scriptSrc: ["https://static.zdassets.com"],
      styleSrc: ["unsafe-inline"],
      imgSrc: ["data:", "https://static.zdassets.com", "https://v2assets.zopim.io"],
      connectSrc: [
        "https://*.zdassets.com",
        `https://${account}.zendesk.com`,
        "https://*.zopim.com",
        `wss://${account}.zendesk.com`,
        "wss://*.zopim.com",
        ...calls,
      ],
      mediaSrc: ["https://static.zdassets.com"],
    },
    crossOriginEmbedderPolicy: "credentialless",
  };
}
