import type { IncomingMessage } from "node:http";
import { DISCARD_TIME, DISCARDED_BYTES } from "./limits.js";

/** Reads the rest of an upload, because the client would not read the response otherwise; with limits in size and time. */
export function discard(req: IncomingMessage): void {
  if (req.complete) return void req.resume();
  let left = DISCARDED_BYTES;
  const { socket } = req;
  let ended = false;
  const end = () => {
    // Once: each call adds a listener to the socket, and chunks keep arriving until it is closed.
    if (!ended) socket.destroySoon();
    ended = true;
  };
  const timer = setTimeout(end, DISCARD_TIME).unref();
  req.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) end();
  });
  req.resume();
  for (const event of ["end", "close"]) req.once(event, () => clearTimeout(timer));
}
