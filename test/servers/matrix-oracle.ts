import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import express from "express";
import { type Layer, override, sealHeaders, securityHeaders } from "../../src/index.js";
import type { MatrixPolicy } from "./matrix.js";
import type { MatrixRequest } from "./matrix-requests.js";
import { CARELESS, type Route } from "./support.js";

/** Where a site listens. */
export interface MatrixSite {
  readonly port: number;
  readonly host: string;
  readonly secure: boolean;
}

/** An answer: its status, and its lines with names as they came. */
export interface MatrixAnswer {
  readonly status: number;
  readonly lines: readonly (readonly [name: string, value: string])[];
}

/** An application that sends headers of its own, and the status that the query asks for. */
function application(app: express.Express): void {
  app.disable("x-powered-by");
  app.use((req, res) => {
    const { s = "200", big, hang, bare } = req.query;
    if (bare === undefined) res.set(CARELESS);
    if (hang !== undefined) return void req.socket.destroy();
    res.set("ETag", '"same"');
    if (s === "301") res.set("Location", "/elsewhere");
    // More than the buffers of a proxy hold: the headers need room there too.
    req.resume().on("end", () => res.status(Number(s)).send(big === undefined ? "A page." : "x".repeat(100_000)));
  });
}

const servers: http.Server[] = [];

/** Listens until {@link endOracles}: what Express says is asked once, and kept for all servers. */
async function listening(app: express.Express): Promise<number> {
  const server = http.createServer(app);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Ends what this file has started. */
export function endOracles(): void {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
}

/** The application alone, behind all servers. */
export function matrixUpstream(): Promise<number> {
  const app = express();
  application(app);
  return listening(app);
}

const broader = (one: Route, other: Route) =>
  one.path.replace("*", "").length - other.path.replace("*", "").length ||
  Number(other.path.endsWith("*")) - Number(one.path.endsWith("*"));

/** The application in Express, with the policy and its routes as overrides, the broadest first. */
export async function oracleFor({ policy, routes }: MatrixPolicy): Promise<(request: MatrixRequest) => Promise<MatrixAnswer>> {
  const app = express();
  app.use(securityHeaders(...(policy as ["none"])), sealHeaders());
  for (const { path, layers } of [...routes].sort(broader)) {
    app.use((req, res, next) => {
      const meant = path.endsWith("/*") ? req.path.startsWith(path.slice(0, -1)) : req.path === path;
      if (meant) override(...(layers as readonly Layer[] as ["none"]))(req, res, next);
      else next();
    });
  }
  application(app);
  const site = { port: await listening(app), host: "localhost", secure: false };
  const known = new Map<string, Promise<MatrixAnswer>>();
  return ({ meant, method, headers, own }) => {
    const [path = "", query = ""] = meant.split("?");
    const asked = own ? `${path}?bare` : `${path}?${query}`;
    const key = `${method} ${asked} ${JSON.stringify(headers)}`;
    // What is known to have come over https goes out from both.
    const answer = known.get(key) ?? exchange(site, { method, path: asked, meant, headers: { ...headers, "X-Forwarded-Proto": "https" } });
    known.set(key, answer);
    return answer;
  };
}

const options = { keepAlive: true, maxSockets: 8 };
const agents = { http: new http.Agent(options), https: new https.Agent({ ...options, rejectUnauthorized: false }) };

/** Sends a path as it stands, over a connection that is used again; a server that only begins to listen is asked for five seconds. */
export async function exchange(site: MatrixSite, request: MatrixRequest): Promise<MatrixAnswer> {
  for (let rest = 100; ; rest--) {
    try {
      return await once(site, request);
    } catch (error) {
      if (rest === 0 || !/ECONNREFUSED|ECONNRESET|EPIPE|socket hang up/.test(String(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function once({ port, host, secure }: MatrixSite, { path, method, headers = {}, body }: MatrixRequest): Promise<MatrixAnswer> {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "Content-Length": body.length };
    const asked = { host: "127.0.0.1", port, path, method, headers: { Host: host, ...length, ...headers }, maxHeaderSize: 200_000 };
    const secured = { ...asked, servername: host, agent: agents.https };
    const request = secure ? https.request(secured) : http.request({ ...asked, agent: agents.http });
    request.setTimeout(30_000, () => request.destroy(new Error(`No answer to ${method} ${path}`)));
    request.on("error", reject);
    request.on("response", (response) => {
      const raw = response.rawHeaders;
      const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] as string] as const] : []));
      response.on("error", reject);
      response.resume().on("end", () => resolve({ status: response.statusCode ?? 0, lines }));
    });
    request.end(body);
  });
}
