import http from "node:http";
import net from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collectReports, type ReportLimits } from "../../src/reports/index.js";
import { listen } from "../http/support.js";
import { legacy, post } from "./support.js";

const MUCH = 10_000_000;
const UNLIMITED = { burst: MUCH, perSecond: MUCH, addressBurst: MUCH, addressPerSecond: MUCH };

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that buffers hold outside the heap: bodies are nothing else. */
function held(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** One report that is `size` bytes long. */
function padded(size: number, document = "https://site.example/"): Buffer {
  const empty = JSON.stringify({ ...legacy({ "document-uri": document }), more: "" });
  return Buffer.from(JSON.stringify({ ...legacy({ "document-uri": document }), more: "x".repeat(size - empty.length) }));
}

async function collecting(limits: ReportLimits, more: object = {}) {
  const reports = collectReports({ limits, ...more });
  const sockets: net.Socket[] = [];
  const server = http.createServer((req, res) => reports(req, res));
  server.on("connection", (socket) => sockets.push(socket));
  return { reports, sockets, port: await listen(server) };
}

const HEAD = "Host: site.example\r\nContent-Type: application/csp-report\r\n";

function connectTo(port: number): net.Socket {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  socket.resume();
  onTestFinished(() => void socket.destroy());
  return socket;
}

describe("bodies", () => {
  it("are released when they are processed, though others wait behind them", { timeout: 60_000 }, async () => {
    let [processed, most] = [0, 0];
    const before = held();
    const route = () => {
      processed += 1;
      if (processed % 10 === 0) most = Math.max(most, held() - before);
      // Slower than they come: the queue is never empty.
      const end = performance.now() + 5;
      while (performance.now() < end);
      return "/";
    };
    const { reports, port } = await collecting({ ...UNLIMITED, inFlightBytes: 2_000_000 }, { route });
    let sent = 0;
    const lane = async (from: string) => {
      while (processed < 100 && sent < 2_000) {
        sent += 1;
        await post(port, padded(200_000, `https://site.example/${sent}`), { from });
      }
    };
    await Promise.all(["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"].flatMap((from) => [lane(from), lane(from)]));
    await reports.flush();
    expect(processed).toBeGreaterThanOrEqual(100);
    expect(most).toBeLessThan(8_000_000);
  });

  it("in a thousand pieces count with what the pieces cost", async () => {
    const { reports, port } = await collecting({ ...UNLIMITED, inFlightBytes: 4 * 100_000 });
    connectTo(port).write(`POST /csp-report HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n${"1\r\n[\r\n".repeat(2_000)}`);
    await vi.waitFor(() => expect(reports.stats().shed.busy).toBe(1));
  });

  it.each<[string, Readonly<Record<string, string>>, unknown]>([
    ["an object, by the length that was announced", { "content-length": "15000" }, legacy()],
    ["text", {}, "x".repeat(15_000)],
    ["bytes", {}, new Uint8Array(15_000)],
    ["an object of unknown length, as the longest there may be", { "transfer-encoding": "chunked" }, legacy()],
  ])("that a parser has read count: %s", (_what, headers, body) => {
    const reports = collectReports({ limits: { ...UNLIMITED, bodyBytes: 20_000, inFlightBytes: 4 * 15_000 } });
    const request = () => {
      const res = { headersSent: false, setHeader: () => undefined, removeHeader: () => undefined, end: () => undefined };
      const req = {
        method: "POST",
        readableEnded: true,
        body,
        headers: { "content-type": "application/csp-report", host: "a.example", ...headers },
      };
      (reports as (req: unknown, res: unknown) => void)(req, res);
    };
    request();
    request();
    expect(reports.stats().shed.busy).toBe(1);
  });
});

describe("the rate", () => {
  it("is charged one token for each started 16 kB of a request", async () => {
    const { reports, port } = await collecting({ addressBurst: 7, addressPerSecond: 1 });
    for (let time = 0; time < 3; time += 1) await post(port, padded(3 * 16_384));
    await reports.flush();
    expect(reports.stats()).toMatchObject({ accepted: 2, shed: { "over-rate": 1 } });
  });

  it("lets a request of up to 16 kB through for one token", async () => {
    const { reports, port } = await collecting({ addressBurst: 2, addressPerSecond: 1 });
    for (let time = 0; time < 2; time += 1) await post(port, padded(16_384));
    await reports.flush();
    expect(reports.stats()).toMatchObject({ accepted: 2, shed: { "over-rate": 0 } });
  });
});

describe("what is thrown away is read as far as 64 kB, and then the connection goes:", () => {
  /** Writes until the server has hung up, and gives how much it had read. */
  async function endless(limits: ReportLimits, head: string): Promise<number> {
    const { port, sockets } = await collecting({ ...limits, bodyMs: 20_000 });
    const socket = connectTo(port);
    let isOpen = true;
    socket.on("close", () => {
      isOpen = false;
    });
    socket.write(head);
    const piece = Buffer.alloc(65_536, "x");
    for (let sent = 0; isOpen && sent < 20_000_000; sent += piece.length) {
      if (!socket.write(piece)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
    }
    return sockets[0]?.bytesRead ?? 0;
  }

  const LONG = "Content-Length: 20000000\r\n\r\n";
  it.each<[string, ReportLimits, string]>([
    ["a body of another type", {}, `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n${LONG}`],
    ["a body that is announced as too large", {}, `POST / HTTP/1.1\r\n${HEAD}${LONG}`],
    ["a body that becomes too large", { bodyBytes: 1_000 }, `POST / HTTP/1.1\r\n${HEAD}Transfer-Encoding: chunked\r\n\r\n1312d00\r\n`],
    ["a body of another method", {}, `PUT / HTTP/1.1\r\n${HEAD}${LONG}`],
    ["a body of a preflight", {}, `OPTIONS / HTTP/1.1\r\n${HEAD}${LONG}`],
  ])("%s", { timeout: 30_000 }, async (_what, limits, head) => {
    expect(await endless(limits, head)).toBeLessThan(1_000_000);
  });

  it("many small ones on one connection", { timeout: 30_000 }, async () => {
    const { port, sockets } = await collecting({});
    const socket = connectTo(port);
    const request = `POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 8000\r\n\r\n${"x".repeat(8_000)}`;
    let isOpen = true;
    socket.on("close", () => {
      isOpen = false;
    });
    for (let sent = 0; isOpen && sent < 1_000; sent += 1) {
      if (!socket.write(request)) await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
    }
    expect(sockets[0]?.bytesRead).toBeLessThan(1_000_000);
  });
});
