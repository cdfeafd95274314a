import { readFile } from "node:fs/promises";
import { PolicyError } from "../../errors.js";
import { isLoopback } from "../../values/loopback.js";
import { usage } from "../arguments.js";
import { command, type Given, PORT, SECONDS } from "../command.js";
import { Failure, systemFailure } from "../failure.js";
import { policyHelp } from "../policy-help.js";
import type { Terminal } from "../terminal.js";

const flags = {
  target: {
    value: "url",
    text: "Where the application listens, such as http://127.0.0.1:8501; with a path it is asked for /x at http://127.0.0.1:8501/path/x.",
  },
  policy: { value: "preset|file", many: true, default: "recommended", text: "What every response carries. Later ones lie on top." },
  route: {
    value: "path=preset|file",
    many: true,
    text: "What lies on top for a path, such as /embed=embed.json, or /api/*=api for all below it; besides the routes of policy files.",
  },
  port: { value: "port", number: [0, 65_535], default: "8080", text: "Where it listens; 0 for a port that is free." },
  host: {
    value: "address",
    default: "127.0.0.1",
    text: "The address that it listens on: 127.0.0.1 is reached from this machine alone, 0.0.0.0 from all.",
  },
  "keep-upstream": {
    text: "Keeps the application's own Content-Security-Policy beside ours: browsers enforce both. Without it ours replaces it.",
  },
  "trust-proxy": { text: "Believes X-Forwarded-For, -Proto and -Host of the client: only behind a proxy that sets them." },
  "change-host": { text: "Sends the target's own name as Host, as is done for https targets. Without it the client's." },
  "no-keep-alive": { text: "Uses a connection to the application for one request only: no bytes of one answer can reach another visitor." },
  key: { value: "file", text: "A private key in PEM: with --cert, https is served." },
  cert: { value: "file", text: "Its certificate in PEM, with what comes between it and the root." },
  "redirect-port": { value: "port", number: [0, 65_535], text: "With --key and --cert: a port of plain http that redirects to https." },
  "public-port": {
    value: "port",
    number: PORT,
    default: "that of --port",
    text: "The port that browsers reach https on, for the redirect.",
  },
  "host-name": {
    value: "name",
    many: true,
    text: "With --redirect-port: a name to redirect to, such as example.com or *.example.com; any other Host gets 400. Without it every Host is followed.",
  },
  "health-path": { value: "path", default: "/health", text: "Answered by the proxy itself with 200." },
  "health-target": {
    value: "path",
    text: "A path that the application is asked for on --health-path: 503 where it does not answer with 2xx or 3xx in time.",
  },
  "no-health": { text: "Leaves every path to the application." },
  "connect-timeout": { value: "seconds", number: SECONDS, default: "10", text: "For a connection to the application." },
  "response-timeout": {
    value: "seconds",
    number: SECONDS,
    default: "300",
    text: "Until the application's response begins, or the next part of an upload comes.",
  },
  "web-socket-timeout": { value: "seconds", number: SECONDS, default: "3600", text: "Silence on a WebSocket, both ways." },
  "max-connections": { value: "number", number: [1, 1_000_000], default: "2048", text: "Connections of clients at once, for each port." },
  "shutdown-timeout": { value: "seconds", number: SECONDS, default: "8", text: "For running requests to finish after SIGTERM or SIGINT." },
  log: { text: "Prints a line of JSON for every request." },
  json: { text: "Prints where it listens as JSON." },
} as const;

