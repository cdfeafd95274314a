import { addressOf } from "./address.js";
import { browserOf } from "./browser.js";
import { fingerprint, hashedPolicy, remembering } from "./fingerprint.js";
import { flat } from "./flat.js";
import type { GroupKey, TallyName } from "./group.js";
import type { Report } from "./parse.js";

/** One report, and the group that counts it. */
export interface Sighting {
  readonly key: GroupKey;
  readonly id: string;
  /** The policy that the group's `policyHash` is of, as `hashedPolicy` writes it. */
  readonly policy: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly seen: Readonly<Record<TallyName, string>>;
}

/** A document, and what groups keep of it. */
export interface Document {
  readonly address: URL;
  readonly page: string;
  readonly route: string;
}

/** When a report came, and from which client. */
export interface Surroundings {
  readonly at: number;
  readonly client: string;
}

const PATH_LENGTH = 200;

/** Returns a function that reads a document's address; undefined where it is not one. `route` names the route of a document. */
export function documentReader(route: (document: URL) => string): (text: string) => Document | undefined {
  return (text) => {
    const address = addressOf(text);
    return address && { address, page: flat(withoutQuery(address)), route: flat(route(address)) };
  };
}

/** Returns a function that finds the group of a report, and what it adds to it. */
export function sightingMaker(): (report: Report, document: Document, surroundings: Surroundings) => Sighting {
  const [policyOf, browser, file] = [remembering(hashedPolicy), remembering(browserOf), remembering(fileOf)];
  return (report, { address, page, route }, { at, client }) => {
    const { type, disposition, directive } = report;
    const { blocked, url } = blockedOf(report.blocked, address);
    const policy = policyOf(report.policy);
    const common = { type, policyHash: policy.hash, disposition, directive };
    // A hash belongs to a file, independent of the page that loads it.
    const key: GroupKey = type === "csp-hash" ? { ...common, blocked: url || blocked, route: "*" } : { ...common, blocked, route };
    const source = file(report.sourceFile);
    return {
      key,
      id: fingerprint(`${type}\n${key.policyHash}\n${disposition}\n${directive}\n${key.blocked}\n${key.route}`),
      policy: policy.text,
      at,
      seen: {
        pages: page,
        browsers: browser(report.userAgent),
        urls: url,
        files: source === "" || report.position === "" ? source : `${source}:${report.position}`,
        samples: report.sample,
        days: dayOf(at),
        clients: client,
      },
    };
  };
}

function fileOf(text: string): string {
  const address = addressOf(text);
  return address === undefined ? "" : withoutQuery(address);
}

const DAY = 86_400_000;

const nameOfDay = remembering((day) => new Date(Number(day) * DAY).toISOString().slice(0, 10), 128);

/** `2026-11-21`, in UTC. */
function dayOf(at: number): string {
  return nameOfDay(String(Math.floor(at / DAY)));
}

/** `inline`, `eval`, `self`, and bare schemes such as `data`. CSP3 §5.4. */
const KEYWORD = /^[a-z][a-z\d-]{0,39}$/i;

function blockedOf(text: string, document: URL): { readonly blocked: string; readonly url: string } {
  if (text === "" || KEYWORD.test(text)) return { blocked: text.toLowerCase(), url: "" };
  const address = addressOf(text);
  if (address === undefined) return { blocked: "other", url: "" };
  // data:, blob: and the like have no host; the rest of the address is content.
  if (address.host === "") return { blocked: address.protocol.slice(0, -1), url: "" };
  return { blocked: address.origin === document.origin ? "self" : originOf(address), url: withoutQuery(address) };
}

function originOf({ protocol, host }: URL): string {
  return `${protocol}//${host}`.slice(0, PATH_LENGTH);
}

function withoutQuery(address: URL): string {
  return address.host === "" ? address.protocol : (originOf(address) + address.pathname).slice(0, 2 * PATH_LENGTH);
}

/** Numbers, UUIDs, digests and other tokens, which differ from one visitor to the next. */
const VARYING = /^\d+$|^[\da-f]{8}-[\da-f-]{27}$|^[\da-f]{16,}$|^(?=.*\d)[\w-]{20,}$|^.{60,}$/i;

const ROUTE_SEGMENTS = 12;

/** The path of a document, with `*` for each segment that varies. */
export function routeOf({ pathname }: URL): string {
  const segments = pathname.split("/").map((segment) => (VARYING.test(segment) ? "*" : segment));
  return segments.slice(0, ROUTE_SEGMENTS).join("/").slice(0, PATH_LENGTH);
}
