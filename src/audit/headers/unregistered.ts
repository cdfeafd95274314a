import { RESPONSE_ORIGIN, readAllowlist } from "../connection-allowlist.js";
import { type Standard, standard } from "../standard.js";
import { bareRows } from "./rows.js";
import { and, BROKEN } from "./sentences.js";

/** What an auditor knows of a header that has no key in a policy. */
export interface UnregisteredKnowledge {
  /** Says what a value does; without it, `explain` passes the header over. */
  readonly explain?: (text: string) => string;
  readonly standard?: Standard;
}

/** By wire name, in lower case. */
export const unregistered: Readonly<Record<string, UnregisteredKnowledge | undefined>> = bareRows<UnregisteredKnowledge>({
  "access-control-allow-origin": { standard: standard("A05", "CWE-942", "https://fetch.spec.whatwg.org/#http-cors-protocol") },
  "connection-allowlist": { explain: connections },
  "service-worker-allowed": { explain: (text) => `A service worker loaded from here may control every URL below ${text}.` },
  "timing-allow-origin": {
    explain: (text) => {
      const who = text.split(",").some((one) => one.trim() === "*") ? "Every site" : text;
      return `${who} may measure how long this response took, and how large it is.`;
    },
  },
  "x-robots-tag": { explain: (text) => `Instructions for search engines: ${text}.` },
  nel: { explain: () => "Chromium reports requests to this site that failed on the network." },
  "speculation-rules": { explain: (text) => `Which links browsers may load in advance is defined in ${text}.` },
  "supports-loading-mode": { explain: (text) => `The page also supports these ways of loading: ${text}.` },
  "no-vary-search": { explain: (text) => `Parts of the query that the browser's cache ignores: ${text}.` },
  "activate-storage-access": {
    explain: (text) => `In a frame of another site, the page may use its own cookies where the visitor allowed that: ${text}.`,
  },
  "set-login": { explain: (text) => `Tells the browser whether the visitor is logged in here as an identity provider: ${text}.` },
  "secure-session-registration": { explain: () => "Asks the browser to bind the session to a key that does not leave the device." },
});

function connections(text: string): string {
  const list = readAllowlist(text);
  if (list === undefined) return BROKEN;
  const places = list.patterns.map((one) => (one === RESPONSE_ORIGIN ? "this response's origin" : one));
  const where =
    places.length === 0 ? "Connections of every kind are blocked" : `Connections of every kind are allowed only to ${and(places)}`;
  return `${where}; ${redirectsAndWebrtc(list)}. Only Chromium reads this header.`;
}

function redirectsAndWebrtc({ redirects, webrtc }: { readonly redirects: boolean; readonly webrtc: boolean }): string {
  if (redirects === webrtc) return `redirects and WebRTC are ${redirects ? "allowed" : "blocked"}`;
  return redirects ? "redirects are allowed, WebRTC is blocked" : "redirects are blocked, WebRTC is allowed";
}
