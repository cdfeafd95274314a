import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Terminal, terminal } from "../../src/cli/terminal.js";
import { visible } from "../../src/cli/visible.js";
import { listen } from "../http/support.js";
import { GROUP } from "../reports/support.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

/** Control characters of both sets, both directions, nothing at all, line separators, and colours. */
const HOSTILE = "\x1b[31m\x07\x7f\x9b2J\u202e\u2066\u200b\u200e\u061c\ufeff\u2028\u2029\u00ad";
const OBEYED = /[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
/** As Node hands it over from the wire: a byte a character. */
const LATIN = "\x1b[31m\x9b2J\xad".replace("\x1b", "");

describe("What a terminal would obey is shown as an escape", () => {
  it.each([
    ["\x1b[31m", "\\u001b[31m"],
    ["a\nb\tc\r", "a\\u000ab\\u0009c\\u000d"],
    ["\x7f\x80\x9b\x9f", "\\u007f\\u0080\\u009b\\u009f"],
    ["\u202a\u202e\u2066\u2069", "\\u202a\\u202e\\u2066\\u2069"],
    ["\u200e\u200f\u061c", "\\u200e\\u200f\\u061c"],
    ["\u200b\u200d\ufeff\u00ad\u2060\u3164", "\\u200b\\u200d\\ufeff\\u00ad\\u2060\\u3164"],
    ["\u2028\u2029", "\\u2028\\u2029"],
    ["\u{e0041}", "\\udb40\\udc41"],
    ["\ud800a\udc00", "\\ud800a\\udc00"],
    ["déjà vu \u{1f600} 日本 \\", "déjà vu \u{1f600} 日本 \\"],
  ])("%j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });
});

describe("A terminal with colours", () => {
  function written(use: (to: Terminal) => void): string {
    let all = "";
    const stream = { isTTY: true, hasColors: () => true, on: () => undefined, write: (text: string) => (all += text) };
    use(terminal({ stdout: stream, stderr: stream } as unknown as NodeJS.Process));
    return all;
  }

  it("shows our own", () => {
    expect(written(({ out, bold }) => out(`${bold("a")}\tb\n`))).toBe("\x1b[1ma\x1b[22m\tb\n");
  });

  it("shows none of what is printed", () => {
    expect(written(({ out, red }) => out(`${red("\x1b[32ma")}\n`))).toBe("\x1b[31m\\u001b[32ma\x1b[39m\n");
  });

  it.each(["say", "warn", "fail"] as const)("keeps what %s writes on one line", (how) => {
    expect(written((to) => to[how]("a\nerror: b\x1b[32m")).endsWith("a\\u000aerror: b\\u001b[32m\n")).toBe(true);
  });
});

describe("No command prints what a terminal would obey", () => {
  const files = {
    "h.txt": `Content-Security-Policy: img-src ${HOSTILE}; ${HOSTILE} a\nServer: ${HOSTILE}\nSet-Cookie: ${HOSTILE}=1\nX-Powered-By: ${HOSTILE}\n`,
    "bad.txt": `${HOSTILE}\n`,
    "h.json": JSON.stringify({ "X-Powered-By": HOSTILE, [`X-${HOSTILE}`]: HOSTILE, Server: { a: HOSTILE } }),
    "p.json": JSON.stringify(["none", { contentSecurityPolicy: { imgSrc: [HOSTILE] }, [HOSTILE]: 1, custom: { [HOSTILE]: HOSTILE } }]),
    "odd.json": JSON.stringify({ policy: ["none"], [HOSTILE]: 1 }),
    "broken.json": `{ ${HOSTILE}`,
    "throws.mjs": `throw new Error(${JSON.stringify(HOSTILE)})`,
    "text.mjs": `export default ${JSON.stringify(HOSTILE)}`,
    "n.conf": `add_header X-Own "${HOSTILE}"; expires 1d; add_header ${HOSTILE} b c d; location ~ ${HOSTILE} { add_header A b; }`,
    "broken.conf": `${HOSTILE}`,
    "c.conf": `a.example {\nheader X-A ${HOSTILE}\nlog ${HOSTILE} {\nheader a\n}\n}\n`,
    "a.conf": `Header set X-A "${HOSTILE}"\n<Location ~ ${HOSTILE}>\nHeader set A b\n</Location>\n`,
    "v.json": JSON.stringify({ headers: [{ source: HOSTILE, headers: [{ key: HOSTILE, value: HOSTILE }] }] }),
    _headers: `/*\n  X-A: ${HOSTILE}\n/${HOSTILE}*\n  ${HOSTILE}: b\n`,
    "g.json": JSON.stringify([
      { ...GROUP, blocked: `https://a.example/${HOSTILE}`, browsers: [{ value: HOSTILE, count: 1 }], route: HOSTILE },
      { ...GROUP, directive: HOSTILE, samples: [{ value: HOSTILE, count: 1 }] },
    ]),
    "e.json": JSON.stringify([{ id: HOSTILE }]),
  };
  const NAME = `a${HOSTILE}`;
  it.each([
    ...["", "--json", "--sarif", "--compliance"].map((flag) => ["check", "h.txt", ...(flag ? [flag] : [])]),
    ...["h.json", "bad.txt", "p.json", "odd.json", "broken.json", "throws.mjs", "text.mjs"].map((file) => ["check", file]),
    ...["h.txt", "p.json"].flatMap((file) => [
      ["explain", file],
      ["explain", file, "--json"],
      ["compare", file, "h.txt"],
      ["compare", "strict", file, "--json"],
    ]),
    ...["p.json", "odd.json", "broken.json", "throws.mjs"].flatMap((file) => [
      ["headers", "--policy", file],
      ["headers", "--json", "--policy", file],
      ["export", "nginx", "--policy", file],
    ]),
    ...[
      ["nginx", "n.conf"],
      ["nginx", "broken.conf"],
      ["apache", "a.conf"],
      ["apache", "broken.conf"],
      ["caddy", "c.conf"],
      ["vercel", "v.json"],
      ["_headers", "_headers"],
    ].flatMap((words) => [
      ["import", ...words],
      ["import", ...words, "--json"],
    ]),
    ["learn", "g.json"],
    ["learn", "g.json", "--any-policy", "--format", "json"],
    ["learn", "g.json", "--any-policy", "--format", "typescript"],
    ["learn", "e.json"],
    ["learn", "p.json"],
    // Names of files that are not there, and words of other kinds.
    ...["check", "compare", "explain", "learn", "import", "export", "headers", "presets", "proxy", "nonsense", "help"].flatMap((name) => [
      [name, NAME],
      [name, NAME, NAME],
      [name, `--${NAME}`],
    ]),
    ...["--policy", "--route", "--timeout", "--fail-on", "--http", "--format", "--nonce", "--target"].flatMap((flag) =>
      ["check", "explain", "learn", "export", "headers", "proxy"].map((name) => [name, flag, NAME]),
    ),
    ["export", "nginx", "--route", `/${NAME}=${NAME}`],
    ["export", "nginx", "--server-name", NAME, "--upstream", `http://${NAME}`],
    ["check", `http://${NAME}.invalid/`],
    ["check", `HEAD:${NAME}`],
    ["learn", `redis://${NAME}`],
    [NAME],
    [`--${NAME}`],
  ])("%j %j %j %j %j", async (...args) => {
    put(program, files);
    const { out, err } = await run(program, args);
    expect(out + err).not.toBe("");
    expect(out + err).not.toMatch(OBEYED);
  });

  it.each([["check"], ["check", "--json"], ["check", "--sarif"], ["explain"], ["explain", "--json"]])(
    "of a hostile server: %s %s",
    async (command, ...flags) => {
      const lines = ["Content-Security-Policy: img-src ", "Server: ", "Set-Cookie: ", "X-Powered-By: "].map(
        (line) => `${line}${LATIN}\r\n`,
      );
      const answer = Buffer.from(`HTTP/1.1 200 ${LATIN}\r\n${lines.join("")}Content-Encoding: ${LATIN}\r\n\r\n`, "latin1");
      const port = await listen(
        net.createServer((socket) => void socket.on("error", () => undefined).once("data", () => socket.end(answer))),
      );
      const { out, err } = await run(program, [command as string, `http://127.0.0.1:${port}/`, ...flags]);
      expect(out).toMatch(/\\u009b|Content-Security-Policy/);
      expect(out + err).not.toMatch(OBEYED);
    },
  );

  it("of a server that redirects to a hostile place", async () => {
    const location = Buffer.from(`HTTP/1.1 302 Found\r\nLocation: file://${HOSTILE.slice(6)}\r\n\r\n`.replace(/[\x07\x7f]/g, ""));
    const port = await listen(
      net.createServer((socket) => void socket.on("error", () => undefined).once("data", () => socket.end(location))),
    );
    const { out, err } = await run(program, ["check", `http://127.0.0.1:${port}/`]);
    expect(err).toContain("error: ");
    expect(out + err).not.toMatch(OBEYED);
  });
});

describe("Input that is too much is refused", () => {
  const MB = 1_048_576;
  it.each([
    [
      "a configuration",
      ["import", "nginx", "f.txt"],
      { "f.txt": " ".repeat(MB + 1) },
      "f.txt is longer than 1048576 bytes, the most that is read.",
      2,
    ],
    [
      "a policy",
      ["headers", "--policy", "f.json"],
      { "f.json": " ".repeat(MB + 1) },
      "f.json is longer than 1048576 bytes, the most that is read.",
      2,
    ],
    [
      "a configuration file",
      ["check", "strict", "--config", "f.json"],
      { "f.json": `{ "policy": "strict" }${" ".repeat(MB)}` },
      "f.json is longer than 1048576 bytes, the most that is read.",
      2,
    ],
    [
      "a file of headers",
      ["check", "f.txt"],
      { "f.txt": " ".repeat(MB + 1) },
      "f.txt is longer than 1048576 bytes, the most that is read.",
      2,
    ],
    ["a file without end", ["import", "caddy", "/dev/zero"], {}, "/dev/zero is longer than 1048576 bytes, the most that is read.", 2],
    ["lines of headers", ["check", "f.txt"], { "f.txt": "A: b\n".repeat(1_001) }, "f.txt has more than 1000 header lines.", 1],
    [
      "an object of headers",
      ["check", "f.json"],
      { "f.json": JSON.stringify({ "x-a": Array(1_001).fill("b") }) },
      "f.json has more than 1000 header lines.",
      1,
    ],
    ["one header", ["check", "f.txt"], { "f.txt": `A: ${"b".repeat(65_536)}\n` }, "f.txt: its headers are longer than 64 kB.", 1],
    [
      "a deep policy",
      ["headers", "--policy", "f.json"],
      { "f.json": `${"[".repeat(101)}${"]".repeat(101)}` },
      "f.json has more than 100 levels of nested lists and objects.",
      1,
    ],
    [
      "a very deep policy",
      ["headers", "--policy", "f.json"],
      { "f.json": "[".repeat(900_000) },
      "f.json has more than 100 levels of nested lists and objects.",
      1,
    ],
    ["deep groups", ["learn", "f.json"], { "f.json": "[".repeat(101) }, "f.json has more than 100 levels of nested lists and objects.", 1],
  ] as const)("%s", async (_, args, files, line, code) => {
    put(program, files);
    expect(await run(program, args)).toEqual({ code, out: "", err: expect.stringContaining(`error: ${line}\n`) });
  });

  it("groups of 64 MB", { timeout: 60_000 }, async () => {
    put(program, { "g.json": `[${" ".repeat(67_108_864)}` });
    expect((await run(program, ["learn", "g.json"])).err).toBe("error: g.json is longer than 67108864 bytes, the most that is read.\n");
  });

  it("of brackets in texts nothing is counted", async () => {
    put(program, { "p.json": `["none", { "custom": { "X-A": "\\"${"[".repeat(200)}" } }]` });
    expect((await run(program, ["headers", "--policy", "p.json"])).out).toBe(`X-A: "${"[".repeat(200)}\n`);
  });

  it("of findings a hundred are printed, and --json has all", async () => {
    put(program, { "h.txt": Array.from({ length: 900 }, (_, index) => `Set-Cookie: session${index}=1\n`).join("") });
    const { out } = await run(program, ["check", "h.txt"]);
    expect(out.match(/^(?:high|medium|low|info) /gm)).toHaveLength(100);
    const { findings } = JSON.parse((await run(program, ["check", "h.txt", "--json"])).out);
    expect(out).toContain(`\n${findings.length - 100} more findings: --json prints all.\n`);
  });
});

describe("A policy file has its own properties only", () => {
  it("and refuses __proto__", async () => {
    put(program, { "p.json": '{ "__proto__": { "policy": ["none"] } }' });
    const { code, err } = await run(program, ["headers", "--policy", "p.json"]);
    expect([code, err]).toEqual([1, expect.stringContaining("__proto__")]);
  });
});
