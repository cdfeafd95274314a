import { headers } from "../../headers/index.js";
import { readHeader, type Subject } from "../subject.js";
import type { Outcome } from "./figures.js";

/** Over http on this machine, a site is not what visitors get. */
const onThisMachine = (what: string) => ({ unseen: `The site answered over http on this machine: ${what}. Check the deployed site.` });

export function redirection({ context: { redirects = [], preloaded }, overHttp, onLoopback }: Subject): Outcome<"redirection"> {
  if (preloaded) return "preloaded";
  const [first, second] = redirects.map(({ url }) => (URL.canParse(url) ? new URL(url) : undefined));
  const last = redirects.at(-1);
  if (first === undefined) return overHttp ? "none" : { unseen: "The redirects of a request over http are not known." };
  if (first.protocol !== "http:") return { unseen: "The redirects begin with https: those of a request over http are not known." };
  if (redirects[0]?.fault === "unreachable") return "no-http";
  if (redirects.some(({ fault }) => fault === "certificate")) return "bad-certificate";
  if (!last?.url.toLowerCase().startsWith("https://"))
    return onLoopback ? onThisMachine("there is no https address to redirect to") : "none";
  if (second?.protocol !== "https:") return "first-hop-not-https";
  return second.hostname === first.hostname ? "to-https" : "off-host";
}

const SIX_MONTHS = 15_552_000;

export function transportSecurity(subject: Subject): Outcome<"strict-transport-security"> {
  if (subject.overHttp) return "no-https";
  const hsts = readHeader(subject, headers.strictTransportSecurity);
  if (subject.context.preloaded) return "preloaded";
  if (hsts.kind === "absent" && subject.onLoopback) return onThisMachine("Strict-Transport-Security has no effect there");
  if (hsts.kind !== "read") return hsts.kind === "absent" ? "absent" : "invalid";
  return hsts.value.maxAge >= SIX_MONTHS ? "at-least-six-months" : "less-than-six-months";
}
