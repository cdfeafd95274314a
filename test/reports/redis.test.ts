import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { collectReports, type RedisClient, redisStore, reportsPage, type Stats } from "../../src/reports/index.js";
import { serve } from "../http/support.js";
import { skipWithout } from "../peers.js";
import { folder, legacy, modern, post, REDIS, type RedisServer, redisClient, redisServer } from "./support.js";

interface Worker {
  readonly port: number;
  readonly agent: http.Agent;
  /** Writes what there is, and gives what this process counted; rejects while Redis is away. */
  flush(): Promise<Stats>;
  kill(): Promise<void>;
}

function bundle(): string {
  const outfile = join(folder(), "worker.mjs");
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  const entry = new URL("worker.ts", import.meta.url).pathname;
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", target: "node20", banner, logLevel: "error" });
  return outfile;
}

async function worker({ url }: RedisServer): Promise<Worker> {
  const child: ChildProcess = fork(bundle(), [url]);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  onTestFinished(() => {
    agent.destroy();
    child.kill("SIGKILL");
  });
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return {
    port,
    agent,
    async flush() {
      child.send("flush");
      const [{ stats, failure }] = (await once(child, "message")) as [{ stats: Stats; failure?: string }];
      if (failure !== undefined) throw new Error(failure);
      return stats;
    },
    async kill() {
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    },
  };
}

/** 200 reports: 20 of each of 10 groups. */
const BODY = JSON.stringify(
  Array.from({ length: 200 }, (_, index) => modern({ blockedURL: `https://host${index % 10}.example/`, originalPolicy: "img-src 'self'" })),
);

/** Sends so many bodies, a few at a time, and gives the statuses that came. */
async function send({ port, agent }: Worker, times: number): Promise<Set<number | undefined>> {
  const statuses = new Set<number | undefined>();
  let left = times;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      statuses.add((await post(port, BODY, { type: "application/reports+json", agent })).statusCode);
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return statuses;
}

const ONLY_204 = new Set([204]);

describe.skipIf(skipWithout("reports in Redis", [REDIS]))("processes that share a Redis", { timeout: 120_000 }, () => {
  it("four count 100,000 reports exactly", async () => {
    const redis = await redisServer();
    const workers = await Promise.all(Array.from({ length: 4 }, () => worker(redis)));
    expect(await Promise.all(workers.map((one) => send(one, 125)))).toEqual([ONLY_204, ONLY_204, ONLY_204, ONLY_204]);
    await Promise.all(workers.map((one) => one.flush()));
    const store = redisStore(await redisClient(redis));
    expect(await store.stats()).toMatchObject({ accepted: 100_000, noise: 0, evicted: 0 });
    expect((await store.groups()).map(({ blocked, count, clients }) => `${blocked} ${count} ${clients}`).sort()).toEqual(
      Array.from({ length: 10 }, (_, index) => `https://host${index}.example 10000 1`),
    );
    const hours = await store.timeline();
    expect(hours.reduce((sum, { enforce }) => sum + enforce, 0)).toBe(100_000);
  });

  it("answer 204 while Redis is killed and started again, and lose nothing that Redis had kept", async () => {
    const redis = await redisServer("always");
    const workers = await Promise.all([worker(redis), worker(redis)]);
    const sendAll = (times: number) => Promise.all(workers.map((one) => send(one, times)));
    const sending = sendAll(100);
    await vi.waitFor(async () => expect((await redisStore(await redisClient(redis)).stats()).accepted).toBeGreaterThan(0), {
      timeout: 20_000,
    });
    await redis.kill();
    expect(await sending).toEqual([ONLY_204, ONLY_204]);
    expect(await sendAll(10)).toEqual([ONLY_204, ONLY_204]);
    await redis.start();
    expect(await sendAll(10)).toEqual([ONLY_204, ONLY_204]);
    const seen = await vi.waitFor(() => Promise.all(workers.map((one) => one.flush())), { timeout: 20_000, interval: 200 });
    expect(seen.map(({ accepted }) => accepted)).toEqual([24_000, 24_000]);
    const store = redisStore(await redisClient(redis));
    expect(await store.stats()).toMatchObject({ accepted: 48_000, shed: { "store-away": 0, "store-lost": 0 } });
    expect((await store.groups()).map(({ count }) => count)).toEqual(Array.from({ length: 10 }, () => 4_800));
  });

  it("state what a Redis that keeps nothing has lost", async () => {
    const redis = await redisServer("no");
    const one = await worker(redis);
    await send(one, 20);
    await one.flush();
    await redis.kill();
    expect(await send(one, 10)).toEqual(ONLY_204);
    await redis.start();
    await vi.waitFor(() => one.flush(), { timeout: 20_000, interval: 200 });
    await send(one, 1);
    await one.flush();
    const { accepted, shed } = await redisStore(await redisClient(redis)).stats();
    expect([accepted, shed["store-lost"]]).toEqual([2_200, 4_000]);
  });

  it("may be killed themselves, and nothing is counted twice", async () => {
    const redis = await redisServer("no");
    const first = await worker(redis);
    await send(first, 5);
    await first.flush();
    await first.kill();
    const second = await worker(redis);
    await send(second, 5);
    await second.flush();
    const store = redisStore(await redisClient(redis));
    expect((await store.groups()).map(({ count, clients }) => [count, clients])).toEqual(Array.from({ length: 10 }, () => [200, 1]));
  });
});

