import type { directives, SourceListName } from "../../../headers/content-security-policy/directives.js";
import type { FindGain } from "../../compare/difference.js";
import { bareRows } from "../rows.js";
import { and } from "../sentences.js";
import {
  attributes,
  certificateHashes,
  evaluation,
  type Governed,
  inline,
  scriptFiles,
  styleFiles,
  urls,
  urlsAndSockets,
  workers as workerRequests,
} from "./requests.js";
import { defaultSources, type ExplainSources, loads, targets, workers } from "./sentences.js";
import { blocks, blocksBy, type Setting, sandbox, trustedTypes } from "./settings.js";

/** What an auditor knows of a directive that is a source list. */
export interface SourceListKnowledge {
  readonly explain: ExplainSources;
  /** What its list decides on first, in fallback order; empty where it only stands in for others. */
  readonly requests: readonly FindGain<Governed>[];
  readonly setting?: undefined;
}

/** What an auditor knows of any other directive. */
export interface SettingKnowledge {
  /** `words`: its value, as sent. `has`: whether another directive is in the same policy. */
  readonly explain: (words: readonly string[], has: (directive: string) => boolean) => string;
  readonly requests?: undefined;
  /** What is allowed on one side only; nothing where it only says where reports go. */
  readonly setting: FindGain<Setting> | "reports only";
}

export type DirectiveKnowledge = SourceListKnowledge | SettingKnowledge;

export type DirectiveKey = keyof typeof directives;

/** A directive of the registry without a row here, or with one of the wrong kind, is a compile error. */
type Knowledge = {
  readonly [Key in DirectiveKey]: (typeof directives)[Key]["takes"] extends SourceListName ? SourceListKnowledge : SettingKnowledge;
};

const flag =
  (text: string): SettingKnowledge["explain"] =>
  (words) =>
    words.length === 0 ? text : `${text} Its value is ignored.`;

/** The words of `webrtc`. CSP3 §6.2.1. */
const WEBRTC = ["'block'", "'allow'"];

