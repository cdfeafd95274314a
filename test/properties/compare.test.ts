import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { compare, type Verdict } from "../../src/audit/compare.js";
import { definePolicy, type Policy, PolicyError } from "../../src/index.js";
import { allows, type Origin, parse, type Request } from "../audit/matcher.js";
import { layers, runsOf } from "./arbitraries.js";

vi.setConfig({ testTimeout: 400_000 });

const runs = runsOf(2_000, 2_000, 4_000);

// Near to each other on purpose: most of what is hard lies between a host and its neighbour.
const HOSTS = ["a.example", "b.a.example", "*.a.example", "*.b.a.example", "*", "ba.example", "site.example", "A.example"];
const PORTS = ["", ":80", ":443", ":8443", ":*"];
const PATHS = ["", "/", "/x", "/x/", "/x/y", "/%78/", "/x%2Fy", "/X"];
const SCHEMES = ["", "", "http://", "https://", "ws://", "wss://"];
const host = fc
  .tuple(fc.constantFrom(...SCHEMES), fc.constantFrom(...HOSTS), fc.constantFrom(...PORTS), fc.constantFrom(...PATHS))
  .map((parts) => parts.join(""));
const address = fc.oneof(
  { weight: 6, arbitrary: host },
  { weight: 3, arbitrary: fc.constantFrom("*", "http:", "https:", "ws:", "wss:", "data:", "blob:") },
  { weight: 2, arbitrary: fc.constant("'self'") },
);
const HASHES = [
  "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
  "sha256-y4N5rCCYqhZQKeOTilHaC87PwAj9Z5X0AReGR/lsWzQ=",
  "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn",
];
const word = fc.constantFrom(
  "'unsafe-inline'",
  "'unsafe-inline'",
  "'unsafe-hashes'",
  "'strict-dynamic'",
  "'nonce-bm9uY2U='",
  ...HASHES.map((hash) => `'${hash}'`),
);
const scriptWord = fc.oneof(word, fc.constantFrom("'unsafe-eval'", "'wasm-unsafe-eval'"));

const listOf = (member: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 8, arbitrary: fc.array(member, { minLength: 1, maxLength: 3 }).map((list) => list.join(" ")) },
    { weight: 1, arbitrary: fc.constantFrom("'none'", "") },
  );
const plain = listOf(address);
const style = listOf(
  fc.oneof(
    address,
    word.filter((one) => one !== "'strict-dynamic'"),
  ),
);
const script = listOf(fc.oneof(address, scriptWord));
const scriptElement = listOf(fc.oneof(address, word));

const LISTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  "default-src": listOf(fc.oneof(address, scriptWord)),
  "script-src": script,
  "script-src-elem": scriptElement,
  "script-src-attr": scriptElement,
  "style-src": style,
  "style-src-elem": style,
  "style-src-attr": style,
  "img-src": plain,
  "connect-src": plain,
  "child-src": plain,
  "frame-src": plain,
  "worker-src": plain,
  "form-action": plain,
  "frame-ancestors": plain,
};

const policyText = fc
  .dictionary(fc.constantFrom(...Object.keys(LISTS)), fc.constant(""), { minKeys: 1, maxKeys: 4, noNullPrototype: true })
  .chain((names) =>
    fc
      .tuple(...Object.keys(names).map((name) => (LISTS[name] as fc.Arbitrary<string>).map((list) => `${name} ${list}`.trim())))
      .map((parts) => parts.join("; ")),
  );

/** A policy and one that is near it: with a member more or less, or a directive that another one has. */
const neighbours = fc.oneof(
  fc.tuple(policyText, policyText),
  fc
    .tuple(policyText, policyText)
    .map(([one, other]): [string, string] => [
      one,
      [...parse(one)]
        .slice(1)
        .map(([name, list]) => [name, ...list].join(" "))
        .concat(other)
        .join("; "),
    ])
    .filter(([, text]) => unique(text)),
  fc.tuple(policyText, address, fc.nat(3), fc.boolean()).map(([text, extra, index, swap]): [string, string] => {
    const parts = text.split("; ");
    const at = index % parts.length;
    const changed = parts.map((part, place) => (place === at ? `${part.replace(" 'none'", "")} ${extra}` : part)).join("; ");
    return swap ? [changed, text] : [text, changed];
  }),
);

