// npm run bench: ratios against a peer measured in the same run. --quick: fewer rounds, and failing on a gross miss.
import { fileURLToPath } from "node:url";
import { median } from "./measure.js";
import * as adapters from "./rows/adapters.js";
import * as audits from "./rows/audit.js";
import * as input from "./rows/input.js";
import * as processes from "./rows/processes.js";
import * as reports from "./rows/reports.js";
import * as requests from "./rows/requests.js";

// What, the limit, how it is measured; for a row that misses its limit today, where a short run fails instead of at LENIENCE times the limit.
const ROWS = [
  ["static policy, real response / bare loop of setHeader", 1.05, requests.staticPolicy],
  ["recommended (transport looked at), real response / bare loop", undefined, requests.recommendedPolicy],
  ["the same behind a proxy that says https", undefined, requests.recommendedPolicyProxied],
  ["static policy, own share / helmet", 0.5, requests.ownShare],
  ["the same with HSTS (transport looked at), own share / helmet", undefined, requests.ownShareLooking],
  ["one nonce, own share without its drawing / helmet, constant nonce", 0.1, requests.ownShareNonce],
  ["strictDynamic, real response / bare loop, constant nonce", 1.15, requests.strictDynamicPolicy],
  ["the same behind a proxy that says https", undefined, requests.strictDynamicPolicyProxied],
  ["one nonce drawn, real response / helmet with randomBytes(16)", 0.6, requests.generatedNonce],
  ["site + route override, real response / helmet twice", 0.8, requests.routeOverride],
  ["static policy sealed, real response up to writeHead / unsealed", 1.25, requests.sealedPolicy],
  ["reporting.sample 0.1, real response / without sample", 1.1, requests.sampledReports],
  ["10,000 overrides in turn / one override", 1.1, requests.manyOverrides],
  ["Koa, whole request / koa-helmet", 1.1, adapters.koaAdapter],
  ["Fastify, whole request / @fastify/helmet", 1.1, adapters.fastifyAdapter],
  ["audit of recommended / JSON.parse of its headers", 200, audits.auditRecommended, 600],
  ["audit of strictDynamic / JSON.parse of its headers", 200, audits.auditStrictDynamic, 600],
  ["audit of five hosts in script-src / JSON.parse", 200, audits.auditHosts, 600],
  ["audit of streamlit / JSON.parse of its headers", undefined, audits.auditStreamlit],
  ["compare of two policies / JSON.parse of their headers", 1000, audits.comparePolicies],
  ["parseConfig of the costliest file of 440 kB / JSON.parse of it", 2500, input.hostileConfig],
  ["audit of the costliest headers of 64 kB / JSON.parse of them", 300, input.hostileAnswer, 700],
  ["collector, one report a request / bare handler that parses", 2, reports.oneReport],
  ["collector, twenty reports a request / bare handler that parses", 2, reports.twentyReports],
  ["p99 of another route under a flood of reports / without collector", 1.5, reports.floodedRoute],
  ["reports page of 1,000 groups with a proposal / without", 3, reports.learnedPage],
  ["the same the first time, when it learns / without", undefined, reports.learningPage],
  ["import, ESM / helmet", 1.8, processes.importEsm, 3.5],
  ["import, CommonJS / helmet", 2.2, processes.importCjs, 4.5],
  ['import + securityHeaders("strict") / import + helmet()', 1.9, processes.firstPolicy, 3.5],
  ["import + a custom policy / import + helmet with the same changes", undefined, processes.customPolicy],
  ["heap after 10 times the requests / before", 1.1, processes.memory],
];
const aboutRequests = new Set([
  ...Object.values(requests),
  ...Object.values(adapters),
  ...Object.values(audits),
  ...Object.values(input),
  ...Object.values(reports),
]);
const QUICK = { rounds: 25, processes: 7, requests: 100_000, heaps: 1 };
const FULL = { rounds: 120, processes: 31, requests: 1_000_000, heaps: 3 };
// On a busy machine a short run strays; what misses by half is no straying.
const LENIENCE = 1.5;

/** Each row about requests in a process of its own: what V8 learned from one must not colour the next. */
function inOwnProcess(index, options) {
  const script = fileURLToPath(import.meta.url);
  return processes.child("--expose-gc", "--max-semi-space-size=64", script, "--row", String(index), JSON.stringify(options));
}

function printRow(what, ratio, range, limit, verdict) {
  console.log(`${what.padEnd(67)} ${ratio.padStart(6)}  ${range.padStart(11)}  ${limit.padStart(7)}  ${verdict}`);
}

function printTable(options) {
  printRow("what", "ratio", "min–max", "at most", "");
  return ROWS.filter(([what, limit, measure, gross = limit * LENIENCE], index) => {
    const ratios = aboutRequests.has(measure) ? inOwnProcess(index, options) : measure(options);
    const ratio = median(ratios);
    const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
    const verdict = limit === undefined ? "report" : ratio <= limit ? "ok" : "missed";
    printRow(what, ratio.toFixed(2), range, limit?.toFixed(2) ?? "", verdict);
    return ratio > gross;
  });
}

const [flag, index, options] = process.argv.slice(2);
if (flag === "--row") {
  const [, , measure] = ROWS[index];
  console.log(JSON.stringify(await measure(JSON.parse(options))));
} else {
  const quick = flag === "--quick";
  const gross = printTable(quick ? QUICK : FULL);
  if (quick && gross.length > 0) {
    console.error(`Missed by far: ${gross.map(([what]) => what).join("; ")}.`);
    process.exitCode = 1;
  }
}
