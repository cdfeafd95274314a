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
    `==> portcullis/headers.conf <==
# For the server block, and for every location that has an add_header of its own: nginx would drop all of these there.
proxy_hide_header X-Frame-Options;
add_header X-Frame-Options "DENY" always;

==> portcullis/embed.conf <==
# For location = /embed: the whole set, because nginx merges nothing.
proxy_hide_header Referrer-Policy;
add_header Referrer-Policy "origin" always;
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
