import http from "node:http";
import https from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addressesOf, isBareAddress } from "../../src/cli/input/address.js";
import { CERTIFICATE, listen, serve, serveSecurely } from "../http/support.js";
import { bundle, type Program, put, run } from "./support.js";

let program: Program;
beforeAll(async () => {
  program = await bundle();
});
afterAll(() => program.remove());

const portcullis = (...args: string[]) => run(program, args);
const page: http.RequestListener = (_req, res) => void res.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html>");
const hrefs = (word: string) => addressesOf(word).map(({ href }) => href);

/** A server that keeps the headers of its requests. */
function recording(answer: http.RequestListener = page) {
  const seen: http.IncomingHttpHeaders[] = [];
  const listener: http.RequestListener = (req, res) => {
    seen.push(req.headers);
    answer(req, res);
  };
  return { seen, listener };
}

describe("An address without its scheme", () => {
  it.each([
    ["localhost:3000", ["http://localhost:3000/", "https://localhost:3000/"]],
    ["127.0.0.1:3000/a?b", ["http://127.0.0.1:3000/a?b", "https://127.0.0.1:3000/a?b"]],
    ["[::1]:3000", ["http://[::1]:3000/", "https://[::1]:3000/"]],
    ["localhost", ["http://localhost/", "https://localhost/"]],
    ["localhost:8443", ["https://localhost:8443/", "http://localhost:8443/"]],
    ["app.localhost:443/a", ["https://app.localhost/a", "http://app.localhost:443/a"]],
  ])("of this machine may be http or https: %s", (word, expected) => {
    expect(hrefs(word)).toEqual(expected);
  });

  it.each([
    ["example.com", ["https://example.com/"]],
    ["example.com:8080/path", ["https://example.com:8080/path"]],
    ["192.168.1.5:3000", ["https://192.168.1.5:3000/"]],
    ["app:3000", ["https://app:3000/"]],
    ["localhost.example.com", ["https://localhost.example.com/"]],
  ])("of another machine is https and never http: %s", (word, expected) => {
    expect(hrefs(word)).toEqual(expected);
  });

  it.each(["strict", "policy.json", "gone.mjs", "h.txt", "nginx.conf", "page.html", "HEAD~1:policy.json", "-", "a/b", "package.json"])(
    "is not %s",
    (word) => {
      expect(isBareAddress(word)).toBe(false);
    },
  );

  it("is requested over http on this machine, and the output says so", async () => {
    const port = await serve(page);
    const { code, out, err } = await portcullis("check", `127.0.0.1:${port}`);
    expect([code, err]).toEqual([0, ""]);
    expect(out).toContain(`http://127.0.0.1:${port}/ answered 200 (no scheme was written: requested over\n  http)\n`);
  });

  it("is requested over https where the server on this machine speaks TLS", async () => {
    const port = await serveSecurely(page);
    const { out } = await portcullis("check", `localhost:${port}/a`, "--insecure", "--json");
    const { name, scheme } = JSON.parse(out);
    expect([name, scheme]).toEqual([`https://localhost:${port}/a`, "https"]);
  });

  it("is requested over https where plain http is answered with 400", async () => {
    // As nginx and Go do it: one port, two protocols.
    const secure = https.createServer(CERTIFICATE, page);
    const plain = http.createServer((_req, res) => void res.writeHead(400).end());
    const net = await import("node:net");
    const port = await listen(
      net.createServer((socket) =>
        socket.once("data", (first) => {
          socket.pause();
          const server = first[0] === 0x16 ? secure : plain;
          server.emit("connection", socket);
          socket.unshift(first);
          socket.resume();
        }),
      ),
    );
    const { out } = await portcullis("check", `127.0.0.1:${port}`, "--insecure", "--json");
    expect(JSON.parse(out).name).toBe(`https://127.0.0.1:${port}/`);
  });

  it("names the host that nobody knows, and that there is no file", async () => {
    expect(await portcullis("check", "no-such-host.invalid/a")).toEqual({
      code: 1,
      out: "",
      err: "error: https://no-such-host.invalid/a: no host has this name.\nThere is no file of this name either.\n",
    });
  });

  it("is a file where there is one", async () => {
    put(program, { "site.example": "X-Frame-Options: DENY\n" });
    expect((await portcullis("check", "site.example")).out).toMatch(/^site\.example\n/);
  });

  it("may be compared", async () => {
    const port = await serve(page);
    const { code, err } = await portcullis("compare", `127.0.0.1:${port}`, "strict");
    expect([code, err]).toEqual([0, `http://127.0.0.1:${port}/: requested over http, as no scheme was written\n`]);
  });

  it("may be explained, at a path", async () => {
    const { seen, listener } = recording((req, res) => void res.writeHead(200, { "X-Frame-Options": "DENY", "X-Path": req.url }).end());
    const port = await serve(listener);
    const { out, err } = await portcullis("explain", `127.0.0.1:${port}/a`, "/login");
    expect([seen.length, err]).toEqual([1, `http://127.0.0.1:${port}/login: requested over http, as no scheme was written\n`]);
    expect(out).toContain("X-Frame-Options");
  });

  it("with a password needs its scheme, and is not printed", async () => {
    const { code, err } = await portcullis("check", "user:hunter2hunter2@example.com");
    expect([code, err]).toEqual([2, "error: An address with a user name and a password needs its scheme: write https:// before it.\n"]);
  });
});

