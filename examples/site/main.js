// npm run demo: starts the site, prints what it really sends, and stays up until Ctrl-C.
import { createServer, get } from "node:http";
import { createApp } from "./app.js";
import { block, painter } from "./print.js";

const ROUTES = [
  ["/", "the site's policy: recommended, a nonce, reporting"],
  ["/static/site.css", "a static file"],
  ["/embed", "override: one partner may frame it"],
  ["/api/data", 'override("api")'],
  ["/preview", 'override(observe("strictDynamic"))'],
  ["/nowhere", "a 404 of the site's own"],
  ["/boom", "a 500 of the site's own"],
];

// What the server and Express send by themselves.
const NOT_OURS = /^(?:connection|content-length|content-type|date|etag|keep-alive|last-modified|accept-ranges|vary|transfer-encoding)$/i;

function fail(line, code) {
  console.error(line);
  process.exit(code);
}

function request(port, path) {
  return new Promise((resolve, reject) => {
    get({ host: "localhost", port, path, agent: false }, (res) => {
      res.resume();
      const pairs = Array.from({ length: res.rawHeaders.length / 2 }, (_, index) => res.rawHeaders.slice(2 * index, 2 * index + 2));
      const headers = Object.fromEntries(pairs.filter(([name, value]) => !NOT_OURS.test(name) && !expressOwn(name, value)));
      res.on("end", () => resolve({ path, status: res.statusCode, headers }));
    }).on("error", reject);
  });
}

// express.static has a Cache-Control of its own.
const expressOwn = (name, value) => name === "Cache-Control" && value === "public, max-age=0";

async function print(port, paint) {
  let site;
  for (const [path, note] of ROUTES) {
    const answer = await request(port, path);
    console.log(block({ ...answer, note, site }, paint));
    site ??= answer.headers;
  }
  console.log(paint("dim", "+ added   ~ changed   - removed by the route's override\n"));
}

const args = process.argv.slice(2);
const unknown = args.find((arg) => arg !== "--once");
if (unknown !== undefined) fail(`Unknown argument ${JSON.stringify(unknown)}. Write npm run demo -- --once, or nothing.`, 2);

const port = Number(process.env.PORT ?? 3000);
if (!Number.isInteger(port) || port < 0 || port > 65535)
  fail(`PORT is ${JSON.stringify(process.env.PORT)}. Write a number from 1 to 65535.`, 1);

const colour = process.env.FORCE_COLOR ? process.env.FORCE_COLOR !== "0" : Boolean(process.stdout.isTTY) && !process.env.NO_COLOR;
const paint = painter(colour);

const server = createServer(createApp({ log: console.log }));
server.on("error", (error) => {
  if (error.code === "EADDRINUSE") fail(`Port ${port} is taken. Try PORT=${port + 1} npm run demo.`, 1);
  fail(`The server cannot listen on port ${port}: ${error.message}`, 1);
});
server.listen(port, "localhost", async () => {
  const { port: own } = server.address();
  await print(own, paint);
  if (args.includes("--once")) return server.close();
  console.log(`Listening on ${paint("cyan", `http://localhost:${own}`)}, Ctrl-C to stop.`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
