import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type http from "node:http";
import https from "node:https";
import net, { type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { CERTIFICATE, listen, serve, serveSecurely } from "../http/support.js";
import { GROUP } from "../reports/support.js";
import { bundle, ended, type Program, put, run, shell } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const CA = { NODE_EXTRA_CA_CERTS: fileURLToPath(new URL("../http/fixtures/localhost-cert.pem", import.meta.url)) };
const portcullis = (...args: string[]) => run(program, args, CA);
const page = (headers: http.OutgoingHttpHeaders, text = "<!doctype html><title>A page</title>") => {
  return (_req: http.IncomingMessage, res: http.ServerResponse) =>
    void res.writeHead(200, { "Content-Type": "text/html", ...headers }).end(text);
};
const redirect =
  (location: string, status = 301) =>
  (_req: http.IncomingMessage, res: http.ServerResponse) =>
    void res.writeHead(status, { Location: location }).end();

/** Answers every connection with these bytes, or with what a function does. */
function raw(answer: string | Buffer | ((socket: Socket) => void)): Promise<number> {
  return listen(
    net.createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => (typeof answer === "function" ? answer(socket) : void socket.end(answer)));
    }),
  );
}

/** Writes again and again until the other side has enough. */
function endless(first: string, piece: string, pause: number): Promise<number> {
  return raw((socket) => {
    socket.write(first);
    const timer = setInterval(() => void socket.write(piece), pause);
    socket.on("close", () => clearInterval(timer));
  });
}

// What the documented Streamlit deployment sends.
const STREAMLIT = `X-Frame-Options: DENY
X-Content-Type-Options: nosniff
Content-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; connect-src 'self' ws: wss:; font-src 'self' data:; frame-ancestors 'none'
Strict-Transport-Security: max-age=31536000; includeSubDomains
X-XSS-Protection: 1; mode=block
Referrer-Policy: strict-origin-when-cross-origin
Permissions-Policy: geolocation=(), microphone=(), camera=()
`;

