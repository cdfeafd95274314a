import { describe, expect, it } from "vitest";
import { readMarkup } from "../../src/cli/markup.js";
import { cspPolicies } from "../../src/headers/content-security-policy/wire.js";

const PAGE = "https://site.example/";
/** Of `go()`. */
const HASH = "'sha256-5KYv+PUboo5h+0+YAtGRPbwv5d/QxzHslP4YGnUaxRw='";
const OTHER = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='";

/** What is blocked in the HTML of a page under a CSP, by directive. */
const blocked = (csp: string, html: string, url: string | undefined = PAGE) =>
  readMarkup(html, cspPolicies(csp), undefined, url).notes.map(({ what, by }) => `${what} by ${by}`);

const SCRIPT = ["<script> by script-src-elem"];

describe("inline code", () => {
  it.each<[what: string, csp: string, html: string, notes: readonly string[]]>([
    ["is allowed by 'unsafe-inline'", "script-src 'unsafe-inline'", "<script>go()</script>", []],
    ["is blocked by 'unsafe-inline' beside a hash", `script-src 'unsafe-inline' ${OTHER}`, "<script>go()</script>", SCRIPT],
    ["is blocked by 'unsafe-inline' beside a nonce", "script-src 'unsafe-inline' 'nonce-YQ=='", "<script>go()</script>", SCRIPT],
    [
      "is blocked by 'unsafe-inline' beside 'strict-dynamic'",
      "script-src 'unsafe-inline' 'strict-dynamic'",
      "<script>go()</script>",
      SCRIPT,
    ],
    ["is allowed by its hash", `script-src ${HASH}`, "<script>go()</script>", []],
    ["is blocked beside another hash", `script-src ${OTHER}`, "<script>go()</script>", SCRIPT],
    ["is allowed by its nonce", "script-src 'nonce-YQ=='", '<script nonce="YQ==">go()</script>', []],
    ["is blocked with another nonce", "script-src 'nonce-YQ=='", '<script nonce="Yg==">go()</script>', SCRIPT],
    ["is data where its type is no script's", "script-src 'none'", '<script type="application/json">{}</script>', []],
  ])("%s", (_, csp, html, notes) => {
    expect(blocked(csp, html)).toEqual(notes);
  });
});

describe("an event handler", () => {
  it.each<[what: string, csp: string, notes: readonly string[]]>([
    ["is blocked beside its hash alone", `script-src ${HASH}`, ["onclick of <a> by script-src-attr"]],
    ["is allowed by its hash with 'unsafe-hashes'", `script-src 'unsafe-hashes' ${HASH}`, []],
    ["is blocked by the nonce of its element", "script-src 'nonce-YQ=='", ["onclick of <a> by script-src-attr"]],
    ["is allowed by script-src-attr", "script-src 'none'; script-src-attr 'unsafe-inline'", []],
  ])("%s", (_, csp, notes) => {
    expect(blocked(csp, '<a nonce="YQ==" onclick="go()">a</a>')).toEqual(notes);
  });
});

describe("a file", () => {
  it.each<[what: string, csp: string, html: string, notes: readonly string[]]>([
    ["of a listed host is allowed", "script-src https://cdn.example", "<script src=https://cdn.example/a.js></script>", []],
    ["of another host is blocked", "script-src https://cdn.example", "<script src=https://evil.example/a.js></script>", SCRIPT],
    [
      "of a listed host is blocked beside 'strict-dynamic'",
      "script-src 'strict-dynamic' https://cdn.example",
      "<script src=https://cdn.example/a.js></script>",
      SCRIPT,
    ],
    [
      "with integrity is allowed beside hashes: which one is not judged here",
      `script-src ${OTHER}`,
      `<script src=https://cdn.example/a.js integrity=${OTHER.slice(1, -1)}></script>`,
      [],
    ],
    ["of the page's origin is allowed by 'self'", "img-src 'self'", "<img src=/a.png>", []],
    ["of another origin is blocked by 'self'", "img-src 'self'", "<img src=https://other.example/a.png>", ["<img> by img-src"]],
    ["of another port is blocked by 'self'", "img-src 'self'", "<img src=https://site.example:8443/a.png>", ["<img> by img-src"]],
    ["is found by <base>", "img-src 'self'", "<base href=https://cdn.example/><img src=a.png>", ["<img> by img-src"]],
    ["data: is blocked where it is not listed", "img-src 'self'", "<img src=data:,a>", ["<img> by img-src"]],
    ["data: is allowed where it is listed", "img-src data:", "<img src=data:,a>", []],
    ["is governed by default-src", "default-src 'none'", "<iframe src=/a></iframe>", ["<iframe> by frame-src"]],
  ])("%s", (_, csp, html, notes) => {
    expect(blocked(csp, html)).toEqual(notes);
  });

  // CSP3 §6.7.2.8: the ports are the defaults of their schemes.
  it("of the page's host over https is allowed by 'self' of a page over http", () => {
    expect(blocked("img-src 'self'", "<img src=https://site.example/a.png>", "http://site.example/")).toEqual([]);
  });

  it("of the page's host over http is blocked by 'self' of a page over https", () => {
    expect(blocked("img-src 'self'", "<img src=http://site.example/a.png>")).toEqual(["<img> by img-src"]);
  });
});

it("each of two policies may block", () => {
  expect(blocked("script-src 'self', script-src https://cdn.example", "<script src=/a.js></script>")).toEqual(SCRIPT);
});

it("lists at most 1,000 notes", () => {
  expect(blocked("script-src 'none'", "<script>a</script>".repeat(1_001))).toHaveLength(1_000);
});

describe("scripts under a nonce", () => {
  const counted = (csp: string, html: string) => readMarkup(html, cspPolicies(csp), undefined, PAGE).nonce;
  const html = `<!doctype html>
<script nonce="YQ==">1</script>
<script>go()</script>
<script>other()</script>`;
  it("count apart where a hash allows them", () => {
    expect(counted(`script-src 'nonce-YQ==' ${HASH}`, html)).toEqual({ scripts: 3, carrying: 1, hashed: 1, without: [4] });
  });
  it("do not count as allowed where one of two policies has no such hash", () => {
    expect(counted(`script-src 'nonce-YQ==' ${HASH}, script-src 'nonce-YQ=='`, html)).toMatchObject({ hashed: 0, without: [3, 4] });
  });
  it("of files count where all of their integrity is in the policy", () => {
    const file = (integrity: string) => `<!doctype html>\n<script src="/a.js" integrity="${integrity}"></script>`;
    const [own, other] = [HASH.slice(1, -1), OTHER.slice(1, -1)];
    expect(counted(`script-src 'nonce-YQ==' ${HASH}`, file(own))).toMatchObject({ hashed: 1, without: [] });
    expect(counted(`script-src 'nonce-YQ==' ${HASH}`, file(`${own} ${other}`))).toMatchObject({ hashed: 0, without: [2] });
    expect(counted(`script-src 'nonce-YQ==' ${HASH}`, file(""))).toMatchObject({ hashed: 0, without: [2] });
  });
});
