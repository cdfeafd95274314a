import { once } from "node:events";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ask, CERTIFICATE, listen, serve } from "../http/support.js";
import { connected, echo, told, until, witness } from "../proxy/support.js";
import { freePort } from "../servers/support.js";
import { begin, bundle, type Program, proxying, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const fixture = (name: string) => fileURLToPath(new URL(`../http/fixtures/${name}`, import.meta.url));
const TLS = ["--key", fixture("localhost-key.pem"), "--cert", fixture("localhost-cert.pem")];
const url = (port: number) => `http://127.0.0.1:${port}`;

it("serves with a target alone: on 8080, with recommended", async () => {
  const child = begin(program, ["proxy", "--target", url(await freePort())]);
  const [line] = await once(child.stderr as NodeJS.ReadableStream, "data");
  // Whether 8080 is free on this machine, nobody knows.
  expect(String(line)).toMatch(
    /^(?:http:\/\/127\.0\.0\.1:8080 -> http:\/\/127\.0\.0\.1:\d+, policy recommended|error: port 8080 on 127\.0\.0\.1 is taken\.)\n$/,
  );
});

it("puts the policy on what the application sends", async () => {
  const { port: upstream } = await witness();
  const { port, said } = await proxying(program, ["--target", url(upstream), "--policy", "streamlit"]);
  const { status, headers, body } = await ask(port, "/");
  expect([status, body, headers["X-Frame-Options"], headers["Content-Security-Policy"]]).toEqual([
    200,
    "A page.",
    "SAMEORIGIN",
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; img-src 'self' data: https: blob:; connect-src 'self' ws: wss: https://basemaps.cartocdn.com https://*.basemaps.cartocdn.com https://data.streamlit.io https://api.mapbox.com https://events.mapbox.com; font-src 'self' data:; frame-ancestors 'self'",
  ]);
  expect(said).toEqual({ url: url(port), target: url(upstream), policy: "streamlit" });
});

it("takes its policy from a file too", async () => {
  put(program, { "site.json": '{ "xFrameOptions": "SAMEORIGIN" }' });
  const { port, said } = await proxying(program, [
    "--target",
    url((await witness()).port),
    "--policy",
    "streamlit",
    "--policy",
    "site.json",
  ]);
  expect([(await ask(port, "/")).headers["X-Frame-Options"], said.policy]).toEqual(["SAMEORIGIN", "streamlit, site.json"]);
});

it("lays presets and files on the policy of a route, and the routes of its files", async () => {
  put(program, {
    "embed.json": '{ "xFrameOptions": false }',
    "site.json":
      '{ "policy": ["none", { "xFrameOptions": "DENY" }], "routes": [{ "path": "/own", "layers": [{ "referrerPolicy": "origin" }] }] }',
  });
  const { port, said } = await proxying(program, [
    ...["--target", url((await witness()).port), "--policy", "site.json"],
    ...["--route", "/embed=embed.json", "--route", "/api/*=api"],
  ]);
  const asked = ["/", "/embed", "/api/x", "/own"].map(async (path) => {
    const { headers } = await ask(port, path);
    return [path, headers["X-Frame-Options"], headers["Referrer-Policy"]];
  });
  expect(await Promise.all(asked)).toEqual([
    ["/", "DENY", undefined],
    ["/embed", undefined, undefined],
    ["/api/x", "DENY", "no-referrer"],
    ["/own", "DENY", "origin"],
  ]);
  expect(said).toEqual({ url: url(port), target: said.target, policy: "site.json", routes: ["/own", "/embed", "/api/*"] });
});

it("names the route that is wrong", async () => {
  const { code, err } = await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--route", "embed=api"]);
  expect([code, err]).toEqual([1, 'error: createProxy.routes[0].path: "embed" is not a path. Write "/embed".\n']);
});

it("does what its switches say", async () => {
  const seen: IncomingMessage[] = [];
  const upstream = await serve((req, res) => {
    seen.push(req);
    res.setHeader("Content-Security-Policy", "img-src *").end();
  });
  const switches = ["--keep-upstream", "--trust-proxy", "--change-host", "--no-keep-alive", "--no-health"];
  const { port } = await proxying(program, ["--target", url(upstream), "--policy", "none", ...switches]);
  const { headers } = await ask(port, "/health", { headers: { "X-Forwarded-For": "203.0.113.9", Host: "site.example" } });
  const { host, "x-forwarded-for": from, connection } = seen[0]?.headers ?? {};
  expect([headers["Content-Security-Policy"], host, from, connection]).toEqual([
    "img-src *",
    `127.0.0.1:${upstream}`,
    "203.0.113.9, 127.0.0.1",
    "close",
  ]);
});

it("gives up on an application after the time it is told", async () => {
  const { port } = await proxying(program, ["--target", url(await serve(() => undefined)), "--response-timeout", "1"]);
  expect((await ask(port, "/")).status).toBe(504);
});

it("serves https, and redirects http to it", async () => {
  const { port, said } = await proxying(program, [
    "--target",
    url((await witness()).port),
    ...TLS,
    "--redirect-port",
    "0",
    "--public-port",
    "443",
  ]);
  expect(said.url).toBe(`https://127.0.0.1:${port}`);
  expect((await ask(port, "/", { secure: true })).status).toBe(200);
  const { status, headers } = await ask(said.redirectPort as number, "/a?b", { headers: { Host: "localhost" } });
  expect([status, headers["Location"]]).toEqual([308, "https://localhost/a?b"]);
});

it("redirects to no name but those it is told", async () => {
  const { said } = await proxying(program, [
    ...["--target", url((await witness()).port), ...TLS, "--redirect-port", "0"],
    ...["--host-name", "site.example", "--host-name", "*.site.example"],
  ]);
  const asked = ["site.example", "www.site.example", "evil.example"].map((Host) =>
    ask(said.redirectPort as number, "/", { headers: { Host } }),
  );
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([308, 308, 400]);
});

it("takes limits of its own", async () => {
  const limits = ["--max-connections", "1", "--web-socket-timeout", "1"];
  const { port } = await proxying(program, ["--target", url((await echo()).port), ...limits]);
  const socket = await connected(`ws://127.0.0.1:${port}/`);
  await expect(ask(port, "/")).rejects.toMatchObject({ code: "ECONNRESET" });
  expect((await once(socket, "close"))[0]).toBe(1_006);
});

it("asks an https application by its own name, whatever the client calls it", async () => {
  const upstream = await listen(https.createServer(CERTIFICATE, (req, res) => void res.end(req.headers.host)));
  const env = { NODE_EXTRA_CA_CERTS: fixture("localhost-cert.pem") };
  const { port } = await proxying(program, ["--target", `https://localhost:${upstream}`], env);
  expect((await ask(port, "/", { headers: { Host: "site.example" } })).body).toBe(`localhost:${upstream}`);
});

it("prints a line of JSON for every request, without the query", async () => {
  const { port, child, result } = await proxying(program, ["--target", url((await witness()).port), "--log"]);
  await ask(port, "/a?token=1");
  await ask(port, "http://evil.example/");
  child.kill("SIGTERM");
  const lines = (await result).out
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    {
      level: 30,
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      method: "GET",
      path: "/a",
      status: 200,
      ms: expect.any(Number),
      from: "127.0.0.1",
      msg: "GET /a 200",
    },
    expect.objectContaining({ status: 400 }),
  ]);
});

