import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import { describe, expect, it, onTestFinished } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ExportOptions, TargetName } from "../../src/export/index.js";
import { ask, CERTIFICATE, listen, serve } from "../http/support.js";
import { type Peer, skipWithout } from "../peers.js";
import { exported, freePort, type Launch } from "./support.js";

/** What differs from one server to the next. */
export interface Differing {
  /** Paths of `/admin/` that the server refuses or changes instead, with the status that they get. */
  readonly refused?: readonly string[];
  /** Whether the application gets a path as it was sent. */
  readonly pathAsSent?: boolean;
  /** Whether the server answers a health check itself. */
  readonly health?: boolean;
  /** Whether a file says on which addresses it listens. */
  readonly listens?: boolean;
  /** Whether a file says how long an answer may take. */
  readonly times?: boolean;
  /** Whether a WebSocket has a timer of its own. */
  readonly ownTimer?: boolean;
  /** What the application is told of the client; 127.0.0.1 unless told. */
  readonly client?: RegExp;
}

const FRAMES = (value: "DENY" | "SAMEORIGIN") => [{ xFrameOptions: value }];
const DENIED = ["none", { xFrameOptions: "DENY" }] as const;

/** Other spellings of `/admin/` and of a page below it, that an application may answer as it answers that. */
const SPELLINGS = [
  "/admin/",
  "//admin/",
  "/%61dmin/",
  "/x/../admin/",
  "/x/y/../../admin/",
  "/./admin/",
  "/../admin/",
  "/x/%2e%2e/admin/",
  "/admin/./x",
  "/admin%2Fx",
];

const NESTED = [
  { path: "/api/*", layers: [{ referrerPolicy: "origin" as const }] },
  { path: "/api/v1/*", layers: [{ referrerPolicy: "same-origin" as const }] },
  { path: "/api/v2/*", layers: [{ referrerPolicy: "same-origin" as const }] },
  { path: "/api/v2", layers: [{ referrerPolicy: "no-referrer" as const }] },
  { path: "/", layers: [{ referrerPolicy: "strict-origin" as const }] },
];

