// Interleaved rounds: both sides in turn, the first one changing; the median of the rounds' ratios is what counts.
import { strictEqual } from "node:assert";
import { IncomingMessage, ServerResponse } from "node:http";

const RAW_HEADERS = [
  ["Host", "site.example"],
  ["User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"],
  ["Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
  ["Accept-Language", "en-US,en;q=0.5"],
  ["Accept-Encoding", "gzip, deflate, br, zstd"],
  ["Connection", "keep-alive"],
  ["Upgrade-Insecure-Requests", "1"],
  ["Sec-Fetch-Dest", "document"],
  ["Sec-Fetch-Mode", "navigate"],
  ["Cookie", "session=0123456789abcdef; theme=dark"],
].flat();
const PROXIED_HEADERS = [...RAW_HEADERS, "X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https"];

const socket = { encrypted: false };
export const next = () => {};

/** A request as Node's parser hands it over: its headers are there, and nobody has looked at them. */
function untouched(rawHeaders) {
  const req = new IncomingMessage(socket);
  // Without a version, ServerResponse takes it for HTTP/1.0 and looks at `req.headers`.
  Object.assign(req, { httpVersionMajor: 1, httpVersionMinor: 1, httpVersion: "1.1", url: "/", method: "GET" });
  req._addHeaderLines(rawHeaders.slice(), rawHeaders.length);
  return req;
}

function withResponse(req) {
  return [req, new ServerResponse(req)];
}

export const realPair = () => withResponse(untouched(RAW_HEADERS));
export const proxiedPair = () => withResponse(untouched(PROXIED_HEADERS));

function looked(req) {
  return req[Object.getOwnPropertySymbols(req).find(({ description }) => description === "kHeaders")] !== null;
}

// The first look at `req.headers` makes the whole object, and costs more than all the rest: it has to be in what is measured.
for (const [req] of [realPair(), proxiedPair()]) strictEqual(looked(req), false, "a prepared request was looked at");

class StubResponse {
  headersSent = false;
  setHeader() {}
  removeHeader() {}
}

/** The same request, and a response whose methods do nothing: what is left is the middleware's own share. */
export const stubbedPair = () => [untouched(RAW_HEADERS), new StubResponse()];

// A server hands over a request that it made just now; in long batches the first ones would have left the processor's cache.
const BATCH = 64;
const BATCHES = 20;

function timeOf(side, makePair) {
  const pairs = Array.from({ length: BATCH }, makePair);
  const start = process.hrtime.bigint();
  for (let index = 0; index < BATCH; index += 1) side(pairs[index][0], pairs[index][1]);
  return Number(process.hrtime.bigint() - start);
}

export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The typical batch of one side over that of the other. */
function roundOf(ours, theirs, makePair) {
  // Here, so that it hits neither side: nearly all there is to collect are the prepared pairs.
  globalThis.gc?.({ type: "minor" });
  const times = new Map([ours, theirs].map((side) => [side, []]));
  for (let batch = 0; batch < BATCHES; batch += 1) {
    for (const side of batch % 2 === 0 ? [ours, theirs] : [theirs, ours]) times.get(side).push(timeOf(side, makePair));
  }
  return median(times.get(ours)) / median(times.get(theirs));
}

/** Time of `ours` over time of `theirs`, round by round, once both are warm. */
export function ratioOf(ours, theirs, { makePair = realPair, rounds }) {
  for (let round = 0; round < 15; round += 1) roundOf(ours, theirs, makePair);
  return Array.from({ length: rounds }, () => roundOf(ours, theirs, makePair));
}

/** The same for two measurements that stand alone, such as fresh processes. */
export function ratioInTurn(ours, theirs, rounds) {
  return Array.from({ length: rounds }, (_, round) => {
    if (round % 2 === 0) return ours() / theirs();
    const their = theirs();
    return ours() / their;
  });
}
