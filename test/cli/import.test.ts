import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle, type Program, put, run, shell } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);

const CONFIG = `server {
    add_header X-Frame-Options "DENY" always;
    add_header X-Own $host always;
    location = /embed {
        add_header Referrer-Policy origin always;
    }
}
`;
const NOTE = (file: string) =>
  new RegExp(`^warning: ${file}:3: .*\\$host.*\\nremark: ${file}:4: responses of location = /embed have no X-Frame-Options, X-Own: .*\\n$`);
const SCHEMA = { $schema: "./node_modules/portcullis/dist/policy.schema.json" };
const JSON_FILE = {
  ...SCHEMA,
  policy: ["none", { xFrameOptions: "DENY" }],
  routes: [{ path: "/embed", layers: ["none", { referrerPolicy: "origin" }] }],
};

it("prints a module, and says with its line what was not understood", async () => {
  put(program, { "site.conf": CONFIG });
  const { code, out, err } = await portcullis("import", "nginx", "site.conf");
  expect([code, out]).toEqual([
    0,
    `// Read from site.conf by portcullis import nginx.
import { definePolicy } from "portcullis";

export const policy = definePolicy("none", {
  xFrameOptions: "DENY",
});

export const routes = [
  { path: "/embed", layers: ["none", {
    referrerPolicy: "origin",
  }] },
];
`,
  ]);
  expect(err).toMatch(NOTE("site.conf"));
});

it("prints JSON where that is asked for", async () => {
  put(program, { "site.conf": CONFIG });
  const { code, out, err } = await portcullis("import", "nginx", "site.conf", "--json");
  expect([code, JSON.parse(out)]).toEqual([0, JSON_FILE]);
  expect(err).toMatch(NOTE("site.conf"));
});

it("reads stdin", async () => {
  put(program, { "site.conf": CONFIG });
  const { code, out, err } = await shell(program, "portcullis import nginx - --json < site.conf");
  expect([code, JSON.parse(out)]).toEqual([0, JSON_FILE]);
  expect(err).toMatch(NOTE("stdin"));
});

it.each(["--json > read.json", "> read.mjs"])("what it prints is a policy file: %s", async (how) => {
  put(program, { "site.conf": CONFIG, "read.json": "", "read.mjs": "" });
  const name = how.split("> ")[1];
  const { code, out } = await shell(
    program,
    `portcullis import nginx site.conf ${how} 2> /dev/null && portcullis export nginx --policy ${name}`,
  );
  expect([code, out]).toEqual([
    0,
    `==> portcullis/http.conf <==
# For the http block.
# $upstream_http_... is the application's own header.
# The narrowest first: nginx uses the first match.
map $uri $portcullis_route {
    default site;
    ~^/embed\\z embed;
}

map $portcullis_route $portcullis_x_frame_options {
    default "DENY";
    embed $upstream_http_x_frame_options;
}

map $portcullis_route $portcullis_referrer_policy {
    default $upstream_http_referrer_policy;
    embed "origin";
}

==> portcullis/headers.conf <==
# For the top of the server block, above any rewrite, return or if, and again for every location that has an add_header or
# a proxy_hide_header of its own: nginx would drop all of these there.
# With fastcgi_pass, add a fastcgi_hide_header for each proxy_hide_header. The same applies to uwsgi_pass, scgi_pass and grpc_pass.

# Finds the route now: a map is evaluated once per request, and try_files, index, rewrite and error_page may change the path later.
set $portcullis_place $portcullis_route;
# With an encoded slash next to dots, nginx sees another path than an application that does not decode it: /admin/..%2Fembed.
if ($request_uri ~* "^[^?]*(?:%(?:2f|5c)(?:[.]|%2e){2}(?:[/?]|%2f|%5c|$)|/(?:[.]|%2e){2}%(?:2f|5c))") { return 400; }

proxy_hide_header X-Frame-Options;
proxy_hide_header Referrer-Policy;
add_header X-Frame-Options $portcullis_x_frame_options always;
add_header Referrer-Policy $portcullis_referrer_policy always;
`,
  ]);
});

