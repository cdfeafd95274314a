const BYTES = 16; // 128 bits, as CSP3 §7.1 requires
/** How many nonces are generated at once. */
const POOLED = 256;

// Made for the first nonce. A Buffer encodes several times faster, and is not there on every platform that answers requests.
let pool = new Uint8Array(0);
let bytes: Buffer | undefined;
let next = 0;

function encode(start: number): string {
  if (bytes !== undefined) return bytes.toString("base64", start, start + BYTES);
  return btoa(String.fromCharCode(...pool.subarray(start, start + BYTES)));
}

/** 128 random bits in base64. Drawn from a pool: asking the system for each response costs twice as much. */
export function createNonce(): string {
  if (next === pool.length) {
    if (next === 0) makePool();
    crypto.getRandomValues(pool);
    next = 0;
  }
  const start = next;
  next += BYTES;
  return encode(start);
}

function makePool(): void {
  pool = new Uint8Array(POOLED * BYTES);
  if (typeof Buffer === "function") bytes = Buffer.from(pool.buffer);
}