describe("--header and --cookie", () => {
  it("are sent to the site", async () => {
    const { seen, listener } = recording();
    const port = await serve(listener);
    const args = ["--header", "X-Preview: yes", "--header", "User-Agent: mine/1", "--cookie", "a=b", "--cookie", "c=d; e=f"];
    expect((await portcullis("check", `http://127.0.0.1:${port}/`, ...args)).code).toBe(0);
    expect([seen[0]?.["x-preview"], seen[0]?.["user-agent"], seen[0]?.cookie]).toEqual(["yes", "mine/1", "a=b; c=d; e=f"]);
  });

  it("stay at their origin after a redirect", async () => {
    const last = recording();
    const lastPort = await serve(last.listener);
    const first = recording(
      (req, res) => void res.writeHead(302, { Location: req.url === "/" ? "/again" : `http://127.0.0.1:${lastPort}/` }).end(),
    );
    const port = await serve(first.listener);
    await portcullis("check", `http://127.0.0.1:${port}/`, "--header", "Authorization: Bearer abcdefgh", "--cookie", "s=12345678");
    const sent = [...first.seen, ...last.seen].map(({ authorization, cookie }) => [authorization, cookie]);
    expect(sent).toEqual([
      ["Bearer abcdefgh", "s=12345678"],
      ["Bearer abcdefgh", "s=12345678"],
      [undefined, undefined],
    ]);
  });

  it("are not sent over http beside https", async () => {
    const secure = recording();
    const port = await serveSecurely(secure.listener);
    const plain = recording();
    const plainPort = await serve(plain.listener);
    const args = ["--http", `http://localhost:${plainPort}/`, "--insecure", "--cookie", "s=12345678"];
    await portcullis("check", `https://localhost:${port}/`, ...args);
    expect([secure.seen[0]?.cookie, plain.seen.map(({ cookie }) => cookie)]).toEqual(["s=12345678", [undefined]]);
  });

  it("are sent by compare and explain too", async () => {
    const { seen, listener } = recording();
    const port = await serve(listener);
    await portcullis("explain", `http://127.0.0.1:${port}/`, "--cookie", "a=b");
    await portcullis("compare", "strict", `http://127.0.0.1:${port}/`, "--cookie", "a=b");
    expect(seen.map(({ cookie }) => cookie)).toEqual(["a=b", "a=b"]);
  });

  it.each([
    [["--header", "Authorization hunter2secret"], '--header: a value has no colon after a name. Write "Authorization: Bearer …".'],
    [
      ["--header", "X-A: a\r\nhunter2secret"],
      '--header: the value of "X-A" has characters that cannot be sent. Write "Authorization: Bearer …".',
    ],
    [["--header", "X-A: hunter2secret", "--header", "x-a: b"], "--header: x-a cannot be repeated."],
    [
      ["--header", "Authorization:", "Bearer", "hunter2secret"],
      '--header: Authorization has no value. Write it in quotes: "Authorization: …".',
    ],
    [["--header", "Connection: hunter2secret"], "--header: Connection belongs to the connection or the address, and cannot be set."],
    [
      ["--header", "transfer-encoding: hunter2secret"],
      "--header: transfer-encoding belongs to the connection or the address, and cannot be set.",
    ],
    [["--header", "Host: hunter2secret"], "--header: Host belongs to the connection or the address, and cannot be set."],
    [["--header", "Cookie: hunter2secret", "--cookie", "a=b"], "--cookie and --header Cookie cannot be combined."],
    [["--cookie", "hunter2"], '--cookie: a value is not name=value. Write "session=…".'],
    [["--cookie", "a b=hunter2secret"], '--cookie: a value is not name=value. Write "session=…".'],
    [["--cookie", "a=hunter2secret\u00e9"], '--cookie: the value of "a" has characters that cannot be sent. Write "session=…".'],
    [["--cookie", " ; "], '--cookie: there is no cookie in it. Write "session=…".'],
  ])("are refused without their value: %j", async (args, line) => {
    const { code, out, err } = await portcullis("check", "http://127.0.0.1:1/", ...args);
    expect([code, out, err]).toEqual([2, "", `error: ${line}\nSee portcullis check --help.\n`]);
  });
});

