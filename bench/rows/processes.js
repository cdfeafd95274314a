// What a fresh process costs: import, first policy, memory.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("../..", import.meta.url));

function child(script, ...flags) {
  return Number(execFileSync(process.execPath, [...flags, "-e", script], { cwd, encoding: "utf8" }));
}

const timed = (load) => `const start = performance.now(); ${load} console.log(performance.now() - start);`;
const esm = (load) => [timed(load), "--input-type=module"];
const cjs = (load) => [timed(load), "--input-type=commonjs"];

function pairs(ours, theirs, rounds) {
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % 2 === 0 ? ours : theirs;
    const one = child(...first);
    const other = child(...(first === ours ? theirs : ours));
    return first === ours ? one / other : other / one;
  });
}

export const importEsm = ({ processes }) => pairs(esm('await import("portcullis");'), esm('await import("helmet");'), processes);
export const importCjs = ({ processes }) => pairs(cjs('require("portcullis");'), cjs('require("helmet");'), processes);

export const firstPolicy = ({ processes }) =>
  pairs(
    esm('const { securityHeaders } = await import("portcullis"); securityHeaders("strict");'),
    esm('const { default: helmet } = await import("helmet"); helmet();'),
    processes,
  );

/** The heap after ten times as many requests, in one process. */
export function memory({ requests }) {
  const script = `
    import { append, nonce, override, securityHeaders } from "portcullis";
    import { next, realPair } from "./bench/measure.js";
    const site = securityHeaders({ contentSecurityPolicy: { scriptSrc: append(nonce) } });
    const route = override({ xFrameOptions: "DENY" });
    const serve = (count) => { for (let i = 0; i < count; i += 1) { const [req, res] = realPair(); site(req, res, next); route(req, res, next); } };
    const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
    serve(${requests / 10}); const before = heap();
    serve(${requests - requests / 10}); console.log(heap() / before);
  `;
  return [child(script, "--expose-gc", "--input-type=module")];
}
