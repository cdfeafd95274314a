import { type Body, type Load, parseBody } from "../body.js";
import { remembering } from "../fingerprint.js";
import { addressLimit, type RateLimit, type ShedCause } from "../limits.js";
import { isNoise } from "../noise.js";
import { entriesOf, parseReport, safeText } from "../parse.js";
import { documentReader, routeOf, sightingMaker } from "../sighting.js";
import type { Writer } from "../writer.js";
import type { CollectorSettings } from "./options.js";
import { attempt } from "./request.js";

/** A body that waits to be parsed, and what is known of its request. */
export interface Delivery {
  readonly body: Body;
  readonly load: Load;
  readonly client: string;
  readonly host: string;
  readonly userAgent: string;
}

/** Whether a host name is one of the site; `requested` is that of the request. */
export type IsOwnHost = (name: string, requested: string) => boolean;

const HOUR_SECONDS = 3_600;

/** Returns the steps for one body: the first parses it, and each further one counts one of its reports. */
export function digester(
  { route, limits }: CollectorSettings,
  isOwnHost: IsOwnHost,
  writer: Writer,
  admit: RateLimit,
): (delivery: Delivery) => Generator<undefined> {
  const mayOpen = addressLimit(limits.addressNewGroups, limits.addressNewGroups / HOUR_SECONDS);
  const readDocument = remembering(documentReader((document) => namedRoute(route, document)));
  const sightingOf = sightingMaker();

  /** Counts one report in a group; returns why it was not counted, or that the group is new. */
  function count(entry: unknown, { client, host, userAgent }: Delivery, hasRoom: boolean): ShedCause | "noise" | "opened" | undefined {
    const report = parseReport(entry, userAgent);
    if (typeof report === "string") return report;
    if (isNoise(report)) return "noise";
    const document = readDocument(report.document);
    if (document === undefined) return "other-host";
    if (!isOwnHost(document.address.hostname, host)) return void writer.refuse("other-host", document.address.hostname);
    const sighting = sightingOf(report, document, { at: Date.now(), client });
    const isKnown = writer.isKnown(sighting.id);
    if (!isKnown && (!hasRoom || mayOpen(client, 1) === 0)) return "new-groups";
    if (!writer.add(sighting)) return "store-away";
    return isKnown ? undefined : "opened";
  }

  function* countAll(delivery: Delivery): Generator<undefined> {
    const entries = entriesOf(parseBody(delivery.body));
    if (entries === undefined) return writer.count("no-json");
    const wanted = Math.min(entries.length, limits.reports);
    // The token of the request pays for its first report.
    const admitted = Math.min(wanted, 1 + admit(delivery.client, Math.max(0, wanted - 1)));
    let opened = 0;
    for (const entry of entries.slice(0, admitted)) {
      const outcome = count(entry, delivery, opened < limits.newGroups);
      if (outcome === "opened") opened += 1;
      else if (outcome !== undefined) writer.count(outcome);
      yield;
    }
    if (wanted > admitted) writer.count("over-rate", wanted - admitted);
    if (entries.length > limits.reports) writer.count("too-many", entries.length - limits.reports);
  }

  return function* digest(delivery) {
    yield* countAll(delivery);
    delivery.load.change(-delivery.body.held);
  };
}

const ROUTE_LENGTH = 200;

/** The name that the user's function returns; the path where there is none, or it throws or returns something else. */
function namedRoute(route: CollectorSettings["route"], document: URL): string {
  const named = route && attempt(() => route(document));
  return typeof named === "string" ? safeText(named.replace(/\p{Cc}/gu, ""), ROUTE_LENGTH) : routeOf(document);
}