describe("A file of headers", () => {
  it("is printed as a table, findings with their fix, and the score", async () => {
    put(program, {
      "h.txt":
        "HTTP/2 200\r\ncontent-type: text/html\r\nx-frame-options: DENY\r\nserver: nginx/1.18\r\nset-cookie: sid=SECRET; Secure; HttpOnly; SameSite=Lax\r\n\r\n",
    });
    const { code, out, err } = await portcullis("check", "h.txt");
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`h.txt answered 200

Header                        Verdict  Value
x-frame-options               good     DENY
server                        remove   nginx/1.18
set-cookie                    good     sid
Content-Security-Policy       missing
Strict-Transport-Security     missing
X-Content-Type-Options        missing
Referrer-Policy               missing
Permissions-Policy            missing
Cross-Origin-Opener-Policy    missing
Cross-Origin-Resource-Policy  missing

Findings
high    Content-Security-Policy (missing-header; A03:2021, CWE-79)
        Nothing limits where scripts come from: injected markup can run scripts
        as part of the page.
        Fix: Send Content-Security-Policy. Start with
        Content-Security-Policy-Report-Only.
`);
    expect(out).toContain(`
Score: 50 points, C, by the scoring of the MDN HTTP Observatory
  -25  content-security-policy: missing
  -20  strict-transport-security: absent
   -5  x-content-type-options: absent
Not tested:
  redirection: The redirects of a request over http are not known.
  subresource-integrity: The page is not known.
`);
    expect(out.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("says of a policy that nothing has proven it", async () => {
    put(program, { "p.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]' });
    expect((await portcullis("check", "p.json")).out).toMatch(
      /\nNot proven: no browser was watched on the page. A policy with a high score can\n {2}still break it\.\n$/,
    );
  });

  it("says with --reports whether the policy can be enforced", async () => {
    put(program, {
      "p.json": '["none", { "contentSecurityPolicy": { "defaultSrc": ["self"] } }]',
      "groups.json": JSON.stringify([{ ...GROUP, directive: "script-src", blocked: "eval" }]),
    });
    const { out } = await portcullis("check", "p.json", "--reports", "groups.json");
    expect(out.endsWith("\nNot enforceable yet: 1 kind of advice is open (script-src eval).\n")).toBe(true);
    const json = JSON.parse((await portcullis("check", "p.json", "--reports", "groups.json", "--json")).out);
    expect(json.proof).toEqual({ state: "not enforceable yet", open: ["script-src eval"] });
  });

  it("--html compares the page with its policy", async () => {
    put(program, {
      "h.txt": "Content-Security-Policy: script-src 'nonce-cG9ydGN1bGxpc3NhbXBsZQ=='; style-src 'self'; img-src https://img.example\n",
      "page.html": `<!doctype html>
<script nonce="cG9ydGN1bGxpc3NhbXBsZQ==">1</script>
<script>2</script>
<script type="application/json">{}</script>
<style>p { color: red }</style>
<p style="color: red" onclick="go()">A page</p>
<img src="https://img.example/a.png"><img src="https://other.example/a.png">
<script src="https://cdn.example/a.js" nonce="cG9ydGN1bGxpc3NhbXBsZQ=="></script>`,
    });
    const { out } = await portcullis("check", "h.txt", "--page", "page.html");
    expect(out.slice(out.indexOf("\nHTML\n"))).toBe(`
HTML
The policy has a nonce; 2 of 3 scripts carry it. Without it: line 3.
The response has a nonce, and nothing prevents caches from storing it.
line 3: <script>: has no nonce or hash that the policy allows, and is blocked
  (script-src-elem).
line 5: <style>: has no nonce or hash that the policy allows, and is blocked
  (style-src-elem).
line 6: style of <p>: has no nonce or hash that the policy allows, and is
  blocked (style-src-attr).
line 6: onclick of <p>: has no nonce or hash that the policy allows, and is
  blocked (script-src-attr).
line 7: <img>: https://other.example is blocked (img-src).
What scripts add later, and windows that they open, are not in the HTML.
`);
  });

  it("--html of a site names what its nonce, its cache and its opener policy do", async () => {
    const port = await serve((_, res) => {
      res.setHeader("Content-Security-Policy", "script-src 'nonce-cG9ydGN1bGxpc3NhbXBsZQ=='");
      res.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      res.setHeader("Cache-Control", "public, max-age=60");
      res.setHeader("Content-Type", "text/html");
      res.end('<a href="https://pay.example/" target=_blank rel=opener>Pay</a>\n<a href="https://a.example/" target=_blank>A</a>');
    });
    const { markup, findings } = JSON.parse((await portcullis("check", `http://127.0.0.1:${port}/`, "--html", "--json")).out);
    expect(markup).toEqual({
      nonce: { scripts: 0, carrying: 0, hashed: 0, without: [] },
      notes: [
        {
          line: 1,
          what: "<a>",
          by: "Cross-Origin-Opener-Policy",
          message:
            "the window of https://pay.example will not talk back: same-origin cuts its opener. Write same-origin-allow-popups where it has to",
        },
      ],
      isWhole: true,
    });
    expect(findings.map(({ rule }: { rule: string }) => rule)).toContain("nonce-cached");
  });

  it("--html needs a page", async () => {
    const { code, err } = await portcullis("check", "strict", "--html");
    expect([code, err.split("\n")[0]]).toEqual([2, "error: --html needs a page: write the address of a site, or --page <file>."]);
  });

  it("never shows what is in a cookie", async () => {
    put(program, { "h.txt": "Set-Cookie: sid=SECRET\nSet-Cookie: theme=DARK\n" });
    const { out } = await portcullis("check", "h.txt");
    expect(out).toMatch(/^Set-Cookie +weak +sid, theme$/m);
    expect(out).not.toMatch(/SECRET|DARK/);
  });

  it("says that the headers are those of an error page", async () => {
    put(program, { "h.txt": "HTTP/1.1 502 Bad Gateway\nX-Frame-Options: DENY\n" });
    const { code, err } = await portcullis("check", "h.txt");
    expect([code, err]).toEqual([0, "warning: h.txt answered 502: its headers are those of an error page.\n"]);
  });
  it("does not say so of a redirect", async () => {
    put(program, { "h.txt": "HTTP/1.1 304 Not Modified\nX-Frame-Options: DENY\n" });
    expect((await portcullis("check", "h.txt")).err).toBe("");
  });

  it("may come from stdin, of several answers the last counting", async () => {
    put(program, { "h.txt": "HTTP/1.1 301 Moved\nX-Powered-By: PHP\n\nHTTP/1.1 200 OK\nX-Frame-Options: DENY\n" });
    const { out } = await shell(program, "portcullis check - --json < h.txt");
    expect(JSON.parse(out)).toMatchObject({ name: "stdin", status: 200, headers: [["X-Frame-Options", "DENY"]] });
  });

  it("may fold a long line", async () => {
    put(program, { "h.txt": "Content-Security-Policy: default-src 'self';\n  img-src *\n" });
    expect(JSON.parse((await portcullis("check", "h.txt", "--json")).out).headers).toEqual([
      ["Content-Security-Policy", "default-src 'self'; img-src *"],
    ]);
  });

  it("may be a JSON object, a list for what stands twice", async () => {
    put(program, { "h.json": '{ "x-frame-options": ["DENY", "SAMEORIGIN"] }' });
    const { out } = await portcullis("check", "h.json");
    expect(out).toMatch(/^x-frame-options +broken +DENY \| SAMEORIGIN$/m);
  });

  it("may be a policy, with … in the place of the nonce", async () => {
    const { code, out } = await portcullis("check", "strictDynamic", "--fail-on", "low", "--fail-under", "150");
    expect(code).toBe(0);
    expect(out).toMatch(/^Content-Security-Policy +good +default-src 'none'; script-src 'n…$/m);
  });

  it("says which lines are no headers", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n<html>\n" });
    expect(await portcullis("check", "h.txt")).toEqual({
      code: 1,
      out: "",
      err: 'error: h.txt:2: "<html>" is not a header.\nWrite lines such as X-Frame-Options: DENY, as curl -I prints them.\n',
    });
  });

  it.each([
    ["an empty file", "h.txt", "", "h.txt has no headers. Write lines such as X-Frame-Options: DENY, as curl -I prints them."],
    ["an object of objects", "h.txt", '{ "A-B": {} }', 'h.txt: "A-B" has a value that is neither a string nor a number.'],
  ])("says so: %s", async (_, name, text, line) => {
    put(program, { [name]: text });
    expect(await portcullis("check", name)).toEqual({ code: 1, out: "", err: `error: ${line}\n` });
  });

  it("that is not there may be a preset", async () => {
    expect((await portcullis("check", "strct")).err).toBe('error: strct does not exist.\nDid you mean "strict"?\n');
  });
});

describe("--compliance", () => {
  it("has the rows of the documented table first, and whether they are met", async () => {
    put(program, { "h.txt": STREAMLIT });
    expect((await portcullis("check", "h.txt", "--compliance")).out).toBe(`h.txt

Requirement               Header                        Standard            Met
prevent clickjacking      X-Frame-Options               OWASP A01, CWE-1021 yes
prevent MIME sniffing     X-Content-Type-Options        OWASP A04, CWE-79   yes
enforce HTTPS             Strict-Transport-Security     OWASP A02, CWE-319  yes
restrict content sources  Content-Security-Policy       OWASP A03, CWE-79   weak
limit browser features    Permissions-Policy            privacy regulations yes
keep addresses private    Referrer-Policy               OWASP A01, CWE-200  yes
isolate windows           Cross-Origin-Opener-Policy    OWASP A01, CWE-668  no
isolate resources         Cross-Origin-Resource-Policy  OWASP A01, CWE-668  no
protect cookies           Set-Cookie                    OWASP A05, CWE-614  not seen
hide the software         Server and others             OWASP A05, CWE-200  yes
`);
  });

  it("does not take HTTPS for enforced on this machine over http", async () => {
    const port = await serve((_req, res) => void res.writeHead(200).end());
    const { out } = await portcullis("check", `http://127.0.0.1:${port}`, "--compliance");
    expect(out).toContain("enforce HTTPS             Strict-Transport-Security     OWASP A02, CWE-319  not seen\n");
  });

  it("does not take what browsers cannot read for met", async () => {
    put(program, { "h.txt": "X-Frame-Options: ALLOW\nStrict-Transport-Security: max-age=soon\nX-Powered-By: PHP/5.3\n" });
    const { compliance } = JSON.parse((await portcullis("check", "h.txt", "--json")).out);
    const met = Object.fromEntries(compliance.map(({ header, met }: { header: string; met: string }) => [header, met]));
    expect([met["X-Frame-Options"], met["Strict-Transport-Security"], met["Server and others"]]).toEqual(["no", "no", "no"]);
  });
});

describe("The exit code", () => {
  it.each([
    [["--fail-under", "80"], 0, ""],
    [["--fail-under", "81"], 1, "error: --fail-under: the score of 80 points is lower than 81.\n"],
    [["--fail-on", "high"], 1, "error: --fail-on: 1 finding has severity high.\n"],
    [["--fail-on", "medium", "--json"], 1, "error: --fail-on: 2 findings have severity medium or higher.\n"],
  ])("%j: %i", async (args, code, err) => {
    put(program, { "h.txt": STREAMLIT });
    const ran = await portcullis("check", "h.txt", ...args);
    expect([ran.code, ran.err]).toEqual([code, err]);
  });

  it("is 2 for a wrong command line", async () => {
    const ran = await portcullis("check", "h.txt", "--fail-on", "bad", "--json", "--sarif", "--compliance");
    expect([ran.code, JSON.parse(ran.out)]).toEqual([
      2,
      {
        errors: [
          '--fail-on: "bad" is not a severity. Write high, medium or low.',
          "--json and --sarif cannot be combined.",
          "--sarif and --compliance cannot be combined.",
        ],
      },
    ]);
  });
});

describe("--sarif", () => {
  it("has a rule for each finding, with where to read, and a level by severity", async () => {
    put(program, {
      "a b.txt": "X-Frame-Options: DENY\nX-Content-Type-Options: nosniff\nPermissions-Policy: usb=()\nReferrer-Policy: no-referrer\n",
    });
    const { code, out } = await portcullis("check", "a b.txt", "--sarif");
    const log = JSON.parse(out);
    expect([code, log.version, log.$schema]).toEqual([0, "2.1.0", "https://json.schemastore.org/sarif-2.1.0.json"]);
    const [{ tool, results }] = log.runs;
    expect([tool.driver.name, tool.driver.version]).toEqual(["Portcullis", "1.2.3"]);
    expect(tool.driver.rules[0]).toEqual({
      id: "missing-header/content-security-policy",
      shortDescription: { text: "Content-Security-Policy: missing header" },
      fullDescription: { text: "The rule missing-header of Portcullis, about the header Content-Security-Policy." },
      help: {
        text: "Each header closes a hole that browsers leave open by default. Which headers a response needs depends on whether it is a page. Put securityHeaders() in front of every route: the preset recommended sends those that break few sites, strictDynamic all of them. See https://www.w3.org/TR/CSP3/",
        markdown:
          "Each header closes a hole that browsers leave open by default. Which headers a response needs depends on whether it is a page. Put `securityHeaders()` in front of every route: the preset `recommended` sends those that break few sites, `strictDynamic` all of them. See https://www.w3.org/TR/CSP3/",
      },
      helpUri: "https://www.w3.org/TR/CSP3/",
      properties: { tags: ["security", "OWASP-A03:2021", "CWE-79"] },
    });
    expect(results[0]).toEqual({
      ruleId: "missing-header/content-security-policy",
      ruleIndex: 0,
      level: "error",
      message: {
        text: "Nothing limits where scripts come from: injected markup can run scripts as part of the page. Send Content-Security-Policy. Start with Content-Security-Policy-Report-Only.",
      },
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: "a%20b.txt" }, region: { startLine: 1 } },
          logicalLocations: [{ name: "Content-Security-Policy", fullyQualifiedName: "contentSecurityPolicy", kind: "header" }],
        },
      ],
      properties: { severity: "high" },
    });
    expect(results.map(({ level }: { level: string }) => level)).toEqual(["error", "warning", "note", "note", "note"]);
    for (const { ruleId, ruleIndex } of results) expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
  });

  it("counts columns in UTF-16 code units", async () => {
    put(program, { "h.txt": "X-Frame-Options: DENY\n" });
    const [{ columnKind }] = JSON.parse((await portcullis("check", "h.txt", "--sarif")).out).runs;
    expect(columnKind).toBe("utf16CodeUnits");
  });

  it("has an address without its query and its fragment", async () => {
    const port = await serve(page({ "X-Frame-Options": "DENY" }));
    const { out } = await portcullis("check", `http://127.0.0.1:${port}/a?b=c#d`, "--sarif");
    const places = JSON.parse(out).runs[0].results.map(
      (one: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }) =>
        one.locations[0]?.physicalLocation.artifactLocation.uri,
    );
    expect([...new Set(places)]).toEqual([`127.0.0.1%3A${port}/a`]);
  });

  it("escapes what would be an argument or a link in a message", async () => {
    put(program, { "h.txt": "X-Powered-By: {0} [a](http://evil.example)\n" });
    const [{ results }] = JSON.parse((await portcullis("check", "h.txt", "--sarif")).out).runs;
    const { message } = results.find(({ ruleId }: { ruleId: string }) => ruleId === "information-leak/x-powered-by");
    expect(message.text).toContain('X-Powered-By: "{{0}} \\[a\\](http://evil.example)" reveals');
  });
});