describe("Files that are included", () => {
  const MAIN = "server {\n  include sites/*.conf;\n}\n";
  const SITE = 'add_header X-A "1" always;\nadd_header X-B $host always;\n';

  it("are read from the folder of the file, and named in notes", async () => {
    put(program, { "conf/nginx.conf": MAIN, "conf/sites/a.conf": SITE });
    const { code, out, err } = await portcullis("import", "nginx", "conf/nginx.conf", "--json");
    expect([code, JSON.parse(out), err.slice(0, 33)]).toEqual([
      0,
      { ...SCHEMA, policy: ["none", { custom: { "X-A": "1" } }] },
      "warning: conf/sites/a.conf:2: X-B",
    ]);
  });

  it("are not read from other folders, and how to is said", async () => {
    put(program, { "conf/nginx.conf": "server {\n  include ../other/*.conf;\n}\n", "other/a.conf": SITE });
    const { out, err } = await portcullis("import", "nginx", "conf/nginx.conf", "--json");
    expect(JSON.parse(out)).toEqual({ ...SCHEMA, policy: ["none"] });
    expect(err).toMatch(/^warning: conf\/nginx\.conf:2: other is outside conf: add --include-from \S+\/other to read it: /);
  });

  it("are read from other folders that are named", async () => {
    put(program, { "conf/nginx.conf": "server {\n  include ../other/*.conf;\n}\n", "other/a.conf": SITE });
    const { out } = await portcullis("import", "nginx", "conf/nginx.conf", "--include-from", "other", "--json");
    expect(JSON.parse(out)).toEqual({ ...SCHEMA, policy: ["none", { custom: { "X-A": "1" } }] });
  });

  it("are not read through a link that leads outside", async () => {
    put(program, { "conf/nginx.conf": MAIN, "conf/sites/.keep": "", "other/secret.conf": SITE });
    await shell(program, "ln -sf ../../other/secret.conf conf/sites/link.conf");
    const { out, err } = await portcullis("import", "nginx", "conf/nginx.conf", "--json");
    await shell(program, "rm conf/sites/link.conf");
    expect(JSON.stringify(JSON.parse(out))).not.toContain("secret");
    expect(err).toContain("conf/sites/link.conf is outside conf: ");
  });

  it("that are no files are not waited for", async () => {
    put(program, { "pipes/nginx.conf": "server {\n  include pipe;\n}\n" });
    await shell(program, "mkfifo pipes/pipe");
    const { code, err } = await portcullis("import", "nginx", "pipes/nginx.conf");
    expect([code, err]).toEqual([0, "warning: pipes/nginx.conf:2: pipes/pipe is not a file: include pipe;\n"]);
  });
});

describe("--strict", () => {
  it("exits with 1 where something may be sent that is not printed, and prints the policy all the same", async () => {
    put(program, { "site.conf": CONFIG });
    const { code, out, err } = await portcullis("import", "nginx", "site.conf", "--json", "--strict");
    expect([code, JSON.parse(out)]).toEqual([1, JSON_FILE]);
    expect(err).toMatch(/\nerror: --strict: the policy may differ from what the server sends, as the warning says\.\n$/);
  });

  it("exits with 0 where all was understood", async () => {
    put(program, { "site.conf": "add_header X-Frame-Options DENY always;" });
    expect((await portcullis("import", "nginx", "site.conf", "--strict")).code).toBe(0);
  });
});

describe("Several servers", () => {
  const SERVERS = `server { server_name a.example; add_header X-A 1 always; }
server { server_name ~^(?<sub>.+)\\.example$; add_header X-A 2 always; }
`;

  it("are told with what to write for each, exit code 1", async () => {
    put(program, { "site.conf": SERVERS });
    expect(await portcullis("import", "nginx", "site.conf")).toEqual({
      code: 1,
      out: "",
      err: `error: site.conf has 2 servers with different headers. Choose one:
  --server a.example  (site.conf:1)
  --server '~^(?<sub>.+)\\.example$'  (site.conf:2)
`,
    });
  });

  it("are read one at a time", async () => {
    put(program, { "site.conf": SERVERS });
    const { code, out } = await portcullis("import", "nginx", "site.conf", "--server", "a.example", "--json");
    expect([code, JSON.parse(out)]).toEqual([0, { ...SCHEMA, policy: ["none", { custom: { "X-A": "1" } }] }]);
  });
});