describe("What fails is told in one line", () => {
  it("a taken port, exit code 1", async () => {
    const taken = await serve(() => undefined);
    expect(await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--port", String(taken)])).toEqual({
      code: 1,
      out: "",
      err: `error: port ${taken} on 127.0.0.1 is in use already.\n`,
    });
  });

  it("a taken port of the redirect, exit code 1", async () => {
    const taken = await serve(() => undefined);
    const args = ["proxy", "--target", "http://127.0.0.1:1", "--port", "0", ...TLS, "--redirect-port", String(taken)];
    expect(await run(program, args)).toEqual({ code: 1, out: "", err: `error: port ${taken} on 127.0.0.1 is in use already.\n` });
  });

  it("an address of another machine, exit code 1", async () => {
    const { code, err } = await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--host", "192.0.2.1"]);
    expect([code, err]).toEqual([1, "error: port 8080 on 192.0.2.1 is not an address of this machine.\n"]);
  });

  it("a key that is none", async () => {
    const args = [
      "proxy",
      "--target",
      "http://127.0.0.1:1",
      "--port",
      "0",
      "--key",
      fixture("localhost-cert.pem"),
      "--cert",
      fixture("localhost-cert.pem"),
    ];
    const { code, err } = await run(program, args);
    expect(code).toBe(2);
    expect(err).toMatch(/^error: --key and --cert: Node reports ".*"\. Write a private key and its certificate, in PEM\.\n$/);
  });

  it("a name to redirect to that is none, exit code 2", async () => {
    const names = ["--redirect-port", "0", "--host-name", "https://site.example"];
    expect(await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--port", "0", ...TLS, ...names])).toEqual({
      code: 2,
      out: "",
      err: 'error: --host-name: "https://site.example" is not a host name. Write host names without scheme and port, in Punycode: ["example.com", "*.example.com"].\n',
    });
  });

  it("a name to redirect to without a redirect, exit code 2", async () => {
    const { code, err } = await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--host-name", "site.example"]);
    expect([code, err.split("\n")[0]]).toEqual([2, "error: --host-name needs --redirect-port."]);
  });

  it("a nonce that no page would know, exit code 1", async () => {
    const { code, err } = await run(program, ["proxy", "--target", "http://127.0.0.1:1", "--policy", "strictDynamic"]);
    expect(code).toBe(1);
    expect(err).toMatch(/^error: .*has a nonce, which the application's pages do not have\..*\n$/);
  });
});

