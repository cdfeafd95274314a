import { execFileSync } from "node:child_process";
import net, { type AddressInfo } from "node:net";
import { join } from "node:path";
import { parse } from "yaml";
import type { TargetName } from "../../src/export/index.js";
import { ask, CERTIFICATE } from "../http/support.js";
import type { Peer } from "../peers.js";
import { apache, main, run } from "./apache-support.js";
import type { MatrixPolicy } from "./matrix.js";
import type { MatrixSite } from "./matrix-oracle.js";
import { NGINX, startNginx } from "./nginx.js";
import { CERTIFICATE_FILES, folderWith, found, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

/** One policy as it was printed for a server. */
export interface Printed {
  readonly policy: MatrixPolicy;
  /** Its files, by path. */
  readonly files: Readonly<Record<string, string>>;
  /** `p0`, `p1`, …: a folder of its own. */
  readonly folder: string;
  /** The name that it was printed for. */
  readonly host: string;
  readonly port: number;
}

/** What is behind a site: the application, or files with a fallback to one page, or files with pages for errors. */
export type Behind = "proxied" | "application" | "pages";

/** A server in one form, with many sites in as few processes as it takes. */
export interface Cell {
  readonly title: string;
  readonly target: TargetName;
  readonly peer: Peer;
  /** Whether a complete server is printed, or headers alone. */
  readonly complete: boolean;
  readonly behind: Behind;
  /** Whether names come in the case in which they were written. */
  readonly exact: boolean;
  /** What becomes of a `%2F`. */
  readonly slash: "decoded" | "kept" | "refused";
  /** Whether the server answers the health path itself. */
  readonly health: boolean;
  /** Whether each site needs a name of its own: it has a place in a configuration with all the others. */
  readonly named?: true;
  /** Starts it; gives back where the sites listen, in their order. */
  launch(all: readonly Printed[], upstream: number): Promise<readonly MatrixSite[]>;
}

/** The files of all sites, each in its folder. */
const filesOf = (all: readonly Printed[]) =>
  Object.fromEntries(all.flatMap(({ folder, files }) => Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text])));

/** A page at the top and in the folder of each route, and one for errors. */
const pagesOf = (all: readonly Printed[]) =>
  Object.fromEntries(
    all.flatMap(({ folder, policy }) => {
      const folders = policy.routes.flatMap(({ path }) => (path.endsWith("/*") ? [path.slice(0, -2)] : []));
      return ["/index.html", "/errors/own.html", ...folders.map((one) => `${one}/index.html`)].map((path) => [`${folder}/www${path}`, "x"]);
    }),
  );

const firstOf = (all: readonly Printed[]) => (all[0] as Printed).port;

const securely = (all: readonly Printed[]) => all.map(({ port, host }) => ({ port, host, secure: true }));
const plainly = (all: readonly Printed[]) => all.map(({ port, host }) => ({ port, host, secure: false }));

/** More room for names and keys than a single site needs. */
const ROOM =
  "variables_hash_max_size 16384; variables_hash_bucket_size 256; map_hash_max_size 16384; proxy_headers_hash_max_size 4096; proxy_headers_hash_bucket_size 256;\n";

const INSIDE_NGINX = {
  application: "location / { try_files $uri $uri/ /index.html; }",
  pages: "error_page 404 403 /errors/own.html;",
};

const nginxWith = (behind: "application" | "pages"): Cell["launch"] => {
  return async (all) => {
    const sites = all.map(({ folder, port, host, files }) => {
      const maps = Object.hasOwn(files, "portcullis/http.conf") ? `include ${folder}/portcullis/http.conf;\n` : "";
      return `${maps}server { listen 127.0.0.1:${port}; server_name ${host}; root ${folder}/www;
include ${folder}/portcullis/headers.conf;
location ~ [.]moved$ { return 301 /elsewhere; }
location ~ [.]secret$ { deny all; }
${INSIDE_NGINX[behind]}
}`;
    });
    await startNginx(`${ROOM}${sites.join("\n")}`, { ...filesOf(all), ...pagesOf(all) }, firstOf(all));
    return plainly(all);
  };
};

