import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHeaders } from "../../src/cli/input/headers.js";
import { bundle, type Program, put, run } from "./support.js";

const PAGE = `<!doctype html>
<title>a</title>

<p>X-Frame-Options: no header
HTTP/1.1 500 is no status here either`;

const REDIRECTED = `HTTP/1.1 100 Continue

HTTP/1.1 301 Moved Permanently
Location: https://a.example/
Content-Type: text/html

HTTP/2 200
content-type: text/html; charset=utf-8
x-frame-options: DENY

`;

describe("What curl -i prints", () => {
  it.each([
    ["\n", REDIRECTED],
    ["\r\n", REDIRECTED.replaceAll("\n", "\r\n")],
  ])("is the last response, and its page, with %j", (_, head) => {
    expect(readHeaders(`${head}${PAGE}`, "a")).toEqual({
      status: 200,
      headers: [
        ["content-type", "text/html; charset=utf-8"],
        ["x-frame-options", "DENY"],
      ],
      html: PAGE,
    });
  });

  it("is without a body that is not a page", () => {
    const json = 'HTTP/1.1 200 OK\nContent-Type: application/json\n\n{ "X-Frame-Options": "DENY" }\n';
    expect(readHeaders(json, "a")).toEqual({ status: 200, headers: [["Content-Type", "application/json"]], html: undefined });
  });

  it("may have no body, and empty lines around it", () => {
    expect(readHeaders("\n\nHTTP/1.1 204 No Content\nA: b\n\n\n", "a")).toEqual({ status: 204, headers: [["A", "b"]], html: undefined });
  });

  it("may be many responses", () => {
    expect(readHeaders(`${"HTTP/1.1 100 Continue\n\n".repeat(40_000)}HTTP/1.1 200 OK\nA: b\n`, "a").headers).toEqual([["A", "b"]]);
  });

  it("has no line among its headers that is not one", () => {
    expect(() => readHeaders("HTTP/1.1 200 OK\nA: b\n<p>\n\n<p>", "a")).toThrow('a:3: "<p>" is not a header.');
  });

  it.each([
    ["HTTP/1.1 302 Found\r\nLocation: /\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n"],
    ["HTTP/2 302 \r\nlocation: /\r\n\r\nHTTP/2 200 \r\nA: b\r\n\r\n"],
    ["HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 302 \r\nlocation: /\r\n\r\nHTTP/2 200 \r\nA: b\r\n\r\n"],
    ["HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n"],
  ])("with -L and -I is the last response: %j", (text) => {
    expect(readHeaders(text, "a")).toEqual({ status: 200, headers: [["A", "b"]], html: undefined });
  });

  it("needs its status line: other text after headers is refused", () => {
    expect(() => readHeaders("A: b\n\n<p>", "a")).toThrow('a:3: "<p>" is not a header.');
  });
});

describe("portcullis check", () => {
  let program: Program;
  beforeAll(async () => {
    program = await bundle();
  });
  afterAll(() => program.remove());

  it("compares the HTML of such a file with its policy", async () => {
    put(program, {
      "r.txt": "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Security-Policy: script-src 'none'\r\n\r\n<p>a\r\n<script>1</script>",
    });
    const { code, out } = await run(program, ["check", "r.txt", "--html"]);
    expect([code, out.includes("line 2: <script>: has no nonce or hash that the policy allows")]).toEqual([0, true]);
  });

  it.each(["check", "compare", "explain"])("of a redirect alone is not what %s is asked about, which it says", async (command) => {
    put(program, { "r.txt": "HTTP/1.1 302 Found\nLocation: /a\n" });
    expect((await run(program, [command, "r.txt", ...(command === "compare" ? ["strict"] : [])])).err).toBe(
      "warning: r.txt answered 302: its headers are those of a redirect, not of the page that it leads to.\n",
    );
  });

  it("has no cookies where no Set-Cookie is in a whole response", async () => {
    put(program, { "r.txt": "HTTP/1.1 200 OK\nX-Frame-Options: DENY\n", "h.txt": "X-Frame-Options: DENY\n" });
    const cookies = async (file: string) =>
      /^protect cookies.* {2}?(yes|no|not seen)$/m.exec((await run(program, ["check", file, "--compliance"])).out)?.[1];
    expect([await cookies("r.txt"), await cookies("h.txt")]).toEqual(["yes", "not seen"]);
  });

  it.each(['{"a":1}', "[]", "{}"])("is no JSON without names of headers: %s", async (text) => {
    put(program, { "j.txt": text });
    expect(await run(program, ["check", "j.txt"])).toEqual({
      code: 1,
      out: "",
      err: `error: j.txt has JSON without the names of headers. Write lines such as X-Frame-Options: DENY, as curl -I prints them.
In JSON, headers are an object such as { "X-Frame-Options": "DENY" }; a file with a policy has the extension .json.
`,
    });
  });

  it.each([
    ["Access-Control-Allow-Origin: *", "no"],
    ["Cross-Origin-Resource-Policy: cross-origin", "weak"],
    ["Cross-Origin-Resource-Policy: same-origin", "yes"],
  ])("%s isolates the response: %s", async (line, met) => {
    put(program, { "r.txt": `HTTP/1.1 200 OK\n${line}\n` });
    const { out } = await run(program, ["check", "r.txt", "--compliance"]);
    expect(/^isolate resources .* (\w+)$/m.exec(out)?.[1]).toBe(met);
  });

  it("refuses more than it reads", async () => {
    put(program, { "r.txt": `HTTP/1.1 200 OK\nContent-Type: text/html\n\n${"x".repeat(1_048_576)}` });
    expect(await run(program, ["check", "r.txt"])).toEqual({
      code: 2,
      out: "",
      err: "error: r.txt is longer than 1048576 bytes, the most that is read.\n",
    });
  });
});
