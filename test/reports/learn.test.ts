import { describe, expect, it } from "vitest";
import { definePolicy, nonce, observe, renderHeaders } from "../../src/index.js";
import { type Group, type LearnOptions, learn, policyHash, printLearned } from "../../src/reports/index.js";
import { issuesOf } from "../messages.js";
import { AT, GROUP } from "./support.js";

const observed = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce], objectSrc: ["none"] } });
const HASH = policyHash("default-src 'self'; script-src 'self' 'nonce-x'; object-src 'none'");

const DAY = 86_400_000;

/** A group that is enough for the patch; `of` makes the difference. */
function group(of: Partial<Group> & { days?: Group["days"] } = {}): Group {
  return { ...GROUP, policyHash: HASH, firstSeen: AT - 2 * DAY, ...of };
}

const learned = (groups: readonly Group[], options?: LearnOptions) => learn(observed, groups, options);
const cspAfter = (groups: readonly Group[], options?: LearnOptions) =>
  renderHeaders(learned(groups, options).proposal, { nonce: "eA==" })["Content-Security-Policy"];
const judged = (of: Partial<Group>, options?: LearnOptions) =>
  learned([group(of)], options).suggestions.map(({ directive, source, confidence, why }) => [directive, source, confidence, why]);

const BEFORE = "default-src 'self'; script-src 'self' 'nonce-eA=='; object-src 'none'";

