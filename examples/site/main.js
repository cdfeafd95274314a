// npm run demo: starts the site, prints what it really sends, attacks it in a browser, records a policy, and stays up until Ctrl-C.
import { createServer, get } from "node:http";
import { policyOf, renderHeaders } from "portcullis";
import { createApp } from "./app.js";
import { block, painter } from "./print.js";

const ROUTES = [
  ["/", "the policy of the site: recommended, and a nonce"],
  ["/static/site.css", "a static file"],
  ["/embed", "override: one partner may frame it"],
  ["/api/data", 'override("api")'],
  ["/boom", "an error page"],
];

function fail(line, code) {
  console.error(line);
  process.exit(code);
}

// The last response to each path, for what was in force on it.
const responses = new Map();

/** The headers that the policy in force on a path's last response has; Express and Node send some of their own. */
function namesOf(path) {
  // The names are the same whatever the nonce is.
  return Object.keys(renderHeaders(policyOf(responses.get(path)), { nonce: "any" }));
}

function request(port, path) {
  return new Promise((resolve, reject) => {
    get({ host: "localhost", port, path, agent: false }, (res) => {
      res.resume();
      res.on("end", () => resolve({ status: res.statusCode, pairs: pairsOf(res.rawHeaders) }));
    }).on("error", reject);
  });
}

// The raw headers keep their order and their case.
const pairsOf = (raw) => Array.from({ length: raw.length / 2 }, (_, index) => raw.slice(2 * index, 2 * index + 2));

async function print(port, paint) {
  let site;
  for (const [path, note] of ROUTES) {
    const { status, pairs } = await request(port, path);
    // The site's names too: a header that an override should have removed must show if it was sent.
    const names = new Set([...Object.keys(site ?? {}), ...namesOf(path)]);
    const headers = Object.fromEntries(pairs.filter(([name]) => names.has(name)));
    console.log(block({ path, status, note, headers, site }, paint));
    site ??= headers;
  }
  console.log(paint("dim", "+ added   ~ changed   - removed by the route's override\n"));
}

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== "--once" && arg !== "--no-browser");
if (unknown !== undefined) fail(`Unknown argument ${JSON.stringify(unknown)}. The demo takes --once and --no-browser.`, 2);

const wanted = process.env.PORT || "3000";
const port = Number(wanted);
if (!/^\d+$/.test(wanted) || port > 65535) fail(`PORT is ${JSON.stringify(wanted)}. Write a number from 1 to 65535, or 0 for any.`, 1);

const colour = process.env.FORCE_COLOR ? process.env.FORCE_COLOR !== "0" : Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;
const paint = painter(colour);

// Whoever reads the output may stop early: npm run demo | head.
process.stdout.on("error", () => process.exit(0));

// Reports are printed as they come, once the site is up: open /search and try it.
let announce = () => {};
const app = createApp({ onGroup: (group) => announce(group) });
const server = createServer((req, res) => {
  if (ROUTES.some(([path]) => path === req.url)) responses.set(req.url, res);
  app(req, res);
});
server.on("error", (error) => {
  if (error.code === "EADDRINUSE") fail(`Port ${port} is taken. Try PORT=${port < 65535 ? port + 1 : 3000} npm run demo.`, 1);
  fail(`The server cannot listen on port ${port}: ${error.message}`, 1);
});

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    stopping = true;
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}

/** What a browser does with the site: blocks an injected script, and shows what a stricter policy needs. */
async function browse(site) {
  const { attack, record } = await import("./browser.js");
  console.log(paint("bold", "An injected script"));
  const blocked = await attack(site);
  console.log(blocked.map((line) => `  ${line}\n`).join(""));
  if (blocked.length === 1) return;
  console.log(`${paint("bold", "A stricter policy")}\n  npx portcullis record ${site} --policy strict\n`);
  console.log(await record(site));
}

server.listen(port, "localhost", async () => {
  const site = `http://localhost:${server.address().port}`;
  try {
    await print(server.address().port, paint);
    if (!args.includes("--no-browser")) await browse(site);
  } catch (error) {
    // A signal meanwhile cuts the demo's own requests off.
    if (stopping) return;
    fail(`The demo failed: ${error.message}`, 1);
  }
  if (args.includes("--once")) return server.close();
  if (stopping) return;
  console.log(`Listening on ${paint("cyan", site)}, with the reports page at ${paint("cyan", `${site}/reports`)}. Ctrl-C to stop`);
  announce = ({ directive, blocked, route }) => console.log(`report: ${directive} blocked ${blocked} on ${route}`);
});
