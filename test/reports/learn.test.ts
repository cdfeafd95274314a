import { describe, expect, it } from "vitest";
import { definePolicy, nonce, observe, perRequest, renderHeaders } from "../../src/index.js";
import { type Group, type LearnOptions, learn, policyHash, printLearned } from "../../src/reports/index.js";
import { learningOf } from "../../src/reports/learn/directives.js";
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

  it("takes more groups than a call takes arguments", () => {
    const groups = Array.from({ length: 130_000 }, (_, id) => group({ id: String(id), route: `/${id}`, clients: id, firstSeen: AT - id }));
    const { clients, firstSeen, routes } = learned(groups).suggestions[0]?.evidence ?? {};
    expect([clients, firstSeen, routes?.length]).toEqual([129_999, AT - 129_999, 130_000]);
  }, 60_000);

  it("adds what is reported of <script> elements to scriptSrc, unless the policy has a list for them", () => {
    const script = group({ directive: "script-src-elem", blocked: "https://js.example" });
    expect(learned([script]).suggestions[0]?.directive).toBe("scriptSrc");
    const own = definePolicy(observed, { contentSecurityPolicy: { scriptSrcElem: ["self"] } });
    expect(learn(own, [script], { anyPolicy: true }).suggestions[0]?.directive).toBe("scriptSrcElem");
  });

  it("gives a patch that enforces a policy observed through its report-only header", () => {
    const site = definePolicy("none", observe(observed));
    const { patch, proposal } = learn(site, [group()]);
    const headers = { "Content-Security-Policy": `${BEFORE}; img-src 'self' https://img.example` };
    expect(renderHeaders(definePolicy(site, patch), { nonce: "eA==" })).toEqual(headers);
    expect(renderHeaders(proposal, { nonce: "eA==" })).toEqual(headers);
  });

  it("puts the observed policy in the place of the enforced one, but for what a report-only header cannot observe", () => {
    const site = definePolicy("none", {
      contentSecurityPolicy: { defaultSrc: ["*"], fontSrc: ["*"], sandbox: [], upgradeInsecureRequests: true },
      contentSecurityPolicyReportOnly: { defaultSrc: ["self"] },
      reporting: "/csp-report",
    });
    const { patch } = learn(site, [group()], { anyPolicy: true });
    expect(renderHeaders(definePolicy(site, patch))).toEqual({
      "Content-Security-Policy":
        "default-src 'self'; sandbox; upgrade-insecure-requests; img-src 'self' https://img.example; report-uri /csp-report; report-to default",
      "Reporting-Endpoints": 'default="/csp-report"',
    });
  });

  it("prints such a patch as code, with its nonce", () => {
    const site = definePolicy("none", { contentSecurityPolicyReportOnly: { defaultSrc: ["self"], scriptSrc: [nonce] } });
    expect(printLearned(learn(site, [group()], { anyPolicy: true }), "typescript")).toBe(`import { nonce, type Patch } from "portcullis";

export const learned = {
  contentSecurityPolicy: {
    defaultSrc: ["self"],
    scriptSrc: [nonce],
    // https://img.example: 40 reports, 12 clients, 2 days; on /; Firefox 145
    imgSrc: ["self", "https://img.example"],
  },
  contentSecurityPolicyReportOnly: false,
} satisfies Patch;
`);
  });

  it("refuses to print a nonce as JSON", () => {
    const site = definePolicy("none", { contentSecurityPolicyReportOnly: { defaultSrc: ["self"], scriptSrc: [nonce] } });
    expect(() => printLearned(learn(site, [group()], { anyPolicy: true }), "json")).toThrow(
      "learned.patch: has a nonce or a function for each request, which JSON cannot hold. Pass learn the policy itself instead of its report-only form, and lay the patch on it.",
    );
  });

  it("says what such a patch adds", () => {
    const site = definePolicy("none", { contentSecurityPolicyReportOnly: { defaultSrc: ["self"] } });
    expect(printLearned(learn(site, [group()], { anyPolicy: true }), "text")).toContain(
      "The patch adds:\n  + contentSecurityPolicy.imgSrc  https://img.example\n",
    );
  });

  it.each<[string, Partial<Group>, unknown[]]>([
    ["the site itself", { blocked: "self", directive: "connect-src" }, []],
    ["data: in images", { blocked: "data" }, [["imgSrc", "data:", "medium", ""]]],
    ["a worker from a blob", { blocked: "blob", directive: "worker-src" }, [["workerSrc", "blob:", "medium", ""]]],
    ["a WebSocket", { blocked: "wss://live.example", directive: "connect-src" }, [["connectSrc", "wss://live.example", "medium", ""]]],
    [
      "plain http",
      { blocked: "http://img.example" },
      [["imgSrc", "http://img.example", "low", "Plain http: anybody on the network can change what it sends. Serve it over https."]],
    ],
    [
      "plain http of a host that only begins like this machine",
      { blocked: "http://localhost.evil.example" },
      [
        [
          "imgSrc",
          "http://localhost.evil.example",
          "low",
          "Plain http: anybody on the network can change what it sends. Serve it over https.",
        ],
      ],
    ],
    [
      "a WebSocket over plain http",
      { blocked: "ws://live.example", directive: "connect-src" },
      [["connectSrc", "ws://live.example", "low", "Plain http: anybody on the network can change what it sends. Serve it over https."]],
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
      [
        [
          "imgSrc",
          "https://img.example",
          "low",
          "Only an enforced policy blocked it: observe the policy in report-only mode before you widen it.",
        ],
      ],
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
    ["the same where minClients is 3", { clients: 3 }, { minClients: 3 }, ""],
    [
      "a WebSocket of a third party",
      { blocked: "wss://live.example", clients: 3 },
      undefined,
      "Too little evidence for a third-party host: 3 of 10 clients.",
    ],
    ["data: that three clients reported", { blocked: "data", clients: 3 }, undefined, ""],
    ["a host that was reported on two days where minDays is 2", {}, { minDays: 2 }, ""],
    [
      "a host that was reported on two days where minDays is 3",
      {},
      { minDays: 3 },
      "Too little evidence for a third-party host: 2 of 3 days.",
    ],
    ["a host of one route where minRoutes is 2", {}, { minRoutes: 2 }, "Too little evidence for a third-party host: 1 of 2 routes."],
  ])("judges %s", (_, of, options, why) => {
    expect(judged(of, options).map(([, , confidence, reason]) => [confidence, reason])).toEqual([[why === "" ? "medium" : "low", why]]);
  });

  it("does not trust a host that few of those who reported from the same route reported", () => {
    const others = group({ blocked: "https://cdn.example", clients: 50 });
    expect(learned([group({ clients: 12 }), others]).suggestions.map(({ source, confidence, why }) => [source, confidence, why])).toEqual([
      ["https://cdn.example", "medium", ""],
      [
        "https://img.example",
        "low",
        "Reported by 12 of at least 50 clients that sent reports from the same routes: it may come from a browser extension or be made up.",
      ],
    ]);
  });

  it("trusts a host that a quarter of those who reported from the same route reported", () => {
    const others = group({ blocked: "https://cdn.example", clients: 48 });
    expect(learned([group({ clients: 12 }), others]).suggestions.map(({ source, confidence }) => [source, confidence])).toEqual([
      ["https://cdn.example", "medium"],
      ["https://img.example", "medium"],
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

  it.each<[string, Partial<Group>, Partial<Group>]>([
    ["on no more days than it takes", { clients: 30 }, { clients: 30 }],
    ["by too few visitors", { clients: 29 }, {}],
  ])("is not surest of what was reported %s", (_, one, other) => {
    const days = [...group().days, { value: "2026-11-19", count: 1 }];
    const enough = (of: Partial<Group>) => ("days" in of || of.clients !== 29 ? of : { ...of, days });
    const { suggestions } = learned([group(enough(one)), group({ ...enough(other), route: "/shop" })]);
    expect(suggestions.map(({ confidence }) => confidence)).toEqual(["medium"]);
  });

  it("lists at most ten addresses, browsers and pages of a suggestion", () => {
    const eleven = (name: string) => Array.from({ length: 11 }, (_, index) => ({ value: `${name}${index}`, count: 20 - index }));
    const { urls, browsers, pages } =
      learned([group({ urls: eleven("u"), browsers: eleven("b"), pages: eleven("p") })]).suggestions[0]?.evidence ?? {};
    expect([urls?.at(-1), browsers?.at(-1), pages?.at(-1), urls?.length, browsers?.length, pages?.length]).toEqual([
      "u9",
      "b9",
      "p9",
      10,
      10,
      10,
    ]);
  });

  it("leaves out of the patch what opens a bypass of the policy, unless acceptRisks is on", () => {
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
    ["eval", { directive: "script-src", blocked: "eval" }, "configure or replace it"],
    ["a script in a data: URL", { directive: "script-src-elem", blocked: "data" }, "Serve it as a file"],
    ["a script from a blob", { directive: "script-src-elem", blocked: "blob" }, "Serve it as a file"],
    ["a frame from a data: URL", { directive: "frame-src", blocked: "data" }, "Serve it as a file"],
    ["a page that frames this one", { directive: "frame-ancestors", blocked: "https://evil.example" }, "frameAncestors: append(…)"],
    ["a <base>", { directive: "base-uri", blocked: "https://evil.example" }, "Write URLs that do not need one"],
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

  it("leaves out reports on another version of the policy, unless anyPolicy is on", () => {
    const other = group({ policyHash: policyHash("default-src 'none'") });
    expect(learned([other]).leftOut).toEqual({ otherPolicy: 1, ignored: 0, allowed: 0, unusable: 0 });
    expect(learned([other]).patch).toEqual({});
    expect(cspAfter([other], { anyPolicy: true })).toContain("img-src 'self' https://img.example");
  });

  it("does not use what somebody ignored on the reports page, and says how much that is", () => {
    const { patch, suggestions, leftOut } = learned([group({ ignored: true })]);
    expect([patch, suggestions, leftOut]).toEqual([{}, [], { otherPolicy: 0, ignored: 1, allowed: 0, unusable: 0 }]);
  });

  it("knows its own policy by the text that browsers repeat, whatever the nonce and the endpoint", () => {
    const repeated = "default-src 'self'; script-src 'self' 'nonce-Zm9v'; object-src 'none'; report-uri /r";
    expect(learned([group({ policyHash: policyHash(repeated) })]).leftOut.otherPolicy).toBe(0);
  });

  it("leaves out what the policy allows already, and what no policy takes", () => {
    const odd = group({ blocked: "https://img.example;script-src *" });
    expect(learned([group({ blocked: "self" }), odd]).leftOut).toEqual({ otherPolicy: 0, ignored: 0, allowed: 1, unusable: 1 });
    expect(cspAfter([odd])).toBe(BEFORE);
  });

  it.each([
    ["directory", "https://img.example/a/"],
    ["path", "https://img.example/a/logo.png"],
  ] as const)("writes a source as narrow as a %s where width asks for it", (width, source) => {
    expect(learned([group()], { width }).suggestions.map((one) => one.source)).toEqual([source]);
  });

  it.each(["http://localhost:3000", "http://127.0.0.1:3000", "ws://localhost:3000"])("does not call %s plain http", (blocked) => {
    expect(judged({ blocked })[0]?.[3]).not.toContain("Plain http");
  });

  it("adds a host that forms are sent to, where the policy limits them", () => {
    const site = definePolicy(observed, { contentSecurityPolicy: { formAction: ["self"] } });
    const form = group({ directive: "form-action", blocked: "https://pay.example" });
    expect(renderHeaders(learn(site, [form], { anyPolicy: true }).proposal, { nonce: "eA==" })["Content-Security-Policy"]).toBe(
      `${BEFORE}; form-action 'self' https://pay.example`,
    );
  });

  it("adds data: to where forms are sent, as it runs no code", () => {
    const site = definePolicy(observed, { contentSecurityPolicy: { formAction: ["self"] } });
    const { suggestions } = learn(site, [group({ directive: "form-action", blocked: "data" })], { anyPolicy: true });
    expect(suggestions.map(({ directive, source, confidence }) => [directive, source, confidence])).toEqual([
      ["formAction", "data:", "medium"],
    ]);
  });

  it.each([
    ["default-src", "executes"],
    ["script-src", "executes"],
    ["script-src-elem", "executes"],
    ["script-src-attr", "executes"],
    ["style-src", "fetches"],
    ["style-src-elem", "fetches"],
    ["style-src-attr", "fetches"],
    ["img-src", "fetches"],
    ["font-src", "fetches"],
    ["connect-src", "fetches"],
    ["media-src", "fetches"],
    ["object-src", "executes"],
    ["child-src", "executes"],
    ["frame-src", "executes"],
    ["worker-src", "executes"],
    ["manifest-src", "fetches"],
    ["fenced-frame-src", "executes"],
    ["base-uri", "never"],
    ["form-action", "fetches"],
    ["frame-ancestors", "never"],
    ["sandbox", "never"],
    ["webrtc", "never"],
    ["require-trusted-types-for", "never"],
    ["trusted-types", "never"],
    ["upgrade-insecure-requests", "never"],
    ["treat-as-public-address", "never"],
    ["report-uri", "never"],
    ["report-to", "never"],
    ["plugin-types", "never"],
  ])("knows what reports may add to %s: %s", (directive, learning) => {
    expect(learningOf(directive)).toBe(learning);
  });

  it("does not add data: to workers, which run code", () => {
    expect(judged({ directive: "worker-src", blocked: "data" })).toEqual([]);
  });

  it("lists the addresses of several groups by how often each was reported", () => {
    const urls = (...counts: readonly (readonly [string, number])[]) => counts.map(([value, count]) => ({ value, count }));
    const groups = [
      group({ urls: urls(["https://img.example/b", 8], ["https://img.example/a", 5]) }),
      group({ route: "/shop", urls: urls(["https://img.example/a", 5], ["https://img.example/c", 1]) }),
    ];
    expect(learned(groups).suggestions[0]?.evidence.urls).toEqual([
      "https://img.example/a",
      "https://img.example/b",
      "https://img.example/c",
    ]);
  });

  it("counts only CSP violations as those of another policy", () => {
    const feature = group({ type: "permissions-policy-violation", directive: "camera", blocked: "", policyHash: "" });
    expect(learned([feature]).leftOut.otherPolicy).toBe(0);
  });

  it("gives one advice on a violation that no source allows", () => {
    const feature = group({ type: "permissions-policy-violation", directive: "camera", blocked: "" });
    expect(learned([feature], { anyPolicy: true }).advice.map(({ evidence }) => evidence.count)).toEqual([40]);
  });

  it("takes reports on any text of a policy that differs with each request", () => {
    const tenant = perRequest(() => "https://tenant.example");
    const site = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], fontSrc: [tenant] } });
    const { suggestions, leftOut } = learn(site, [group({ policyHash: policyHash("default-src 'self'; font-src https://a.example") })]);
    expect([suggestions.map(({ source }) => source), leftOut.otherPolicy]).toEqual([["https://img.example"], 0]);
  });

  it("looks only at the report-only header where a policy has both", () => {
    const site = definePolicy("none", {
      contentSecurityPolicy: { defaultSrc: ["self"], imgSrc: ["https://img.example"] },
      contentSecurityPolicyReportOnly: { defaultSrc: ["self"] },
    });
    const { suggestions, leftOut } = learn(site, [group()], { anyPolicy: true });
    expect([suggestions.map(({ source }) => source), leftOut.allowed]).toEqual([["https://img.example"], 0]);
  });

  it("passes over the least reported of more than 200 sources", () => {
    const groups = Array.from({ length: 201 }, (_, index) =>
      group({ directive: "font-src", blocked: `https://h${index}.example`, count: index + 1, clients: 1 }),
    );
    const { suggestions, leftOut } = learned(groups);
    const sources = suggestions.map(({ source }) => source);
    expect([sources.includes("https://h0.example"), sources.includes("https://h200.example"), leftOut.unusable]).toEqual([false, true, 1]);
  });

  it.each<[Partial<Group>, string]>([
    [
      { type: "permissions-policy-violation", directive: "camera" },
      'A page used camera. Where it may, write permissionsPolicy: { …: ["self"] } in an override of that route.',
    ],
    [
      { type: "coep", directive: "corp" },
      'The resource does not allow itself to be embedded. Send it with crossOriginResourcePolicy: "cross-origin", or use crossOriginEmbedderPolicy: "credentialless".',
    ],
    [
      { type: "coop", directive: "navigation-to-response" },
      'A window lost its opener. Where the page needs it, write crossOriginOpenerPolicy: "same-origin-allow-popups".',
    ],
    [
      { type: "integrity-violation", directive: "script" },
      "The file was loaded without an integrity hash. Write integrity=… on its element.",
    ],
    [
      { type: "connection-allowlist", directive: "connection-allowlist", blocked: "webrtc" },
      "A page connected to webrtc, which Connection-Allowlist does not list. Add it where the page may connect to it.",
    ],
    [
      { type: "connection-allowlist", directive: "connection-allowlist", blocked: "" },
      "A page connected to a host, which Connection-Allowlist does not list. Add it where the page may connect to it.",
    ],
    [{ type: "deprecation", directive: "UnloadHandler" }, "Browsers will remove UnloadHandler."],
    [{ type: "intervention", directive: "HeavyAd" }, "A browser intervened: HeavyAd."],
    [{ type: "crash", directive: "oom" }, "The page crashed."],
    [{ type: "network-error", directive: "tcp.timed_out" }, "The site could not be reached: tcp.timed_out."],
    [
      { directive: "script-src-attr", blocked: "inline" },
      "Inline event handlers such as onclick are blocked. Call element.addEventListener(…) in a script instead.",
    ],
    [{ directive: "style-src-attr", blocked: "inline" }, "style attributes are blocked. Use a class, or set element.style in a script."],
    [
      { directive: "style-src-elem", blocked: "inline" },
      'Inline styles are blocked. Write contentSecurityPolicy: { styleSrc: append(nonce) } and nonce="…" on the element, use hashes (portcullis/hashes), or move them to a file.',
    ],
    [
      { directive: "script-src", blocked: "eval" },
      "eval, new Function, or a timer with a string is blocked. Find the library that uses it, and configure or replace it.",
    ],
    [
      { directive: "script-src", blocked: "wasm-eval" },
      'WebAssembly is blocked. If it is yours, write contentSecurityPolicy: { scriptSrc: append("wasm-unsafe-eval") }.',
    ],
    [
      { directive: "require-trusted-types-for", blocked: "trusted-types-sink" },
      "A sink such as innerHTML was assigned a string. Assign a value that a Trusted Types policy created.",
    ],
    [
      { directive: "trusted-types", blocked: "trusted-types-policy" },
      "A script created a Trusted Types policy that is not listed. If it is yours, add its name to contentSecurityPolicy.trustedTypes.",
    ],
    [{ directive: "trusted-types-x", blocked: "trusted-types-policy" }, "No source allows this. Look at what the pages do."],
    [
      { directive: "frame-ancestors", blocked: "https://other.example" },
      "https://other.example shows this page in a frame. Where it may, write contentSecurityPolicy: { frameAncestors: append(…) } in an override of that route.",
    ],
    [
      { directive: "frame-ancestors", blocked: "" },
      "Another page shows this page in a frame. Where it may, write contentSecurityPolicy: { frameAncestors: append(…) } in an override of that route.",
    ],
    [
      { directive: "base-uri", blocked: "https://other.example" },
      "A <base> element is blocked; an attacker may have injected it. Write URLs that do not need one.",
    ],
    [{ directive: "sandbox", blocked: "" }, "The sandbox blocked something. Add an allowance only for pages you trust."],
    [
      { directive: "script-src-elem", blocked: "blob" },
      "Code from a blob: URL is blocked, because any script can create one. Serve it as a file.",
    ],
  ])("advises on %j", (of, message) => {
    expect(learned([group({ blocked: "", ...of })], { anyPolicy: true }).advice.map((one) => one.message)).toEqual([message]);
  });

  it("encodes what would end a source", () => {
    const urls = [{ value: "https://img.example/a;b/c,d.png", count: 9 }];
    expect(learned([group({ urls })], { width: "path" }).suggestions.map((one) => one.source)).toEqual([
      "https://img.example/a%3Bb/c%2Cd.png",
    ]);
  });

  it("knows its own policy as it is sent over plain http too", () => {
    const site = definePolicy("none", { contentSecurityPolicy: { defaultSrc: ["self"], upgradeInsecureRequests: true } });
    const plain = group({ policyHash: policyHash("default-src 'self'") });
    expect(learn(site, [plain]).leftOut.otherPolicy).toBe(0);
  });

  describe("where the header would be longer than the policy allows", () => {
    const host = (index: number) => `https://${"a".repeat(60)}.${"b".repeat(60)}.h${index}.example`;
    const many = Array.from({ length: 200 }, (_, index) => group({ blocked: host(index), count: 200 - index, clients: 10 }));

    it("leaves out what has the least evidence", () => {
      const well = group({ blocked: "https://img.example", count: 1, clients: 12 });
      const sources = (learned([...many.slice(1), well]).proposal.resolved.contentSecurityPolicy as { imgSrc: string[] }).imgSrc;
      expect(sources.slice(0, 3)).toEqual(["self", "https://img.example", host(1)]);
      expect(sources).not.toContain(host(199));
    });

    it("fills it as far as it goes", () => {
      const size = cspAfter(many)?.length ?? 0;
      expect([size <= 16_384, size > 16_384 - 150]).toEqual([true, true]);
    });

    it("says so of each that is left out", () => {
      const { suggestions, patch } = learned(many);
      const added = (patch.contentSecurityPolicy as unknown as { imgSrc: { sources: string[] } }).imgSrc.sources;
      const left = suggestions.filter(({ source }) => !added.includes(source));
      expect(left.length).toBe(200 - added.length);
      expect(new Set(left.map(({ confidence, why }) => `${confidence}: ${why}`))).toEqual(
        new Set(["low: No room: Content-Security-Policy would have more than 16384 bytes. Remove sources, or write a larger maxBytes."]),
      );
    });

    it("says so of a single source too", () => {
      const full = definePolicy(observed, { maxBytes: 100 });
      expect(learn(full, [group()]).suggestions.map(({ source, confidence, why }) => [source, confidence, why])).toEqual([
        [
          "https://img.example",
          "low",
          "No room: Content-Security-Policy would have more than 100 bytes. Remove sources, or write a larger maxBytes.",
        ],
      ]);
      expect(learn(full, [group()]).comparison.verdict).toBe("same");
    });

    it("says so where risks are accepted", () => {
      const full = definePolicy(observed, { maxBytes: 100 });
      const jsonp = group({ directive: "script-src-elem", blocked: "https://accounts.google.com" });
      expect(learn(full, [jsonp], { acceptRisks: true }).patch).toEqual({});
    });
  });

  it("lists the routes without a report", () => {
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
      "learn.minClients: 0 is not a whole number of 1 or more. Write how many addresses must report a source, 1 or more.",
      'learn.widht: unknown option. Did you mean "width"?',
    ]);
  });

  it("refuses a policy without a CSP", () => {
    expect(issuesOf(() => learn(definePolicy("none"), []))).toEqual([
      'learn: the policy has no Content-Security-Policy. Pass the policy that was observed, such as definePolicy("none", observe("strict")).',
    ]);
  });
});

