import { PolicyError } from "../../errors.js";
import type { RequestLike } from "../../middleware/types.js";
import type { Policy } from "../../policy/policy.js";
import type { ProxyEndpoint } from "../../proxy/index.js";
import { isLoopback } from "../../values/loopback.js";
import { usage } from "../arguments.js";
import { command, configFlags, type Given, PORT, SECONDS } from "../command.js";
import { Failure, systemFailure } from "../failure.js";
import { policyHelp } from "../policy-help.js";
import type { Terminal } from "../terminal.js";

const flags = {
  target: {
    value: "url",
    text: "The address of the application, such as localhost:8501. A path in it is put before the path of every request.",
  },
  policy: {
    value: "preset|file",
    many: true,
    default: "recommended",
    text: "The policy for every response: a preset or policy file. Later ones override earlier ones.",
  },
  route: {
    value: "path=preset|file",
    many: true,
    text: "A preset or policy file that is added on a path, such as /embed=embed.json, or /api/*=api for all paths below /api/. The routes of policy files are included too.",
  },
  collect: {
    value: "file",
    text: "Collect the reports of browsers in this SQLite file, which is created. Every policy gets the address of --report-path. portcullis learn reads the file, also while the proxy runs.",
  },
  observe: {
    value: "preset|file",
    many: true,
    text: "With --collect: a policy that is sent as report-only headers: browsers report what it would block, and block nothing. Without --policy, nothing is enforced.",
  },
  "report-path": {
    value: "path",
    default: "/portcullis-reports",
    text: "With --collect: the path that browsers send reports to. The application does not get its requests.",
  },
  "secure-cookies": {
    text: "Add Secure, HttpOnly and SameSite=Lax to the application's cookies where they are missing. For a site that visitors reach over https.",
  },
  port: { value: "port", number: [0, 65_535], default: "8080", text: "Port to listen on; 0 for any free port." },
  host: {
    value: "address",
    default: "127.0.0.1",
    text: "Address to listen on: 127.0.0.1 accepts connections of this machine only, 0.0.0.0 of all machines.",
  },
  "keep-upstream": {
    text: "Keep the application's own Content-Security-Policy as a second header: browsers enforce both. Without it, the policy replaces it.",
  },
  "trust-proxy": { text: "Trust X-Forwarded-For, -Proto and -Host of the client. Only for use behind a proxy that sets them." },
  "change-host": { text: "Send the target's host name as Host instead of the client's. For https targets, this is always done." },
  "no-keep-alive": {
    text: "Use each connection to the application for one request only, so that a broken response cannot reach another visitor.",
  },
  key: { value: "file", text: "Private key in PEM format. With --key and --cert, the proxy serves https." },
  cert: { value: "file", text: "Certificate in PEM format, with its intermediate certificates." },
  "redirect-port": { value: "port", number: [0, 65_535], text: "With --key and --cert: a second port, for http, that redirects to https." },
  "public-port": {
    value: "port",
    number: PORT,
    default: "the value of --port",
    text: "With --redirect-port: the https port that browsers are redirected to.",
  },
  "host-name": {
    value: "name",
    many: true,
    text: "With --redirect-port: a host name to redirect to, such as example.com or *.example.com. Other hosts get status 400. Without it, every host is redirected.",
  },
  "health-path": { value: "path", default: "/health", text: "Path that the proxy answers itself with 200." },
  "health-target": {
    value: "path",
    text: "Path of the application that is requested for --health-path. The answer is 503 if its status is not 2xx or 3xx, or comes too late.",
  },
  "no-health": { text: "Forward every path to the application." },
  "connect-timeout": { value: "seconds", number: SECONDS, default: "10", text: "Time limit for a connection to the application." },
  "response-timeout": {
    value: "seconds",
    number: SECONDS,
    default: "300",
    text: "Time limit for the start of the application's response, and for each pause in an upload.",
  },
  "web-socket-timeout": {
    value: "seconds",
    number: SECONDS,
    default: "3600",
    text: "Close a WebSocket after this time without data in either direction.",
  },
  "max-connections": {
    value: "number",
    number: [1, 1_000_000],
    default: "2048",
    text: "Client connections at the same time, for each port.",
  },
  "shutdown-timeout": {
    value: "seconds",
    number: SECONDS,
    default: "8",
    text: "Time for running requests to finish after SIGTERM or SIGINT.",
  },
  log: { text: "Print a line of JSON for every request." },
  json: { text: "Print the address of the proxy as JSON." },
  ...configFlags,
} as const;