const KEY = "portcullis:{reports}:";

/** A group with one report, as a batch. */
function oneBatch(seq: number, id: string) {
  const tallies = Object.fromEntries(["pages", "browsers", "urls", "files", "samples", "days", "clients"].map((name) => [name, new Map()]));
  const key = { type: "csp-violation", policyHash: "", disposition: "enforce", directive: "img-src", blocked: "self", route: "/" };
  const group = { id, ...key, count: 1, firstSeen: 1, lastSeen: 1, tallies };
  return {
    writer: "w",
    seq,
    at: Date.now(),
    groups: [group] as never,
    totals: new Map([["accepted", 1]]),
    hours: new Map([["0 none", 1]]),
  };
}

describe.skipIf(skipWithout("A Redis that does not answer", [REDIS]))("a Redis that does not answer", { timeout: 30_000 }, () => {
  async function stopped() {
    const redis = await redisServer("no");
    const store = redisStore(await redisClient(redis), { deadlineMs: 200 });
    const reports = collectReports({ store, flushMs: 60_000 });
    const port = await serve((req, res) => reports(req, res));
    await post(port, legacy());
    await reports.flush();
    redis.signal("SIGSTOP");
    onTestFinished(() => redis.signal("SIGCONT"));
    await post(port, legacy());
    return { redis, store, reports };
  }

  it("makes flush() reject within the deadline", async () => {
    const { reports } = await stopped();
    await expect(reports.flush()).rejects.toThrow("Redis has not answered within 200 ms");
  });

  it("makes the page say so within the deadline", async () => {
    const { store } = await stopped();
    const page = reportsPage({ store });
    const error = await new Promise((resolve) => {
      const res = { headersSent: false, setHeader: () => undefined, removeHeader: () => undefined, end: resolve };
      page({ headers: {} }, res as never, resolve);
    });
    expect(String(error)).toBe("Error: Redis has not answered within 200 ms");
  });

  it("gets each report once when it goes on", async () => {
    const { redis, reports, store } = await stopped();
    await expect(reports.flush()).rejects.toThrow("Redis has not answered");
    redis.signal("SIGCONT");
    await vi.waitFor(() => reports.flush(), { timeout: 20_000, interval: 100 });
    expect(await store.stats()).toMatchObject({ accepted: 2, shed: { "store-lost": 0, "store-away": 0 } });
    expect((await store.groups()).map(({ count }) => count)).toEqual([2]);
  });

  it("is asked nothing more until it has answered", async () => {
    let [asked, answer] = [0, (_: unknown): void => undefined];
    const client: RedisClient = {
      eval: () => {
        asked += 1;
        return new Promise((resolve) => {
          answer = resolve;
        });
      },
    };
    const store = redisStore(client, { deadlineMs: 20 });
    await expect(store.stats()).rejects.toThrow("Redis has not answered within 20 ms");
    await expect(store.stats()).rejects.toThrow("Redis has not answered for");
    expect(asked).toBe(1);
    answer([]);
    await new Promise((resolve) => setImmediate(resolve));
    await expect(store.stats()).rejects.toThrow("Redis has not answered within 20 ms");
    expect(asked).toBe(2);
  });
});

