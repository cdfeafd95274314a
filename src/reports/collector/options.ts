import * as z from "zod/mini";
import { issueCollector } from "../../errors.js";
import type { RequestLike } from "../../middleware/types.js";
import { checkOptions, type OptionSchemas } from "../../values/options.js";
import { bare } from "../../values/own.js";
import { callable, textThat, wholeNumber } from "../../values/schema.js";
import type { Group } from "../group.js";
import { hostList } from "../hosts.js";
import { LIMIT_SCHEMAS, LIMITS, type Limits, type ReportLimits } from "../limits.js";
import { memoryStore } from "../stores/memory.js";
import { type ReportStore, storeWith } from "../stores/store.js";

/** What {@link collectReports} takes. */
export interface CollectReportsOptions {
  /** Where reports are kept. Default: `memoryStore()`. */
  readonly store?: ReportStore | undefined;
  /** Called once with each group that is new in the store. What it throws is ignored. */
  readonly onGroup?: ((group: Group) => unknown) | undefined;
  /**
   * The host names of the site, without scheme and port; `"*.example.com"` matches every name below it. Reports that a page of another
   * origin sends, and reports on other documents, are not counted. Without a list, both must have the host name of the request (its
   * `Host`), which the sender chooses and a proxy may rewrite: behind a proxy, write the list.
   */
  readonly hosts?: readonly string[] | undefined;
  /** The path to answer, where the middleware is not mounted at one, such as with `node:http`. Other requests go to `next`. */
  readonly path?: string | undefined;
  /** Returns one name for the documents of a route. Default: the path, with `*` for segments such as numbers and UUIDs. */
  readonly route?: ((document: URL) => string) | undefined;
  /** Returns the address of the client, behind a proxy and without Express. Default: Express's `req.ip`, else the socket's address. */
  readonly address?: ((req: RequestLike) => string) | undefined;
  /** Milliseconds between two writes to the store. Default: 1000. A process that is killed loses what it has not written. */
  readonly flushMs?: number | undefined;
  /** How much is read from one request, one address, and all of them. */
  readonly limits?: ReportLimits | undefined;
}

/** Options with their defaults. */
export interface CollectorSettings extends Omit<CollectReportsOptions, "limits"> {
  readonly store: ReportStore;
  readonly flushMs: number;
  readonly limits: Limits;
}

const SCHEMAS: OptionSchemas<CollectReportsOptions> = () => ({
  store: storeWith(["salt", "add"], "Write memoryStore(), await sqliteStore(…) or redisStore(…)."),
  onGroup: callable("Write a function that takes the group."),
  hosts: hostList(),
  path: textThat((path) => /^\/[^?#]*$/.test(path), "a path", 'Write a path without a query, such as "/csp-report".'),
  route: callable("Write a function that takes the document's URL and returns a string."),
  address: callable("Write a function that takes the request and returns a string."),
  flushMs: wholeNumber(1, 60_000, "milliseconds, from 1 to 60000"),
  // Its members are checked one by one.
  limits: z.unknown(),
});

/** Checks the options and adds the defaults. Throws PolicyError with all mistakes. */
export function readCollectorOptions(options: unknown): CollectorSettings {
  const { report, throwIfAny } = issueCollector();
  const given = checkOptions<CollectReportsOptions>(["collectReports"], options, SCHEMAS, report);
  const limits = checkOptions<ReportLimits>(["collectReports", "limits"], given.limits, LIMIT_SCHEMAS, report) as Partial<Limits>;
  throwIfAny();
  // Without a prototype: an option that is absent must not be found on Object.prototype.
  return bare({ ...given, store: given.store ?? memoryStore(), flushMs: given.flushMs ?? 1_000, limits: { ...LIMITS, ...limits } });
}