/** `portcullis proxy`: serves an application with a policy. */
export const proxy = command({
  summary: "Serves an application that cannot set headers itself, with a policy.",
  positionals: [],
  flags,
  config: { policy: "asked" },
  examples: [
    ["portcullis proxy --target http://127.0.0.1:8501 --policy streamlit", "Serve a Streamlit app on http://127.0.0.1:8080."],
    [
      "portcullis proxy --target http://127.0.0.1:8501 --policy streamlit --route /embed=embed.json --health-target /_stcore/health",
      "Change the policy on one path, and check the application's health.",
    ],
    [
      "portcullis proxy --target http://127.0.0.1:3000 --host 0.0.0.0 --port 443 --key key.pem --cert cert.pem --redirect-port 80 --log",
      "Serve https to all machines, redirect http, and log requests.",
    ],
    [
      "portcullis proxy --target http://127.0.0.1:3000 --collect reports.db --observe strict",
      "See what strict would block, and block nothing. Then run portcullis learn reports.db --policy strict.",
    ],
    ["portcullis proxy --target http://127.0.0.1:3000 --policy strict --keep-upstream", "Enforce the application's own policy too."],
  ],
  tables: policyHelp,

  async run(given, _words, terminal, defaults) {
    const { port = 8080, host = "127.0.0.1" } = given;
    checkTogether(given);
    const [{ readPolicies, readRoutes }, { createProxy }, { applicationAddress }, { reachability }] = await Promise.all([
      import("../policies.js"),
      import("../../proxy/index.js"),
      import("../input/address.js"),
      import("../reachability.js"),
    ]);
    const target = applicationAddress(given.target ?? "", "target");
    checkLoop(target, host, port);
    const words = given.policy ?? (given.observe === undefined ? ((await defaults.policy()) ?? ["recommended"]) : ["none"]);
    const { policy: enforced, routes: ofFiles } = await readPolicies(words, terminal);
    const routes = [...ofFiles, ...(await readRoutes(given.route ?? []))];
    const watched = given.collect === undefined ? undefined : await watch(enforced, given.collect, given);
    const log = given.log ? (await import("../log.js")).requestLog() : undefined;
    const watchTarget = reachability(
      target,
      [given["no-health"] ? undefined : (given["health-path"] ?? HEALTH_PATH), watched?.endpoint.path],
      terminal,
    );
    const proxy = createProxy({
      target,
      policy: watched?.policy ?? enforced,
      routes,
      endpoint: watched?.endpoint,
      secureCookies: given["secure-cookies"],
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
      log: (entry) => {
        log?.write(entry);
        watchTarget(entry);
      },
    });
    const ports = await proxy
      .listen({ port, host, redirectPort: given["redirect-port"], publicPort: given["public-port"], hosts: given["host-name"] })
      .catch((error: NodeJS.ErrnoException & { port?: number }) => {
        if (error instanceof PolicyError) throw hostNameFailure(error);
        throw systemFailure(error, `port ${error.port ?? port} on ${host}`);
      });
    // Signals are handled before the address is printed: the reader of the address may stop the proxy.
    const stopped = untilStopped((grace) => proxy.close(grace), milliseconds(given["shutdown-timeout"]), terminal);
    const url = `${given.key === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${ports.port}`;
    const { observe, collect } = given;
    terminal[given.json ? "out" : "say"](
      placeText({ url, target, words, observe, collect, routes: routes.map(({ path }) => path), ...ports }, given.json),
    );
    const cut = await stopped;
    await watched?.finish();
    log?.flush();
    if (cut > 0) terminal.warn(`${cut} ${cut === 1 ? "request was" : "requests were"} interrupted.`);
    return cut > 0 ? 1 : 0;
  },
});

/** The policy with what is observed and where reports go, and the endpoint for them. */
interface Watched {
  readonly policy: Policy;
  readonly endpoint: ProxyEndpoint;
  /** Writes the reports that wait. */
  finish(): Promise<void>;
}

const HEALTH_PATH = "/health";

const REPORT_PATH = "/portcullis-reports";

/** Makes what --collect and --observe ask for. Throws a Failure or a PolicyError. */
async function watch(enforced: Policy, file: string, given: Given<typeof flags>): Promise<Watched> {
  const path = given["report-path"] ?? REPORT_PATH;
  const [{ readOnePolicy }, { collectReports }, { storeAt }, { observe }, { makePolicy }] = await Promise.all([
    import("../policies.js"),
    import("../../reports/index.js"),
    import("../input/stores.js"),
    import("../../policy/rollout.js"),
    import("../../policy/policy.js"),
  ]);
  const ignored = { warn: () => undefined };
  const observed = given.observe === undefined ? [] : [observe(await readOnePolicy(given.observe, ignored))];
  const silent = makePolicy([enforced, ...observed]);
  const policy = makePolicy([silent, reportingTo(path, silent, given)]);
  const store = await storeAt(file);
  const collector = collectReports({ store, address: given["trust-proxy"] ? forwardedFor : undefined });
  const finish = async () => {
    await collector.flush();
    await store.close();
  };
  return { policy, endpoint: { path, handle: collector }, finish };
}

