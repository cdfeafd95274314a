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
    add_header X-Own $host;
    location = /embed {
        add_header Referrer-Policy origin always;
    }
}
`;
const NOTE = (file: string) => new RegExp(`^warning: ${file}:3: .*\\$host.*\\n$`);
const JSON_FILE = {
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
# $upstream_http_... is what the application sends itself.
# The narrowest first: nginx takes the first that fits.
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
# With fastcgi_pass write fastcgi_hide_header for proxy_hide_header; likewise with uwsgi_pass, scgi_pass and grpc_pass.

# Finds the route now: try_files, index, rewrite and error_page may lead to another path, and a map is asked once a request.
set $portcullis_place $portcullis_route;

proxy_hide_header X-Frame-Options;
proxy_hide_header Referrer-Policy;
add_header X-Frame-Options $portcullis_x_frame_options always;
add_header Referrer-Policy $portcullis_referrer_policy always;
`,
  ]);
});

describe("What fails is told in lines", () => {
  it.each<[string, string[], string]>([
    ["an unknown target", ["ngnix", "x"], '"ngnix" cannot be read. Did you mean "nginx"?'],
    [
      "a target that is only written",
      ["haproxy", "x"],
      '"haproxy" cannot be read. Write "nginx", "apache", "caddy", "_headers" or "vercel".',
    ],
    ["a missing file", ["nginx", "gone.conf"], "gone.conf is not there."],
    ["a folder", ["nginx", "node_modules"], "node_modules is a folder."],
  ])("%s, exit code 2", async (_, args, line) => {
    expect(await portcullis("import", ...args)).toEqual({ code: 2, out: "", err: `error: ${line}\n` });
  });

  it("missing words, exit code 2", async () => {
    expect(await portcullis("import")).toEqual({
      code: 2,
      out: "",
      err: `error: <target> is missing: What the configuration is for: nginx, apache, caddy, _headers, vercel.
error: <file> is missing: The configuration, or - for stdin.
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