describe("printLearned", () => {
  it.each([
    ["yaml", 'format: "yaml" is not a format. Write "typescript", "json" or "text".'],
    ["toString", 'format: "toString" is not a format. Write "typescript", "json" or "text".'],
    ["jsn", 'format: "jsn" is not a format. Did you mean "json"?'],
  ])("refuses a format that does not exist: %s", (format, message) => {
    expect(() => printLearned(learned([group()]), format as "json")).toThrow(message);
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

No source should allow these:
  script-src-elem inline: 40 reports, 12 clients, 2 days; on /; Firefox 145
      alert(1)
    Inline scripts are blocked; an attacker may have injected them. For your own, write contentSecurityPolicy: { scriptSrc: append(nonce) } and nonce="…" on the element, or use hashes (portcullis/hashes) where they never change.

Not used:
  Routes without a report: /pay.

The patch adds:
  + contentSecurityPolicy.imgSrc  https://img.example
`);
  });

  it("writes for people how sure each proposal is, what was not used and what an audit finds", () => {
    const plenty = { clients: 30, days: [...group().days, { value: "2026-11-19", count: 1 }] };
    const groups = [
      group(plenty),
      group({ ...plenty, route: "/a" }),
      group({ ...plenty, route: "/b" }),
      group({ ...plenty, route: "/c" }),
      group({ directive: "script-src-elem", blocked: "https://accounts.google.com", clients: 30 }),
      group({ directive: "connect-src", blocked: "self" }),
      group({ policyHash: policyHash("default-src 'none'") }),
      group({ policyHash: policyHash("default-src https:") }),
      group({ blocked: "https://img.example;script-src *" }),
    ];
    expect(printLearned(learned(groups), "text")).toBe(`In the patch, with much evidence:
  imgSrc  https://img.example
      160 reports, 30 clients, 3 days; on /, /a, /b and 1 more; Firefox 145

Left out: opens a bypass of the policy:
  scriptSrc  https://accounts.google.com
      40 reports, 30 clients, 2 days; on /; Firefox 145
      https://accounts.google.com in script-src allows a bypass of the policy: accounts.google.com answers with JSONP.

Not used:
  2 groups of other versions of the policy.
  1 group of sources that the policy allows.
  1 group of values that no policy accepts.

The patch adds:
  + contentSecurityPolicy.imgSrc  https://img.example
`);
  });

  it("says where there is nothing to add", () => {
    expect([printLearned(learned([]), "text"), printLearned(learned([]), "typescript")]).toEqual([
      "Nothing to add to the policy.\n",
      "// Nothing to add. The text format says what was left out, and why.\n",
    ]);
  });

  it("lets nothing that a stranger wrote end a line or move a cursor", () => {
    const hostile = group({ route: "/\nimport evil\u2028\u001b[2J", browsers: [{ value: "\u202eevil", count: 1 }] });
    for (const format of ["typescript", "text"] as const) {
      const text = printLearned(learned([hostile]), format);
      expect(text).not.toMatch(/^import evil|[\u2028\u001b\u202e]/m);
    }
  });
});