function unique(text: string): boolean {
  const names = text.split(";").map((part) => part.trim().split(" ")[0]);
  return new Set(names).size === names.length;
}

const url = fc
  .tuple(
    fc.constantFrom("http", "https", "ws", "wss"),
    fc.constantFrom("a.example", "b.a.example", "c.b.a.example", "ba.example", "site.example", "other.example", "192.0.2.1"),
    fc.constantFrom("", ":80", ":443", ":8443", ":9"),
    fc.constantFrom("/", "/x", "/x/", "/x/y", "/x/y/z", "/x%2Fy", "/X", "/%78"),
  )
  .map(([scheme, name, port, path]) => `${scheme}://${name}${port}${path}`);
const anyUrl = fc.oneof(
  { weight: 8, arbitrary: url },
  { weight: 1, arbitrary: fc.constantFrom("data:text/plain,x", "blob:https://site.example/1") },
);
const nonce = fc.constantFrom("bm9uY2U=", "b3RoZXI=");
const hash = fc.constantFrom(...HASHES);

const request = fc
  .tuple(
    fc.oneof(
      fc.record(
        {
          kind: fc.constant("script file"),
          url: anyUrl,
          nonce,
          integrity: fc.array(hash, { minLength: 1, maxLength: 2 }),
          parser: fc.boolean(),
        },
        { requiredKeys: ["kind", "url", "parser"] },
      ),
      fc.record({ kind: fc.constantFrom("inline script", "inline style"), nonce, hash }, { requiredKeys: ["kind"] }),
      fc.record({ kind: fc.constantFrom("handler", "style attribute", "javascript address"), hash }, { requiredKeys: ["kind"] }),
      fc.record({ kind: fc.constantFrom("eval", "wasm") }),
      fc.record({ kind: fc.constant("style file"), url: anyUrl, nonce }, { requiredKeys: ["kind", "url"] }),
      fc.record({
        kind: fc.constant("load"),
        directive: fc.constantFrom("img-src", "connect-src", "frame-src", "worker-src", "form-action", "frame-ancestors", "font-src"),
        url: anyUrl,
      }),
    ),
    fc.boolean(),
  )
  .map(([act, redirected]) => ({ ...act, redirected }) as Request);

const requests = fc.array(request, { minLength: 40, maxLength: 40 });

const origin: fc.Arbitrary<Origin> = fc
  .tuple(fc.constantFrom("http" as const, "https" as const), fc.constantFrom("site.example", "a.example"), fc.constantFrom(undefined, 8443))
  .map(([scheme, name, port]) => ({ scheme, host: name, ...(port !== undefined && { port }) }));

const header = (text: string) => ({ "Content-Security-Policy": text });
const MIRRORED = { same: "same", stronger: "weaker", weaker: "stronger", incomparable: "incomparable" };

/** WebSockets only where they are: no image is fetched over wss. */
function real(one: Request): boolean {
  return !("url" in one) || !one.url.startsWith("ws") || (one.kind === "load" && one.directive === "connect-src");
}

const part = {
  scheme: fc.constantFrom("", "http://", "https://", "ws://", "wss://"),
  host: fc.constantFrom("a.example", "*.a.example", "b.a.example", "*"),
  port: fc.constantFrom(...PORTS),
  path: fc.constantFrom(...PATHS),
};
const source = fc.record(part);
type SourceParts = { readonly [Part in keyof typeof part]: string };
const written = ({ scheme, host: name, port, path }: SourceParts) => scheme + name + port + path;

const nearLists = fc
  .tuple(
    source,
    source,
    fc.constantFrom("scheme", "host", "port", "path", "path"),
    fc.option(fc.oneof(fc.constantFrom("'self'", "https:"), address), { freq: 1 }),
  )
  .map(([one, redrawn, which, beside]): [string, string] => {
    const other = { ...one, [which]: redrawn[which] };
    return [beside === null ? written(one) : `${written(one)} ${beside}`, written(other)];
  })
  .chain((pair) => fc.boolean().map((swap): [string, string] => (swap ? [pair[1], pair[0]] : pair)));

const nearWords = fc
  .tuple(
    fc.array(fc.oneof(scriptWord, fc.constantFrom("'self'", "https:", "https://a.example")), { maxLength: 4 }),
    scriptWord,
    fc.boolean(),
  )
  .map(([list, extra, swap]): [string, string] => {
    const [short, long] = [list.join(" "), [...list, extra].join(" ")];
    return swap ? [long, short] : [short, long];
  });

