/** What each exported function gives, as text: evaluated again for each polluted name, first and after. */
import { fromHelmet } from "../../../src/adapters/helmet.js";
import { nextHeaders, override as nextOverride } from "../../../src/adapters/next.js";
import { audit, compare, explain } from "../../../src/audit/index.js";
import { exportPolicy, parseConfig } from "../../../src/export/index.js";
import { targets } from "../../../src/export/targets/index.js";
import { hashInlineScripts, hashInlineStyles } from "../../../src/hashes/index.js";
import { rows } from "../../../src/headers/content-security-policy/directives.js";
import { keys } from "../../../src/headers/index.js";
import {
  append,
  definePolicy,
  httpsRedirect,
  type Middleware,
  nonce,
  observe,
  override,
  PolicyError,
  parseHeaders,
  perRequest,
  policyOf,
  remove,
  renderHeaders,
  reportOnly,
  sealHeaders,
  secureCookies,
  securityHeaders,
  source,
} from "../../../src/index.js";
import { presets } from "../../../src/presets/index.js";
import { readProxyOptions } from "../../../src/proxy/options.js";
import { collectReports, learn, memoryStore, printLearned, reportsPage } from "../../../src/reports/index.js";
import { secured } from "../../../src/testing/index.js";

/** Every key, directive and field that a policy may have, as the registry knows them. */
export const registryNames: readonly string[] = [
  ...keys.keys(),
  ...Object.keys(rows),
  ...[...keys.values()].flatMap(({ entry }) => Object.keys(entry.fields?.() ?? {})),
  ...Object.keys(presets),
];

const NONCE = "bm9uY2Vub25jZW5vbmNlcg==";
const slot = perRequest(() => "https://tenant.example");
const SITE = {
  contentSecurityPolicy: { defaultSrc: ["self"], scriptSrc: ["self", nonce], imgSrc: ["self", slot], sandbox: ["allow-scripts"] },
  crossOriginOpenerPolicy: true,
  integrityPolicy: true,
  permissionsPolicy: { camera: [], geolocation: { allow: ["self"], reportTo: "default" } },
  reporting: "/reports",
  strictTransportSecurity: { maxAge: 300 },
} as const;
const ROUTE = {
  contentSecurityPolicy: { imgSrc: append("https://img.example", source("intranet")), scriptSrc: remove("self"), fontSrc: ["data:"] },
  custom: { "X-A": "b" },
  stripHeaders: ["Server"],
} as const;
const csp = (text: string) => ({ "Content-Security-Policy": text });
const SENT: readonly (readonly [Record<string, string>, Record<string, string>])[] = [
  [
    csp("default-src 'self'; style-src 'self'; img-src 'self'"),
    csp("default-src 'self' https://evil.example; style-src 'self'; img-src 'self'"),
  ],
  [csp("default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"), csp("default-src 'self'")],
  [csp("script-src 'self'; sandbox; trusted-types a"), csp("script-src 'self' 'nonce-YQ' https://a.example:8080/x")],
  [{ "Permissions-Policy": "geolocation=(self), camera=()" }, { "Permissions-Policy": "geolocation=*" }],
  [
    { "Strict-Transport-Security": "max-age=9" },
    { "Cross-Origin-Opener-Policy": "same-origin", "Integrity-Policy": "blocked-destinations=(script)" },
  ],
];
const REPORT = [
  {
    type: "csp-violation",
    age: 0,
    url: "https://site.example/page",
    user_agent: "Firefox/145.0",
    body: {
      documentURL: "https://site.example/page",
      blockedURL: "https://cdn.example/a.js",
      effectiveDirective: "script-src-elem",
      originalPolicy: "default-src 'self'",
      disposition: "report",
    },
  },
];

/** A request and a response as Express's, as far as they are looked at; what is read of them is their own. */
function exchange(extra: object = {}) {
  const headers: Record<string, unknown> = {};
  const req = {
    method: "GET",
    url: "/page?q",
    originalUrl: "/page?q",
    headers: { host: "site.example" },
    rawHeaders: ["Host", "site.example"],
    hostname: "site.example",
    protocol: "http",
    secure: false,
    ip: "192.0.2.1",
    socket: { encrypted: true },
    ...extra,
  };
  const res = {
    statusCode: 200,
    headersSent: false,
    body: "",
    locals: undefined,
    setHeader(name: string, value: unknown) {
      headers[name.toLowerCase()] = value;
    },
    getHeader: (name: string) => (Object.hasOwn(headers, name.toLowerCase()) ? headers[name.toLowerCase()] : undefined),
    removeHeader: (name: string) => void delete headers[name.toLowerCase()],
    writeHead() {},
    end(text = "") {
      res.body = text;
    },
  };
  return { req, res, headers };
}

