import { describe, expect, it } from "vitest";
import { type ExportOptions, exportPolicy, parseConfig, type TargetName } from "../../src/export/index.js";
import { targets } from "../../src/export/targets/index.js";
import { append, source } from "../../src/index.js";

/** Characters that mean something to Apache. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Apache's
const AWKWARD = 'percent % %41 %{Host}i dollar $host ${PATH} "quoted" {braces} back\\slash \\n # \' end\\';

const SITES: readonly Pick<ExportOptions, "policy" | "routes">[] = [
  { policy: ["recommended"], routes: [{ path: "/embed", layers: [{ xFrameOptions: false }] }] },
  {
    policy: ["strict"],
    routes: [
      { path: "/api/*", layers: ["api"] },
      { path: "/api/v1/*", layers: [{ referrerPolicy: "origin" }] },
    ],
  },
  { policy: ["api"], routes: [{ path: "/pages/*", layers: ["none", { xFrameOptions: "DENY" }] }] },
  { policy: ["streamlit"], routes: [{ path: "/odd/a.b+c,d:e@f=g!h~i", layers: [{ referrerPolicy: "same-origin" }] }] },
  {
    policy: ["none", { xFrameOptions: "DENY" }],
    routes: [{ path: "/embed", layers: [{ xFrameOptions: false, referrerPolicy: "origin" }] }],
  },
  { policy: ["none", { custom: { "X-Awkward": AWKWARD } }], routes: [{ path: "/a/*", layers: [{ xContentTypeOptions: true }] }] },
  { policy: ["recommended", { stripHeaders: ["X-Powered-By", "Via"] }], routes: [{ path: "/x", layers: ["none"] }] },
  {
    policy: ["recommended"],
    routes: [
      { path: "/plain", layers: ["none"] },
      { path: "/plain/*", layers: ["none", { xFrameOptions: "DENY" }] },
    ],
  },
  { policy: ["none", { custom: { "X-A": "1" } }], routes: [{ path: "/b/*", layers: [{ custom: { "X-A": "2" } }] }] },
  {
    policy: ["strict", { contentSecurityPolicy: { scriptSrc: append(source("https://cdn.example")) } }],
    routes: [{ path: "/reports", layers: [{ xFrameOptions: false }] }],
  },
  { policy: ["none"], routes: [{ path: "/only/*", layers: [{ xFrameOptions: "DENY" }] }] },
  { policy: ["recommended"], routes: [] },
];

/** The forms that are printed; `.htaccess` where this edition has it. */
const FORMS = (["apache", "htaccess"] as const).filter((name) => Object.hasOwn(targets, name)) as readonly TargetName[];
const CASES = FORMS.flatMap((form) =>
  [undefined, ...(form === "apache" ? ["http://127.0.0.1:8501"] : [])].flatMap((upstream) =>
    SITES.map((site, index) => [form, upstream ?? "headers", index, { ...site, upstream }] as const),
  ),
);

describe("a policy that was printed for Apache", () => {
  it.each(CASES)("is read as what it was: %s, %s, case %i", (form, _, __, options) => {
    const text = exportPolicy(form, options).files[0]?.text ?? "";
    const { policy, routes, notes } = parseConfig("apache", text);
    expect(notes).toEqual([]);
    const read = { policy, routes: routes.map((route) => ({ path: route.path, layers: [route.policy] })) };
    expect(linesOf(exportPolicy("nginx", read))).toEqual(linesOf(exportPolicy("nginx", { ...options, upstream: undefined })));
  });
});

/** The lines of one form, in which order and comments mean nothing here. */
function linesOf({ files }: ReturnType<typeof exportPolicy>): readonly string[] {
  return (files[0]?.text ?? "").split("\n").sort();
}
