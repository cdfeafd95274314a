import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/index.js";
import { collectEvidence } from "../../src/record/evidence.js";
import { headersWith } from "../../src/record/headers.js";
import type { InlineCode } from "../../src/record/inline.js";
import { addressNotes } from "../../src/record/proposal/address.js";
import { inlinePart } from "../../src/record/proposal/inline.js";
import { type Accepted, propose, wordFor } from "../../src/record/proposal.js";

const SITE = "https://site.example";

/** An inline script of the served HTML; its hash is made of the one letter. */
const script = (letter: string, pages: readonly string[], position = "3:5", more: Partial<InlineCode> = {}): InlineCode => ({
  kind: "script",
  directive: "script-src-elem",
  text: `const product = "${letter}"`,
  hash: `'sha256-${letter.repeat(43)}='`,
  element: "<script>",
  hasNonce: false,
  isServed: true,
  place: `${SITE}${pages[0]}:${position}`,
  pages: pages.map((page) => SITE + page),
  isStable: true,
  isOnce: false,
  differsAround: "nowhere",
  ...more,
});

const pages = ["/", "/products/1", "/products/2"].map((page) => SITE + page);

function proposed(...inline: readonly InlineCode[]) {
  const { allowed, pending, needed } = inlinePart({ inline, pages }, { scriptSrc: ["self"] }, new Set(["inline"]));
  return {
    allowed: allowed.map(({ source }) => source),
    pending: pending.length,
    needed: needed.map(({ message }) => message),
    on: needed.map((one) => one.pages),
  };
}

describe("An inline script", () => {
  it("that differs between the pages of one route is not hashed: pages that were not visited have others", () => {
    expect(proposed(script("a", ["/products/1"]), script("b", ["/products/2"]))).toEqual({
      allowed: [],
      pending: 0,
      needed: [
        `An inline script, <script> at ${SITE}/products/1:3:5, differs between pages of one route: write nonce="…" on its element, and scriptSrc: append(nonce) in the policy.`,
      ],
      on: [[`${SITE}/products/1`, `${SITE}/products/2`]],
    });
  });

  it("is hashed where another script of the route is at another place", () => {
    expect(proposed(script("a", ["/products/1"]), script("b", ["/products/2"], "9:1")).needed).toEqual([]);
  });

  it("is hashed where a script at the same place is of another route", () => {
    expect(proposed(script("a", ["/"]), script("b", ["/products/2"])).needed).toEqual([]);
  });

  it("that a script added is not compared with those of the HTML", () => {
    expect(proposed(script("a", ["/products/1"]), script("b", ["/products/2"], "3:5", { isServed: false })).needed).toEqual([]);
  });
});

describe("Hashes", () => {
  const allowed = (text: string) => {
    const code = script("a", ["/"], "3:5", { text });
    return [{ directive: "scriptSrc", source: code.hash as string, why: "on /", code }];
  };

  it("of code that contains the address of the walk are remarked on: at another address they differ", () => {
    expect(addressNotes(allowed('const root = "http://localhost:3000";'), ["http://localhost:3000"])).toEqual([
      "1 hash is of inline code that contains the address http://localhost:3000: at another address the code has another hash. Record the site at the address that its visitors use.",
    ]);
  });

  it("of code without the address are not", () => {
    expect(addressNotes(allowed('const root = "/";'), ["http://localhost:3000"])).toEqual([]);
  });

  it("of one text whose element is gone are proposed once", () => {
    const gone = ["first", "second"].map((text) => script("a", ["/"], "3:5", { text, isServed: false }));
    const { pending } = inlinePart({ inline: gone, pages }, { scriptSrc: ["self"] }, new Set());
    expect(pending.map(({ code }) => code?.hash)).toEqual([`'sha256-${"a".repeat(43)}='`]);
  });
});

/** The lines that a browser gets for a response with these headers. */
function observed(headers: Readonly<Record<string, string>>) {
  const lines = headersWith(
    definePolicy("strictDynamic"),
    "observe",
    "https://report.invalid/",
  )({
    url: `${SITE}/`,
    kind: "document",
    status: 200,
    html: "",
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  });
  return lines.map(({ name, value }) => [name.toLowerCase(), value] as const);
}

describe("A response that is observed", () => {
  it("has one report-only COEP, since browsers read two as none", () => {
    const lines = observed({ "Cross-Origin-Embedder-Policy-Report-Only": 'require-corp; report-to="default"' });
    expect(lines.filter(([name]) => name === "cross-origin-embedder-policy-report-only")).toEqual([
      ["cross-origin-embedder-policy-report-only", "require-corp"],
    ]);
  });

  it("keeps the site's own report-only CSP beside the recorded one", () => {
    const lines = observed({ "Content-Security-Policy-Report-Only": "img-src 'none'" });
    expect(lines.filter(([name]) => name === "content-security-policy-report-only").map(([, value]) => value.slice(0, 20))).toEqual([
      "img-src 'none'",
      "default-src 'none' '",
    ]);
  });

  it("has the nonce of the site's own policy", () => {
    const [, line] = observed({ "Content-Security-Policy": "script-src 'nonce-c2l0ZQ=='" });
    expect(line?.[1]).toContain("script-src 'nonce-c2l0ZQ==' 'strict-dynamic'");
  });
});