const APACHE_MODULES = ["headers", "rewrite", "socache_shmcb", "ssl", "proxy", "proxy_http"];

const INSIDE_APACHE = {
  application: "AllowEncodedSlashes On\nFallbackResource /index.html",
  pages: "ErrorDocument 404 /errors/own.html\nErrorDocument 403 /errors/own.html",
};

/** @param htaccess whether the headers stand in the folder of the files. */
const apacheWith = (behind: "application" | "pages", htaccess: boolean): Cell["launch"] => {
  return async (all) => {
    const sites = all.map(({ folder, port }) => {
      const headers = htaccess
        ? `<Directory "\${root}/${folder}/www">\nAllowOverride FileInfo\n</Directory>`
        : `Include ${folder}/portcullis/headers.conf`;
      return `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
DocumentRoot ${folder}/www
DirectoryIndex index.html
${headers}
<LocationMatch "[.]moved$">
RedirectMatch 301 "^" "/elsewhere"
</LocationMatch>
<LocationMatch "[.]secret$">
Require all denied
</LocationMatch>
${INSIDE_APACHE[behind]}
</VirtualHost>
`;
    });
    const inFolders = Object.fromEntries(all.map(({ folder, files }) => [`${folder}/www/.htaccess`, files[".htaccess"] ?? ""]));
    const own = { "apache.conf": `${main("headers", "rewrite")}${sites.join("")}`, ...pagesOf(all) };
    await run({ ...own, ...(htaccess ? inFolders : filesOf(all)) }, firstOf(all));
    return plainly(all);
  };
};

async function startCaddy(program: string, text: string, files: Readonly<Record<string, string>>, port: number): Promise<void> {
  const folder = folderWith({ Caddyfile: `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${text}`, ...files });
  const environment = [`XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`, `ROOT=${folder}`];
  await start(port, "env", ...environment, program, "run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile");
}

const INSIDE_CADDY = {
  application: "\thandle {\n\t\ttry_files {path} /index.html\n\t\tfile_server\n\t}\n",
  pages: "\thandle {\n\t\tfile_server\n\t}\n\thandle_errors {\n\t\trewrite * /errors/own.html\n\t\tfile_server\n\t}\n",
};

const caddyWith = (program: string, behind: "application" | "pages"): Cell["launch"] => {
  return async (all) => {
    const sites = all.map(
      ({ folder, port }) => `http://localhost:${port} {
	import ${folder}/portcullis/headers.caddy
	root * {env.ROOT}/${folder}/www
	@moved path *.moved
	redir @moved /elsewhere 301
	@secret path *.secret
	handle @secret {
		error 403
	}
${INSIDE_CADDY[behind]}}
`,
    );
    await startCaddy(program, sites.join(""), { ...filesOf(all), ...pagesOf(all) }, firstOf(all));
    return plainly(all);
  };
};

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

const complete = { complete: true, behind: "proxied", exact: true, slash: "decoded", health: true } as const;
const headers = { ...complete, complete: false, health: false } as const;

function cellsOfNginx(): readonly Cell[] {
  const nginx = { target: "nginx", peer: NGINX, named: true } as const;
  const server: Cell["launch"] = async (all) => {
    const sites = all.map(({ folder }) => `include ${folder}/portcullis.conf;`).join("\n");
    await startNginx(`${ROOM}${sites}`, filesOf(all), firstOf(all));
    return securely(all);
  };
  return [
    { ...complete, ...nginx, title: "nginx, a complete server", launch: server },
    {
      ...headers,
      ...nginx,
      title: "nginx, headers before a single-page application",
      behind: "application",
      launch: nginxWith("application"),
    },
    { ...headers, ...nginx, title: "nginx, headers before files", behind: "pages", launch: nginxWith("pages") },
  ];
}

