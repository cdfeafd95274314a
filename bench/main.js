// npm run bench: ratios against a peer measured in the same run. --quick: fewer rounds, and failing on a gross miss.
import { median } from "./measure.js";
import * as processes from "./rows/processes.js";
import * as requests from "./rows/requests.js";

const ROWS = [
  ["static policy, real response / bare loop of setHeader", 1.05, requests.staticPolicy],
  ["recommended, real response / bare loop of setHeader", undefined, requests.recommendedPolicy],
  ["static policy, own share / helmet", 0.5, requests.ownShare],
  ["the same with HSTS (transport looked at), own share / helmet", undefined, requests.ownShareLooking],
  ["one nonce, own share without its drawing / helmet, constant nonce", 0.1, requests.ownShareNonce],
  ["strictDynamic, real response / bare loop, constant nonce", undefined, requests.strictDynamicPolicy],
  ["one nonce drawn, real response / helmet with randomBytes(16)", 0.6, requests.generatedNonce],
  ["site + route override, real response / helmet twice", 0.8, requests.routeOverride],
  ["10,000 overrides in turn / one override", 1.1, requests.manyOverrides],
  ["import, ESM / helmet", 2.5, processes.importEsm],
  ["import, CommonJS / helmet", 2.5, processes.importCjs],
  ['import + securityHeaders("strict") / import + helmet()', undefined, processes.firstPolicy],
  ["heap after 10 times the requests / before", 1.1, processes.memory],
];

const quick = process.argv.includes("--quick");
const options = quick ? { rounds: 40, processes: 7, requests: 100_000 } : { rounds: 160, processes: 25, requests: 1_000_000 };
// On a busy machine a short run strays; what misses by half is no straying.
const LENIENCE = 1.5;

let gross = 0;
console.log(`${"what".padEnd(68)} median    min    max  at most`);
for (const [what, limit, measure] of ROWS) {
  const ratios = measure(options);
  const middle = median(ratios);
  if (limit !== undefined && middle > limit * LENIENCE) gross += 1;
  const verdict = limit === undefined ? "reported" : `${limit.toFixed(2)} ${middle <= limit ? "ok" : "missed"}`;
  const figures = [middle, Math.min(...ratios), Math.max(...ratios)].map((figure) => figure.toFixed(2).padStart(6)).join(" ");
  console.log(`${what.padEnd(68)} ${figures}  ${verdict}`);
}
if (quick && gross > 0) {
  console.error(`${gross} ratios miss their limit by half.`);
  process.exitCode = 1;
}
