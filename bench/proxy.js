// The proxy beside bare httpxy and beside nginx, its heap, and how fast the command line is there.
// The printed ratios are of times, ours over theirs: 1.05 is a throughput of 0.95. `--cli <file>` measures another build.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { median, ratioInTurn } from "./measure.js";

const { values: flags } = parseArgs({ options: { quick: { type: "boolean" }, cli: { type: "string" } } });
const CLI = flags.cli ?? fileURLToPath(new URL("../dist/cli/cli.js", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const certificate = (name) => fileURLToPath(new URL(`../test/http/fixtures/localhost-${name}.pem`, import.meta.url));
const { rounds, requests, starts } = flags.quick ? { rounds: 15, requests: 2_000, starts: 7 } : { rounds: 41, requests: 4_000, starts: 25 };
const CONNECTIONS = 32;
const LENIENCE = 1.5;

const END = "</html>\n";
const PAGE = `<!doctype html>\n${"A page of a kilobyte, or about that much.\n".repeat(24)}${END}`;
const LINES = ["HTTP/1.1 200 OK", "Content-Type: text/html; charset=utf-8", `Content-Length: ${PAGE.length}`, "Server: bench", "ETag: x"];
const RESPONSE = Buffer.from([...LINES, "", PAGE].join("\r\n"));
const request = (host) =>
  Buffer.from(
    [
      "GET /a/page?of=the+bench HTTP/1.1",
      `Host: ${host}`,
      "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
      "Accept-Language: en-US,en;q=0.5",
      "Accept-Encoding: gzip, deflate, br, zstd",
      "Connection: keep-alive",
      "Cookie: session=0123456789abcdef; theme=dark\r\n\r\n",
    ].join("\r\n"),
  );

/** An application of bare bytes: it has to be cheaper than any proxy before it. */
async function application() {
  const server = net.createServer((socket) => {
    let rest = "";
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      const asked = (rest + chunk.toString("latin1")).split("\r\n\r\n");
      rest = asked.pop() ?? "";
      for (const _ of asked) socket.write(RESPONSE);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return server;
}

/** Sends `count` requests over connections that stay, one at a time on each; milliseconds until the last answer. */
async function load({ port, secure = false }, count) {
  const question = request(`localhost:${port}`);
  let left = count;
  const talk = async () => {
    const socket = secure ? tls.connect({ port, host: "127.0.0.1", rejectUnauthorized: false }) : net.connect(port, "127.0.0.1");
    await once(socket, secure ? "secureConnect" : "connect");
    await new Promise((resolve, reject) => {
      let text = "";
      const next = () => {
        if (left === 0) return resolve(undefined);
        left -= 1;
        socket.write(question);
      };
      socket.on("data", (chunk) => {
        text += chunk.latin1Slice();
        if (!text.endsWith(END)) return;
        if (!text.startsWith("HTTP/1.1 200 ")) reject(new Error(text));
        text = "";
        next();
      });
      socket.on("error", reject).on("close", () => reject(new Error("the connection was closed")));
      next();
    });
    socket.destroy();
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: Math.min(CONNECTIONS, count) }, talk));
  return performance.now() - start;
}

/** Answers every message with the processor time and the heap after a collection; lives in the measured process. */
const PROBE = `process.on("message", (what) => {
  if (what === "heap") for (let round = 0; round < 3; round += 1) gc();
  process.send({ cpu: process.cpuUsage(), heap: process.memoryUsage().heapUsed });
});
process.channel.unref();`;

/** Starts a proxy in a process of its own; it says on stdout, as JSON, where it listens. */
async function proxy(...args) {
  const probe = `data:text/javascript,${encodeURIComponent(PROBE)}`;
  const child = spawn(process.execPath, ["--expose-gc", "--import", probe, ...args], {
    cwd: HERE,
    stdio: ["ignore", "pipe", "inherit", "ipc"],
  });
  const [line] = await once(child.stdout, "data");
  const { url } = JSON.parse(String(line));
  const ask = async (what) => {
    const answer = once(child, "message");
    child.send(what);
    return (await answer)[0];
  };
  return {
    port: Number(new URL(url).port),
    secure: url.startsWith("https:"),
    heap: async () => (await ask("heap")).heap,
    cpu: async () => {
      const { cpu } = await ask("cpu");
      return cpu.user + cpu.system;
    },
    stop: () => child.kill("SIGKILL"),
  };
}

const ours = (target, ...more) => proxy(CLI, "proxy", "--target", target, "--policy", "streamlit", "--port", "0", "--json", ...more);

/** The same httpxy, connections kept as ours keeps them, and nothing else. */
const BARE = `
  import http from "node:http";
  import { createProxyServer } from "httpxy";
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: 256 });
  const proxy = createProxyServer({ target: process.argv[1], agent });
  const server = http.createServer((req, res) => proxy.web(req, res));
  server.listen(0, "127.0.0.1", () => console.log(JSON.stringify({ url: "http://127.0.0.1:" + server.address().port })));`;
const bare = (target) => proxy("--input-type=module", "-e", BARE, "--", target);

/** Ratios of wall time and of the processes' own time, round by round, the first one changing. */
async function sideBySide(one, other) {
  for (const side of [one, other]) await load(side, 4 * requests);
  const wall = [];
  const cpu = [];
  for (let round = 0; round < rounds; round += 1) {
    const took = new Map();
    for (const side of round % 2 === 0 ? [one, other] : [other, one]) {
      const before = await side.cpu?.();
      const ms = await load(side, requests);
      took.set(side, { ms, cpu: (await side.cpu?.()) - before });
    }
    wall.push(took.get(one).ms / took.get(other).ms);
    cpu.push(took.get(one).cpu / took.get(other).cpu);
  }
  return { wall, cpu };
}

async function againstHttpxy(target) {
  const sides = [await ours(target), await bare(target)];
  try {
    return await sideBySide(...sides);
  } finally {
    for (const side of sides) side.stop();
  }
}

/** nginx with what `portcullis export nginx` prints, both over TLS; the client's own share is in both times. */
async function againstNginx(target) {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-bench-"));
  const mine = await ours(target, "--key", certificate("key"), "--cert", certificate("cert"));
  const [port, plain] = [mine.port + 1, mine.port + 2];
  const site = ["--upstream", target, "--server-name", "localhost", "--https-port", String(port), "--http-port", String(plain)];
  const files = ["--certificate", certificate("cert"), "--certificate-key", certificate("key")];
  execFileSync(process.execPath, [CLI, "export", "nginx", "--policy", "streamlit", ...site, ...files, "--out", folder], {
    stdio: "ignore",
  });
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${name};`).join(" ");
  const main = `user root; worker_processes 1; daemon off; pid nginx.pid; error_log stderr crit; events {}
http { access_log off; keepalive_requests 1000000; ${paths} include portcullis.conf; }\n`;
  writeFileSync(join(folder, "nginx.conf"), main);
  const child = spawn("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { stdio: ["ignore", "ignore", "inherit"] });
  try {
    const theirs = { port, secure: true };
    await listening(port);
    return (await sideBySide(mine, theirs)).wall;
  } finally {
    mine.stop();
    child.kill("SIGTERM");
    await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listening(port) {
  for (let rest = 200; rest > 0; rest -= 1) {
    const socket = net.connect(port, "127.0.0.1");
    const answers = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (answers) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`nothing listens on ${port}`);
}

/** Megabytes after a collection, once 20,000 requests are over and once 100,000 are. */
async function heaps(target) {
  const side = await ours(target);
  try {
    await load(side, 20_000);
    const early = await side.heap();
    await load(side, 80_000);
    return [early, await side.heap()].map((bytes) => bytes / 2 ** 20);
  } finally {
    side.stop();
  }
}

function startOf(...args) {
  const start = performance.now();
  execFileSync(process.execPath, args, { stdio: "ignore" });
  return performance.now() - start;
}

const missed = [];
function print(what, ratios, limit) {
  const ratio = median(ratios);
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const verdict = limit === undefined ? "report" : ratio <= limit ? "ok" : "missed";
  console.log(
    `${what.padEnd(67)} ${ratio.toFixed(2).padStart(6)}  ${range.padStart(11)}  ${(limit?.toFixed(2) ?? "").padStart(7)}  ${verdict}`,
  );
  // On a busy machine a short run strays; what misses by half is no straying.
  if (ratio > limit * LENIENCE) missed.push(what);
}

if (!existsSync(CLI)) throw new Error(`${CLI} is not there: npm run build`);
const server = await application();
const target = `http://127.0.0.1:${server.address().port}`;
try {
  const { wall, cpu } = await againstHttpxy(target);
  print("proxy, time per request / bare httpxy", wall, 1 / 0.95);
  print("the same, its own processor time alone", cpu);
  if (spawnSync("nginx", ["-v"]).status === 0)
    print("proxy over TLS, time per request / nginx, exported configuration", await againstNginx(target));
  else console.log("Without nginx the comparison with it is left out.");
  const [early, late] = await heaps(target);
  print(`proxy's heap, ${late.toFixed(1)} MB after 100,000 requests / ${early.toFixed(1)} MB after 20,000`, [late / early], 1.1);
  const help = () => startOf(CLI, "--help");
  print(
    "portcullis --help / node -e 0",
    ratioInTurn(help, () => startOf("-e", "0"), starts),
    3,
  );
} finally {
  server.close();
}
if (flags.quick && missed.length > 0) {
  console.error(`Missed by more than half: ${missed.join("; ")}.`);
  process.exitCode = 1;
}