/** What applications need of the server in front of them, and how routes lie on each other. */
export function describeNeeds(target: TargetName, peer: Peer, launch: Launch, differing: Differing = {}): void {
  const siteWith = async (options: ExportOptions) => {
    const [httpsPort, httpPort] = [await freePort(), await freePort()];
    await launch(exported(target, { ...options, httpsPort, httpPort }), httpsPort);
    return httpsPort;
  };
  const echo = () => serve((req, res) => void res.end(JSON.stringify({ url: req.url, headers: req.headers })));
  const before = async (options: Omit<ExportOptions, "upstream">) => siteWith({ ...options, upstream: `http://127.0.0.1:${await echo()}` });
  const get = (port: number, path: string) => ask(port, path, { headers: { Host: "localhost" }, secure: true });
  const headerAt = async (port: number, path: string, name: string) => {
    const { headers } = await get(port, path);
    return headers[name] ?? headers[name.toLowerCase()];
  };
  const frames = (port: number, path: string) => headerAt(port, path, "X-Frame-Options");

  describe.skipIf(skipWithout(`what applications need of ${peer.name}`, [peer]))(`${peer.name} in front of an application`, () => {
    it("sends the headers of a route with other spellings of its path", async () => {
      const port = await before({ policy: DENIED, routes: [{ path: "/admin/*", layers: FRAMES("SAMEORIGIN") }] });
      for (const path of SPELLINGS.filter((one) => !differing.refused?.includes(one))) {
        expect([path, await frames(port, path)]).toEqual([path, "SAMEORIGIN"]);
      }
      for (const path of ["/", "/admin", "/adminx/", "/x/admin/", "/admin/../x"]) {
        expect([path, await frames(port, path)]).toEqual([path, "DENY"]);
      }
      for (const path of differing.refused ?? []) expect([path, (await get(port, path)).status]).toEqual([path, 400]);
    });

    it.skipIf(differing.pathAsSent === false)("leaves the path as it was sent", async () => {
      const port = await before({ policy: DENIED, routes: [{ path: "/admin/*", layers: FRAMES("SAMEORIGIN") }] });
      for (const path of [...SPELLINGS, "/a%40b?x=//%61/../b&c=%2f"].filter((one) => !differing.refused?.includes(one))) {
        expect(JSON.parse((await get(port, path)).body).url).toBe(path);
      }
    });

    it("merges routes as Express does", async () => {
      const port = await before({ policy: DENIED, routes: NESTED });
      const policyAt = async (path: string) => [path, await headerAt(port, path, "Referrer-Policy")];
      const expected = [
        ["/api", undefined],
        ["/api/", "origin"],
        ["/api/x", "origin"],
        ["/api/v1", "origin"],
        ["/api/v1/", "same-origin"],
        ["/api/v1/x", "same-origin"],
        ["/api/v2", "no-referrer"],
        ["/api/v2/", "same-origin"],
        ["/", "strict-origin"],
        ["/x", undefined],
      ];
      for (const [path = "", policy] of expected) expect(await policyAt(path)).toEqual([path, policy]);
    });

    it.skipIf(differing.health === false).each([
      ["beside a route for the same path", "/health"],
      ["below a route for all", "/*"],
      ["in the place of others", "/st/*", "/st/health"],
    ])("answers a health check with the headers of its place, %s", async (_, path, healthPath = "/health") => {
      const port = await before({ policy: DENIED, routes: [{ path, layers: FRAMES("SAMEORIGIN") }], healthPath });
      const { status, body } = await get(port, healthPath);
      expect([status, body, await frames(port, healthPath)]).toEqual([200, "healthy\n", "SAMEORIGIN"]);
    });

    it("passes the host with its port, the protocol and the client to the application", async () => {
      const port = await before({ policy: DENIED });
      const { headers } = JSON.parse((await ask(port, "/", { headers: { Host: `localhost:${port}` }, secure: true })).body);
      expect([headers.host, headers["x-forwarded-proto"]]).toEqual([`localhost:${port}`, "https"]);
      expect(headers["x-forwarded-for"]).toMatch(differing.client ?? /^127\.0\.0\.1$/);
    });

    it("does not hold a stream back", async () => {
      let finish = () => {};
      const upstream = await serve((_req, res) => {
        res.writeHead(200, { "Content-Type": "text/event-stream" });
        res.write("data: first\n\n");
        finish = () => void res.end("data: last\n\n");
      });
      const port = await siteWith({ policy: DENIED, upstream: `http://127.0.0.1:${upstream}` });
      const parts = await new Promise<readonly string[]>((resolve, reject) => {
        const got: string[] = [];
        const options = {
          host: "127.0.0.1",
          port,
          path: "/events",
          headers: { Host: "localhost" },
          ca: CERTIFICATE.cert,
          agent: false as const,
        };
        const request = https.get(options, (response) => {
          // The rest is sent only when the first part is here.
          response.on("data", (part: Buffer) => {
            if (got.push(String(part)) === 1) finish();
          });
          response.on("end", () => resolve(got));
        });
        request.on("error", reject);
      });
      expect(parts).toEqual(["data: first\n\n", "data: last\n\n"]);
    });

    it.skipIf(differing.times === false)("ends an answer that takes longer than it may, with the policy", async () => {
      const never = await serve(() => undefined);
      const port = await siteWith({ policy: DENIED, upstream: `http://127.0.0.1:${never}`, readTimeout: 1 });
      expect([(await get(port, "/")).status, await frames(port, "/")]).toEqual([504, "DENY"]);
    });

    it.skipIf(differing.times === false)("waits for an answer as long as it may take", async () => {
      const slow = await serve((_req, res) => void setTimeout(() => res.end("late"), 2_000));
      const port = await siteWith({ policy: DENIED, upstream: `http://127.0.0.1:${slow}`, readTimeout: 30 });
      expect((await get(port, "/")).body).toBe("late");
    });

    it.skipIf(differing.ownTimer === false)("leaves a WebSocket open that is silent for longer than an answer may be", async () => {
      const server = http.createServer();
      new WebSocketServer({ server }).on("connection", (socket) => void setTimeout(() => socket.send("after a while"), 3_000));
      const port = await siteWith({ policy: DENIED, upstream: `http://127.0.0.1:${await listen(server)}`, readTimeout: 1 });
      const socket = new WebSocket(`wss://localhost:${port}/`, { ca: CERTIFICATE.cert });
      const told = await new Promise((resolve) => {
        socket.on("message", (data) => resolve(String(data)));
        socket.on("close", () => resolve("closed"));
        socket.on("error", resolve);
      });
      socket.terminate();
      expect(told).toBe("after a while");
    });

    it.skipIf(differing.listens === false)("listens on the addresses of --listen, and on no other", async () => {
      const port = await before({ policy: DENIED, listen: ["127.0.0.1", "::1"] });
      expect(await Promise.all(["127.0.0.1", "::1", "127.0.0.2"].map((host) => statusAt(host, port)))).toEqual([200, 200, "ECONNREFUSED"]);
    });

    it("supports HTTP/2", async () => {
      const port = await before({ policy: DENIED, routes: [{ path: "/admin/*", layers: FRAMES("SAMEORIGIN") }] });
      const session = http2.connect(`https://localhost:${port}`, { ca: CERTIFICATE.cert });
      onTestFinished(() => session.close());
      const answer = (path: string) =>
        new Promise((resolve, reject) => {
          const stream = session.request({ ":path": path });
          stream.on("response", (headers) => resolve([headers[":status"], headers["x-frame-options"]]));
          stream.on("error", reject).resume();
        });
      expect([await answer("/"), await answer("//admin/x")]).toEqual([
        [200, "DENY"],
        [200, "SAMEORIGIN"],
      ]);
    });
  });
}

function statusAt(host: string, port: number): Promise<unknown> {
  return new Promise((resolve) => {
    const options = { host, port, servername: "localhost", headers: { Host: "localhost" }, ca: CERTIFICATE.cert, agent: false as const };
    const request = https.get(options, (response) => {
      resolve(response.resume().statusCode);
    });
    request.on("error", (error) => resolve((error as NodeJS.ErrnoException).code));
  });
}