describe("A site", () => {
  it("is asked over https and over http, and its page is looked at", async () => {
    const port = await serveSecurely(page({ "X-Frame-Options": "DENY" }, '<script src="https://cdn.example/a.js"></script>'));
    const plain = await serve(redirect(`https://localhost:${port}/`));
    const { code, out, err } = await portcullis("check", `https://localhost:${port}/`, "--http", `http://localhost:${plain}/`);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`https://localhost:${port}/ answered 200\n  http://localhost:${plain}/ 301 -> https://localhost:${port}/ 200\n`);
    expect(out).toContain("\n   -5  subresource-integrity: external-without-integrity\n");
    expect(out).not.toContain("Not seen");
  });

  it("has every header as it came, twice too", async () => {
    const port = await raw("HTTP/1.1 200 OK\r\nX-FRAME-options: DENY\r\nx-frame-options: SAMEORIGIN\r\nContent-Length: 0\r\n\r\n");
    const { headers, verdicts } = JSON.parse((await portcullis("check", `http://127.0.0.1:${port}/`, "--json")).out);
    expect(headers).toEqual([
      ["X-FRAME-options", "DENY"],
      ["x-frame-options", "SAMEORIGIN"],
      ["Content-Length", "0"],
    ]);
    expect(verdicts[0]).toEqual({ header: "X-FRAME-options", verdict: "broken" });
  });

  it("is followed through its redirects, each of them told", async () => {
    const last = await serve(page({}));
    const second = await serve(redirect(`http://127.0.0.1:${last}/end`, 307));
    const first = await serve(redirect(`http://127.0.0.1:${second}/x`, 302));
    const { name, hops } = JSON.parse((await portcullis("check", `http://127.0.0.1:${first}/a#part`, "--json")).out);
    expect(name).toBe(`http://127.0.0.1:${last}/end`);
    expect(hops).toEqual([
      { url: `http://127.0.0.1:${first}/a`, status: 302 },
      { url: `http://127.0.0.1:${second}/x`, status: 307 },
      { url: `http://127.0.0.1:${last}/end`, status: 200 },
    ]);
  });

  it("is asked with a password at its own origin alone, and the password is not shown", async () => {
    const seen: (string | undefined)[] = [];
    const last = await serve((req, res) => {
      seen.push(req.headers.authorization);
      page({})(req, res);
    });
    const first = await serve((req, res) => {
      seen.push(req.headers.authorization);
      redirect(`http://127.0.0.1:${last}/`)(req, res);
    });
    const { out } = await portcullis("check", `http://user:p%40ss@127.0.0.1:${first}/`);
    expect(seen).toEqual([`Basic ${Buffer.from("user:p@ss").toString("base64")}`, undefined]);
    expect(out).not.toContain("p%40ss");
  });

  it("without http at all is not marked down for it", async () => {
    const port = await serveSecurely(page({}));
    const { out } = await portcullis("check", `https://localhost:${port}/`, "--http", "http://127.0.0.1:1/", "--json");
    const { redirects, score } = JSON.parse(out);
    expect(redirects).toEqual([{ url: "http://127.0.0.1:1/", fault: "unreachable" }]);
    expect(score.tests).toContainEqual({ test: "redirection", result: "no-http", modifier: 0 });
  });

  it("whose http address leads to a bad certificate is told so", async () => {
    const port = await serveSecurely(page({}));
    const bad = await listen(https.createServer({ ...CERTIFICATE }, page({})));
    const plain = await serve(redirect(`https://127.0.0.2:${bad}/`));
    const relay = net.createServer((socket) => socket.pipe(net.connect(bad, "127.0.0.1")).pipe(socket));
    await new Promise<void>((resolve) => relay.listen(bad, "127.0.0.2", resolve));
    onTestFinished(() => void relay.close());
    const { out } = await portcullis("check", `https://localhost:${port}/`, "--http", `http://localhost:${plain}/`);
    expect(out).toContain(` -> https://127.0.0.2:${bad}/ (bad certificate)\n`);
    expect(out).toContain("\n  -20  redirection: bad-certificate\n");
  });

  it("is told without what a terminal would obey", async () => {
    const port = await raw(
      Buffer.from("HTTP/1.1 200 OK\r\nX-Powered-By: \x9b31mred\xad\r\nServer: a\tb/1\r\nContent-Length: 0\r\n\r\n", "latin1"),
    );
    const text = await portcullis("check", `http://127.0.0.1:${port}/`);
    expect(text.out).toContain("\\u009b31mred\\u00ad");
    const json = await portcullis("check", `http://127.0.0.1:${port}/`, "--json");
    expect(json.out).toContain("\\u009b31mred\\u00ad");
    expect(JSON.parse(json.out).headers[0]).toEqual(["X-Powered-By", "\x9b31mred\xad"]);
    for (const { out } of [text, json]) expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\xad]/);
  });
});

