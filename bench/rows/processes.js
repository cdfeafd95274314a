// What a fresh process costs: import, first policy, memory.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ratioInTurn } from "../measure.js";

const cwd = fileURLToPath(new URL("../..", import.meta.url));

/** What a fresh Node prints. */
export function child(...args) {
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }));
}

const timed = (kind, load) => () =>
  child(`--input-type=${kind}`, "-e", `const start = performance.now(); ${load} console.log(performance.now() - start);`);
const esm = (load) => timed("module", load);
const cjs = (load) => timed("commonjs", load);

export const importEsm = ({ processes }) => ratioInTurn(esm('await import("portcullis");'), esm('await import("helmet");'), processes);
export const importCjs = ({ processes }) => ratioInTurn(cjs('require("portcullis");'), cjs('require("helmet");'), processes);

export const firstPolicy = ({ processes }) =>
  ratioInTurn(
    esm('const { securityHeaders } = await import("portcullis"); securityHeaders("strict");'),
    esm('const { default: helmet } = await import("helmet"); helmet();'),
    processes,
  );

/** A policy of one's own: what is written is checked, folded and joined at boot. */
const OUR_POLICY = `securityHeaders("strict", {
  contentSecurityPolicy: { scriptSrc: append("https://cdn.example"), imgSrc: ["self", "https://img.example"] },
  xFrameOptions: "SAMEORIGIN",
});`;
const HELMET_POLICY = `helmet({
  contentSecurityPolicy: { directives: { scriptSrc: ["'self'", "https://cdn.example"], imgSrc: ["'self'", "https://img.example"] } },
  xFrameOptions: { action: "sameorigin" },
});`;

export const customPolicy = ({ processes }) =>
  ratioInTurn(
    esm(`const { append, securityHeaders } = await import("portcullis"); ${OUR_POLICY}`),
    esm(`const { default: helmet } = await import("helmet"); ${HELMET_POLICY}`),
    processes,
  );

const MEMORY = `
  import { append, nonce, override, securityHeaders } from "portcullis";
  import { next, realPair } from "./bench/measure.js";
  const site = securityHeaders({ contentSecurityPolicy: { scriptSrc: append(nonce) } });
  const route = override({ xFrameOptions: "DENY" });
  const serve = (count) => {
    for (let served = 0; served < count; served += 1) {
      const [req, res] = realPair();
      site(req, res, next);
      route(req, res, next);
    }
  };
  const heap = () => { gc(); gc(); return process.memoryUsage().heapUsed; };
  const requests = Number(process.argv[1]);
  serve(requests / 10);
  const before = heap();
  serve(requests - requests / 10);
  console.log(heap() / before);
`;

/** The heap after ten times as many requests over the heap before, in one process each. */
export function memory({ requests, heaps }) {
  return Array.from({ length: heaps }, () => child("--expose-gc", "--input-type=module", "-e", MEMORY, "--", String(requests)));
}