const KNOWLEDGE = {
  defaultSrc: { explain: defaultSources, requests: [urls("a prefetch of")] },
  scriptSrc: { explain: loads("Scripts", { of: "script", evals: true }), requests: [evaluation] },
  scriptSrcElem: {
    explain: loads("<script> elements", { of: "script" }),
    requests: [
      scriptFiles,
      inline("script", "inline script"),
      attributes("script", "javascript: address"),
      inline("script", "inline speculation rules", "inline-speculation-rules"),
    ],
  },
  scriptSrcAttr: {
    explain: loads("Inline event handlers such as onclick", { of: "script", attribute: true }),
    requests: [attributes("script", "inline event handler")],
  },
  styleSrc: { explain: loads("Style sheets", { of: "style" }), requests: [] },
  styleSrcElem: {
    explain: loads("<style> elements and linked style sheets", { of: "style" }),
    requests: [styleFiles, inline("style", "inline style sheet")],
  },
  styleSrcAttr: {
    explain: loads("style attributes", { of: "style", attribute: true }),
    requests: [attributes("style", "style attribute")],
  },
  imgSrc: { explain: loads("Images"), requests: [urls("an image from")] },
  fontSrc: { explain: loads("Fonts"), requests: [urls("a font from")] },
  connectSrc: {
    explain: loads("Connections by fetch(), WebSocket and similar APIs"),
    requests: [urlsAndSockets("a connection to"), certificateHashes],
  },
  mediaSrc: { explain: loads("Audio and video"), requests: [urls("audio or video from")] },
  objectSrc: { explain: loads("Plugins"), requests: [urls("an object from")] },
  childSrc: { explain: workers("Frames and workers"), requests: [] },
  frameSrc: { explain: loads("Frames in the page"), requests: [urls("a frame of")] },
  workerSrc: { explain: workers("Workers"), requests: [workerRequests] },
  manifestSrc: { explain: loads("The web app manifest"), requests: [urls("a manifest from")] },
  fencedFrameSrc: { explain: loads("Fenced frames"), requests: [urls("a fenced frame of")] },
  baseUri: {
    explain: targets((list) => `<base> may point to ${list}.`, "<base> has no effect."),
    requests: [urls("a <base> of")],
  },
  formAction: {
    explain: targets((list) => `Forms may be sent to ${list}.`, "No form can be sent."),
    requests: [urls("a form sent to")],
  },
  frameAncestors: {
    explain: targets((list) => `This page may be framed by ${list}.`, "No page may frame this page."),
    requests: [urls("this page in a frame of")],
  },
  sandbox: {
    explain: (words) =>
      words.length === 0
        ? "The page is sandboxed without exceptions: no scripts, no forms."
        : `The page is sandboxed, except for: ${words.join(", ")}.`,
    setting: sandbox,
  },
  webrtc: {
    explain: (words) => {
      if (words.some((word) => word.startsWith("'") && !WEBRTC.includes(word))) return "What this value does is not known here.";
      return words.join(" ") === "'block'"
        ? "WebRTC connections are to be blocked; no browser is known to enforce this."
        : "WebRTC connections are allowed.";
    },
    setting: blocksBy("WebRTC, in a browser that enforces the directive", WEBRTC, (words) => words.join(" ") === "'block'"),
  },
  requireTrustedTypesFor: {
    explain: (words) =>
      words.includes("'script'")
        ? "innerHTML, eval(), script.src, setTimeout() with a string and other sinks accept only values made by a Trusted Types policy. Use textContent for plain text; trusted-types says which policies trustedTypes.createPolicy() may create."
        : "No effect: the only value that browsers know is 'script', in single quotes.",
    setting: blocksBy("text as code in the DOM, without Trusted Types", ["'script'"], (words) => words.includes("'script'")),
  },
  trustedTypes: {
    explain: (words) => {
      const names = words.filter((word) => !word.startsWith("'"));
      if (names.includes("*")) return "Trusted Types policies may have any name.";
      return names.length === 0
        ? "No Trusted Types policy may be created."
        : `Trusted Types policies may only have the name${names.length === 1 ? "" : "s"} ${and(names)}.`;
    },
    setting: trustedTypes,
  },
  upgradeInsecureRequests: {
    explain: flag("http URLs in the page are requested over https."),
    setting: blocks("http: URLs of the page, requested as they are"),
  },
  treatAsPublicAddress: {
    explain: flag("Chromium treats the page as one from the public internet when it requests local addresses."),
    setting: blocks("requests to local addresses as from a local page, in Chromium"),
  },
  reportUri: {
    explain: (words, has) => {
      if (words.length === 0) return "No effect: it has no URL.";
      return `Violations are posted to ${and(words)}${has("report-to") ? ", except by browsers that use report-to" : ""}.`;
    },
    setting: "reports only",
  },
  reportTo: {
    explain: ([name]) =>
      name === undefined ? "No effect: it names no endpoint." : `Violations go to the endpoint "${name}" of Reporting-Endpoints.`,
    setting: "reports only",
  },
} satisfies Knowledge;

/** Directives that no policy is written with any more, by wire name, and that a current browser enforces. */
const ENFORCED_STILL: Readonly<Record<string, SettingKnowledge>> = {
  "block-all-mixed-content": {
    explain: flag("Obsolete; Chromium still blocks http: images, audio and video on an https page by it."),
    setting: blocks("http: images, audio and video on an https page, in Chromium"),
  },
};

/** The same for run time: without prototypes, as only what is written here is known. */
const BY_KEY: Readonly<Record<string, DirectiveKnowledge | undefined>> = bareRows<DirectiveKnowledge>({ ...KNOWLEDGE, ...ENFORCED_STILL });

/** What is known of a directive, by its key, or its wire name where it has no key; undefined for one that is not known here: it is neither safe nor ignored. */
export function directiveKnowledge(key: string): DirectiveKnowledge | undefined {
  return BY_KEY[key];
}