describe("A site that cannot be looked at is told in one line, with exit code 1", () => {
  const REFUSED = "nothing listens there";
  const at = (port: number, scheme = "http") => `${scheme}://127.0.0.1:${port}/`;
  const fails = async (url: string, ...args: string[]) => {
    const { code, out, err } = await portcullis("check", url, ...args);
    expect([code, out]).toEqual([1, ""]);
    expect(err.split("\n")).toHaveLength(2);
    return err;
  };

  it("nobody there", async () => {
    expect(await fails(at(1))).toBe(`error: ${at(1)}: ${REFUSED}.\n`);
  });

  it("no such host", async () => {
    expect(await fails("http://no-such-host.invalid/")).toBe("error: http://no-such-host.invalid/: no host has this name.\n");
  });

  it("a certificate that nobody trusts", async () => {
    const port = await serveSecurely(page({}));
    const { code, err } = await run(program, ["check", at(port, "https")]);
    expect([code, err]).toEqual([
      1,
      `error: ${at(port, "https")}: the certificate is not valid: it is self-signed.\nWrite --insecure to accept the certificate, or set NODE_EXTRA_CA_CERTS=<file.pem> to trust its issuer.\n`,
    ]);
  });

  it("no TLS", async () => {
    const port = await serve(page({}));
    expect(await fails(at(port, "https"))).toMatch(/: the server does not speak TLS, or only an insecure version \(\w+\)\.\n$/);
  });

  it.each([
    ["no HTTP", "SSH-2.0-OpenSSH_9.6\r\n", /: the answer is not HTTP: .*\.\n$/],
    ["broken header bytes", "HTTP/1.1 200 OK\r\nX-A: a\x00b\r\n\r\n", /: the answer is not HTTP: .*\.\n$/],
    ["a header without a name", "HTTP/1.1 200 OK\r\n: a\r\n\r\n", /: the answer is not HTTP: .*\.\n$/],
    ["too many headers", `HTTP/1.1 200 OK\r\n${"X-A: a\r\n".repeat(10_000)}\r\n`, /: its headers are longer than 64 kB\.\n$/],
    ["one too long", `HTTP/1.1 200 OK\r\nX-A: ${"a".repeat(70_000)}\r\n\r\n`, /: its headers are longer than 64 kB\.\n$/],
    ["an end in the middle", "HTTP/1.1 200 OK\r\nX-A:", /: the connection was closed before a response came\.\n$/],
    [
      "another protocol all of a sudden",
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      /: the connection was closed before a response came\.\n$/,
    ],
  ])("%s", async (_, answer, line) => {
    expect(await fails(at(await raw(answer)))).toMatch(line);
  });

  it.each([
    ["silence", () => raw(() => undefined)],
    ["headers a byte at a time", () => endless("HTTP/1.1 200 OK\r\nX-A: ", "a", 50)],
    ["interim answers without end", () => endless("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", 50)],
  ])("%s", async (_, start) => {
    const url = at(await start());
    expect(await fails(url, "--timeout", "1")).toBe(`error: ${url}: no answer within 1 s.\n`);
  });

  it("redirects without end", async () => {
    let asked = 0;
    const port = await serve((req, res) => redirect(`/${++asked}`)(req, res));
    expect(await fails(at(port))).toBe(`error: ${at(port)} redirects more than 10 times.\n`);
    expect(asked).toBe(11);
  });

  it.each([
    ["javascript:alert(1)", '"javascript:alert(1)": only http and https addresses are fetched'],
    ["file:///etc/passwd", '"file:///etc/passwd": only http and https addresses are fetched'],
    ["http://", '"http://", which is not a valid address'],
  ])("a redirect to %s", async (location, line) => {
    const port = await serve(redirect(location));
    expect(await fails(at(port))).toBe(`error: ${at(port)} redirects to ${line}.\n`);
  });
});