describe("Code that has to be confirmed", () => {
  const once = { ...script("a", ["/"]), pages: [`${SITE}/`] };
  const other = script("b", ["/products/1"], "9:1");
  const A = `sha256-${"a".repeat(43)}=` as const;
  const evidence = { ...collectEvidence(() => true).evidence(), inline: [once, other], pages };
  const sources = (accepted: Accepted) => propose(definePolicy("strict"), evidence, accepted).allowed.map(({ source }) => source);

  it("is allowed by its hash, and no other code with it", () => {
    expect(sources(new Set([A]))).toEqual([`'${A}'`]);
  });

  it("names the word that confirms it alone", () => {
    expect(propose(definePolicy("strict"), evidence, new Set()).pending.map(wordFor)).toEqual([A, `sha256-${"b".repeat(43)}=`]);
  });

  it("leads to a remark where its hash is of no code that has to be confirmed", () => {
    const gone = `sha256-${"c".repeat(43)}=` as const;
    const { notes, pending } = propose(definePolicy("strict"), evidence, new Set([A, gone]));
    expect({ notes, pending: pending.length }).toEqual({
      notes: [`--accept ${gone} was not used: nothing of that name had to be confirmed. If it is code, it may have changed.`],
      pending: 1,
    });
  });
});

describe("Code of one template line that has another text on each page", () => {
  const visited = ["/", "/stats", "/contact"];
  /** Of the whole text, as browsers make it. */
  const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'` as const;
  const line = (letter: string, path: string, { text = `const product = "${letter}"`, ...more }: Partial<InlineCode> = {}) =>
    script(letter, [path], "3:5", { text, hash: hashOf(text), ...more });
  const lines = ["a", "b", "c"].map((letter, index) => line(letter, visited[index] as string));
  const evidence = { ...collectEvidence(() => true).evidence(), inline: lines, pages: visited.map((path) => SITE + path) };
  const HASHES = {
    a: "sha256-UL2/k65eGQBozBT27ksoVfTiJFLRiPK3d+JxHHIAbr8=",
    b: "sha256-a9LBOHwoO1r9q6KWDCqakYmp0UxWU3+dcVO81hDeCbQ=",
    c: "sha256-pZZKfW3vASe6J2/Jx35QdBPuwbwnMtb1GWfVIKs9ihw=",
  } as const;
  /** Of these three in the order of their letters, with a space between. */
  const WORD = "sha256-4qVKC79og/hYdqtLOkMhuDMK7oqUD/ZLsSuf8ZtZxiM=" as const;
  const of = (accepted: Accepted, inline: readonly InlineCode[] = lines) => {
    const { allowed, pending, notes } = propose(definePolicy("strict"), { ...evidence, inline }, accepted);
    return { allowed: allowed.map(({ source }) => source.slice(1, -1)), pending: pending.map(wordFor), notes };
  };

  it("is one question, with all its texts and pages", () => {
    const { pending } = propose(definePolicy("strict"), evidence, new Set());
    expect(pending.map(({ message, code, pages }) => ({ message, text: code?.text, pages }))).toEqual([
      {
        message: `An inline script, <script> at ${SITE}/:3:5, has another text on each of 3 pages: it may be somebody's stored script.`,
        text: 'const product = "a"\nconst product = "b"\nconst product = "c"',
        pages: [`${SITE}/`, `${SITE}/stats`, `${SITE}/contact`],
      },
    ]);
  });

  it("has one word, which allows each of them", () => {
    expect(of(new Set([WORD]))).toEqual({ allowed: [HASHES.a, HASHES.b, HASHES.c], pending: [], notes: [] });
  });

  it("has another word when one of them changes", () => {
    const changed = [...lines.slice(0, 2), line("d", "/contact")];
    expect(of(new Set([WORD]), changed)).toMatchObject({
      allowed: [],
      pending: [expect.not.stringContaining(WORD)],
      notes: [expect.any(String)],
    });
  });

  it("is allowed by the hash of one piece alone, which leaves the others", () => {
    expect(of(new Set([HASHES.b]))).toEqual({ allowed: [HASHES.b], pending: [WORD], notes: [] });
  });

  it.each<[string, Partial<InlineCode>]>([
    ["begins otherwise", { text: 'let evil = "c"' }],
    ["has several lines", { text: "const product =\n1" }],
    ["is longer than a question shows", { text: `const product = "${"c".repeat(160)}"` }],
    ["was added by a script", { isServed: false }],
    ["is known by its beginning only", { hash: `'sha256-${"c".repeat(43)}='` }],
    ["is shown without what may be a secret", { text: 'const product = "…"', hash: hashOf('const product = "c0ffee-c0ffee-c0ffee"') }],
  ])("is not one question with code at its place that %s", (_, more) => {
    const other = line("c", "/contact", more);
    expect(of(new Set(), [...lines.slice(0, 2), other]).pending).toContain(other.hash?.slice(1, -1));
  });

  it("is several questions where there are more pieces than one shows", () => {
    const many = Array.from({ length: 13 }, (_, index) => line(String.fromCharCode(97 + index), `/page-${"abcdefghijklm"[index]}`));
    expect(of(new Set(), many).pending.length).toBe(2);
  });
});