describe("A signal", () => {
  async function slow() {
    const open: http.ServerResponse[] = [];
    const upstream = await serve((_req, res) => {
      open.push(res);
      res.write("begun, ");
    });
    return { upstream, open };
  }

  it.each(["SIGTERM", "SIGINT"] as const)("%s lets a slow response finish, and then ends with 0", async (signal) => {
    const { upstream, open } = await slow();
    const { port, child, result } = await proxying(program, ["--target", url(upstream)]);
    const [response] = (await once(http.get({ host: "127.0.0.1", port, agent: new http.Agent({ keepAlive: true }) }), "response")) as [
      IncomingMessage,
    ];
    const told = once(child.stderr as NodeJS.ReadableStream, "data");
    child.kill(signal);
    await told;
    await expect(ask(port, "/")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    open[0]?.end("and done");
    let body = "";
    for await (const chunk of response) body += chunk;
    expect([body, await result]).toEqual([
      "begun, and done",
      { code: 0, out: expect.any(String), err: `${signal}: waiting for running requests; a second signal stops at once\n` },
    ]);
  });

  it("does not wait for ever: what is cut off is counted, and the exit code is 1", async () => {
    const { upstream } = await slow();
    const { port, child, result } = await proxying(program, ["--target", url(upstream), "--shutdown-timeout", "1"]);
    const [response] = (await once(http.get({ host: "127.0.0.1", port, agent: false }), "response")) as [IncomingMessage];
    response.on("error", () => undefined).resume();
    child.kill("SIGTERM");
    const { code, err } = await result;
    expect([code, err.split("\n")[1]]).toEqual([1, "warning: 1 request was interrupted."]);
  });

  it("the second one stops at once", async () => {
    const { upstream } = await slow();
    const { port, child, result } = await proxying(program, ["--target", url(upstream), "--shutdown-timeout", "3600"]);
    const [response] = (await once(http.get({ host: "127.0.0.1", port, agent: false }), "response")) as [IncomingMessage];
    response.on("error", () => undefined).resume();
    const told = once(child.stderr as NodeJS.ReadableStream, "data");
    child.kill("SIGTERM");
    await told;
    child.kill("SIGTERM");
    expect((await result).code).toBe(1);
  });
});

it("goes on where an application dies midway, and when it is back", async () => {
  let server = http.createServer((_req, res) => {
    res.writeHead(200, { "Content-Length": 100 });
    res.write("half", () => {
      server.closeAllConnections();
      server.close();
    });
  });
  const upstream = await listen(server);
  const { port, child, result } = await proxying(program, ["--target", url(upstream)]);
  await expect(ask(port, "/")).rejects.toMatchObject({ code: "ECONNRESET" });
  for (let request = 0; request < 3; request += 1) expect((await ask(port, "/")).status).toBe(502);
  server = http.createServer((_req, res) => void res.end("back"));
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(upstream, "127.0.0.1", resolve));
  expect((await ask(port, "/health")).status).toBe(200);
  for (let request = 0; request < 2; request += 1) expect((await ask(port, "/")).body).toBe("back");
  child.kill("SIGTERM");
  expect((await result).err.split("\n").slice(0, 3)).toEqual([
    `warning: ${url(upstream)} cannot be reached: nothing listens there. Requests get status 502 until it answers; the proxy keeps running.`,
    `${url(upstream)} answers again`,
    "SIGTERM: waiting for running requests; a second signal stops at once",
  ]);
});

it("loses none of 1,000 concurrent requests, nor of their bodies", async () => {
  const waiting: (() => void)[] = [];
  // None is answered before all are here: they really are at once.
  const upstream = await serve(async (req, res) => {
    let body = "";
    for await (const chunk of req) body += chunk;
    waiting.push(() => res.end(`${req.url} ${body}`));
    if (waiting.length === 1_000) for (const answer of waiting) answer();
  });
  const { port } = await proxying(program, ["--target", url(upstream), "--policy", "streamlit"]);
  const post = (index: number) =>
    new Promise<string>((resolve, reject) => {
      const request = http.request({ host: "127.0.0.1", port, path: `/${index}`, method: "POST", agent: false }, async (response) => {
        let body = `${response.statusCode} ${response.headers["x-frame-options"]} `;
        for await (const chunk of response) body += chunk;
        resolve(body);
      });
      request.on("error", reject);
      request.end(`body ${index}`);
    });
  const answers = await Promise.all(Array.from({ length: 1_000 }, (_, index) => post(index)));
  expect(answers.filter((answer, index) => answer !== `200 SAMEORIGIN /${index} body ${index}`)).toEqual([]);
}, 120_000);

it("loses none of 200 WebSockets, nor of their messages", async () => {
  const { port: upstream, sockets } = await echo();
  const { port, child, result } = await proxying(program, ["--target", url(upstream)]);
  const clients = await Promise.all(Array.from({ length: 200 }, () => connected(`ws://127.0.0.1:${port}/`)));
  expect(sockets.size).toBe(200);
  for (let round = 0; round < 5; round++) {
    const answers = await Promise.all(clients.map((client, index) => told(client, `${index}/${round}`)));
    expect(answers).toEqual(clients.map((_, index) => `${index}/${round}`));
  }
  child.kill("SIGTERM");
  expect((await result).code).toBe(0);
  await until(() => sockets.size === 0);
}, 120_000);
