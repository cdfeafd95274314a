// The collector beside a bare handler, over sockets: a server of its own process, and here who sends.
import { fork } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(import.meta.url);
const POLICY = `default-src 'self'; script-src 'self' 'nonce-abcdefghijklmnopqrstuv' ${"https://cdn.example/assets/ ".repeat(20)}; report-to default`;

const report = (index) => ({
  age: 1_200,
  type: "csp-violation",
  url: "https://site.example/page",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  body: {
    documentURL: `https://site.example/articles/${index}`,
    referrer: "https://site.example/",
    blockedURL: `https://cdn${index % 10}.example/image-${index}.png?size=large`,
    effectiveDirective: "img-src",
    originalPolicy: POLICY,
    sourceFile: "https://site.example/app.js",
    sample: "",
    disposition: "report",
    statusCode: 200,
    lineNumber: 10,
    columnNumber: 200,
  },
});

function requestOf(method, path, body = "") {
  const head = `${method} ${path} HTTP/1.1\r\nHost: site.example\r\nContent-Type: application/reports+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** What is sent: an array of so many reports. */
const batchOf = (size) => requestOf("POST", "/csp-report", JSON.stringify(Array.from({ length: size }, (_, index) => report(index))));

/** The server: this file again, as a child. */
async function serve(kind) {
  const { default: express } = await import("express");
  const { collectReports } = await import("portcullis/reports");
  const app = express();
  const much = 1e9;
  const unlimited = { burst: much, perSecond: much, addressBurst: much, addressPerSecond: much, inFlightBytes: much };
  const collector = collectReports(kind === "collector" ? { limits: unlimited } : {});
  if (kind === "bare") app.post("/csp-report", readAndParse);
  else if (kind === "silent") app.post("/csp-report", (_req, res) => res.status(204).end());
  else app.use("/csp-report", collector);
  app.get("/", (_req, res) => res.end("A page."));
  const server = app.listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.on("message", async () => {
    await collector.flush();
    process.send(collector.stats());
  });
  process.on("disconnect", () => process.exit());
}

function readAndParse(req, res) {
  const chunks = [];
  req.on("data", (chunk) => chunks.push(chunk));
  req.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString());
    res.status(204).end();
  });
}

async function server(kind) {
  const child = fork(script, ["--serve", kind]);
  const [port] = await once(child, "message");
  return {
    port,
    async flush() {
      child.send("flush");
      const [stats] = await once(child, "message");
      return stats;
    },
    end: () => child.disconnect(),
  };
}

/** One request after the other over one connection; gives the time of each in milliseconds. */
async function lane(port, request, goesOn) {
  const socket = connect(port, "127.0.0.1").setNoDelay();
  await once(socket, "connect");
  const times = [];
  while (goesOn()) {
    const start = performance.now();
    socket.write(request);
    const [answer] = await once(socket, "data");
    if (!/^HTTP\/1\.1 20[04] /.test(answer.toString("latin1"))) throw new Error(`answered ${answer}`);
    times.push(performance.now() - start);
  }
  socket.destroy();
  return times;
}

/** Requests without end, and without a look at the answers; where the server cuts the connection, over the next one. */
async function flood(port, request, goesOn) {
  while (goesOn()) {
    await new Promise((over) => {
      const socket = connect(port, "127.0.0.1").setNoDelay();
      socket.on("connect", () => socket.write(request));
      socket.on("data", () => (goesOn() ? socket.write(request) : socket.destroy()));
      socket.on("error", () => undefined);
      socket.on("close", over);
    });
  }
}

const LANES = 8;

/** Milliseconds for so many requests, until the last report of them is counted. */
async function timeOf(one, request, requests) {
  let left = requests;
  const start = performance.now();
  await Promise.all(Array.from({ length: LANES }, () => lane(one.port, request, () => left-- > 0)));
  await one.flush();
  return performance.now() - start;
}

async function throughput(size, requests, rounds) {
  const [ours, theirs] = [await server("collector"), await server("bare")];
  const request = batchOf(size);
  const ratios = [];
  for (let round = -1; round < rounds; round += 1) {
    const our = await timeOf(ours, request, requests);
    const ratio = our / (await timeOf(theirs, request, requests));
    // The first warms both up.
    if (round >= 0) ratios.push(ratio);
  }
  const { accepted } = await ours.flush();
  if (accepted !== (rounds + 1) * requests * size) throw new Error(`counted ${accepted} reports`);
  ours.end();
  theirs.end();
  return ratios;
}

/** A round is a second and more. */
const fewOf = (rounds) => Math.ceil(rounds / 8);

/** Time for requests of one report, over that of a bare handler that reads and parses them. */
export const oneReport = ({ rounds }) => throughput(1, 3_000, fewOf(rounds));

/** The same for what Chrome gathers in a minute. */
export const twentyReports = ({ rounds }) => throughput(20, 1_000, fewOf(rounds));

async function p99Under(flooded, request, ms) {
  const end = performance.now() + ms;
  const goesOn = () => performance.now() < end;
  const floods = Array.from({ length: 4 }, () => flood(flooded.port, request, goesOn));
  const times = await lane(flooded.port, requestOf("GET", "/"), goesOn);
  await Promise.all(floods);
  return times.sort((one, other) => one - other)[Math.floor(times.length * 0.99)];
}

/** Under a flood of reports the p99 of another route, over that where somebody answers 204 and looks at nothing. */
export async function floodedRoute({ rounds }) {
  const [ours, theirs] = [await server("limited"), await server("silent")];
  const request = batchOf(50);
  const ratios = [];
  for (let round = -1; round < fewOf(rounds); round += 1) {
    const our = await p99Under(ours, request, 1_500);
    const ratio = our / (await p99Under(theirs, request, 1_500));
    if (round >= 0) ratios.push(ratio);
  }
  ours.end();
  theirs.end();
  return ratios;
}

/** A store of 1,000 groups, each of another source. */
async function fullStore(reports) {
  const store = reports.memoryStore();
  const now = Date.now();
  const tallies = (index) => ({
    pages: new Map([[`https://site.example/${index % 30}`, 40]]),
    browsers: new Map([["Firefox 145", 40]]),
    urls: new Map([[`https://host${index}.example/image.png`, 40]]),
    files: new Map(),
    samples: new Map(),
    days: new Map([
      ["2026-11-20", 20],
      ["2026-11-21", 20],
    ]),
    clients: new Map(Array.from({ length: 12 }, (_, client) => [`client${client}`, 3])),
  });
  const key = { type: "csp-violation", policyHash: "", disposition: "report", directive: "img-src" };
  const groups = Array.from({ length: 1_000 }, (_, index) => ({
    ...{ ...key, id: String(index), blocked: `https://host${index}.example`, route: `/${index % 30}` },
    ...{ count: 40, firstSeen: now, lastSeen: now, tallies: tallies(index) },
  }));
  await store.add({ writer: "bench", seq: 1, at: now, groups, totals: new Map(), hours: new Map() });
  return store;
}

