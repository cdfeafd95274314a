// node bench/audit.js: what an audit costs, in times of JSON.parse of the same text. Built from the sources: no dist needed.
import { build } from "esbuild";
import { median } from "./measure.js";

const LIMIT = 200;
const ROUNDS = 60;

async function load(contents) {
  const options = { bundle: true, format: "esm", platform: "node", target: "node20", write: false, logLevel: "error" };
  const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: import.meta.dirname, loader: "ts" } });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}

const { audit, CspEvaluator, CspParser, definePolicy, presets, renderHeaders } = await load(`
  export { audit } from "../src/audit/index.js";
  export { definePolicy } from "../src/policy/policy.js";
  export { renderHeaders } from "../src/policy/render.js";
  export { presets } from "../src/presets/index.js";
  export { CspEvaluator } from "csp_evaluator/dist/evaluator.js";
  export { CspParser } from "csp_evaluator/dist/parser.js";
`);

const nonce = "cG9ydGN1bGxpc3NhbXBsZQ==";
const rendered = (name) => renderHeaders(definePolicy(presets[name]), { nonce });
const HOSTS =
  "https://cdn.jsdelivr.net https://code.jquery.com https://www.googletagmanager.com https://js.stripe.com https://cdn.site.example";
const CASES = [
  ["recommended", rendered("recommended")],
  ["strict", rendered("strict")],
  ["strictDynamic", rendered("strictDynamic")],
  ["streamlit", rendered("streamlit")],
  ["five hosts in script-src", { ...rendered("recommended"), "Content-Security-Policy": `default-src 'self'; script-src 'self' ${HOSTS}` }],
];

/** Microseconds of one call. */
function timeOf(call, times) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < times; index += 1) call();
  return Number(process.hrtime.bigint() - start) / 1000 / times;
}

function measure(headers) {
  const text = JSON.stringify(headers);
  const csp = headers["Content-Security-Policy"] ?? "";
  const sides = [
    [() => JSON.parse(text), 2000],
    [() => audit(headers), 20],
    [() => new CspEvaluator(new CspParser(csp).csp).evaluate(), 20],
  ];
  for (let round = 0; round < 20; round += 1) for (const [call, times] of sides) timeOf(call, times);
  const rounds = Array.from({ length: ROUNDS }, () => sides.map(([call, times]) => timeOf(call, times)));
  return sides.map((_, index) => median(rounds.map((round) => round[index])));
}

console.log(`${"audit / JSON.parse of the same headers".padEnd(40)}  ratio  at most  parse µs  audit µs  csp_evaluator alone`);
for (const [what, headers] of CASES) {
  const [parse, whole, evaluator] = measure(headers);
  const ratio = whole / parse;
  const share = `${((100 * evaluator) / whole).toFixed(0)} %`;
  const cells = [
    ratio.toFixed(0).padStart(5),
    String(LIMIT).padStart(7),
    parse.toFixed(2).padStart(8),
    whole.toFixed(0).padStart(8),
    share.padStart(6),
  ];
  console.log(`${what.padEnd(40)}  ${cells.join("  ")}  ${ratio <= LIMIT ? "ok" : "missed"}`);
}