/**
 * The layer that names the endpoint. Chromium delivers reports of `report-to` over https only, and ignores `report-uri` beside it: on a
 * plain http port `report-uri` alone is sent, which carries the reports of a Content-Security-Policy.
 */
function reportingTo(path: string, { resolved }: Policy, given: Given<typeof flags>): object {
  if (given.key !== undefined || given["trust-proxy"]) return { reporting: { csp: path, default: path } };
  const keys = ["contentSecurityPolicy", "contentSecurityPolicyReportOnly"].filter((key) => resolved[key as "contentSecurityPolicy"]);
  return Object.fromEntries(keys.map((key) => [key, { reportUri: [path] }]));
}

/** The client's address, as the proxy in front of this one names it: the last entry, which that proxy added. */
function forwardedFor(req: RequestLike): string {
  // Node joins several lines of it.
  const last = String(req.headers?.["x-forwarded-for"] ?? "")
    .split(",")
    .at(-1)
    ?.trim();
  return last || ((req.socket as { remoteAddress?: string } | undefined)?.remoteAddress ?? "unknown");
}

interface Serving {
  readonly url: string;
  readonly target: string;
  readonly words: readonly string[];
  readonly observe: readonly string[] | undefined;
  readonly collect: string | undefined;
  readonly routes: readonly string[];
  readonly redirectPort: number | undefined;
}

/** Where the proxy listens, and with which policy. */
function placeText({ url, target, words, observe, collect, routes, redirectPort }: Serving, json: true | undefined): string {
  const policy = words.join(", ");
  const observed = observe?.join(", ");
  if (json)
    return `${JSON.stringify({ url, target, policy, observe: observed, collect, ...(routes.length > 0 && { routes }), redirectPort })}\n`;
  const parts = [`${url} -> ${target}, policy ${policy}`];
  if (observed !== undefined) parts.push(`observing ${observed}`);
  if (collect !== undefined) parts.push(`reports in ${collect}`);
  if (routes.length > 0) parts.push(`routes ${routes.join(", ")}`);
  if (redirectPort !== undefined) parts.push(`http on ${redirectPort}`);
  return parts.join("; ");
}

const milliseconds = (seconds: number | undefined) => (seconds === undefined ? undefined : 1_000 * seconds);

/** Checks options that need, or exclude, others. */
function checkTogether(given: Given<typeof flags>): void {
  const wrong = [
    given.target === undefined && "--target is missing: write --target <url>, such as --target http://127.0.0.1:8501.",
    given.observe !== undefined && given.collect === undefined && "--observe needs --collect <file>, such as --collect reports.db.",
    given["report-path"] !== undefined && given.collect === undefined && "--report-path needs --collect.",
    (given.key === undefined) !== (given.cert === undefined) && "--key and --cert need each other.",
    given["redirect-port"] !== undefined && given.key === undefined && "--redirect-port needs --key and --cert.",
    given["public-port"] !== undefined && given["redirect-port"] === undefined && "--public-port needs --redirect-port.",
    given["host-name"] !== undefined && given["redirect-port"] === undefined && "--host-name needs --redirect-port.",
    given["no-health"] && given["health-target"] !== undefined && "--health-target and --no-health cannot be combined.",
    given["no-health"] && given["health-path"] !== undefined && "--health-path and --no-health cannot be combined.",
  ].filter((line) => typeof line === "string");
  if (wrong.length > 0) throw usage(wrong, "proxy");
}

/** The names of --host-name are refused under `listen.hosts`. */
function hostNameFailure(error: PolicyError): Error {
  if (!error.path.startsWith("listen.hosts")) return error;
  return new Failure(
    error.issues.map(({ message, hint }) => `--host-name: ${message}. ${hint}`),
    2,
  );
}

/** A proxy that is its own target would send requests to itself until it has no connections left. */
function checkLoop(target: string, host: string, port: number): void {
  if (!URL.canParse(target)) return;
  const { hostname, port: targetPort, protocol } = new URL(target);
  const same = Number(targetPort || (protocol === "https:" ? 443 : 80)) === port;
  if (same && (hostname === host || isLoopback(hostname)))
    throw usage([`--target ${target} is the address of the proxy itself. Write another --port.`], "proxy");
}

async function pem(path: string): Promise<Uint8Array> {
  const [{ readBytes }, { MOST_BYTES }] = await Promise.all([import("../input/text.js"), import("../limits.js")]);
  return readBytes(path, path, { bytes: MOST_BYTES.pem });
}

/** Waits for SIGTERM or SIGINT, and then for running requests; a second signal exits at once. */
function untilStopped(close: (grace?: number) => Promise<number>, grace: number | undefined, { say }: Terminal): Promise<number> {
  return new Promise((resolve, reject) => {
    let asked = false;
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(1);
        asked = true;
        // New connections are refused before the line is printed.
        close(grace).then(resolve, reject);
        say(`${signal}: waiting for running requests; a second signal stops at once`);
      });
    }
  });
}