describe("Of a hostile page only so much is looked at", () => {
  const START = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n";
  const check = async (port: number) => {
    const { code, out, err } = await portcullis("check", `http://127.0.0.1:${port}/`, "--timeout", "2");
    expect(code).toBe(0);
    expect(out).toContain("Score: ");
    return err;
  };

  it("the first MB of one without end", async () => {
    const piece = "x".repeat(100_000);
    const port = await raw((socket) => {
      const more = (): void => {
        while (!socket.destroyed && socket.write(piece));
      };
      socket.on("drain", more);
      socket.write(`${START}\r\n`);
      more();
    });
    expect(await check(port)).toBe("warning: The page is longer than 1 MB: only its beginning was read.\n");
  });

  it("what came in time", async () => {
    expect(await check(await endless(`${START}\r\n`, "x", 50))).toBe(
      "warning: The page did not end within 2 s: only its beginning was read.\n",
    );
  });

  it("what came before it broke", async () => {
    const port = await raw(`${START}Content-Length: 100\r\n\r\nhalf`);
    expect(await check(port)).toBe("warning: The connection was closed within the page: only its beginning was read.\n");
  });

  it("nothing of a gzip bomb", async () => {
    const body = gzipSync(Buffer.alloc(10_000_000));
    const port = await serve((_req, res) => void res.writeHead(200, { "Content-Type": "text/html", "Content-Encoding": "gzip" }).end(body));
    expect(await check(port)).toBe('warning: The page is encoded as "gzip", which was not requested: it was not read.\n');
  });

  it("nothing of what is no page", async () => {
    const port = await raw("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 1000000000\r\n\r\n");
    expect(await check(port)).toBe("");
  });
});

