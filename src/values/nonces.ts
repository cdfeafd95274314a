const BYTES = 16; // 128 bits, as CSP3 §7.1 asks
const pool = new Uint8Array(256 * BYTES);
let next = pool.length;

// Buffer is several times faster, and not there on every platform that answers requests.
const bytes = typeof Buffer === "function" ? Buffer.from(pool.buffer) : undefined;

function encode(start: number): string {
  if (bytes !== undefined) return bytes.toString("base64", start, start + BYTES);
  return btoa(String.fromCharCode(...pool.subarray(start, start + BYTES)));
}

/** 128 random bits in base64. Drawn from a pool: asking the system for each response costs twice as much. */
export function createNonce(): string {
  if (next === pool.length) {
    crypto.getRandomValues(pool);
    next = 0;
  }
  const start = next;
  next += BYTES;
  return encode(start);
}
