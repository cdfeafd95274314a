import type { CDPSession } from "playwright-core";

/** How much of a document is waited for. */
export interface BodyLimits {
  /** For the whole body; a body that takes longer is a stream that may never end. */
  readonly seconds: number;
  /** Held in memory twice. */
  readonly bytes: number;
}

/** The body of a response, or its beginning. */
export interface Body {
  readonly bytes: Buffer;
  /** Why the rest was not read: `"it did not end within 10 s"`; undefined where the body is complete. */
  readonly cut: string | undefined;
}

/** Reads that are under way at once, so that a large body does not wait for each answer. */
const READERS = 8;

/** A read ends when as many bytes are there: small at the beginning, since what a slow stream has sent would be lost otherwise. */
const SMALLEST_READ = 512;
const LARGEST_READ = 65_536;

/**
 * Reads the body of a paused response within limits that hold while it grows. `Fetch.getResponseBody` would wait for its end, and hold all
 * of it. The response has to be fulfilled afterwards: it cannot be continued any more.
 */
export async function readBody(session: CDPSession, requestId: string, { seconds, bytes }: BodyLimits): Promise<Body> {
  const { stream } = await session.send("Fetch.takeResponseBodyAsStream", { requestId });
  const parts: Buffer[] = [];
  let [size, isOver] = [0, false];
  let cut: string | undefined;
  const read = async () => {
    while (!isOver) {
      const wanted = Math.max(SMALLEST_READ, Math.min(LARGEST_READ, size >> 3));
      const { data, base64Encoded, eof } = await session.send("IO.read", { handle: stream, size: wanted });
      // The reads that were under way when the body was cut.
      if (cut !== undefined) return;
      const part = Buffer.from(data, base64Encoded ? "base64" : "utf8");
      parts.push(part);
      size += part.length;
      if (size > bytes) cut = `it is longer than ${bytes} bytes`;
      if (eof || cut !== undefined) isOver = true;
    }
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      if (!isOver) cut = `it did not end within ${seconds} s`;
      isOver = true;
      resolve();
    }, 1_000 * seconds);
  });
  const all = Promise.all(Array.from({ length: READERS }, read));
  try {
    await Promise.race([all, late]);
  } finally {
    clearTimeout(timer);
    // Reads that still wait fail when the stream is closed.
    all.catch(() => undefined);
    session.send("IO.close", { handle: stream }).catch(() => undefined);
  }
  return { bytes: Buffer.concat(parts), cut };
}
