import type { IncomingMessage } from "node:http";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { discard } from "../../src/proxy/discard.js";

/** An upload that is not complete, and how often its connection was ended. */
function upload() {
  let calls = 0;
  const socket = {
    destroySoon: () => {
      calls += 1;
    },
  };
  const req = Object.assign(new PassThrough(), { complete: false, socket }) as unknown as IncomingMessage;
  return { req, calls: () => calls };
}

it("an upload beyond the limit ends its connection once, however many chunks follow", () => {
  const { req, calls } = upload();
  discard(req);
  for (let chunk = 0; chunk < 20; chunk += 1) req.emit("data", Buffer.alloc(1_000_000));
  expect(calls()).toBe(1);
  req.emit("close");
});

it("an upload within the limit does not end its connection", () => {
  const { req, calls } = upload();
  discard(req);
  for (let chunk = 0; chunk < 16; chunk += 1) req.emit("data", Buffer.alloc(1_000_000));
  expect(calls()).toBe(0);
  req.emit("close");
});
