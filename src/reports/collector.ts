import { pass, refuseRequest } from "../middleware/pass.js";
import { headerOf } from "../middleware/transport.js";
import type { Middleware, ResponseLike } from "../middleware/types.js";
import { addressOf } from "./address.js";
import { discard, loads, readBody } from "./body.js";
import { bodyPayment, refusalOf } from "./collector/admission.js";
import { digester, type IsOwnHost } from "./collector/digest.js";
import { type CollectReportsOptions, readCollectorOptions } from "./collector/options.js";
import { clientOf, contentLengthOf, hostOf, type IncomingRequest, type OutgoingResponse, pathOf } from "./collector/request.js";
import { respond } from "./collector/respond.js";
import { hostMatcher } from "./hosts.js";
import { rateLimit, type ShedCause, type Stats } from "./limits.js";
import { isWelcome, senderOf } from "./origin.js";
import { workQueue } from "./queue.js";
import type { ReportStore } from "./stores/store.js";
import { batchWriter } from "./writer.js";

/** The middleware, and what it has counted. */
export type ReportCollector = Middleware & {
  readonly store: ReportStore;
  /** What this process has counted since it started; `store.stats()` returns what all processes have written. */
  stats(): Stats;
  /** Parses the bodies that wait, and writes the counts: for the end of a process. Rejects where the store cannot be reached. */
  flush(): Promise<void>;
};

/**
 * Receives what browsers report, through `report-uri` and the Reporting API, and counts it in groups.
 *
 * It answers every POST with 204, for any body, and parses the body afterwards, a little at a time. What is beyond a limit is not
 * counted in a group but by its cause, in {@link Stats}. It also works behind a body parser that has read the body.
 *
 * @param options all optional; in production write `hosts`.
 * @returns a middleware for the endpoint: `app.use("/csp-report", collectReports())`. It never throws, and never calls `next(err)`.
 * @throws {PolicyError} at boot, with all mistakes in the options.
 * @see CSP3 §5.3 and §5.5, Reporting API §3.
 */
export function collectReports(options: CollectReportsOptions = {}, ...none: readonly []): ReportCollector {
  refuseRequest("collectReports", [options, ...none]);
  const settings = readCollectorOptions(options);
  const { store, path, limits } = settings;
  const writer = batchWriter(store, settings.flushMs, settings.onGroup);
  const admit = rateLimit(limits);
  const loadOf = loads(limits.inFlightBytes);
  const isOwnHost = ownHosts(settings.hosts);
  const queue = workQueue(digester(settings, isOwnHost, writer, admit));

  /** Answers a request whose body is not read. */
  function shed(req: IncomingRequest, res: OutgoingResponse, cause: ShedCause): void {
    discard(req, limits);
    respond(req, res, 204, true);
    writer.count(cause);
  }

  /** Answers a request that a page of another site sent. */
  function refuse(req: IncomingRequest, res: OutgoingResponse): void {
    discard(req, limits);
    respond(req, res, 204, false);
    const host = addressOf(headerOf(req, "origin") ?? "")?.hostname ?? "";
    if (host === "") writer.count("other-origin");
    else writer.refuse("other-origin", host);
  }

  function collect(req: IncomingRequest, res: OutgoingResponse): void {
    const client = clientOf(req, settings.address);
    const load = loadOf(client);
    const cause = refusalOf(req, client, load, limits, admit);
    if (cause !== undefined) return shed(req, res, cause);
    const [host, userAgent] = [hostOf(req), headerOf(req, "user-agent") ?? ""];
    readBody(req, { limits, load, contentLength: contentLengthOf(req), pays: bodyPayment(admit, client) }, (body) => {
      respond(req, res, 204, true);
      if (typeof body === "string") writer.count(body);
      else queue.add({ body, load, client, host, userAgent });
    });
  }

  function collectReports(req: IncomingRequest, res: ResponseLike, next?: Parameters<Middleware>[2]): void {
    if (path !== undefined && pathOf(req) !== path) return pass(next, undefined);
    // Another handler has answered.
    if (res.headersSent) return;
    const sender = senderOf(headerOf(req, "origin"), (name) => isOwnHost(name, hostOf(req)));
    const isKnownMethod = req.method === "POST" || req.method === "OPTIONS";
    if (isKnownMethod && !isWelcome(sender, req.method)) return refuse(req, res as OutgoingResponse);
    if (req.method === "POST") return collect(req, res as OutgoingResponse);
    discard(req, limits);
    respond(req, res as OutgoingResponse, isKnownMethod ? 204 : 405, sender === "site");
  }

  async function flush(): Promise<void> {
    await queue.empty();
    await writer.flush();
  }
  return Object.assign(collectReports as Middleware, { store, stats: writer.stats, flush });
}

/** Without a list, the name must be that of the request. */
function ownHosts(hosts: readonly string[] | undefined): IsOwnHost {
  return hosts === undefined ? (name, requested) => name === requested : hostMatcher(hosts);
}
