import type { StrictTransportSecurity } from "../../headers/strict-transport-security.js";
import { standard } from "../standard.js";
import { byGain, type HeaderKnowledge } from "./knowledge.js";
import { whenRead } from "./sentences.js";

const UNITS = [
  [31_536_000, "year"],
  [604_800, "week"],
  [86_400, "day"],
  [3_600, "hour"],
  [60, "minute"],
] as const;

/** `"a year"`, `"2 weeks"`. */
function duration(seconds: number): string {
  if (seconds > 3_153_600_000) return "more than 100 years";
  const [size, unit] = UNITS.find(([one]) => seconds >= one && seconds % one === 0) ?? [1, "second"];
  const count = seconds / size;
  return count === 1 ? `${unit === "hour" ? "an" : "a"} ${unit}` : `${count} ${unit}s`;
}

/** RFC 6797 §6.1.1: `max-age=0` makes browsers forget the host, so it is weaker than no header. */
function strengthOf(options: StrictTransportSecurity | undefined) {
  const seconds = options === undefined ? 0 : options.maxAge === 0 ? -1 : options.maxAge;
  return { seconds, subdomains: seconds > 0 && options?.includeSubDomains === true, preload: seconds > 0 && options?.preload === true };
}

function gain(before: StrictTransportSecurity | undefined, after: StrictTransportSecurity | undefined): string | undefined {
  const [from, to] = [strengthOf(before), strengthOf(after)];
  if (to.seconds < from.seconds)
    return to.seconds > 0 ? `plain http after ${to.seconds} seconds` : to.seconds < 0 ? "plain http at once" : "plain http";
  if (from.subdomains && !to.subdomains) return "plain http on subdomains";
  return from.preload && !to.preload ? "plain http on the first visit, once the preload lists have removed the site" : undefined;
}

export const strictTransportSecurity: HeaderKnowledge<StrictTransportSecurity> = {
  // RFC 6797 §8.1
  repeated: "first line",
  standard: standard("A02", "CWE-319", "https://www.rfc-editor.org/rfc/rfc6797"),

  explain: whenRead(({ maxAge, includeSubDomains, preload }) => {
    if (maxAge === 0) return "Browsers no longer require https for this site.";
    const others = includeSubDomains ? " and all its subdomains" : "";
    const list = preload ? " The site asks to be on browsers' preload list." : "";
    return `For ${duration(maxAge)}, browsers use only https for this host${others}.${list}`;
  }),

  compare: byGain(gain),
};