describe("learn", () => {
  it("adds a source that enough visitors reported to its directive, which starts from what it falls back to", () => {
    expect(cspAfter([group()])).toBe(`${BEFORE}; img-src 'self' https://img.example`);
  });

  it("says what a suggestion rests on, over all its groups", () => {
    const other = group({
      route: "/shop",
      count: 5,
      clients: 16,
      firstSeen: AT - 9 * DAY,
      browsers: [{ value: "Chrome 150", count: 5 }],
      pages: [{ value: "https://site.example/shop", count: 5 }],
      days: [{ value: "2026-11-12", count: 5 }],
    });
    expect(learned([group(), other]).suggestions[0]?.evidence).toEqual({
      count: 45,
      observed: 45,
      clients: 16,
      firstSeen: AT - 9 * DAY,
      lastSeen: AT,
      days: ["2026-11-12", "2026-11-20", "2026-11-21"],
      routes: ["/", "/shop"],
      pages: ["https://site.example/", "https://site.example/shop"],
      browsers: ["Firefox 145", "Chrome 150"],
      urls: ["https://img.example/a/logo.png"],
    });
  });

  it("writes what is said of <script> elements to scriptSrc, unless the policy has a list for them", () => {
    const script = group({ directive: "script-src-elem", blocked: "https://js.example" });
    expect(learned([script]).suggestions[0]?.directive).toBe("scriptSrc");
    const own = definePolicy(observed, { contentSecurityPolicy: { scriptSrcElem: ["self"] } });
    expect(learn(own, [script], { anyPolicy: true }).suggestions[0]?.directive).toBe("scriptSrcElem");
  });

  it("learns for the twin where the policy has one", () => {
    const site = definePolicy("none", observe(observed));
    const { patch, proposal } = learn(site, [group()]);
    expect(Object.keys(patch)).toEqual(["contentSecurityPolicyReportOnly"]);
    expect(renderHeaders(proposal, { nonce: "eA==" })).toEqual({
      "Content-Security-Policy-Report-Only": `${BEFORE}; img-src 'self' https://img.example`,
    });
  });

  it.each<[string, Partial<Group>, unknown[]]>([
    ["the site itself", { blocked: "self", directive: "connect-src" }, []],
    ["data: in images", { blocked: "data" }, [["imgSrc", "data:", "medium", ""]]],
    ["a worker from a blob", { blocked: "blob", directive: "worker-src" }, [["workerSrc", "blob:", "medium", ""]]],
    ["a WebSocket", { blocked: "wss://live.example", directive: "connect-src" }, [["connectSrc", "wss://live.example", "medium", ""]]],
    [
      "plain http",
      { blocked: "http://img.example" },
      [["imgSrc", "http://img.example", "low", "Comes over plain http, where anybody on the way can change it: serve it over https."]],
    ],
    [
      "one visitor",
      { clients: 1 },
      [["imgSrc", "https://img.example", "low", "Too little evidence for a third-party host: 1 of 10 clients."]],
    ],
    [
      "one day of one visitor",
      { clients: 1, days: [{ value: "2026-11-21", count: 9 }] },
      [["imgSrc", "https://img.example", "low", "Too little evidence for a third-party host: 1 of 10 clients, 1 of 2 days."]],
    ],
    [
      "what only an enforced policy blocked",
      { disposition: "enforce" },
      [["imgSrc", "https://img.example", "low", "Only an enforced policy blocked it: observe the policy too before it is widened."]],
    ],
  ])("judges %s", (_, of, expected) => {
    expect(judged(of)).toEqual(expected);
  });

  it.each<[string, Partial<Group>, LearnOptions | undefined, string]>([
    [
      "a third-party host that nine clients reported",
      { clients: 9 },
      undefined,
      "Too little evidence for a third-party host: 9 of 10 clients.",
    ],
    ["the same where three are told to do", { clients: 3 }, { minClients: 3 }, ""],
    [
      "a WebSocket of a third party",
      { blocked: "wss://live.example", clients: 3 },
      undefined,
      "Too little evidence for a third-party host: 3 of 10 clients.",
    ],
    ["data: that three clients reported", { blocked: "data", clients: 3 }, undefined, ""],
  ])("judges %s", (_, of, options, why) => {
    expect(judged(of, options).map(([, , confidence, said]) => [confidence, said])).toEqual([[why === "" ? "medium" : "low", why]]);
  });

  it("does not trust a host that few of those who reported from the same route reported", () => {
    const others = group({ blocked: "https://cdn.example", clients: 50 });
    expect(learned([group({ clients: 12 }), others]).suggestions.map(({ source, confidence, why }) => [source, confidence, why])).toEqual([
      ["https://cdn.example", "medium", ""],
      [
        "https://img.example",
        "low",
        "Reported by 12 of at least 50 clients that reported from the same routes: perhaps an extension, or made up.",
      ],
    ]);
  });

  it("counts who reported from the same routes, and not from others", () => {
    const others = group({ blocked: "https://cdn.example", clients: 50, route: "/shop" });
    expect(learned([group({ clients: 12 }), others]).suggestions.map(({ confidence }) => confidence)).toEqual(["medium", "medium"]);
  });

  describe("beside 'strict-dynamic'", () => {
    const dynamic = (csp: object) => definePolicy("none", { contentSecurityPolicy: csp });
    const nonced = dynamic({ defaultSrc: ["self"], scriptSrc: [nonce, "strict-dynamic"] });
    const script = group({
      directive: "script-src-elem",
      blocked: "https://js.example",
      urls: [{ value: "https://js.example/a.js", count: 9 }],
    });
    const all = (policy: typeof nonced, one: Group) => {
      const { leftOut, suggestions, advice } = learn(policy, [one], { anyPolicy: true });
      return [leftOut.allowed, suggestions.map(({ source }) => source), advice.map(({ message }) => message)];
    };
    const TAG = `Add nonce="…" to the tag <script src="https://js.example/a.js"> in the HTML: beside 'strict-dynamic' neither hosts nor 'self' count.`;

    it.each([
      ["a host", "https://js.example", nonced],
      ["the site's own", "self", nonced],
      ["a host, where the list is that of default-src", "https://js.example", dynamic({ defaultSrc: [nonce, "strict-dynamic"] })],
    ])("names the tag that needs the nonce, for a script of %s", (_, blocked, policy) => {
      expect(all(policy, { ...script, blocked })).toEqual([0, [], [TAG]]);
    });

    it("says to add the nonce to the policy too, where there is only a hash", () => {
      const hashed = dynamic({ scriptSrc: ["'sha256-a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s='", "strict-dynamic"] });
      expect(all(hashed, script)).toEqual([0, [], [`Add contentSecurityPolicy: { scriptSrc: append(nonce) }. ${TAG}`]]);
    });

    it("still proposes hosts for what is no script", () => {
      expect(all(nonced, group())).toEqual([0, ["https://img.example"], []]);
    });

    it("still proposes hosts where script-src-elem has a list without it", () => {
      const elem = dynamic({ scriptSrc: [nonce, "strict-dynamic"], scriptSrcElem: ["self"] });
      expect(all(elem, script)).toEqual([0, ["https://js.example"], []]);
    });
  });

  it("is surest of what many visitors reported from several routes on several days", () => {
    const plenty = { clients: 30, days: [...group().days, { value: "2026-11-19", count: 1 }] };
    const { suggestions } = learned([group(plenty), group({ ...plenty, route: "/shop" })]);
    expect(suggestions.map(({ confidence }) => confidence)).toEqual(["high"]);
  });

  it("leaves out of the patch what would open a way around the policy, unless told", () => {
    const jsonp = group({ directive: "script-src-elem", blocked: "https://accounts.google.com" });
    const { suggestions, patch } = learned([jsonp]);
    expect(suggestions.map(({ confidence }) => confidence)).toEqual(["risky"]);
    expect(suggestions[0]?.risks.map(({ header }) => header)).toContain("Content-Security-Policy");
    expect(patch).toEqual({});
    expect(cspAfter([jsonp], { acceptRisks: true })).toContain("script-src 'self' 'nonce-eA==' https://accounts.google.com");
  });

  it("does not accept a risk without evidence", () => {
    const jsonp = group({ directive: "script-src-elem", blocked: "https://accounts.google.com", clients: 1 });
    expect(learned([jsonp], { acceptRisks: true }).patch).toEqual({});
  });

  it.each<[string, Partial<Group>, string]>([
    ["inline scripts", { directive: "script-src-elem", blocked: "inline" }, "append(nonce)"],
    ["inline handlers", { directive: "script-src-attr", blocked: "inline" }, "addEventListener"],
    ["eval", { directive: "script-src", blocked: "eval" }, "replace or configure it"],
    ["a script in a data: URL", { directive: "script-src-elem", blocked: "data" }, "serve it as a file"],
    ["a script from a blob", { directive: "script-src-elem", blocked: "blob" }, "serve it as a file"],
    ["a frame from a data: URL", { directive: "frame-src", blocked: "data" }, "serve it as a file"],
    ["a page that frames this one", { directive: "frame-ancestors", blocked: "https://evil.example" }, "frameAncestors: append(…)"],
    ["a <base>", { directive: "base-uri", blocked: "https://evil.example" }, "write addresses that need none"],
    ["a feature", { type: "permissions-policy-violation", directive: "camera", blocked: "" }, "A page used camera"],
  ])("never allows %s, and says what to do", (_, of, sentence) => {
    const { patch, suggestions, advice } = learned([group(of)], { acceptRisks: true, anyPolicy: true });
    expect([patch, suggestions]).toEqual([{}, []]);
    expect(advice.map(({ message }) => message)).toEqual([expect.stringContaining(sentence)]);
  });

  it("has nothing to say of hashes of files", () => {
    const hash = group({
      type: "csp-hash",
      policyHash: "",
      disposition: "none",
      directive: "script",
      blocked: "https://cdn.example/s.js",
      route: "*",
    });
    const { advice, suggestions, coverage } = learned([hash]);
    expect([advice, suggestions, coverage.reported]).toEqual([[], [], []]);
  });

  it("leaves reports of another version of the policy out, unless told", () => {
    const other = group({ policyHash: policyHash("default-src 'none'") });
    expect(learned([other]).leftOut).toEqual({ otherPolicy: 1, allowed: 0, unusable: 0 });
    expect(learned([other]).patch).toEqual({});
    expect(cspAfter([other], { anyPolicy: true })).toContain("img-src 'self' https://img.example");
  });

  it("knows its own policy by the text that browsers repeat, whatever the nonce and the endpoint", () => {
    const repeated = "default-src 'self'; script-src 'self' 'nonce-Zm9v'; object-src 'none'; report-uri /r";
    expect(learned([group({ policyHash: policyHash(repeated) })]).leftOut.otherPolicy).toBe(0);
  });

  it("leaves out what the policy allows already, and what no policy takes", () => {
    const odd = group({ blocked: "https://img.example;script-src *" });
    expect(learned([group({ blocked: "self" }), odd]).leftOut).toEqual({ otherPolicy: 0, allowed: 1, unusable: 1 });
    expect(cspAfter([odd])).toBe(BEFORE);
  });

  it.each([
    ["directory", "https://img.example/a/"],
    ["path", "https://img.example/a/logo.png"],
  ] as const)("writes a source as narrow as a %s where told", (width, source) => {
    expect(learned([group()], { width }).suggestions.map((one) => one.source)).toEqual([source]);
  });

  it("says which routes were never heard of", () => {
    const { coverage } = learned([group(), group({ route: "/shop", count: 50 })], { routes: ["/", "/pay", "/shop"] });
    expect(coverage.reported.map(({ route, count }) => [route, count])).toEqual([
      ["/shop", 50],
      ["/", 40],
    ]);
    expect(coverage.silent).toEqual(["/pay"]);
  });

  it("compares the proposal with the policy", () => {
    expect(learned([group()]).comparison.verdict).toBe("weaker");
    expect(learned([]).comparison.verdict).toBe("same");
  });

  it("says at once all that is wrong with its options", () => {
    expect(issuesOf(() => learn(observed, [], { minClients: 0, widht: "x" } as never))).toEqual([
      "learn.minClients: 0 does not fit. Write a whole number from 1 on.",
      'learn.widht: unknown option. Did you mean "width"?',
    ]);
  });

  it("refuses a policy without a CSP", () => {
    expect(issuesOf(() => learn(definePolicy("none"), []))).toEqual([
      'learn: the policy has no Content-Security-Policy to learn for. Give the policy that was observed, as in observe("strict").',
    ]);
  });
});