const LOOPBACK = { headers: { host: "localhost" }, rawHeaders: ["Host", "localhost"], socket: { encrypted: false } };
const PLAIN = {
  rawHeaders: ["Host", "site.example", "X-Forwarded-Proto", "http"],
  socket: { encrypted: false },
  app: { get: () => () => true },
};

const through = (...chain: readonly Middleware[]) => throughAs({}, ...chain);

function throughAs(extra: object, ...chain: readonly Middleware[]): string {
  const { req, res, headers } = exchange(extra);
  const errors: unknown[] = [];
  for (const middleware of chain) middleware(req as never, res as never, (error) => void (error !== undefined && errors.push(error)));
  res.writeHead();
  return text([headers, policyOf(res)?.resolved, errors.map(String), res.statusCode]).replaceAll(/nonce-[^']+/g, "nonce-N");
}

/** JSON of own properties alone, in one order. */
function text(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (value instanceof URL) return value.href;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  return `{${Object.entries(value)
    .map(([name, inner]) => `${name}:${text(inner)}`)
    .join()}}`;
}

/** What is made before a name is polluted and used after; or made and used under pollution. */
export interface Prepared {
  outputsOf(): Readonly<Record<string, string>>;
  laterOutputsOf(): Promise<Readonly<Record<string, string>>>;
}

export function prepare(): Prepared {
  const site = definePolicy("strict", SITE);
  const plain = definePolicy("strict", { contentSecurityPolicy: { imgSrc: ["self", "data:"] }, reporting: "/reports" });
  const protect = securityHeaders("strict", SITE);
  const route = override(ROUTE, { xFrameOptions: false });
  const api = override("api");
  const seal = sealHeaders();
  const redirect = httpsRedirect({ except: ["/health"] });
  const cookies = secureCookies();
  const cookie: Middleware = (_req, res, next) => {
    res.setHeader("Set-Cookie", "a=b");
    next?.();
  };
  const store = memoryStore();
  const collect = collectReports({ store });
  const page = reportsPage({ store, policy: plain, behindAuth: true });
  const check = secured(plain);

  const results: Results = {
    renderHeaders: () => renderHeaders(site, { nonce: NONCE, slots: new Map([[slot, ["https://tenant.example"]]]) }),
    "renderHeaders over plain http": () => renderHeaders(plain, { transport: "plain" }),
    "a policy made now": () => definePolicy("strict", SITE, ROUTE).resolved,
    "every preset": () => Object.keys(presets).map((name) => definePolicy(name as "strict").resolved),
    "an empty patch": () => definePolicy("none", {}).resolved,
    "headers turned on": () =>
      definePolicy("none", { contentSecurityPolicy: true, crossOriginEmbedderPolicy: true, strictTransportSecurity: true }).resolved,
    "a CSP as text": () => definePolicy("none", { contentSecurityPolicy: "default-src 'self'; sandbox; trusted-types a" }).resolved,
    "a field left out": () => definePolicy("none", { strictTransportSecurity: { includeSubDomains: true } }).resolved,
    "an unknown key": () => definePolicy({ nowhere: 1, contentSecurityPolicy: { slef: [] } } as never),
    "a list with a hole": () => definePolicy("none", { contentSecurityPolicy: { defaultSrc: new Array(1) } } as never),
    parseHeaders: () => parseHeaders({ "Content-Security-Policy": "default-src 'self'", "Permissions-Policy": "camera=()" }).resolved,
    reportOnly: () => reportOnly(plain).resolved,
    observe: () => observe("strict", { reporting: "/r" }),
    "what is not a policy": () => renderHeaders({} as never),
    "what is not a layer": () => definePolicy([] as never),
    securityHeaders: () => through(protect),
    "presets over plain http": () => throughAs(PLAIN, securityHeaders("strict")) + throughAs(PLAIN, securityHeaders("strictDynamic")),
    "presets on this machine": () => throughAs(LOOPBACK, securityHeaders("strict")) + throughAs(LOOPBACK, securityHeaders("strictDynamic")),
    "securityHeaders made now": () => through(securityHeaders("strict", SITE)),
    override: () => through(protect, route),
    'override("api")': () => through(protect, api),
    "override made now": () => through(protect, override(ROUTE)),
    "the seal": () => through(protect, seal, route),
    httpsRedirect: () => through(redirect),
    "httpsRedirect made now": () => through(httpsRedirect()),
    secureCookies: () => through(cookies, cookie),
    "secureCookies made now": () => through(secureCookies({}), cookie),
    fromHelmet: () => fromHelmet({ hsts: { maxAge: 300 } }).resolved,
    nextHeaders: () => nextHeaders(plain, nextOverride("/embed", { xFrameOptions: false })),
    secured: () => check({ headers: renderHeaders(plain) }),
    "secured made now": () => secured(plain, {})({ headers: renderHeaders(plain) }),
    audit: () => audit({ "Content-Security-Policy": "default-src *" }, {}).findings.map(({ rule, header }) => [rule, header]),
    "score of a policy": () => audit(plain).score,
    compare: () => compare(plain, site).verdict,
    "compare of what was sent": () => SENT.map(([before, after]) => compare(before, after).verdict),
    "explain of what was sent": () => SENT.flatMap((pair) => pair.map((headers) => explain(headers))),
    explain: () => explain(plain),
    exportPolicy: () => Object.keys(targets).map((target) => exportPolicy(target as "nginx", { policy: plain, routes: [] }).files),
    "exportPolicy with a route": () => exportPolicy("nginx", { policy: plain, routes: [{ path: "/embed", layers: [ROUTE] }] }).files,
    parseConfig: () => parseConfig("nginx", "server { add_header X-Frame-Options DENY always; }").policy.resolved,
    createProxy: () => ({ ...readProxyOptions({ target: "http://127.0.0.1:8501" }), placeOf: 0, pseudonym: "" }),
    "collectReports made now": () => typeof collectReports({}),
    "learn without reports": () => learn(plain, []).patch,
  };
  const later: Readonly<Record<string, () => Promise<unknown>>> = {
    hashInlineScripts: async () => text(await hashInlineScripts("<script>1</script>", {})),
    hashInlineStyles: async () => text(await hashInlineStyles("<style>a{}</style>", {})),
    "collectReports and learn": async () => {
      const { req, res } = exchange({
        method: "POST",
        headers: { host: "site.example", "content-type": "application/reports+json" },
        rawHeaders: ["Host", "site.example", "Content-Type", "application/reports+json"],
        readableEnded: true,
        body: REPORT,
      });
      collect(req as never, res as never);
      await collect.flush();
      const learned = learn(plain, await store.groups(), { anyPolicy: true, minClients: 1, minDays: 1 });
      return `${text(await store.groups())} ${printLearned(learned, "json")} ${res.statusCode}`.replaceAll(
        /[\da-f]{16}|\d{13}|\d{4}-\d\d-\d\d\S*/g,
        "N",
      );
    },
    reportsPage: async () => {
      const { req, res, headers } = exchange({ url: "/" });
      let failed: unknown;
      page(req as never, res as never, (error) => {
        failed = error;
      });
      for (let round = 0; round < 50 && res.body === "" && failed === undefined; round += 1) await new Promise(setImmediate);
      return [String(failed), Object.keys(headers), String(res.body).length > 100];
    },
  };
  return { outputsOf: () => outputsOf(results), laterOutputsOf: () => laterOutputsOf(later) };
}

function attempt(make: () => unknown): string {
  try {
    return text(make());
  } catch (error) {
    return error instanceof PolicyError ? `PolicyError ${error.message}` : `threw ${(error as Error).stack}`;
  }
}

type Results = Readonly<Record<string, () => unknown>>;

function outputsOf(results: Results): Record<string, string> {
  return Object.fromEntries(Object.entries(results).map(([name, make]) => [name, attempt(make)]));
}

async function laterOutputsOf(later: Readonly<Record<string, () => Promise<unknown>>>): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const [name, make] of Object.entries(later)) outputs[name] = await make().then(text, (error) => `threw ${(error as Error).stack}`);
  return outputs;
}
