import net from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle, type Program, proxying } from "../cli/support.js";
import { ask } from "../http/support.js";
import { EXCHANGES } from "./exchanges.js";
import { bareServer } from "./support.js";

const SEED = Number(process.env["FUZZ_SEED"] ?? 20_260_101);
const CONNECTIONS = 10_000;
const AT_ONCE = 64;

/** Whole numbers below a limit, the same for the same seed (mulberry32). */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const REQUESTS = [
  ...EXCHANGES.map(({ text }) => text).filter((text) => text.length < 2_000),
  "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
];

const RESPONSES = [
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: 1\r\n\r\n",
  "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes",
  "HTTP/1.0 500 No\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nto the end",
];

/** What parsers stumble over. */
const PIECES = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  "\x7f",
  "\xff",
  ":",
  " ",
  "\t",
  ",",
  "0",
  "-1",
  "\r\n\r\n",
  "chunked",
  "100-continue",
  "websocket",
];

type Change = (text: string, at: number, random: (below: number) => number) => string;
const CHANGES: readonly Change[] = [
  (text, at, random) => text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1),
  (text, at, random) => text.slice(0, at) + PIECES[random(PIECES.length)] + text.slice(at),
  (text, at, random) => text.slice(0, at) + text.slice(at + 1 + random(8)),
  (text, at, random) => text.slice(0, at) + text.slice(random(text.length + 1)),
  (text, at) => text.slice(0, at),
  (text, at, random) => text + (REQUESTS[random(REQUESTS.length)] as string).slice(at),
];

function changed(texts: readonly string[], random: (below: number) => number): Buffer {
  let text = texts[random(texts.length)] as string;
  for (let rest = random(4); rest > 0; rest -= 1) {
    text = (CHANGES[random(CHANGES.length)] as Change)(text, random(text.length + 1), random);
  }
  return Buffer.from(text, "latin1");
}

/** One connection: bytes in two parts, and whatever comes back. Closed soon, by one way or the other. */
function connect(port: number, bytes: Buffer, random: (below: number) => number): Promise<void> {
  const [cut, patience, ends] = [random(bytes.length + 1), 1 + random(30), random(2) === 0];
  return new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1", () => {
      socket.write(bytes.subarray(0, cut));
      setImmediate(() => (ends ? socket.end(bytes.subarray(cut)) : socket.write(bytes.subarray(cut))));
      setTimeout(() => socket.destroy(), patience);
    });
    socket.on("data", () => undefined);
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
}

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

it(`lives through ${CONNECTIONS} connections that are not as they should be, and says nothing of them (FUZZ_SEED=${SEED})`, async () => {
  const random = randomFrom(SEED);
  const answers = randomFrom(SEED + 1);
  let careful = false;
  const upstream = await bareServer((socket) => {
    if (careful) return void socket.write(RESPONSES[0] as string);
    const bytes = changed(RESPONSES, answers);
    if (answers(3) === 0) socket.end(bytes);
    else socket.write(bytes);
  });
  const { port, child, result } = await proxying(program, ["--target", `http://127.0.0.1:${upstream}`, "--response-timeout", "1"]);
  let left = CONNECTIONS;
  const work = async () => {
    while (left > 0 && child.exitCode === null) {
      left -= 1;
      await connect(port, changed(REQUESTS, random), random);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  careful = true;
  expect([child.exitCode, child.signalCode, left]).toEqual([null, null, 0]);
  expect((await ask(port, "/")).body).toBe("ok");
  child.kill("SIGKILL");
  expect((await result).err).toBe("");
}, 120_000);