describe("printLearned", () => {
  it("refuses a format that it does not have", () => {
    expect(issuesOf(() => printLearned(learned([group()]), "yaml" as never))).toEqual([
      'printLearned: "yaml" is no format. Write "typescript", "json" or "text".',
    ]);
  });

  it("writes a module with the patch and its evidence", () => {
    expect(printLearned(learned([group()]), "typescript")).toBe(`import { append, type Patch } from "portcullis";

export const learned = {
  contentSecurityPolicy: {
    // https://img.example: 40 reports, 12 clients, 2 days; on /; Firefox 145
    imgSrc: append("https://img.example"),
  },
} satisfies Patch;
`);
  });

  it("writes edits in JSON as the command line reads them", () => {
    const { patch } = JSON.parse(printLearned(learned([group()]), "json"));
    expect(patch).toEqual({ contentSecurityPolicy: { imgSrc: { append: ["https://img.example"] } } });
  });

  it("writes for people what is in the patch, what is not, and why", () => {
    const groups = [
      group(),
      group({ directive: "font-src", blocked: "https://fonts.example", clients: 1 }),
      group({ directive: "script-src-elem", blocked: "inline", samples: [{ value: "alert(1)", count: 3 }] }),
    ];
    expect(printLearned(learned(groups, { routes: ["/pay"] }), "text")).toBe(`In the patch:
  imgSrc  https://img.example
      40 reports, 12 clients, 2 days; on /; Firefox 145

Left out:
  fontSrc  https://fonts.example
      40 reports, 1 client, 2 days; on /; Firefox 145
      Too little evidence for a third-party host: 1 of 10 clients.

For you to decide; no source is worth it:
  script-src-elem inline: 40 reports, 12 clients, 2 days; on /; Firefox 145
      alert(1)
    Inline scripts, perhaps an attacker's: give yours a nonce, contentSecurityPolicy: { scriptSrc: append(nonce) } and nonce="…" on the element; where they never change, take hashes (portcullis/hashes).

Not looked at:
  Never heard of: /pay.

The policy would become:
  + contentSecurityPolicy.imgSrc  https://img.example
`);
  });

  it("lets nothing that a stranger wrote end a line or move a cursor", () => {
    const hostile = group({ route: "/\nimport evil\u2028\u001b[2J", browsers: [{ value: "\u202eevil", count: 1 }] });
    for (const format of ["typescript", "text"] as const) {
      const text = printLearned(learned([hostile]), format);
      expect(text).not.toMatch(/^import evil|[\u2028\u001b\u202e]/m);
    }
  });
});