const product = <A, B>(ones: readonly A[], others: readonly B[]) => ones.flatMap((one) => others.map((other) => [one, other] as const));
const urls = (...schemes: string[]) =>
  product(
    product(schemes, ["a.example", "b.a.example", "c.b.a.example", "ba.example", "site.example", "192.0.2.1"]),
    product(["", ":80", ":443", ":8443", ":9"], ["/", "/x", "/x/", "/x/y", "/x%2Fy", "/X"]),
  ).map(([[scheme, name], [port, path]]) => `${scheme}://${name}${port}${path}`);
const WEB = [...urls("http", "https"), "data:text/plain,x", "blob:https://site.example/1"];
const SOCKETS = urls("ws", "wss");
const ORIGINS: readonly Origin[] = [
  { scheme: "https", host: "site.example" },
  { scheme: "http", host: "site.example" },
  { scheme: "https", host: "site.example", port: 8443 },
  { scheme: "https", host: "192.0.2.1" },
];

const optional = <K extends string, V>(key: K, values: readonly V[]) =>
  [{}, ...values.map((value) => ({ [key]: value }) as { readonly [key in K]?: V })] as const;
const nonces = optional("nonce", ["bm9uY2U=", "b3RoZXI="]);
const hashes = optional("hash", HASHES);
const integrities = optional("integrity", [HASHES.slice(0, 1), HASHES.slice(1, 2), HASHES.slice(0, 2), HASHES.slice(2)]);
const FILES = ["https://a.example/x", "https://site.example/", "http://other.example/", "data:text/plain,x"].map((url) => ({ url }));
const ACTS = [
  ...product(product(FILES, nonces), product(integrities, [{ parser: true }, { parser: false }])).map(([one, other]) => ({
    kind: "script file",
    ...one[0],
    ...one[1],
    ...other[0],
    ...other[1],
  })),
  ...product(["inline script", "inline style"], product(nonces, hashes)).map(([kind, [one, other]]) => ({ kind, ...one, ...other })),
  ...product(["handler", "style attribute", "javascript address"], hashes).map(([kind, one]) => ({ kind, ...one })),
  ...product(FILES, nonces).map(([one, other]) => ({ kind: "style file", ...one, ...other })),
  ...product(["worker-src", "img-src"], FILES).map(([directive, one]) => ({ kind: "load", directive, ...one })),
  { kind: "eval" },
  { kind: "wasm" },
] as readonly Request[];

/** The verdict is one that no request contradicts. */
function expectTrue([before, after]: readonly [string, string], acts: readonly Request[], pages: readonly Origin[]): Verdict {
  const { verdict } = compare(header(before), header(after));
  if (verdict === "incomparable") return verdict;
  for (const [act, page] of product(acts, pages)) {
    const [was, is] = [allows(before, act, page), allows(after, act, page)];
    const contradicted = (is && !was && verdict !== "weaker") || (was && !is && verdict !== "stronger");
    if (contradicted) throw new Error(`${verdict}: ${JSON.stringify({ before, after, act, page, was, is })}`);
  }
  return verdict;
}

