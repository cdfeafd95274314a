import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parse } from "yaml";
import { ask, CERTIFICATE } from "../http/support.js";
import { type Cell, complete, firstOf, headers, type Printed, plainly, securely } from "./matrix-cells.js";
import { CERTIFICATE_FILES, folderWith, found, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

async function startHaproxy(texts: readonly string[], port: number): Promise<void> {
  const files = Object.fromEntries(texts.map((text, index) => [`${index}.cfg`, text]));
  const folder = folderWith({ ...files, "both.pem": `${CERTIFICATE.cert}${CERTIFICATE.key}` });
  const args = Object.keys(files).flatMap((name) => ["-f", join(folder, name)]);
  execFileSync("haproxy", ["-C", folder, "-c", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  await start(port, "haproxy", "-C", folder, "-db", ...args);
}

/** Its global section is one, so that each site has a process. */
const haproxyComplete: Cell["launch"] = async (all) => {
  for (const { files, port } of all) {
    await startHaproxy([(files["portcullis.cfg"] as string).replaceAll(CERTIFICATE_FILES.certificate, "both.pem")], port);
  }
  return securely(all);
};

const haproxyOwn: Cell["launch"] = async (all) => {
  for (const { files, port } of all) {
    const frontend = `frontend own
mode http
timeout client 60s
bind 127.0.0.1:${port}
option h1-case-adjust-bogus-client
${files["portcullis/headers.cfg"]}
http-request redirect location /elsewhere code 301 if { path_end .moved }
http-request deny deny_status 403 if { path_end .secret }
http-request return status 404 content-type text/plain string x if { path_end .html }
http-request return status 200 content-type text/plain string x
`;
    await startHaproxy([files["portcullis/global.cfg"] as string, frontend], port);
  }
  return plainly(all);
};

/** Names of routers and middlewares are for all files of a folder. */
const traefikFile = ({ folder, files }: Printed) => (files["portcullis-traefik.yaml"] as string).replaceAll('"portcullis-', `"${folder}-`);

const traefik: Cell["launch"] = async (all, upstream) => {
  const { certificate, certificateKey } = CERTIFICATE_FILES;
  const own = `tls: { certificates: [{ certFile: ${certificate}, keyFile: ${certificateKey} }] }
http:
  routers:
    ready: { rule: "Path(\`/own-ready\`)", priority: 10000, entryPoints: [websecure], service: ping@internal, tls: {} }
  services: { app: { loadBalancer: { servers: [{ url: "http://127.0.0.1:${upstream}" }] } } }
`;
  const sites = Object.fromEntries(all.map((one) => [`${one.folder}.yaml`, traefikFile(one)]));
  const port = firstOf(all);
  const args = [
    `--entryPoints.websecure.address=127.0.0.1:${port}`,
    "--entryPoints.websecure.http.encodedCharacters.allowEncodedSlash=false",
    `--providers.file.directory=${folderWith({ ...sites, "own.yaml": own })}`,
    ...[
      "--ping=true",
      "--ping.manualRouting=true",
      "--log.level=ERROR",
      "--global.checkNewVersion=false",
      "--global.sendAnonymousUsage=false",
    ],
  ];
  await start(port, wheelProgram("traefik"), ...args);
  // It listens before it has read the files.
  const isReady = () => ask(port, "/own-ready", { secure: true }).then(({ status }) => status === 200);
  for (let rest = 200; rest > 0 && !(await isReady().catch(() => false)); rest--) await new Promise((resolve) => setTimeout(resolve, 50));
  return all.map(({ host }) => ({ port, host, secure: true }));
};

/** The limit for the longest regular expression, as the printed configuration of that site has it. */
const RUNTIME = { layers: [{ name: "own", static_layer: { "re2.max_program_size.error_level": 1_000 } }] };

async function startEnvoy(listeners: readonly object[], clusters: unknown, port: number): Promise<void> {
  const text = JSON.stringify({ layered_runtime: RUNTIME, static_resources: { listeners, clusters } });
  const args = ["-c", join(folderWith({ "envoy.json": text }), "envoy.json"), "--concurrency", "1", "--disable-hot-restart", "-l", "error"];
  await start(port, wheelProgram("envoy"), ...args);
}

interface Listener {
  readonly name: string;
}

/** All listeners in one configuration, under names of their own, before one cluster: the application is the same. */
const envoyComplete: Cell["launch"] = async (all) => {
  const printed = all.map(
    ({ files }) => parse(files["portcullis-envoy.yaml"] as string).static_resources as { listeners: Listener[]; clusters: unknown },
  );
  const listeners = printed.flatMap((one, index) => one.listeners.map((listener) => ({ ...listener, name: `${listener.name}-${index}` })));
  await startEnvoy(listeners, printed[0]?.clusters, firstOf(all));
  return securely(all);
};

const EXTENSIONS = "type.googleapis.com/envoy.extensions.filters";

const envoyOwn: Cell["launch"] = async (all, upstream) => {
  const listeners = all.map(({ files, port, folder }) => {
    const router = { name: "envoy.filters.http.router", typed_config: { "@type": `${EXTENSIONS}.http.router.v3.Router` } };
    const manager = {
      "@type": `${EXTENSIONS}.network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix: folder,
      normalize_path: true,
      merge_slashes: true,
      http_filters: [router],
      route_config: { virtual_hosts: parse(files["portcullis-envoy.yaml"] as string) },
    };
    const filters = [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }];
    return { name: folder, address: { socket_address: { address: "127.0.0.1", port_value: port } }, filter_chains: [{ filters }] };
  });
  const address = { socket_address: { address: "127.0.0.1", port_value: upstream } };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address } }] }];
  const cluster = { name: "app", type: "STATIC", load_assignment: { cluster_name: "app", endpoints } };
  await startEnvoy(listeners, [cluster], firstOf(all));
  return plainly(all);
};

const haproxy = { target: "haproxy", peer: { name: "haproxy", found: found("haproxy"), get: "apt-get install haproxy" } } as const;
const traefiks = { target: "traefik", peer: wheelPeer("traefik"), exact: false, slash: "refused", health: false, named: true } as const;
const envoy = { target: "envoy", peer: wheelPeer("envoy"), exact: false } as const;
/** Servers that only pass on. */
export const PROXIES: readonly Cell[] = [
  { ...complete, ...haproxy, title: "HAProxy, a complete server", launch: haproxyComplete },
  { ...headers, ...haproxy, title: "HAProxy, headers before answers of its own", behind: "pages", launch: haproxyOwn },
  { ...complete, ...traefiks, title: "Traefik, with the application", launch: traefik },
  { ...headers, ...traefiks, title: "Traefik, headers alone", launch: traefik },
  { ...complete, ...envoy, title: "Envoy, a complete server", launch: envoyComplete },
  { ...headers, ...envoy, title: "Envoy, a virtual host", launch: envoyOwn },
];