/** `portcullis proxy`: a policy for an application that cannot set headers itself. */
export const proxy = command({
  summary: "Serves an application that cannot set headers itself.",
  positionals: [],
  flags,
  examples: [
    ["portcullis proxy --target http://127.0.0.1:8501 --policy streamlit", "A Streamlit app, on http://127.0.0.1:8080."],
    [
      "portcullis proxy --target http://127.0.0.1:8501 --policy streamlit --route /embed=embed.json --health-target /_stcore/health",
      "More on one path, and a health path that asks the application.",
    ],
    [
      "portcullis proxy --target http://127.0.0.1:3000 --host 0.0.0.0 --port 443 --key key.pem --cert cert.pem --redirect-port 80 --log",
      "https for everybody, http redirected, and a log.",
    ],
    ["portcullis proxy --target http://127.0.0.1:3000 --policy strict --keep-upstream", "What both policies allow."],
  ],
  tables: policyHelp,

  async run(given, _words, terminal) {
    const { target = "", port = 8080, host = "127.0.0.1", policy: words = [] } = given;
    checkTogether(given);
    checkLoop(target, host, port);
    const [{ readPolicyFile, readSite }, { readRoute }, { createProxy }] = await Promise.all([
      import("../policy.js"),
      import("./export.js"),
      import("../../proxy/index.js"),
    ]);
    const { policy, routes: ofFiles } = await readSite(words);
    const routes = [...ofFiles];
    for (const text of given.route ?? []) routes.push(await readRoute(text, readPolicyFile));
    const log = given.log ? (await import("../log.js")).requestLog() : undefined;
    const proxy = createProxy({
      target,
      policy,
      routes,
      keepUpstream: given["keep-upstream"],
      trustProxy: given["trust-proxy"],
      changeHost: given["change-host"],
      keepAlive: !given["no-keep-alive"],
      tls: given.key && given.cert ? { key: await pem(given.key), cert: await pem(given.cert) } : undefined,
      healthPath: given["no-health"] ? false : given["health-path"],
      healthTarget: given["health-target"],
      connectTimeout: milliseconds(given["connect-timeout"]),
      responseTimeout: milliseconds(given["response-timeout"]),
      webSocketTimeout: milliseconds(given["web-socket-timeout"]),
      maxConnections: given["max-connections"],
      log: log?.write,
    });
    const ports = await proxy
      .listen({ port, host, redirectPort: given["redirect-port"], publicPort: given["public-port"], hosts: given["host-name"] })
      .catch((error: NodeJS.ErrnoException & { port?: number }) => {
        if (error instanceof PolicyError) throw badNames(error);
        throw systemFailure(error, `port ${error.port ?? port} on ${host}`);
      });
    // Before anybody is told where it listens: who knows may stop it.
    const stopped = untilStopped((grace) => proxy.close(grace), milliseconds(given["shutdown-timeout"]), terminal);
    const url = `${given.key === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${ports.port}`;
    terminal[given.json ? "out" : "say"](placeText({ url, target, words, routes: routes.map(({ path }) => path), ...ports }, given.json));
    const cut = await stopped;
    log?.flush();
    if (cut > 0) terminal.warn(`${cut} ${cut === 1 ? "request was" : "requests were"} cut off.`);
    return cut > 0 ? 1 : 0;
  },
});

interface Serving {
  readonly url: string;
  readonly target: string;
  readonly words: readonly string[];
  readonly routes: readonly string[];
  readonly redirectPort: number | undefined;
}

/** Where it listens, and with what. */
function placeText({ url, target, words, routes, redirectPort }: Serving, json: true | undefined): string {
  const policy = words.length === 0 ? "recommended" : words.join(", ");
  if (json) return `${JSON.stringify({ url, target, policy, ...(routes.length > 0 && { routes }), redirectPort })}\n`;
  const parts = [`${url} -> ${target}, policy ${policy}`];
  if (routes.length > 0) parts.push(`routes ${routes.join(", ")}`);
  if (redirectPort !== undefined) parts.push(`http on ${redirectPort}`);
  return parts.join("; ");
}

const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : 1_000 * seconds);

/** Options that make no sense alone, or beside each other. */
function checkTogether(given: Given<typeof flags>): void {
  const wrong = [
    given.target === undefined && "Write --target <url>, such as --target http://127.0.0.1:8501.",
    (given.key === undefined) !== (given.cert === undefined) && "--key and --cert go together.",
    given["redirect-port"] !== undefined && given.key === undefined && "--redirect-port needs https: --key and --cert.",
    given["public-port"] !== undefined && given["redirect-port"] === undefined && "--public-port is for --redirect-port.",
    given["host-name"] !== undefined && given["redirect-port"] === undefined && "--host-name is for --redirect-port.",
    given["no-health"] && given["health-target"] !== undefined && "--health-target is for --health-path, and --no-health leaves none.",
    given["no-health"] && given["health-path"] !== undefined && "--health-path and --no-health: write one of the two.",
  ].filter((line) => typeof line === "string");
  if (wrong.length > 0) throw usage(wrong, "proxy");
}

/** The key is refused under an option's name; names are, under that of the function they are passed on to. */
function badNames(error: PolicyError): Error {
  if (!error.path.startsWith("listen.hosts")) return error;
  return new Failure(
    error.issues.map(({ message, hint }) => `--host-name: ${message}. ${hint}`),
    2,
  );
}

/** A proxy that is its own target would ask itself until it has no more connections. */
function checkLoop(target: string, host: string, port: number): void {
  if (!URL.canParse(target)) return;
  const { hostname, port: targetPort, protocol } = new URL(target);
  const same = Number(targetPort || (protocol === "https:" ? 443 : 80)) === port;
  if (same && (hostname === host || isLoopback(hostname)))
    throw usage([`--target ${target} is the proxy itself. Write another --port.`], "proxy");
}

async function pem(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new Failure(systemFailure(error, path).lines, 2);
  }
}

/** Waits for SIGTERM or SIGINT, and then for what runs; a second signal does not wait. */
function untilStopped(close: (grace?: number) => Promise<number>, grace: number | undefined, { say }: Terminal): Promise<number> {
  return new Promise((resolve, reject) => {
    let asked = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        // Closed first: whoever reads the line may rely on it.
        close(grace).then(resolve, reject);
        say(`${signal}: running requests finish; once more stops at once`);
      });
    }
  });
}