describe("The format", () => {
  it.each<[string, string, string]>([
    ["plain.conf", "server {\n  listen 80;\n  add_header X-A 1 always;\n}\n", "nginx"],
    ["plain", "<VirtualHost *:80>\n  Header always set X-A 1\n</VirtualHost>\n", "apache"],
    ["Caddyfile", "example.com {\n\theader X-A 1\n}\n", "caddy"],
    ["_headers", "/*\n  X-A: 1\n", "_headers"],
    ["vercel.json", '{ "headers": [{ "source": "/(.*)", "headers": [{ "key": "X-A", "value": "1" }] }] }', "vercel"],
  ])("may be left out where %s shows it", async (file, text, format) => {
    put(program, { [file]: text });
    const { code, out } = await portcullis("import", file, "--strict");
    expect([code, out.split("\n")[0], out.includes('"X-A": "1"')]).toEqual([
      0,
      `// Read from ${file} by portcullis import ${format}.`,
      true,
    ]);
  });

  it.each([
    [
      "traefik.yml",
      "http:\n  middlewares:\n    a:\n      headers:\n        customResponseHeaders:\n          X-Frame-Options: DENY\n          X-A: b\n          X-B: b\n          X-C: b\n",
      "traefik",
    ],
    [
      "envoy.yml",
      "route_config:\n  virtual_hosts:\n  - name: a\n    domains: ['*']\n    response_headers_to_add:\n    - header: { key: X-A, value: b }\n",
      "envoy",
    ],
    ["h.mjs", "export const headers = [{ source: '/:path*', headers: [{ key: 'X-A', value: '1' }] }];\n", "next-config"],
  ])("of %s is not mistaken for another", async (file, text, format) => {
    put(program, { [file]: text });
    expect((await portcullis("import", file)).err).not.toContain("Read it as");
    expect((await portcullis("import", "caddy", file)).err).toContain(`Read it as "${format}"`);
  });

  it("has to be told where nothing shows it", async () => {
    put(program, { "plain.txt": "hello\n" });
    expect(await portcullis("import", "plain.txt")).toMatchObject({ code: 2, out: "" });
  });

  it.each<[string, string, string]>([
    ["caddy", "server {\n  listen 80;\n  add_header X-A 1 always;\n}\n", "nginx"],
    ["apache", "server {\n  listen 80;\n  add_header X-A 1 always;\n}\n", "nginx"],
    ["nginx", "<VirtualHost *:80>\n  Header always set X-A 1\n</VirtualHost>\n", "apache"],
    ["caddy", "<VirtualHost *:80>\n  Header always set X-A 1\n</VirtualHost>\n", "apache"],
    ["nginx", "example.com {\n\theader X-A 1\n}\n", "caddy"],
    ["apache", "example.com {\n\theader X-A 1\n}\n", "caddy"],
    ["nginx", "/*\n  X-A: 1\n", "_headers"],
    ["_headers", "server {\n  listen 80;\n  add_header X-A 1 always;\n}\n", "nginx"],
    ["vercel", "/*\n  X-A: 1\n", "_headers"],
    ["nginx", '{ "headers": [\n { "source": "/(.*)", "headers": [{ "key": "X-A", "value": "1" }] }\n] }', "vercel"],
  ])("that is wrong is told: %s for %j", async (format, text, right) => {
    put(program, { "wrong.txt": text });
    const { code, out, err } = await portcullis("import", format, "wrong.txt");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toContain(`Read it as "${right}": most of it looks like `);
  });

  it("that nothing speaks for is told", async () => {
    put(program, { "plain.txt": "hello world\n" });
    expect(await portcullis("import", "caddy", "plain.txt")).toEqual({
      code: 1,
      out: "",
      err: "error: plain.txt does not look like a Caddyfile.\n",
    });
  });
});

describe("What fails is told in lines", () => {
  it.each<[string, string[], string]>([
    ["an unknown target", ["ngnix", "x"], '"ngnix" is not a format. Did you mean "nginx"?'],
    [
      "a target that is only written",
      ["lighttpd", "x"],
      '"lighttpd" is not a format. Write "nginx", "apache", "caddy", "haproxy", "traefik", "envoy", "kubernetes-gateway", "_headers", "netlify-toml", "vercel" or "next-config".',
    ],
    ["a target of export whose files have another name", ["htaccess", "x"], '"htaccess" is not a format. Write apache.'],
    ["a missing file", ["nginx", "gone.conf"], "gone.conf does not exist."],
    ["a folder", ["nginx", "node_modules"], "node_modules is a folder."],
  ])("%s, exit code 2", async (_, args, line) => {
    expect(await portcullis("import", ...args)).toEqual({ code: 2, out: "", err: `error: ${line}\n` });
  });

  it("missing words, exit code 2", async () => {
    expect(await portcullis("import")).toEqual({
      code: 2,
      out: "",
      err: `error: <file> is missing: the configuration, or - for stdin.
See portcullis import --help.
`,
    });
  });

  it("a text that is no configuration at all, with its name, exit code 1", async () => {
    put(program, { "site.conf": "server {\n  add_header X-Frame-Options DENY;\n" });
    const { code, out, err } = await portcullis("import", "nginx", "site.conf");
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^error: site\.conf: .*\n$/);
  });
});