describe("A secret of the command line", { timeout: 120_000 }, () => {
  const SECRET = "Zx81-kWq+secret/9";
  /** Repeats it in a header, a cookie, a redirect, the page, each in another spelling. */
  const echo: http.RequestListener = (req, res) => {
    const from = req.headers.cookie ?? req.headers.authorization ?? req.url ?? "";
    res.setHeader("Content-Type", "text/html");
    res.setHeader("X-Powered-By", from.slice(-SECRET.length));
    res.setHeader("Content-Security-Policy", `default-src *; report-uri /r?t=${encodeURIComponent(SECRET)}`);
    res.setHeader("Set-Cookie", `${SECRET.replaceAll("/", "")}x=1`);
    res.end(`<script src="https://a.example/${encodeURIComponent(SECRET)}.js"></script>`);
  };
  const forms = [SECRET, encodeURIComponent(SECRET), encodeURIComponent(SECRET).toLowerCase()];

  it.each([
    ["--header", ["--header", `Authorization: Bearer ${SECRET}`], ""],
    ["--cookie", ["--cookie", `sid=${SECRET}`], ""],
    ["the query of an address", [], `?token=${encodeURIComponent(SECRET)}`],
  ])("of %s is in no output", async (_, args, query) => {
    const port = await serve(echo);
    for (const format of [[], ["--json"], ["--sarif"], ["--compliance"], ["--html"]]) {
      const { code, out, err } = await portcullis("check", `http://127.0.0.1:${port}/${query}`, ...args, ...format);
      expect(code).toBe(0);
      for (const form of forms) expect(`${out}${err}`).not.toContain(form);
    }
    for (const command of [["explain"], ["explain", "--json"], ["compare", "strict"], ["compare", "strict", "--json"]]) {
      const { code, out, err } = await portcullis(...command, `http://127.0.0.1:${port}/${query}`, ...args);
      expect(code).toBe(0);
      for (const form of forms) expect(`${out}${err}`).not.toContain(form);
    }
  });

  it("is not in the error of a redirect either", async () => {
    const port = await serve((req, res) => void res.writeHead(302, { Location: `foo://x/${req.headers["x-token"]}` }).end());
    const { err } = await portcullis("check", `http://127.0.0.1:${port}/`, "--header", `X-Token: ${SECRET}`);
    expect(err).toBe(`error: http://127.0.0.1:${port}/ redirects to "foo://x/***": only http and https addresses are fetched.\n`);
  });

  /** Repeats what came in a redirect, cookies, header lines, a policy, and the text of a page that is quoted and cut. */
  const repeats: http.RequestListener = (req, res) => {
    const cookies = (req.headers.cookie ?? "").split("; ").filter((one) => one !== "");
    const [, credentials = ""] = (req.headers.authorization ?? "").split(" ");
    const decoded = Buffer.from(credentials, "base64").toString();
    const all = [...cookies.map((one) => one.split("=")[1] ?? ""), credentials, decoded, decoded.split(":")[1] ?? ""].filter(
      (one) => one !== "",
    );
    const long = all.map((one) => `https://a.example/${"x".repeat(50)}/${encodeURIComponent(one)}/${one.toUpperCase()}`);
    res.setHeader(
      "Set-Cookie",
      cookies.map((one) => `${one}; Path=/`),
    );
    res.setHeader("X-Powered-By", all);
    res.setHeader("Content-Security-Policy", [
      `script-src ${all.map((one) => `'${one}'`).join(" ")} ${long.join(" ")}; report-uri /r?${all.join("&")}`,
    ]);
    res.setHeader("Referrer-Policy", all.join(", "));
    if (req.url === "/from") return void res.writeHead(302, { Location: `/to?session=${all.join("&from=")}#${all.join("/")}` }).end();
    res.setHeader("Content-Type", "text/html").end(`${all.map((one) => `<script src="https://${one}.example/${one}"></script>`).join("")}`);
  };

  it.each([
    [
      "--cookie with short values",
      ["--cookie", "sid=zq41; pin=q7w", "--cookie", "theme=vk-long-value"],
      "",
      ["zq41", "q7w", "vk-long-value"],
    ],
    ["--header with Basic", ["--header", `Authorization: Basic ${btoa("bob:zq41vk")}`], "", ["zq41vk", btoa("bob:zq41vk")]],
    ["an address with a password", [], "bob:zq41vk@", ["zq41vk", btoa("bob:zq41vk")]],
  ])("of %s is in no output of a server that repeats it everywhere", async (_, args, user, secrets) => {
    const port = await serve(repeats);
    const leaks: string[] = [];
    const address = `http://${user}127.0.0.1:${port}/from`;
    for (const words of [
      ...[[], ["--json"], ["--sarif"], ["--compliance"], ["--html"], ["--html", "--json"]].map((format) => ["check", address, ...format]),
      ...[
        ["check", address, "strict"],
        ["check", address, "strict", "--json"],
      ],
      ...[
        ["explain", address],
        ["explain", address, "--json"],
        ["compare", "strict", address],
        ["compare", address, "strict", "--json"],
      ],
    ]) {
      const { code, out, err } = await portcullis(...words, ...args);
      expect([code, `${out}${err}`.includes("***") || words.includes("--compliance")]).toEqual([0, true]);
      const shown = `${out}${err}`.toLowerCase();
      for (const secret of secrets) if (shown.includes(secret.toLowerCase())) leaks.push(`${words.join(" ")}: ${secret}`);
    }
    expect(leaks).toEqual([]);
  });

  it("is not in an error that is cut within it", async () => {
    const port = await serve(
      (req, res) => void res.writeHead(302, { Location: `foo://${"x".repeat(60)}/${req.headers["x-token"]}` }).end(),
    );
    const { err } = await portcullis("check", `http://127.0.0.1:${port}/`, "--header", `X-Token: ${SECRET}`);
    expect(err).toBe(
      `error: http://127.0.0.1:${port}/ redirects to "foo://${"x".repeat(60)}/***…": only http and https addresses are fetched.\n`,
    );
  });

  it("leaves verdicts, and values that switch something, as they are", async () => {
    const port = await serve((_, res) => void res.setHeader("X-XSS-Protection", "0").setHeader("X-Frame-Options", "DENY").end());
    const { out } = await portcullis("check", `http://127.0.0.1:${port}/`, "--cookie", "level=medium; consent=0; framed=DENY", "--json");
    const { headers, findings, verdicts } = JSON.parse(out);
    expect([headers[0], headers[1], verdicts[0], findings.some((one: { severity: string }) => one.severity === "medium")]).toEqual([
      ["X-XSS-Protection", "0"],
      ["X-Frame-Options", "***"],
      { header: "X-XSS-Protection", verdict: "good" },
      true,
    ]);
  });

  it("is not in the error of an address that is none", async () => {
    const { err } = await portcullis("check", `https://user:${SECRET.replace("/", "")}@`);
    expect(err).toBe('error: "https://" is not a valid address. Write one such as https://example.com/.\n');
  });
});