describe("Only http and https are fetched", () => {
  it.each([
    ["ftp://example.com/", '"ftp://example.com/": only http and https addresses are fetched.'],
    ["file:///etc/passwd", '"file:///etc/passwd": only http and https addresses are fetched.'],
    ["https://", '"https://" is not a valid address. Write one such as https://example.com/.'],
  ])("%s", async (url, line) => {
    expect(await portcullis("check", url)).toEqual({ code: 2, out: "", err: `error: ${line}\n` });
  });
});

it("check ends quietly where nobody reads on", async () => {
  put(program, { "h.txt": STREAMLIT });
  const cli = join(program.folder, "node_modules/portcullis/dist/cli.js");
  const child = spawn("bash", ["-c", `'${process.execPath}' '${cli}' check h.txt | head -c 1`], { cwd: program.folder });
  const { code, err } = await ended(child);
  expect([code, err, readFileSync(join(program.folder, "h.txt"), "utf8")]).toEqual([0, "", STREAMLIT]);
});

describe("An argument that check does not take", () => {
  it.each([
    [["strict", "--sarif", "out.sarif"], "SARIF is printed to stdout: write portcullis check <site> --sarif > out.sarif."],
    [
      ["https://user:secret@portcullis.test:8443/a", "/login"],
      "There is no file /login. For a page of the site, write its whole address, such as https://portcullis.test:8443/login.",
    ],
  ])("is answered with what to write: %s", async (words, line) => {
    const { code, out, err } = await portcullis("check", ...words);
    expect([code, out, err.split("\n")[0]]).toEqual([2, "", `error: ${line}`]);
  });

  it("is a file for the JSON", async () => {
    const { code, out } = await portcullis("check", "strict", "--json", "out.json");
    expect([code, JSON.parse(out)]).toEqual([
      2,
      { errors: ["There is no file out.json. JSON is printed to stdout: write portcullis check <site> --json > out.json."] },
    ]);
  });

  it("is no file that is there", async () => {
    put(program, { "there.json": '"strict"' });
    const { code, err } = await portcullis("check", "strict", "there.json", "--json");
    expect([code, err]).toEqual([0, ""]);
  });
});
