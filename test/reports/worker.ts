// A process that collects into Redis; bundled by redis.test.ts, which starts several of it.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { createClient } from "redis";
import { collectReports } from "../../src/reports/collector.js";
import { redisStore } from "../../src/reports/stores/redis.js";

const client = createClient({ url: process.argv[2] as string, socket: { reconnectStrategy: 50 } });
client.on("error", () => undefined);
await client.connect();

const MUCH = 10_000_000;
const limits = { burst: MUCH, perSecond: MUCH, addressBurst: MUCH, addressPerSecond: MUCH, inFlightBytes: 100 * MUCH };
const reports = collectReports({ store: redisStore(client), flushMs: 20, path: "/csp-report", limits });
const server = http
  .createServer((req, res) => reports(req, res))
  .listen(0, "127.0.0.1", () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });

process.on("message", async () => {
  const failure = await reports.flush().then(
    () => undefined,
    (error) => String(error),
  );
  process.send?.({ stats: reports.stats(), failure });
});