describe.skipIf(skipWithout("Keys that are not the store's", [REDIS]))(
  "a batch is written whole or not at all",
  { timeout: 30_000 },
  () => {
    async function store() {
      const client = await redisClient(await redisServer("no"));
      return { client, store: redisStore(client) };
    }

    it.each([
      ["groups", "hash"],
      ["worth", "zset"],
      ["totals", "hash"],
      ["hours", "hash"],
      ["writers", "hash"],
      ["writers-at", "zset"],
    ])("where %s is a key of another type", async (name, type) => {
      const { client, store: reports } = await store();
      await client.set(`${KEY}${name}`, "text");
      await expect(reports.add(oneBatch(1, "a"))).rejects.toThrow(
        `the key ${KEY}${name} holds a string instead of a ${type}: delete it, or choose another prefix`,
      );
      expect(await client.keys("*")).toEqual([`${KEY}${name}`]);
      await client.del(`${KEY}${name}`);
      expect(await reports.add(oneBatch(1, "a"))).toEqual({ created: ["a"], before: 0 });
      expect(await reports.stats()).toMatchObject({ accepted: 1 });
    });

    it.each([
      ["totals", "accepted"],
      ["hours", "0 none"],
    ])("where a count in %s is not a number", async (name, field) => {
      const { client, store: reports } = await store();
      await client.hSet(`${KEY}${name}`, field, "many");
      await expect(reports.add(oneBatch(1, "a"))).rejects.toThrow(`the key ${KEY}${name} holds a value that is not a number at ${field}`);
      expect(await client.keys("*")).toEqual([`${KEY}${name}`]);
    });

    const tallies = '"tallies":{"pages":{},"browsers":{},"urls":{},"files":{},"samples":{},"days":{},"clients":{}}';
    it.each([
      "{",
      "[]",
      '"x"',
      "{}",
      '{"tallies":{}}',
      '{"tallies":{"days":7},"count":1,"firstSeen":1,"lastSeen":1}',
      `{"id":"a",${tallies},"count":1,"firstSeen":1,"lastSeen":1e300}`,
      `{"id":"a",${tallies},"count":1,"firstSeen":9e15,"lastSeen":1}`,
      `{"id":"a",${tallies},"count":-1,"firstSeen":1,"lastSeen":1}`,
    ])("and a stored group that cannot be read, %s, is replaced and counted as store-lost", async (text) => {
      const { client, store: reports } = await store();
      await client.hSet(`${KEY}groups`, "a", text);
      expect(await reports.add(oneBatch(1, "a"))).toEqual({ created: ["a"], before: 0 });
      expect(await reports.stats()).toMatchObject({ accepted: 1, shed: { "store-lost": 1 } });
      expect((await reports.groups()).map(({ id, count }) => [id, count])).toEqual([["a", 1]]);
    });

    it("and a group that cannot be read makes room without stopping the batch", async () => {
      const client = await redisClient(await redisServer("no"));
      const reports = redisStore(client, { maxGroups: 1 });
      await client.hSet(`${KEY}groups`, "old", "{");
      await client.zAdd(`${KEY}worth`, { score: -1, value: "old" });
      expect(await reports.add(oneBatch(1, "a"))).toEqual({ created: ["a"], before: 0 });
      expect((await reports.groups()).map(({ id }) => id)).toEqual(["a"]);
    });
  },
);