describe("for any two policies", () => {
  it("compare never says stronger or same where a request passes that was blocked", () => {
    const seen = { same: 0, stronger: 0, weaker: 0, incomparable: 0 };
    fc.assert(
      fc.property(neighbours, requests, origin, ([before, after], tries, page) => {
        seen[expectTrue([before, after], tries.filter(real), [page])] += 1;
      }),
      runs,
    );
    expect(Math.min(seen.same, seen.stronger, seen.weaker)).toBeGreaterThan(20);
  });

  it("nor does it between two lists of which one source differs in a part, for every address around them", () => {
    fc.assert(
      fc.property(nearLists, fc.constantFrom("img-src", "connect-src"), ([before, after], directive) => {
        const acts = (directive === "img-src" ? WEB : [...WEB, ...SOCKETS]).map((url): Request => ({ kind: "load", directive, url }));
        expectTrue([`${directive} ${before}`, `${directive} ${after}`], acts, ORIGINS);
      }),
      { numRuns: runs.numRuns / 2 },
    );
  });

  it("nor between two lists of keywords, nonces and hashes, for every script and style", () => {
    fc.assert(
      fc.property(nearWords, fc.constantFrom("default-src", "script-src", "style-src"), ([before, after], directive) => {
        expectTrue([`${directive} ${before}`, `${directive} ${after}`], ACTS, ORIGINS.slice(0, 1));
      }),
      runs,
    );
  });

  it("nor where several policies have to allow, whichever are added or taken away", () => {
    fc.assert(
      fc.property(
        fc.array(policyText, { minLength: 1, maxLength: 2 }),
        fc.array(policyText, { minLength: 1, maxLength: 3 }),
        fc.boolean(),
        requests,
        (one, other, added, tries) => {
          const [before, after] = [one.join(", "), (added ? [...one, ...other] : other).join(", ")];
          const { verdict } = compare(header(before), header(after));
          if (added) expect(["same", "stronger"]).toContain(verdict);
          for (const [act, page] of product(tries.filter(real), ORIGINS.slice(0, 2))) {
            const passes = (text: string) => text.split(",").every((policy) => allows(policy, act, page));
            if ((verdict === "same" || verdict === "stronger") && passes(after) && !passes(before))
              throw new Error(`${verdict}: ${JSON.stringify({ before, after, act, page })}`);
          }
        },
      ),
      runs,
    );
  });

  it("an address that is told as newly allowed is blocked before, and allowed after", () => {
    let told = 0;
    fc.assert(
      fc.property(fc.oneof(nearLists, fc.tuple(plain, plain)), ([before, after]) => {
        const texts = [`img-src ${before}`, `img-src ${after}`] as const;
        if (texts.some((text) => /\bwss?:/.test(text))) return;
        const message = compare(header(texts[0]), header(texts[1])).headers[0]?.message ?? "";
        const examples = /Now allowed: an image from (.*?)\.(?: No longer|$)/.exec(message)?.[1]?.split(" or ") ?? [];
        for (const example of examples) {
          const [address = "", plainPage] = example.split(",");
          if (/^(?:data|blob):$/.test(address)) continue;
          const unnamed = plainPage === " where no other source names it";
          const site = unnamed ? "192.0.2.1" : "site.test";
          const scheme = unnamed ? (new URL(address.replace("(this site)", site)).protocol.slice(0, -1) as "http") : undefined;
          const page: Origin = { scheme: scheme ?? (plainPage === undefined ? "https" : "http"), host: site };
          const act: Request = { kind: "load", directive: "img-src", url: address.replace("(this site)", site) };
          expect([example, allows(texts[0], act, page), allows(texts[1], act, page)]).toEqual([example, false, true]);
          told += 1;
        }
      }),
      runs,
    );
    expect(told).toBeGreaterThan(200);
  });

  it("the verdict the other way round is the opposite", () => {
    fc.assert(
      fc.property(neighbours, ([before, after]) => {
        expect(compare(header(after), header(before)).verdict).toBe(MIRRORED[compare(header(before), header(after)).verdict]);
      }),
      runs,
    );
  });

  it("stronger than stronger is stronger", () => {
    fc.assert(
      fc.property(fc.tuple(plain, plain, plain), ([a, b, c]) => {
        const no = (one: string, other: string) =>
          ["same", "stronger"].includes(compare(header(`default-src ${one}`), header(`default-src ${other}`)).verdict);
        if (no(a, b) && no(b, c)) expect(no(a, c)).toBe(true);
      }),
      runs,
    );
  });

  it("a policy is the same as itself", () => {
    fc.assert(
      fc.property(layers, (given) => {
        const policy = tryPolicy(given);
        if (policy !== undefined) expect(compare(policy, policy).verdict).toBe("same");
      }),
      { numRuns: runs.numRuns / 4 },
    );
  });

  it("any two whole policies mirror each other, and nothing throws", () => {
    fc.assert(
      fc.property(layers, layers, (one, other) => {
        const [before, after] = [tryPolicy(one), tryPolicy(other)];
        if (before === undefined || after === undefined) return;
        expect(compare(after, before).verdict).toBe(MIRRORED[compare(before, after).verdict]);
      }),
      { numRuns: runs.numRuns / 4 },
    );
  });
});

function tryPolicy(given: readonly unknown[]): Policy | undefined {
  try {
    return definePolicy(...(given as never[]));
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return undefined;
  }
}
