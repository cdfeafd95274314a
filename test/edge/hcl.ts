import { createRequire } from "node:module";
import { type ExportOptions, exportPolicy, type TargetName } from "../../src/export/index.js";
import { append, type Layer, override, securityHeaders, source } from "../../src/index.js";

// Its declarations bring those of browsers with them.
const { parse } = createRequire(import.meta.url)("@cdktf/hcl2json") as {
  parse(name: string, text: string): Promise<Readonly<Record<string, never>>>;
};

/** A value of Terraform: what stands in quotes is a string, what refers to something else is `"${…}"`. */
type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };

/** The blocks of a file as Terraform reads them, by kind, type and label. */
export async function readTerraform(text: string): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  return unescaped((await parse("portcullis.tf", text)) as Value) as never;
}

/** What comes back is Terraform's JSON, whose strings are templates again: there `$${` stands for `${`. */
function unescaped(value: Value): Value {
  if (typeof value === "string") return value.replace(/([$%])\1\{/g, "$1{");
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unescaped);
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unescaped(one)]));
}

interface Route {
  readonly path: string;
  readonly layers: readonly Layer[];
}

/** The broadest first, so that layers can be laid on as they come. */
export const ROUTES: readonly Route[] = [
  { path: "/api/*", layers: ["api"] },
  { path: "/embed", layers: [{ xFrameOptions: false, contentSecurityPolicy: { frameAncestors: ["https://partner.example"] } }] },
  { path: "/api/deep/*", layers: [{ referrerPolicy: "origin", custom: { "X-Deep": "1" } }] },
  { path: "/api/deep/a.b+c@d", layers: [{ xContentTypeOptions: false }] },
];

/** Paths that a site with these routes tells apart, and some that only look alike. */
export const PATHS = [
  "/",
  "/nowhere",
  "/embed",
  "/embed/",
  "/Embed",
  "/api",
  "/api/data",
  "/api/deep/x",
  "/api/deep/a.b+c@d",
  "/api/deep/a-b+c@d",
];

/** Other ways to write a path, with the usual one: servers find the same page there. */
export const SPELLINGS = [
  ["/%65mbed", "/embed"],
  ["//embed", "/embed"],
  ["/embed//", "/embed/"],
  ["/x/../embed", "/embed"],
  ["/x/%2E%2e/embed", "/embed"],
  ["/./embed", "/embed"],
  ["/embed/..", "/"],
  ["/embed/.", "/embed/"],
  ["/../../embed", "/embed"],
  ["//%61pi/./deep//x", "/api/deep/x"],
  ["/api/deep/a%2Eb%2Bc%40d", "/api/deep/a.b+c@d"],
  ["/api/a%2Fb", "/api/data"],
  ["/api/%c3%a9%zz%", "/api/data"],
  ["/%2565mbed", "/nowhere"],
] as const;

/** Paths of which servers that decode `%2F` find another place than servers that do not. */
export const AMBIGUOUS = ["/api/..%2fembed", "/api%2Fdata", "/embed/..%2Fapi/x", "/%2fembed"] as const;

/** Characters that mean something to one target or another. */
export const AWKWARD_TEXT =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: no template is meant
  'percent % %41 %{if true} %%{x} dollar $host ${path} $${a} $$${b} "quoted" {braces} {"a":{}} back\\slash \\n \\u007b # // /* \' `tick` :word <b>&amp; end\\';

const AWKWARD: readonly Layer[] = [
  "strict",
  {
    custom: { "X-Awkward": AWKWARD_TEXT, NEL: '{"report_to":"default","max_age":2592000}' },
    contentSecurityPolicy: {
      scriptSrc: append(...Array.from({ length: 25 }, (_, index) => source(`https://cdn-${index}.long-name-of-a-host.example`))),
      reportUri: ["/csp?site=$uri&x=%41"],
    },
  },
];

/** Every preset that has no nonce, and what is hard to print. */
export const CASES: readonly [name: string, policy: readonly Layer[], routes: readonly Route[]][] = [
  ["recommended", ["recommended"], ROUTES],
  ["strict", ["strict"], ROUTES],
  ["api", ["api"], [{ path: "/*", layers: ["none", { xFrameOptions: "DENY" }] }]],
  ["streamlit", ["streamlit"], ROUTES],
  ["recommended with development on it", ["recommended", "development"], []],
  ["none with one header", ["none", { xFrameOptions: "DENY" }], [{ path: "/embed", layers: [{ xFrameOptions: false }] }]],
  ["none with headers on a route", ["none"], ROUTES],
  ["awkward characters", AWKWARD, ROUTES],
];

const meantAt = (routes: readonly Route[], path: string) =>
  routes.filter((route) => (route.path.endsWith("/*") ? path.startsWith(route.path.slice(0, -1)) : path === route.path));

/** What Express would send at a path over https. */
export function sentByExpress(policy: readonly Layer[], routes: readonly Route[], path: string): Record<string, string> {
  // As in Node, a name is the same header in any case.
  const sent = new Map<string, readonly [name: string, value: string]>();
  const req = { headers: {}, socket: { encrypted: true } };
  const res = {
    headersSent: false,
    setHeader: (name: string, value: unknown) => void sent.set(name.toLowerCase(), [name, String(value)]),
    removeHeader: (name: string) => void sent.delete(name.toLowerCase()),
  };
  securityHeaders(...(policy as ["none"]))(req, res);
  for (const { layers } of meantAt(routes, path)) override(...(layers as ["none"]))(req, res);
  return Object.fromEntries(sent.values());
}

/** What a careless origin sends, with names as servers at the edge see them. */
export const CARELESS: Readonly<Record<string, string>> = {
  "x-frame-options": "ALLOWALL",
  "content-security-policy": "default-src *",
  "strict-transport-security": "max-age=1",
  "x-powered-by": "carelessness",
};

/** The same for what goes out: Express's headers, and of the origin's those that nobody replaces or removes. */
export function sealedAt(policy: readonly Layer[], routes: readonly Route[], path: string, careless = CARELESS): Record<string, string> {
  // What is stripped belongs to the whole site; presets strip X-Powered-By but for two of them, and only a route here switches a header off.
  const complete = policy.findLast((layer) => typeof layer === "string" && layer !== "development");
  const gone = [
    ...(complete === "none" || complete === "streamlit" ? [] : ["x-powered-by"]),
    ...(path === "/embed" ? ["x-frame-options"] : []),
    ...(path === "/api/deep/a.b+c@d" ? ["x-content-type-options"] : []),
  ];
  const sent = lowerCase(sentByExpress(policy, routes, path));
  const left = Object.entries(careless).filter(([name]) => !gone.includes(name));
  return { ...Object.fromEntries(left), ...sent };
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** The files of an export, by path. */
export function filesOf(target: TargetName, options: ExportOptions): Readonly<Record<string, string>> {
  return Object.fromEntries(exportPolicy(target, options).files.map(({ path, text }) => [path, text]));
}
