import { pass, refuseRequest } from "../middleware/pass.js";
import { headerOf } from "../middleware/transport.js";
import type { Middleware, RequestLike, ResponseLike } from "../middleware/types.js";
import { type Option, readOptions } from "../values/legacy-options.js";
import { type Body, type BodyStream, discard, type Load, loads, parseBody, readBody } from "./body.js";
import { remembering } from "./fingerprint.js";
import { addressOf, documentReader, type Group, routeOf, sightingMaker } from "./group.js";
import { HOSTS, hostMatcher } from "./hosts.js";
import {
  addressLimit,
  LIMIT_OPTIONS,
  LIMITS,
  type Limits,
  networkOf,
  type RateLimit,
  type ReportLimits,
  rateLimit,
  type ShedCause,
  type Stats,
  TOKEN_BYTES,
} from "./limits.js";
import { isNoise } from "./noise.js";
import { isWelcome, senderOf } from "./origin.js";
import { entriesOf, parseReport } from "./parse.js";
import { workQueue } from "./queue.js";
import { memoryStore } from "./stores/memory.js";
import type { ReportStore } from "./stores/store.js";
import { batchWriter } from "./writer.js";

/** What {@link collectReports} takes. */
export interface CollectReportsOptions {
  /** Where reports are kept; `memoryStore()` by default. */
  readonly store?: ReportStore | undefined;
  /** Is told once of each group that is new in the store. What it throws is passed over. */
  readonly onGroup?: ((group: Group) => unknown) | undefined;
  /**
   * The site's names, without scheme and port; `"*.example.com"` stands for every name below it. Reports that a page of another origin
   * sends, and reports on other documents, are left out. Without a list both must have the name under which the report was sent (the
   * `Host`), which whoever sends it can choose, and which a proxy may have rewritten: then a list is needed.
   */
  readonly hosts?: readonly string[] | undefined;
  /** The path to answer at, where nothing mounts the middleware: with `node:http`. All else goes to `next`. */
  readonly path?: string | undefined;
  /** Makes one name of the documents that a route serves; by default segments such as numbers and UUIDs become `*`. */
  readonly route?: ((document: URL) => string) | undefined;
  /** Who sent a request, behind a proxy and without Express: Express's `req.ip`, and else the socket's address, by default. */
  readonly address?: ((req: RequestLike) => string) | undefined;
  /** Milliseconds between two writes to the store; 1000 by default. A process that is killed loses as much. */
  readonly flushMs?: number | undefined;
  readonly limits?: ReportLimits | undefined;
}

/** The middleware, and what it has counted. */
export type ReportCollector = Middleware & {
  readonly store: ReportStore;
  /** What this process has counted since it started; `store.stats()` has what all have written. */
  stats(): Stats;
  /** Parses what waits, and writes it. For the end of a process; rejects where the store cannot be reached. */
  flush(): Promise<void>;
};

type Incoming = RequestLike &
  BodyStream & {
    readonly method?: string;
    readonly url?: string;
    readonly originalUrl?: string;
    readonly ip?: unknown;
    readonly hostname?: unknown;
  };

type Answering = ResponseLike & { statusCode: number; getHeader?(name: string): unknown; end(): unknown };

/** A body that waits to be parsed, and what is known of its request. */
interface Delivery {
  readonly body: Body;
  readonly load: Load;
  readonly address: string;
  readonly host: string;
  readonly userAgent: string;
}

/**
 * Takes what browsers report, by `report-uri` and by the Reporting API, and counts it in groups.
 *
 * Every POST is answered with 204, whatever is in it; what it says is parsed afterwards, a little at a time. What is too much is left out,
 * and counted by its cause in {@link Stats}. Also works behind a body parser that has read the body.
 *
 * @param options all of them optional; in production say `hosts`.
 * @returns a middleware to mount at the endpoint: `app.use("/csp-report", collectReports())`. It never throws, and never calls `next(err)`.
 * @throws {PolicyError} at once, with all that is wrong with the options.
 * @see CSP3 §5.3 and §5.5, Reporting API §3.
 */
