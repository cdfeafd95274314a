import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProxy, type ProxyServer } from "../../src/proxy/index.js";
import { skipWithout } from "../peers.js";
import { found } from "../servers/support.js";
import { EXCHANGES, type Exchange, NGINX, type Outcome } from "./exchanges.js";
import { type Recorder, recorder, startNginx } from "./recorder.js";

/** Milliseconds for which nothing more may come. */
const QUIET = 400;

/** Sends the text of an exchange, and waits for as many answers as are meant to come, and then a little longer for one too many. */
function answersTo(port: number, text: string, expected: number): Promise<number[]> {
  return new Promise((resolve) => {
    let said = "";
    const socket = net.connect(port, "127.0.0.1", () => socket.write(Buffer.from(text, "latin1")));
    const statuses = () => [...said.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
    const last = setTimeout(() => socket.destroy(), 10_000);
    let quiet = expected === 0 ? setTimeout(() => socket.destroy(), 2 * QUIET) : undefined;
    socket.on("data", (chunk) => {
      said += chunk.toString("latin1");
      clearTimeout(quiet);
      if (statuses().length >= expected) quiet = setTimeout(() => socket.destroy(), QUIET);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => {
      clearTimeout(last);
      clearTimeout(quiet);
      resolve(statuses());
    });
  });
}

/** Sends all exchanges, some at a time. */
async function outcomes(port: number, application: Recorder, meant: (exchange: Exchange) => Outcome): Promise<Outcome[]> {
  const answers: number[][] = [];
  const waiting = EXCHANGES.map((exchange, index) => [exchange, index] as const);
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [exchange, index] = next;
      answers[index] = await answersTo(port, exchange.text.replaceAll("~", `${index}-`), meant(exchange).answers.length);
    }
  };
  await Promise.all(Array.from({ length: 12 }, work));
  return answers.map((statuses, index) => ({ answers: statuses, sees: application.seenBy(index) }));
}

const outcomeOf = ({ answers, sees }: Outcome): Outcome => ({ answers, sees });
const ours = (exchange: Exchange) => outcomeOf(exchange);
const theirs = (exchange: Exchange) => outcomeOf(NGINX.get(exchange.name) ?? exchange);
const ROWS = EXCHANGES.map(({ name }, index) => [name, index] as const);

describe("The application sees exactly the client's request, or none", () => {
  let application: Recorder;
  let proxy: ProxyServer;
  let all: Outcome[];

  beforeAll(async () => {
    application = await recorder();
    proxy = createProxy({ target: `http://127.0.0.1:${application.port}`, policy: ["none"] });
    const { port } = await proxy.listen({ port: 0 });
    all = await outcomes(port, application, ours);
  }, 120_000);
  afterAll(async () => {
    await proxy.close(0);
    await application.close();
  });

  it.each(ROWS)("%s", (_, index) => {
    expect(all[index]).toEqual(ours(EXCHANGES[index] as Exchange));
  });

  it("in at least a hundred exchanges, each with a name of its own", () => {
    expect([EXCHANGES.length > 100, new Set(EXCHANGES.map(({ name }) => name)).size]).toEqual([true, EXCHANGES.length]);
  });

  it("without a byte that belongs to no request", () => {
    expect(application.leftovers()).toEqual([]);
  });
});

const nginx = { name: "nginx", found: found("nginx"), get: "apt-get install nginx-light" };

describe.skipIf(skipWithout("what nginx makes of raw exchanges", [nginx]))("nginx does the same, but where the table says why not", () => {
  let application: Recorder;
  let stop: () => Promise<void>;
  let all: Outcome[];

  beforeAll(async () => {
    application = await recorder();
    const started = await startNginx(application.port);
    stop = started.stop;
    all = await outcomes(started.port, application, theirs);
  }, 120_000);
  afterAll(async () => {
    await stop();
    await application.close();
  });

  it.each(ROWS)("%s", (_, index) => {
    expect(all[index]).toEqual(theirs(EXCHANGES[index] as Exchange));
  });

  it("and lists no difference where there is none", () => {
    const listed = [...NGINX].filter(([name, { answers, sees }]) => {
      const mine = EXCHANGES.find((exchange) => exchange.name === name);
      return mine !== undefined && JSON.stringify(outcomeOf(mine)) !== JSON.stringify({ answers, sees });
    });
    expect(listed.map(([name]) => name)).toEqual([...NGINX.keys()]);
  });
});
