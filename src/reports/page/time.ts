import { LATEST } from "../group.js";
import { type Content, html } from "./html.js";

/** Writes times in one time zone. */
export interface Clock {
  /** The name of the zone, such as `UTC` or `Europe/Berlin`. */
  readonly zone: string;
  /** `2026-11-21 10:15`; a dash for a time that no `Date` has. */
  readonly minute: (at: number) => Content;
  /** `2026-11-21`. */
  readonly day: (at: number) => string;
}

/** Whether a name is one of a time zone, in this runtime's data. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** A clock for a time zone that {@link isTimeZone} knows. */
export function clockIn(zone: string): Clock {
  return zone === "UTC" ? UTC : localClock(zone);
}

function clock(zone: string, textOf: (at: number) => string): Clock {
  return {
    zone,
    day: (at) => textOf(at).slice(0, 10),
    minute: (at) => (at >= 0 && at <= LATEST ? html`<time datetime="${new Date(at).toISOString()}">${textOf(at)}</time>` : "–"),
  };
}

/** `Intl` takes a hundred times as long as this. */
const UTC = clock("UTC", (at) => new Date(at).toISOString().slice(0, 16).replace("T", " "));

function localClock(zone: string): Clock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    ...({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const),
  });
  return clock(zone, (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value] as const));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
    return `${part("year").padStart(4, "0")}-${part("month")}-${part("day")} ${part("hour")}:${part("minute")}`;
  });
}