export function collectReports(options: CollectReportsOptions = {}, ...none: readonly []): ReportCollector {
  refuseRequest("collectReports", [options, ...none]);
  const given = readOptions<CollectReportsOptions>("collectReports", options, OPTIONS);
  const limits: Limits = {
    ...LIMITS,
    ...(readOptions<ReportLimits>("collectReports.limits", given.limits, LIMIT_OPTIONS) as Partial<Limits>),
  };
  const store = given.store ?? memoryStore();
  const writer = batchWriter(store, given.flushMs ?? 1_000, given.onGroup);
  const loadOf = loads(limits.inFlightBytes);
  const admit = rateLimit(limits);
  const isListed = given.hosts && hostMatcher(given.hosts);
  const isOwn = (name: string, asked: string): boolean => (isListed ? isListed(name) : name === asked);
  const queue = workQueue(digester(given.route, isOwn, limits, writer, admit));

  /** What there is against reading a request. */
  function objection(req: Incoming, address: string, load: Load): ShedCause | undefined {
    if (admit(address, 1) === 0) return "over-rate";
    if (!CONTENT_TYPE.test(headerOf(req, "content-type") ?? "")) return "content-type";
    if (!/^(?:identity)?$/i.test(headerOf(req, "content-encoding") ?? "")) return "encoded";
    if ((announcedBy(req) ?? 0) > limits.bodyBytes) return "too-large";
    return load.isFull() ? "busy" : undefined;
  }

  function collect(req: Incoming, res: Answering): void {
    const address = addressFor(req, given.address);
    const load = loadOf(address);
    const cause = objection(req, address, load);
    if (cause !== undefined) return refuse(req, res, cause);
    const [host, userAgent] = [hostFor(req), headerOf(req, "user-agent") ?? ""];
    readBody(req, { limits, load, announced: announcedBy(req), pays: payer(admit, address) }, (body) => {
      answer(req, res, 204, true);
      if (typeof body === "string") writer.count(body);
      else queue.add({ body, load, address, host, userAgent });
    });
  }

  /** Answers a request that nobody reads. */
  function refuse(req: Incoming, res: Answering, cause: ShedCause): void {
    discard(req, limits);
    answer(req, res, 204, cause !== "other-origin");
    writer.count(cause);
  }

  function collectReports(req: Incoming, res: ResponseLike, next?: Parameters<Middleware>[2]): void {
    if (given.path !== undefined && (req.originalUrl ?? req.url ?? "").split("?", 1)[0] !== given.path) return pass(next, undefined);
    // Another has answered already; there is nothing to say, and no error to make of it.
    if (res.headersSent) return;
    const status = req.method === "POST" || req.method === "OPTIONS" ? 204 : 405;
    const sender = senderOf(headerOf(req, "origin"), (name) => isOwn(name, hostFor(req)));
    if (status === 204 && !isWelcome(sender, req.method)) return refuse(req, res as Answering, "other-origin");
    if (req.method === "POST") return collect(req, res as Answering);
    discard(req, limits);
    answer(req, res as Answering, status, sender === "site");
  }
  return Object.assign(collectReports as Middleware, {
    store,
    stats: writer.stats,
    flush: async () => {
      await queue.empty();
      await writer.flush();
    },
  });
}

const OPTIONS: Readonly<Record<keyof CollectReportsOptions, Option>> = {
  store: { fits: isStore, hint: "Write memoryStore(), await sqliteStore(…) or redisStore(…)." },
  onGroup: { fits: (value) => typeof value === "function", hint: "Write a function of the group." },
  hosts: HOSTS,
  path: {
    fits: (value) => typeof value === "string" && /^\/[^?#]*$/.test(value),
    hint: 'Write a path without query, such as "/csp-report".',
  },
  route: { fits: (value) => typeof value === "function", hint: "Write a function of the document's URL." },
  address: { fits: (value) => typeof value === "function", hint: "Write a function of the request." },
  flushMs: {
    fits: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) <= 60_000,
    hint: "Write milliseconds, from 1 to 60000.",
  },
  limits: { fits: (value) => typeof value === "object" && value !== null && !Array.isArray(value), hint: "Write { bodyBytes: … }." },
};

function isStore(value: unknown): boolean {
  return typeof value === "object" && value !== null && typeof (value as { add?: unknown }).add === "function";
}

/** What reports come as. Any page can make its visitors send other types here without a preflight. */
const CONTENT_TYPE = /^application\/(?:csp-report|reports\+json|json)\s*(?:;|$)/i;

/** 204 and 405 have nothing to say; a browser asks first where the endpoint is of another origin. Fetch §3.2. */
function answer(req: Incoming, res: Answering, status: 204 | 405, isAllowed: boolean): void {
  if (res.headersSent) return;
  res.statusCode = status;
  if (status === 405) res.setHeader("Allow", "POST, OPTIONS");
  const origin = headerOf(req, "origin");
  if (origin !== undefined) {
    const vary = res.getHeader?.("Vary");
    res.setHeader("Vary", vary === undefined ? "Origin" : `${vary}, Origin`);
    if (isAllowed && origin !== "null") res.setHeader("Access-Control-Allow-Origin", origin);
    if (isAllowed && req.method === "OPTIONS") for (const [name, value] of PREFLIGHT) res.setHeader(name, value);
  }
  res.end();
}