function cellsOfApache(): readonly Cell[] {
  const server: Cell["launch"] = async (all) => {
    const sites = all.map(({ folder }) => `Include ${folder}/portcullis.conf\n`).join("");
    await run({ "apache.conf": `${main(...APACHE_MODULES)}${sites}`, ...filesOf(all) }, firstOf(all));
    return securely(all);
  };
  const before = (form: string, target: "apache" | "htaccess"): readonly Cell[] => [
    {
      ...headers,
      ...{ target, peer: apache, title: `Apache, ${form} before a single-page application`, behind: "application" },
      launch: apacheWith("application", target === "htaccess"),
    },
    {
      ...headers,
      ...{ target, peer: apache, title: `Apache, ${form} before files`, behind: "pages", slash: "refused" },
      launch: apacheWith("pages", target === "htaccess"),
    },
  ];
  return [
    { ...complete, target: "apache", peer: apache, title: "Apache, a complete server", slash: "kept", launch: server },
    ...before("headers", "apache"),
    ...before(".htaccess", "htaccess"),
  ];
}

function cellsOfCaddy(title: string, peer: Peer, program: string): readonly Cell[] {
  const caddy = { target: "caddy", peer, exact: false } as const;
  const server: Cell["launch"] = async (all) => {
    await startCaddy(program, all.map(({ folder }) => `import ${folder}/portcullis.caddy\n`).join(""), filesOf(all), firstOf(all));
    return securely(all);
  };
  return [
    { ...complete, ...caddy, title: `${title}, a complete server`, launch: server },
    {
      ...headers,
      ...caddy,
      title: `${title}, headers before a single-page application`,
      behind: "application",
      launch: caddyWith(program, "application"),
    },
    { ...headers, ...caddy, title: `${title}, headers before files`, behind: "pages", launch: caddyWith(program, "pages") },
  ];
}

function cellsOfProxies(): readonly Cell[] {
  const haproxy = { target: "haproxy", peer: { name: "haproxy", found: found("haproxy"), get: "apt-get install haproxy" } } as const;
  const traefiks = { target: "traefik", peer: wheelPeer("traefik"), exact: false, slash: "refused", health: false, named: true } as const;
  const envoy = { target: "envoy", peer: wheelPeer("envoy"), exact: false } as const;
  return [
    { ...complete, ...haproxy, title: "HAProxy, a complete server", launch: haproxyComplete },
    { ...headers, ...haproxy, title: "HAProxy, headers before answers of its own", behind: "pages", launch: haproxyOwn },
    { ...complete, ...traefiks, title: "Traefik, with the application", launch: traefik },
    { ...headers, ...traefiks, title: "Traefik, headers alone", launch: traefik },
    { ...complete, ...envoy, title: "Envoy, a complete server", launch: envoyComplete },
    { ...headers, ...envoy, title: "Envoy, a virtual host", launch: envoyOwn },
  ];
}

/** All servers that run here, in each form. */
export const CELLS: readonly Cell[] = [
  ...cellsOfNginx(),
  ...cellsOfApache(),
  ...cellsOfCaddy("Caddy 2.6", { name: "caddy", found: found("caddy"), get: "apt-get install caddy" }, "caddy"),
  ...cellsOfCaddy("Caddy 2.11", wheelPeer("caddy"), wheelProgram("caddy")),
  ...cellsOfProxies(),
];

/** Ports for the sites of a cell; two for each, as a complete server has. All are held until the last is known, so that none comes twice. */
export async function portsFor(count: number): Promise<readonly (readonly [https: number, http: number])[]> {
  const held = Array.from({ length: 2 * count }, () => net.createServer());
  await Promise.all(held.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))));
  const ports = held.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  return Array.from({ length: count }, (_, index) => [ports[2 * index] as number, ports[2 * index + 1] as number]);
}
