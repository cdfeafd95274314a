import { join } from "node:path";
import type { Peer } from "../peers.js";
import { apache, main, run } from "./apache-support.js";
import { type Cell, complete, filesOf, firstOf, headers, pagesOf, plainly, securely } from "./matrix-cells.js";
import { NGINX, startNginx } from "./nginx.js";
import { folderWith, found, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

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

const APACHE_PAGES = "ErrorDocument 404 /errors/own.html\nErrorDocument 403 /errors/own.html\n";

/** What leads all paths to one page most often. */
const APACHE_APPLICATION = `RewriteEngine On
RewriteCond "%{REQUEST_FILENAME}" !-f
RewriteCond "%{REQUEST_FILENAME}" !-d
RewriteCond "%{REQUEST_URI}" "![.]moved$"
RewriteRule "^" "/index.html" [L]
`;

/** @param htaccess whether the headers stand in the folder of the files. */
const apacheWith = (behind: "application" | "pages", htaccess: boolean): Cell["launch"] => {
  return async (all) => {
    const sites = all.map(({ folder, port }) => {
      const allowed = htaccess ? "AllowOverride FileInfo\n" : "";
      const included = htaccess ? "" : `Include ${folder}/portcullis/headers.conf\n`;
      return `Listen 127.0.0.1:${port}
<VirtualHost 127.0.0.1:${port}>
DocumentRoot ${folder}/www
DirectoryIndex index.html
${behind === "pages" ? APACHE_PAGES : "AllowEncodedSlashes On\n"}${included}<Directory "\${root}/${folder}/www">
${allowed}${behind === "pages" ? "" : APACHE_APPLICATION}</Directory>
<LocationMatch "[.]moved$">
RedirectMatch 301 "^" "/elsewhere"
</LocationMatch>
<LocationMatch "[.]secret$">
Require all denied
</LocationMatch>
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

/** Servers that have files, too. */
export const FILE_SERVERS: readonly Cell[] = [
  ...cellsOfNginx(),
  ...cellsOfApache(),
  ...cellsOfCaddy("Caddy 2.6", { name: "caddy", found: found("caddy"), get: "apt-get install caddy" }, "caddy"),
  ...cellsOfCaddy("Caddy 2.11", wheelPeer("caddy"), wheelProgram("caddy")),
];
