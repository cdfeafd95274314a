export { type CollectReportsOptions, collectReports, type ReportCollector } from "./collector.js";
export { policyHash } from "./fingerprint.js";
export type { Counted, Group, GroupFilter, GroupKey, GroupRecord, TallyName } from "./group.js";
export {
  type Advice,
  type Confidence,
  type Evidence,
  type Learned,
  type LearnOptions,
  learn,
  type RouteCoverage,
  type Suggestion,
} from "./learn.js";
export type { ReportLimits, ShedCause, Stats, TotalName } from "./limits.js";
export { type ReportsPageOptions, reportsPage } from "./page/index.js";
export type { Disposition, ReportType } from "./parse.js";
export { type LearnedFormat, printLearned } from "./print.js";
export { memoryStore } from "./stores/memory.js";
export { type RedisClient, type RedisStoreOptions, redisStore } from "./stores/redis.js";
export { sqliteStore } from "./stores/sqlite.js";
export type { Batch, ReportStore, StoreOptions, TimelinePoint, Written } from "./stores/store.js";
