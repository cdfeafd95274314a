import { describe, expect, it } from "vitest";
import { type ConfigFormat, type ExportRoute, exportPolicy, parseConfig, type TargetName } from "../../src/export/index.js";
import { type Layer, renderHeaders, source } from "../../src/index.js";

const EMBED: ExportRoute = { path: "/embed", layers: [{ xFrameOptions: false, referrerPolicy: "origin" }] };
const API: ExportRoute = { path: "/api/*", layers: ["api"] };

const POLICIES: readonly (readonly [what: string, policy: readonly Layer[], routes: readonly ExportRoute[]])[] = [
  ["recommended", ["recommended"], [EMBED]],
  ["strict", ["strict"], [EMBED, API]],
  ["api", ["api"], [{ path: "/docs/*", layers: ["recommended"] }]],
  ["streamlit", ["streamlit"], [EMBED]],
  ["one header", ["none", { xFrameOptions: "DENY" }], [EMBED]],
  ["a longer CSP", ["strict", { contentSecurityPolicy: { imgSrc: ["self", source("https://img.example:8443/a/")] } }], [API]],
  ["nothing but a route", ["none"], [EMBED]],
  [
    "routes in routes",
    ["none", { xFrameOptions: "DENY" }],
    [
      { path: "/a/*", layers: [{ referrerPolicy: "origin" }] },
      { path: "/a/b/*", layers: [{ referrerPolicy: "no-referrer" }] },
      { path: "/a/b", layers: [{ referrerPolicy: "same-origin" }] },
      { path: "/", layers: [{ referrerPolicy: "strict-origin" }] },
    ],
  ],
  ["names that are removed", ["none", { xFrameOptions: "DENY", stripHeaders: ["X-Powered-By", "Server"] }], [EMBED]],
  [
    "awkward characters",
    [
      "none",
      {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: no template is meant
        custom: { "X-A": '100% %s %[path] "quoted" ${HOME} $x {{ env }} {a} back\\slash \\n # \' `tick` <b>; |' },
        contentSecurityPolicy: { scriptSrc: [source("https://a.example")] },
      },
    ],
    [{ path: "/odd/a.b+c,d:e@f=g!h~i", layers: [{ referrerPolicy: "same-origin" }] }],
  ],
  ["the root alone", ["strict"], [{ path: "/", layers: [{ referrerPolicy: "origin" }] }]],
  ["reports", ["strict", { contentSecurityPolicy: { reportUri: ["/csp?a=%41&b=$c"] } }], [EMBED]],
];

const FORMATS: readonly (readonly [target: TargetName & ConfigFormat, upstream: boolean])[] = [
  ["haproxy", true],
  ["haproxy", false],
  ["traefik", true],
  ["envoy", true],
  ["envoy", false],
  ["kubernetes-gateway", false],
];

describe.each(FORMATS)("what is printed for %s (with an application behind it: %s)", (target, upstream) => {
  const options = upstream ? { upstream: "http://app:8501" } : {};
  it.each(POLICIES)("is read as what it was, without a note: %s", (_, policy, routes) => {
    const printed = exportPolicy(target, { policy, routes, ...options }).files;
    for (const text of target === "haproxy" && !upstream ? [printed[1]?.text ?? ""] : printed.map((one) => one.text)) {
      const { notes, ...read } = parseConfig(target, text);
      expect(notes.filter(({ differs }) => differs)).toEqual([]);
      const again = exportPolicy(target, {
        policy: read.policy,
        routes: read.routes.map((route) => ({ path: route.path, layers: [route.policy] })),
        ...options,
      });
      expect(again.files.map((one) => one.text)).toEqual(printed.map((one) => one.text));
    }
  });
});

it.each(FORMATS)("a route for all is read from %s as the policy of the site (%s)", (target, upstream) => {
  const routes = [{ path: "/*", layers: [{ referrerPolicy: "origin" as const }] }];
  const [first, second] = exportPolicy(target, { policy: ["none"], routes, ...(upstream ? { upstream: "http://app:8501" } : {}) }).files;
  const { policy, routes: read, notes } = parseConfig(target, (target === "haproxy" && !upstream ? second : first)?.text ?? "");
  expect([renderHeaders(policy), read, notes.filter(({ differs }) => differs)]).toEqual([{ "Referrer-Policy": "origin" }, [], []]);
});