/** Milliseconds for one page. */
async function pageTime(page) {
  const start = performance.now();
  await new Promise((end, fail) => {
    const res = { headersSent: false, setHeader() {}, removeHeader() {}, end };
    page({ method: "GET", url: "/", headers: {} }, res, fail);
  });
  return performance.now() - start;
}

/** The page of 1,000 groups with what `learn` proposes, over the page without: when it has learned, or the first time. */
async function pageOf(rounds, isFirst) {
  const [reports, { definePolicy }] = await Promise.all([import("portcullis/reports"), import("portcullis")]);
  const store = await fullStore(reports);
  const without = reports.reportsPage({ store });
  const learning = () => reports.reportsPage({ store, policy: definePolicy("strict"), learn: { anyPolicy: true } });
  const learned = learning();
  const ratios = [];
  for (let round = -1; round < rounds; round += 1) {
    const our = await pageTime(isFirst ? learning() : learned);
    const ratio = our / (await pageTime(without));
    if (round >= 0) ratios.push(ratio);
  }
  return ratios;
}

export const learnedPage = ({ rounds }) => pageOf(rounds, false);

export const learningPage = ({ rounds }) => pageOf(fewOf(rounds), true);

const [flag, kind] = process.argv.slice(2);
if (process.argv[1] === script && flag === "--serve") await serve(kind);
