import http from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ConfigFormat, parseConfig } from "../../src/export/index.js";
import { renderHeaders } from "../../src/index.js";
import { ask, serve } from "../http/support.js";
import { type Peer, skipWithout } from "../peers.js";
import { folderWith, found, freePort, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

/** How many configurations are made up for each server. */
const COUNT = Number(process.env["PORTCULLIS_FUZZ"] ?? 12);

/** Numbers that look like chance and are the same each time. Mulberry32. */
function chance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (count: number) => Math.floor(next() * count);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T;
  const some = <T>(most: number, make: () => T): readonly T[] => Array.from({ length: below(most + 1) }, make);
  return { below, pick, some, is: () => next() < 0.5 };
}

type Chance = ReturnType<typeof chance>;

const NAMES = ["X-A", "X-B", "X-C", "X-D"];
const SENT: Readonly<Record<string, string>> = { "X-A": "app", "X-B": "app" };
const VALUES = ["one", "two", "a 'b'; c=\"d\"", "100%", "max-age=1, x"];
const PATHS = ["/", "/api", "/api/", "/api/v1/", "/embed", "/x"];
const ASKED = ["/", "/api", "/api/", "/api/x", "/api/v1/", "/api/v1/x", "/embed", "/embed/", "/x", "/other"];

/** What the policy that was read sends on a path, where the application sends what it sends. */
function expectedAt({ policy, routes }: ReturnType<typeof parseConfig>, path: string): Readonly<Record<string, string>> {
  const route = routes.findLast((one) => (one.path.endsWith("/*") ? path.startsWith(one.path.slice(0, -1)) : path === one.path));
  const own = route?.policy ?? policy;
  const stripped = ((own.resolved["stripHeaders"] ?? []) as readonly string[]).map((name) => name.toLowerCase());
  const headers = { ...SENT, ...renderHeaders(own) };
  return lowered(Object.fromEntries(Object.entries(headers).filter(([name]) => !stripped.includes(name.toLowerCase()))));
}

function lowered(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const known = Object.entries(headers).filter(([name]) => NAMES.includes(name.toUpperCase()));
  return Object.fromEntries(known.map(([name, value]) => [name.toLowerCase(), value]).sort());
}

/** An answer with all lines of a header; that of the application is left out where the server adds others to it. */
function answerOf(
  port: number,
  path: string,
): Promise<{ readonly status: number | undefined; readonly headers: Readonly<Record<string, string>> }> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: "127.0.0.1", port, path, agent: false }, (response) => {
      response.resume();
      const lines = NAMES.map((name) => [name, response.headersDistinct[name.toLowerCase()] ?? []] as const);
      const own = lines.map(
        ([name, values]) =>
          [name, values.filter((value, index) => index > 0 || value !== "app" || values.length === 1).join(", ")] as const,
      );
      resolve({ status: response.statusCode, headers: lowered(Object.fromEntries(own.filter(([, value]) => value !== ""))) });
    });
    request.on("error", reject);
  });
}

/** Nobody here asks for `/apiary` or `//api/`, and the server has no errors of its own. */
const NEVER_ASKED = /^also matches paths|as the client sent|^http-response does not apply/;

/** What has a note may differ. */
const mayDiffer = ({ notes }: ReturnType<typeof parseConfig>) =>
  notes.some(({ differs, message }) => differs && !NEVER_ASKED.test(message));

interface Server {
  readonly format: ConfigFormat;
  readonly peer: Peer;
  make(random: Chance, port: number, upstream: number): string;
  run(text: string, port: number): Promise<void>;
}

const haproxyQuoted = (value: string) => `"${value.replace(/[\\"$]/g, "\\$&").replaceAll("%", "%%")}"`;