describe("An error page", () => {
  it("is named as one", async () => {
    const port = await serve((_, res) => void res.writeHead(503).end());
    const { code, err } = await portcullis("check", `http://127.0.0.1:${port}/`);
    expect([code, err]).toEqual([0, `warning: http://127.0.0.1:${port}/ answered 503: its headers are those of an error page.\n`]);
  });
});

describe("--insecure", () => {
  it("accepts a self-signed certificate, and says so", async () => {
    const port = await serveSecurely(page);
    const { code, out, err } = await portcullis("check", `https://localhost:${port}/`, "--insecure");
    expect([code, err]).toEqual([
      0,
      `warning: https://localhost:${port}/: the certificate is not valid: it is self-signed. --insecure accepted it.\n`,
    ]);
    expect(out).toContain(`https://localhost:${port}/ answered 200\n  https://localhost:${port}/ 200 (bad certificate)\n`);
  });

  it("accepts it after a redirect of --http too, which is no finding then", async () => {
    const port = await serveSecurely(page);
    const plain = await serve((_, res) => void res.writeHead(301, { Location: `https://localhost:${port}/` }).end());
    const { out } = await portcullis("check", `https://localhost:${port}/`, "--insecure", "--http", `http://localhost:${plain}/`, "--json");
    const { findings, score } = JSON.parse(out);
    expect(findings.filter(({ rule }: { readonly rule: string }) => rule === "insecure-transport")).toEqual([]);
    expect(JSON.stringify(score)).not.toContain("bad-certificate");
  });

  it("is noted in JSON", async () => {
    const port = await serveSecurely(page);
    const { hops, notes } = JSON.parse((await portcullis("check", `https://localhost:${port}/`, "--insecure", "--json")).out);
    expect(hops).toEqual([{ url: `https://localhost:${port}/`, status: 200, fault: "certificate" }]);
    expect(notes).toEqual([`https://localhost:${port}/: the certificate is not valid: it is self-signed. --insecure accepted it.`]);
  });

  it("is hinted at where a certificate is not valid", async () => {
    const port = await serveSecurely(page);
    expect(await portcullis("explain", `https://localhost:${port}/`)).toEqual({
      code: 1,
      out: "",
      err: `error: https://localhost:${port}/: the certificate is not valid: it is self-signed.\nWrite --insecure to accept the certificate, or set NODE_EXTRA_CA_CERTS=<file.pem> to trust its issuer.\n`,
    });
  });
});
