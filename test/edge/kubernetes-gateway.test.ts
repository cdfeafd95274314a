import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { exportPolicy } from "../../src/export/index.js";
import type { Layer } from "../../src/index.js";
import { issuesOf } from "../messages.js";
import { CASES, filesOf, PATHS, ROUTES, sentByExpress } from "./hcl.js";

interface Rule {
  readonly matches: readonly { readonly path: { readonly type: "Exact" | "PathPrefix"; readonly value: string } }[];
  readonly filters?: readonly [
    {
      readonly type: string;
      readonly responseHeaderModifier: {
        readonly set?: readonly { readonly name: string; readonly value: string }[];
        readonly remove?: readonly string[];
      };
    },
  ];
  readonly backendRefs: readonly unknown[];
}

const documentOf = (options: Parameters<typeof filesOf>[1]) =>
  parse(filesOf("kubernetes-gateway", options)["portcullis-httproute.yaml"] as string);

const rulesOf = (options: Parameters<typeof filesOf>[1]): readonly Rule[] => documentOf(options).spec.rules;

/** How well a match fits: exact first, then the longest prefix, which is one of whole segments. Gateway API, HTTPRouteRule. */
function rank({ path: { type, value } }: Rule["matches"][number], path: string): number {
  if (type === "Exact") return value === path ? Number.POSITIVE_INFINITY : 0;
  const segments = value.replace(/\/$/, "");
  return path === segments || path.startsWith(`${segments}/`) ? value.length : 0;
}

function ruleAt(rules: readonly Rule[], path: string): Rule | undefined {
  const ranked = rules.map((rule) => ({ rule, rank: Math.max(...rule.matches.map((match) => rank(match, path))) }));
  return ranked.filter(({ rank }) => rank > 0).sort((one, other) => other.rank - one.rank)[0]?.rule;
}

function modifierAt(rules: readonly Rule[], path: string) {
  return ruleAt(rules, path)?.filters?.[0].responseHeaderModifier ?? {};
}

const setAt = (rules: readonly Rule[], path: string) =>
  Object.fromEntries((modifierAt(rules, path).set ?? []).map(({ name, value }) => [name, value]));

describe("an HTTPRoute", () => {
  it.each(CASES)("says what Express sends: %s", (_, policy, routes) => {
    const rules = rulesOf({ policy, routes });
    for (const path of PATHS) expect([path, setAt(rules, path)]).toEqual([path, sentByExpress(policy, routes, path)]);
  });

  it.each(CASES)("has no match twice, and a path for every request: %s", (_, policy, routes) => {
    const matches = rulesOf({ policy, routes }).flatMap((rule) => rule.matches.map(({ path }) => `${path.type} ${path.value}`));
    expect(matches).toContain("PathPrefix /");
    expect(matches.filter((match) => match !== "PathPrefix /")).toEqual([...new Set(matches)].filter((match) => match !== "PathPrefix /"));
  });

  it("leaves /api to the place it belongs to, because a prefix means it too", () => {
    const routes = [
      { path: "/api/*", layers: ["api" as const] },
      { path: "/api/v1/*", layers: [] },
      { path: "/api/v1", layers: [] },
    ];
    expect(rulesOf({ policy: ["strict"], routes }).map(({ matches }) => matches.map(({ path }) => path))).toEqual([
      [
        { type: "PathPrefix", value: "/" },
        { type: "Exact", value: "/api" },
      ],
      [{ type: "PathPrefix", value: "/api/" }],
      [{ type: "Exact", value: "/api/v1" }],
      [{ type: "PathPrefix", value: "/api/v1/" }],
    ]);
  });

  it("stands on a Gateway and before the Service of the upstream", () => {
    const policy = ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By"] }] as const;
    expect(documentOf({ policy, upstream: "http://shop:8501", serverName: "Shop.example" })).toEqual({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "portcullis" },
      spec: {
        parentRefs: [{ name: "gateway" }],
        hostnames: ["shop.example"],
        rules: [
          {
            matches: [{ path: { type: "PathPrefix", value: "/" } }],
            filters: [
              {
                type: "ResponseHeaderModifier",
                responseHeaderModifier: { set: [{ name: "X-Frame-Options", value: "DENY" }], remove: ["X-Powered-By"] },
              },
            ],
            backendRefs: [{ name: "shop", port: 8501 }],
          },
        ],
      },
    });
  });

  it("removes what is stripped, and what a route switches off", () => {
    const rules = rulesOf({ policy: ["strict"], routes: ROUTES });
    expect(["/", "/embed"].map((path) => modifierAt(rules, path).remove)).toEqual([["X-Powered-By"], ["X-Powered-By", "X-Frame-Options"]]);
  });

  it.each([
    [undefined, 'Replace "app" and 80 with the name and the port of your Service.'],
    ["http://127.0.0.1:1", '127.0.0.1 is not the name of a Service: replace "app" with the name of yours.'],
    ["https://shop", "The Service speaks TLS: the Gateway API needs a BackendTLSPolicy for that."],
  ])("tells what is left to the reader: %s", (upstream, warning) => {
    expect(exportPolicy("kubernetes-gateway", { policy: ["strict"], upstream }).warnings).toEqual([warning]);
  });

  const many = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}`);
  const refused: [what: string, policy: readonly Layer[], routes: typeof ROUTES, issues: string[]][] = [
    [
      "a value that is too long",
      ["none", { custom: { "X-A": "a".repeat(4_097) } }],
      [],
      ['"X-A": has 4097 characters for the site, and the maximum of the target is 4096. Shorten the list of sources.'],
    ],
    [
      "too many headers",
      ["none", { custom: Object.fromEntries(many(17).map((name) => [name, "1"])) }],
      [],
      ["headers: the site has 17 headers, and the maximum of the target is 16. Remove the headers you need least."],
    ],
    [
      "too many names to be removed",
      ["none", { stripHeaders: many(17) }],
      [],
      ["stripHeaders: the site has 17 headers to remove, and the maximum of the target is 16. Remove the names you need least."],
    ],
    [
      "too many routes",
      ["strict"],
      many(16).map((name) => ({ path: `/${name}`, layers: [] })),
      ["routes: are 16, and the maximum of the target is 15. Combine paths, such as /api/*."],
    ],
  ];
  it.each(refused)("is refused with %s", (_, policy, routes, issues) => {
    expect(issuesOf(() => exportPolicy("kubernetes-gateway", { policy, routes }))).toEqual(issues);
  });
});