const HAPROXY: Server = {
  format: "haproxy",
  peer: { name: "haproxy", found: found("haproxy"), get: "apt-get install haproxy" },
  make(random, port, upstream) {
    const test = () => `${random.pick(["{ var(txn.p) -m beg", "{ var(txn.p) -m str"])} ${random.pick(PATHS)} }`;
    const condition = () =>
      random.pick([
        "",
        "",
        ` if ${test()}`,
        ` unless ${test()}`,
        ` if ${test()} or ${test()}`,
        ` if ${test()} !${test()}`,
        " if api",
        " if !api",
        " if { var(txn.n) -m int 1 2 }",
        " if { var(txn.n) -m found }",
        " if { ssl_fc }",
        " if !{ ssl_fc }",
      ]);
    const rule = () => {
      const [table, name] = [random.pick(["http-response", "http-after-response"]), random.pick(NAMES)];
      if (random.below(4) === 0) return `    ${table} del-header ${name}${condition()}`;
      return `    ${table} ${random.pick(["set-header", "set-header", "add-header"])} ${name} ${haproxyQuoted(random.pick(VALUES))}${condition()}`;
    };
    const variables = random.some(3, () => `    http-request set-var(txn.n) int(${random.below(3)}) if { path_beg ${random.pick(PATHS)} }`);
    return [
      ...["defaults", "    mode http", ...["client", "server", "connect"].map((one) => `    timeout ${one} 5s`)],
      ...[
        "frontend front",
        `    bind 127.0.0.1:${port}`,
        "    http-request set-var(txn.p) path",
        "    acl api var(txn.p) -m beg /api/",
        "    acl api var(txn.p) -m str /api",
      ],
      ...[...variables, ...random.some(5, rule), `    use_backend other if { path_beg ${random.pick(PATHS)} }`, "    default_backend app"],
      ...["backend app", "    acl api var(txn.p) -m str /x", ...random.some(3, rule), `    server one 127.0.0.1:${upstream}`],
      ...["backend other", "    acl api var(txn.p) -m str /embed", ...random.some(2, rule), `    server one 127.0.0.1:${upstream}`],
      "",
    ].join("\n");
  },
  run: (text, port) => start(port, "haproxy", "-db", "-f", join(folderWith({ "h.cfg": text }), "h.cfg")),
};

