// Interleaved rounds: both sides in turn, the first of a round changing; the median of the ratios is what counts.
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

const socket = { encrypted: false };
export const next = () => {};

/** A request as Node's parser hands it over, not looked at yet, and its response. */
export function realPair() {
  const req = new IncomingMessage(socket);
  req.rawHeaders = RAW_HEADERS.slice();
  req._addHeaderLines(req.rawHeaders, req.rawHeaders.length);
  return [req, new ServerResponse(req)];
}

class StubResponse {
  headersSent = false;
  setHeader() {}
  removeHeader() {}
}

/** The same request, and a response whose methods do nothing: what is left is the middleware's own share. */
export function stubbedPair() {
  const [req] = realPair();
  return [req, new StubResponse()];
}

function timeOf(side, makePair, size) {
  const pairs = Array.from({ length: size }, makePair);
  const start = process.hrtime.bigint();
  for (let index = 0; index < size; index += 1) side(pairs[index][0], pairs[index][1]);
  return Number(process.hrtime.bigint() - start);
}

export function median(numbers) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Time of `ours` over time of `theirs`, round by round. */
export function ratioOf(ours, theirs, { makePair = realPair, size = 500, rounds = 120 } = {}) {
  for (let round = 0; round < Math.ceil(rounds / 4); round += 1) for (const side of [ours, theirs]) timeOf(side, makePair, size);
  return Array.from({ length: rounds }, (_, round) => {
    const first = round % 2 === 0 ? ours : theirs;
    const one = timeOf(first, makePair, size);
    const other = timeOf(first === ours ? theirs : ours, makePair, size);
    return first === ours ? one / other : other / one;
  });
}