const PREFLIGHT = [
  ["Access-Control-Allow-Methods", "POST"],
  ["Access-Control-Allow-Headers", "Content-Type"],
  ["Access-Control-Max-Age", "7200"],
] as const;

function addressFor(req: Incoming, asked: ((req: RequestLike) => string) | undefined): string {
  const { ip } = req;
  const address =
    attempt(() => asked?.(req)) ?? (typeof ip === "string" ? ip : (req.socket as { remoteAddress?: string } | null)?.remoteAddress);
  return networkOf(typeof address === "string" ? address : "unknown");
}

/** The name by which we were asked, by Express's word, which honours `trust proxy`. */
function hostFor(req: Incoming): string {
  const { hostname } = req;
  const host = typeof hostname === "string" ? hostname : (headerOf(req, "host") ?? headerOf(req, ":authority") ?? "");
  return addressOf(`http://${host}/`)?.hostname ?? "";
}

/** The Content-Length, which Node has checked. */
function announcedBy(req: Incoming): number | undefined {
  const length = headerOf(req, "content-length");
  return length === undefined ? undefined : Number(length);
}

/** Takes a token for each 16 kB that a body starts; the first is paid for by the request's own. */
function payer(admit: RateLimit, address: string): (size: number) => boolean {
  let paid = 1;
  return (size) => {
    const wanted = Math.ceil(size / TOKEN_BYTES) - paid;
    if (wanted <= 0) return true;
    paid += wanted;
    return admit(address, wanted) === wanted;
  };
}

/** What a function of the user's gives; what it throws is its own. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch {
    return undefined;
  }
}

/** What becomes of a body: one step parses it, and one more each of its reports. */
function digester(
  route: CollectReportsOptions["route"],
  isOwn: (name: string, asked: string) => boolean,
  limits: Limits,
  writer: ReturnType<typeof batchWriter>,
  admit: RateLimit,
) {
  const routeFor = (document: URL): string => {
    const named = route && attempt(() => route(document));
    return typeof named === "string" ? named.replace(/\p{Cc}/gu, "").slice(0, 200) : routeOf(document);
  };

  const mayOpen = addressLimit(limits.addressNewGroups, limits.addressNewGroups / 3_600);
  const documentOf = remembering(documentReader(routeFor));
  const sightingOf = sightingMaker();

  /** Counts one report, and says why not where it does not. */
  function take(entry: unknown, { address, host, userAgent }: Delivery, hasRoom: boolean): ShedCause | "noise" | "opened" | undefined {
    const report = parseReport(entry, userAgent);
    if (typeof report === "string") return report;
    if (isNoise(report)) return "noise";
    const document = documentOf(report.document);
    const name = document?.address.hostname;
    if (document === undefined || name === undefined || !isOwn(name, host)) return "other-host";
    const sighting = sightingOf(report, document, { at: Date.now(), client: address });
    const isKnown = writer.isKnown(sighting.id);
    if (!isKnown && (!hasRoom || mayOpen(address, 1) === 0)) return "new-groups";
    if (!writer.add(sighting)) return "store-away";
    return isKnown ? undefined : "opened";
  }

  function* takeAll(delivery: Delivery): Generator<undefined> {
    const entries = entriesOf(parseBody(delivery.body));
    if (entries === undefined) return writer.count("no-json");
    const wanted = Math.min(entries.length, limits.reports);
    // The request has paid for the first.
    const admitted = Math.min(wanted, 1 + admit(delivery.address, Math.max(0, wanted - 1)));
    let opened = 0;
    for (const entry of entries.slice(0, admitted)) {
      const outcome = take(entry, delivery, opened < limits.newGroups);
      if (outcome === "opened") opened += 1;
      else if (outcome !== undefined) writer.count(outcome);
      yield;
    }
    if (wanted > admitted) writer.count("over-rate", wanted - admitted);
    if (entries.length > limits.reports) writer.count("too-many", entries.length - limits.reports);
  }

  return function* digest(delivery: Delivery): Generator<undefined> {
    yield* takeAll(delivery);
    // Until here it lies in memory.
    delivery.load.change(-delivery.body.held);
  };
}