const ENVOY: Server = {
  format: "envoy",
  peer: wheelPeer("envoy"),
  make(random, port, upstream) {
    const level = () => {
      const added = random.some(3, () => {
        const header = { key: random.pick(NAMES), value: random.pick(VALUES).replaceAll("%", "%%") };
        return random.pick([
          { header },
          { header, append: false },
          ...[
            "OVERWRITE_IF_EXISTS_OR_ADD",
            "APPEND_IF_EXISTS_OR_ADD",
            random.below(8) === 0 ? "ADD_IF_ABSENT" : "OVERWRITE_IF_EXISTS_OR_ADD",
          ].map((append_action) => ({
            header,
            append_action,
          })),
        ]);
      });
      return { response_headers_to_add: added, response_headers_to_remove: random.some(2, () => random.pick(NAMES)) };
    };
    const match = () => {
      const path = random.pick(PATHS);
      const segment = path === "/" ? "/x" : path.replace(/\/$/, "");
      return random.pick([
        { prefix: path },
        { prefix: path },
        { path },
        { path_separated_prefix: segment },
        { safe_regex: { regex: `${segment}/.*` } },
      ]);
    };
    const route = (of: object) => ({ match: of, route: { cluster: "app", timeout: "0s" }, ...level() });
    const routes = [...random.some(4, () => route(match())), route({ prefix: "/" })];
    const manager = {
      ...{
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix: "x",
      },
      http_filters: [{ name: "router", typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router" } }],
      route_config: {
        most_specific_header_mutations_wins: random.is(),
        ...level(),
        virtual_hosts: [{ name: "x", domains: ["*"], ...level(), routes }],
      },
    };
    const socket = (port_value: number) => ({ address: { socket_address: { address: "127.0.0.1", port_value } } });
    const filters = [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }];
    const endpoints = [{ lb_endpoints: [{ endpoint: socket(upstream) }] }];
    const clusters = [{ name: "app", load_assignment: { cluster_name: "app", endpoints } }];
    return JSON.stringify({ static_resources: { listeners: [{ ...socket(port), filter_chains: [{ filters }] }], clusters } }, null, 1);
  },
  run(text, port) {
    const args = ["-c", join(folderWith({ "e.yaml": text }), "e.yaml"), "--concurrency", "1", "--disable-hot-restart", "-l", "error"];
    return start(port, wheelProgram("envoy"), ...args);
  },
};

const TRAEFIK: Server = {
  format: "traefik",
  peer: wheelPeer("traefik"),
  make(random, port, upstream) {
    const names = ["m1", "m2", "m3"];
    const headers = () => ({
      headers: {
        customResponseHeaders: Object.fromEntries([
          ["X-D", "d"],
          ...random.some(3, () => [random.pick(NAMES), random.pick(["", ...VALUES])]),
        ]),
      },
    });
    const middlewares = { ...Object.fromEntries(names.map((name) => [name, headers()])), all: { chain: { middlewares: ["m3", "m1"] } } };
    const rule = () => {
      const path = random.pick(PATHS);
      return random.pick([
        `PathPrefix(\`${path}\`)`,
        `Path(\`${path}\`)`,
        `Path(\`${path}\`) || PathPrefix(\`/api/v1/\`)`,
        `(Path(\`${path}\`)) || Path(\`/x\`)`,
        `PathRegexp(\`^/embed(/|$)\`)`,
      ]);
    };
    const routers = Object.fromEntries(
      ["PathPrefix(`/`)", ...random.some(3, rule)].map((one, index) => [
        `r${index}`,
        {
          ...{
            rule: one,
            service: "app",
            middlewares: random.some(3, () => random.pick([...names, "all", "m1@file"])),
            priority: index * 7 + 1,
          },
        },
      ]),
    );
    const services = { app: { loadBalancer: { servers: [{ url: `http://127.0.0.1:${upstream}` }] } } };
    return JSON.stringify({ http: { routers, middlewares, services } }, null, 1).replace(/^\{/, `# ${port}\n{`);
  },
  run(text, port) {
    const folder = folderWith({ "t.yaml": text });
    const args = [
      `--entryPoints.web.address=127.0.0.1:${port}`,
      `--providers.file.filename=${join(folder, "t.yaml")}`,
      "--log.level=ERROR",
    ];
    return start(port, wheelProgram("traefik"), ...args, "--global.checkNewVersion=false", "--global.sendAnonymousUsage=false");
  },
};

describe.each([HAPROXY, ENVOY, TRAEFIK])("what is read of a configuration for $format", ({ format, peer, make, run }) => {
  describe.skipIf(skipWithout(`what is read for ${format}`, [peer]))("is what the server sends, or has a note", () => {
    it("with a note in less than half of them", () => {
      const noted = Array.from({ length: COUNT }, (_, index) => parseConfig(format, make(chance(index + 1), 1, 1))).filter(mayDiffer);
      expect(noted.length).toBeLessThan(COUNT / 2);
    });

    it.each(Array.from({ length: COUNT }, (_, index) => index + 1))("number %i", async (seed) => {
      const [port, upstream] = [await freePort(), await serve((_req, res) => void res.writeHead(200, SENT).end())];
      const text = make(chance(seed), port, upstream);
      const read = parseConfig(format, text);
      if (mayDiffer(read)) return;
      await run(text, port);
      for (let rest = 100; rest > 0 && (await ask(port, "/")).status !== 200; rest--)
        await new Promise((resolve) => setTimeout(resolve, 50));
      for (const path of ASKED) {
        const { status, headers } = await answerOf(port, path);
        expect([path, status, headers, text]).toEqual([path, 200, expectedAt(read, path), text]);
      }
    });
  });
});
