/** Code that is compiled against the built types, and run. */
interface Code {
  /** What the snippet takes for granted: imports and names, compiled and run before it. */
  readonly before?: string;
  /** What looks at the outcome, with `ask` and `print` of `run.ts`; not compiled. Without it the snippet is compiled alone. */
  readonly after?: string;
  /** What that prints: the text itself, or the snippet that shows it. */
  readonly prints?: string | { readonly snippet: string };
  /** Names and texts that only the reader has: addresses, placeholders such as `{ … }`. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Files beside the program. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Commands that are run in a folder, each line for itself, with the built command line as `npx portcullis`. */
interface Shell {
  readonly replace?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** A program that runs first, in the same folder. */
  readonly prepare?: string;
  /** Commands that prepare the folder. */
  readonly setup?: string;
  /** The exit code of each line, and a text of its output; `"left out: …"` with the reason where a line cannot run here. */
  readonly lines: readonly (readonly [code: number | "runs on", says: string] | `left out: ${string}`)[];
}

/** What becomes of a snippet. */
export type Use =
  | { readonly code: Code }
  | { readonly shell: Shell }
  /** It is what another one prints. */
  | { readonly outputOf: string }
  /** A suite takes it out of the documentation, and runs it there. */
  | { readonly runBy: string }
  /** It can neither run nor be compiled here, and why. */
  | { readonly notRun: string };

const EXPRESS = `import express from "express";\nconst app = express();\n`;
const NGINX = 'server {\n  listen 80;\n  add_header X-Frame-Options "DENY" always;\n}\n';
/** What `nginx -T` prints, of two servers. */
const DUMP = `# configuration file /etc/nginx/nginx.conf:
http {
  include /etc/nginx/conf.d/*.conf;
}

# configuration file /etc/nginx/conf.d/sites.conf:
server { server_name app.example.com www.example.com; add_header X-Frame-Options "DENY" always; }
server { server_name other.example.com; add_header X-Frame-Options "SAMEORIGIN" always; }
`;
const FROM_REDIRECT = "https://example.com/page?a=1";

/**
 * Every snippet of the README and of docs, by its name: the file, the heading, and which one below that heading. A new one is a new entry:
 *
 *     "docs/new.md > Its heading > 1": {
 *       code: { before: EXPRESS, after: "print((await ask(app)).headers.vary);", prints: "Host" },
 *     },
 *
 * or `{ shell: { lines: [[0, "a text of its output"]] } }`, `{ runBy: "test/…" }` where a suite takes it with `snippet(name)`, and
 * `{ notRun: "why" }` where nothing else is possible.
 */
export const declared: Readonly<Record<string, Use>> = {
  "README.md > Portcullis > 1": { notRun: "asks the registry; test/package installs the packed package instead" },
  "README.md > Portcullis > 2": {
    code: {
      after: `app.get("/", (_req, res) => res.send("A page.")); const { lines } = await ask(app); print(...lines);`,
      prints: { snippet: "README.md > Portcullis > 3" },
    },
  },
  "README.md > Portcullis > 3": { outputOf: "README.md > Portcullis > 2" },
  "README.md > Portcullis > 4": {
    code: {
      before: `import { securityHeaders, source } from "portcullis";`,
      after: `refused(() => securityHeaders({ contentSecurityPolicy: { scriptSrc: ["self", "slef"] } }));`,
      prints: { snippet: "README.md > Portcullis > 4" },
    },
  },
  "README.md > Presets > 1": {
    code: {
      before: EXPRESS,
      after: `app.get("/", (_req, res) => res.send("A page.")); const { headers } = await ask(app); print(headers["x-frame-options"], headers["content-security-policy"]);`,
      prints:
        "SAMEORIGIN\ndefault-src 'self'; base-uri 'self'; font-src 'self' data:; form-action 'self'; frame-ancestors 'self'; img-src 'self' data: https://img.example; object-src 'none'; script-src 'self'; script-src-attr 'none'; style-src 'self' 'unsafe-inline'",
    },
  },
  "README.md > Overrides > 1": {
    code: {
      before: `import { securityHeaders } from "portcullis";\n${EXPRESS}app.use(securityHeaders("strict"));\n`,
      after: `
        app.use("/api", (_req, res) => void res.send("A page."));
        for (const path of ["/embed", "/api", "/map"]) { const { headers } = await ask(app, path); print(headers["x-frame-options"] ?? "none", headers["content-security-policy"]); }`,
      prints: `none
default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; frame-ancestors https://partner.example; base-uri 'self'; form-action 'self'
DENY
default-src 'none'; frame-ancestors 'none'
DENY
default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https://tiles.example; font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'self'; form-action 'self'`,
    },
  },
  "README.md > Nonces > 1": {
    code: {
      before: EXPRESS,
      after: `
        app.set("views", ".").set("view engine", "ejs");
        for (const path of ["/", "/plain"]) { const { headers, body } = await ask(app, path); print(headers["content-security-policy"].includes("'nonce-" + /nonce="([^"]{24})"/.exec(body)[1] + "'")); }`,
      prints: "true\ntrue",
      files: { "page.ejs": '<script nonce="<%= cspNonce %>">' },
    },
  },
  "docs/report-only.md > Report-only > 1": {
    code: {
      before: EXPRESS.replace(
        "const app = express();",
        "const sites: express.Express[] = [];\nconst app = { use: (site: express.Handler) => sites.push(express().use(site)) };",
      ),
      after: `for (const site of sites) { site.get("/", (_req, res) => res.send("A page.")); const { headers } = await ask(site); print(Object.keys(headers).filter((name) => name.startsWith("content-security")).join(), headers["reporting-endpoints"]); }`,
      prints: `content-security-policy,content-security-policy-report-only
default="/csp-report"
content-security-policy-report-only
default="/csp-report"`,
    },
  },
  "docs/report-only.md > Routes > 1": {
    code: {
      before: `import { append, definePolicy, override, reportOnly, securityHeaders } from "portcullis";\n${EXPRESS}const handler: express.RequestHandler = (_req, res) => void res.send("Photos.");\n`,
      after:
        'const { headers } = await ask(app, "/photos");\nprint(headers["content-security-policy"] ?? "nothing enforced");\nprint(/img-src[^;]*/.exec(headers["content-security-policy-report-only"])[0]);',
      prints: "nothing enforced\nimg-src 'self' blob:",
    },
  },
  "docs/report-only.md > Routes > 2": {
    code: {
      before: `import { append, observe, override, securityHeaders } from "portcullis";\n${EXPRESS}const handler: express.RequestHandler = (_req, res) => void res.send("Photos.");\n`,
      after:
        'const { headers } = await ask(app, "/photos");\nfor (const name of ["content-security-policy", "content-security-policy-report-only"]) print(/img-src[^;]*/.exec(headers[name])[0]);',
      prints: "img-src 'self' data:\nimg-src 'self' blob:",
    },
  },
  "docs/report-only.md > Behind nginx and other servers > 1": {
    shell: {
      files: {
        "dump.txt": DUMP,
        "policy.mjs": 'export * from "./now.mjs";\n',
      },
      replace: { "nginx -T": "cat dump.txt" },
      lines: [
        [0, ""],
        [0, "wrote deploy/portcullis/headers.conf"],
      ],
    },
  },
  "docs/report-only.md > Behind nginx and other servers > 2": {
    code: {
      after: `
        import { renderHeaders } from "portcullis";
        const seen = [policy, ...routes.map(({ layers }) => definePolicy(...layers))].map((one) => renderHeaders(one));
        for (const headers of seen) print(headers["X-Frame-Options"], headers["Content-Security-Policy-Report-Only"].match(/script-src [^;]+/)[0], headers["Reporting-Endpoints"]);`,
      prints: `DENY
script-src 'self'
default="https://www.example.com/csp-report"
SAMEORIGIN
script-src 'self'
default="https://www.example.com/csp-report"`,
      replace: {
        'import * as now from "./now.mjs";': `
          import type { ExportRoute } from "portcullis/export";
          const embed: ExportRoute = { path: "/embed", layers: ["none", { xFrameOptions: "SAMEORIGIN" }] };
          const now = { policy: definePolicy("none", { xFrameOptions: "DENY" }), routes: [embed] };`,
      },
    },
  },
  "docs/responses.md > Responses: sealing, https, cookies > 1": {
    code: {
      before: EXPRESS,
      after: `
        const plain = await ask(app, "/page?a=1", { host: "example.com" });
        const excepted = await ask(app, "/health", { host: "example.com" });
        const secure = await ask(app.set("trust proxy", true), "/page", { host: "example.com", "x-forwarded-proto": "https" });
        print(plain.status, plain.headers.location, excepted.status, secure.status, secure.headers["x-frame-options"], secure.headers["set-cookie"], secure.headers.server ?? "none");`,
      prints: `308\n${FROM_REDIRECT}\n200\n200\nSAMEORIGIN\na=b; Secure; HttpOnly; SameSite=Lax\nnone`,
      replace: { "http://127.0.0.1:8501": "CARELESS" },
    },
  },
  "docs/hashes.md > Hashes for built pages > 1": {
    code: {
      before: EXPRESS,
      after: `const { headers, body } = await ask(app); print(headers["content-security-policy"].match(/script-src [^;]+/)[0], body.trim());`,
      prints: "script-src 'self' 'sha256-VvC0MHKqJMSM5+Dl7QakQsw4+kA991dhUvadgGZPh58='\n<script>done = true</script>",
      files: { "dist/index.html": "<script>done = true</script>" },
    },
  },
  "docs/deploy.md > Deploying: the same headers wherever the site is served > 2": {
    code: {
      before: `import { renderHeaders } from "portcullis";\nconst text = ${JSON.stringify(NGINX)};`,
      after: `print(files.map(({ path }) => path), JSON.parse(files[0].text).headers.length, renderHeaders(policy)["X-Frame-Options"], routes.length);`,
      prints: "vercel.json\n2\nDENY\n0",
    },
  },
  "docs/deploy.md > An application that cannot set headers > 1": {
    shell: { replace: { "http://127.0.0.1:8501": "CARELESS", "--policy": "--port 0 --policy" }, lines: [["runs on", "http://127.0.0.1:"]] },
  },
  "docs/audit.md > Checking a site > 1": {
    shell: {
      files: { "policy.json": '["strict"]' },
      setup: `git init -q . && git add policy.json && git -c user.name=a -c user.email=a commit -qm one && echo '["recommended"]' > policy.json && git add . && git -c user.name=a -c user.email=a commit -qm two`,
      prepare: `
        import { sqliteStore } from "portcullis/reports";
        const store = await sqliteStore("reports.db");
        await store.close?.();`,
      replace: { "https://example.com": "CARELESS" },
      lines: [
        [0, "Score:"],
        [0, "CWE-"],
        [0, "Score:"],
        [1, "weaker"],
        [0, ""],
        [0, "No page may frame this page."],
      ],
    },
  },
  "docs/audit.md > Checking a site > 2": {
    code: {
      before: `
        import { definePolicy } from "portcullis";
        const before = definePolicy("recommended"), after = definePolicy("strict");
        const response = await fetch("CARELESS");`,
      after: `print(findings.length > 3, score.points < 60, compare(before, after).verdict);`,
      prints: "true\ntrue\nstronger",
    },
  },
  "README.md > Try a policy before you enforce it > 1": {
    code: {
      before: `${EXPRESS}const requireAdmin: express.RequestHandler = (_req, _res, next) => next();\n`,
      after: `
        const report = { "csp-report": { "document-uri": "https://example.com/", "blocked-uri": "https://cdn.example/a.js", "effective-directive": "script-src-elem", "original-policy": "script-src 'self'", disposition: "report" } };
        const posted = await ask(app, "/csp-report", { host: "example.com", "content-type": "application/csp-report" }, JSON.stringify(report));
        let page;
        for (let rest = 100; rest > 0 && !page?.body.includes("cdn.example"); rest--) {
          await new Promise((done) => setTimeout(done, 50)); // reports are written in turn
          page = await ask(app, "/reports");
        }
        print(posted.status, page.status, page.body.includes("cdn.example"));
        await store.close?.();`,
      prints: "204\n200\ntrue",
    },
  },
  "docs/testing.md > Your own tests > 1": {
    code: {
      before: `
        import request from "supertest";
        import { expect } from "vitest";
        import type { Page } from "playwright-core";
        import type { Policy } from "portcullis";
        import express from "express";
        const app = express();
        declare const page: Page, url: string, policy: Policy;`,
    },
  },
  "docs/testing.md > Record a suite, and learn from it > 1": { runBy: "test/record/fixtures-playwright.test.ts" },
  "docs/testing.md > Record a suite, and learn from it > 2": {
    code: {
      before: `
        import type { BrowserContext, Page } from "playwright-core";
        import { recordViolations } from "portcullis/testing";
        declare const context: BrowserContext, page: Page, url: string;`,
    },
  },
  "docs/testing.md > Record a suite, and learn from it > 3": {
    shell: {
      prepare: `
        import { writeFileSync, mkdirSync } from "node:fs";
        import { sqliteStore } from "portcullis/reports";
        const store = await sqliteStore("reports.db");
        await store.close?.();
        const empty = { portcullis: "recording", version: 1, writer: "w", savedAt: 1, policy: { preset: "strict", headers: {} }, sessions: 1, pages: [], groups: [], inline: [], violations: 0, dropped: 0, notes: [] };
        mkdirSync("csp");
        for (const worker of [0, 1]) writeFileSync(\`csp/worker-\${worker}.json\`, JSON.stringify(empty));`,
      lines: [
        [0, "Recorded: 0 pages in 2 sessions, 0 violations."],
        [0, "wrote learned.ts"],
        [0, "New since recorded: 0 of 0 groups of reports."],
      ],
    },
  },
  "docs/testing.md > Prove the policy in CI > 1": { runBy: "test/record/fixtures-playwright.test.ts" },
  "README.md > Check, compare, print > 1": {
    shell: {
      files: { "old.json": '["recommended"]', "new.json": '["strict"]', "nginx.conf": NGINX },
      prepare: `
        import { sqliteStore } from "portcullis/reports";
        const store = await sqliteStore("reports.db");
        await store.close?.();`,
      replace: {
        "https://example.com": "CARELESS",
        "http://127.0.0.1:8501": "CARELESS",
        "--policy streamlitStrict": "--policy streamlitStrict --port 0",
      },
      lines: [
        [0, "portcullis.config.js"],
        [0, "Score:"],
        [0, "stronger"],
        [0, ""],
        [0, "No page may frame this page."],
        [0, "add_header"],
        [0, "DENY"],
        ["runs on", "http://127.0.0.1:"],
      ],
    },
  },
  "README.md > Coming from helmet > 1": {
    code: {
      before: EXPRESS,
      after: `app.get("/", (_req, res) => res.send("A page.")); const { headers } = await ask(app); print(headers["strict-transport-security"], headers["content-security-policy"].match(/img-src [^;]+/)[0]);`,
      prints: "max-age=300; includeSubDomains\nimg-src 'self' cdn.example",
    },
  },
  "docs/architecture.md > Architecture > 1": { notRun: "a picture" },
  "README.md > Third parties > 1": {
    code: {
      before: EXPRESS,
      after:
        'app.get("/", (req, res) => res.send("ok"));\nprint((await ask(app)).headers["content-security-policy"].match(/connect-src [^;]*/)[0]);',
      prints:
        "connect-src 'self' https://api.stripe.com https://*.google-analytics.com https://*.googletagmanager.com https://analytics.google.com https://*.analytics.google.com https://www.google.com/g/collect",
    },
  },
  "docs/services.md > Recipes for third parties > 1": { code: { before: EXPRESS } },
  'docs/services.md > With nonces and "strict-dynamic" > 1': {
    code: {
      before: EXPRESS,
      after:
        'print(/trusted-types|googletagmanager/.exec((await ask(app)).headers["content-security-policy"].replace(/img-src[^;]*|connect-src[^;]*/g, "")) === null);',
      prints: "true",
    },
  },
  "docs/services.md > The command line > 1": {
    shell: {
      lines: [
        [0, "stripe"],
        [0, "https://api.stripe.com"],
        [0, "Stripe"],
        [0, "same-origin-allow-popups"],
      ],
    },
  },
  "docs/nonces.md > Nonces, and sources that depend on the request > 1": {
    notRun: "a template; test/examples/express-templates.test.ts renders those of EJS and Pug",
  },
  "docs/cli.md > Start in a project > 1": { shell: { lines: [[0, "portcullis.config.js"]] } },
  "docs/cli.md > Policies and sites as arguments > 1": {
    shell: {
      files: { "policy.json": '{ "xFrameOptions": "SAMEORIGIN" }' },
      lines: [[0, "X-Frame-Options: SAMEORIGIN"], "left out: the folder is no git repository; test/cli/compare.test.ts compares revisions"],
    },
  },
  "docs/cli.md > The configuration file > 1": { runBy: "test/cli/policy-notes.test.ts" },
  "docs/cli.md > Completion > 1": { notRun: "changes the shell of the reader; test/cli/completion.test.ts runs the script" },
  "docs/ci.md > GitHub > 1": { runBy: "test/action/docs.test.ts" },
  "docs/ci.md > GitLab and other systems > 1": { runBy: "test/action/docs.test.ts" },
  "docs/services.md > The command line > 2": { runBy: "test/cli/services-file.test.ts" },
  "docs/services.md > Public CDNs > 1": {
    code: {
      before: EXPRESS,
      after:
        'app.get("/", (req, res) => res.send("ok"));\napp.get("/", (req, res) => res.send("ok"));\nprint((await ask(app)).headers["content-security-policy"].match(/script-src [^;]*/)[0]);',
      prints: "script-src 'self' https://cdn.jsdelivr.net/npm/vue@3.5.13/dist/vue.global.prod.js",
    },
  },
  "docs/overrides.md > Policy files > 1": { runBy: "test/cli/schema.test.ts" },
  "docs/helmet.md > From helmet > 1": {
    code: {
      before: EXPRESS,
      after: `app.get("/", (_req, res) => res.send("A page.")); const { headers } = await ask(app); print(headers["permissions-policy"], headers["content-security-policy"].match(/style-src [^;]+/)[0]);`,
      prints: "geolocation=(self), microphone=(), camera=()\nstyle-src 'self' 'unsafe-inline' https://fonts.googleapis.com",
    },
  },
  "docs/helmet.md > From helmet > 2": {
    code: {
      before: EXPRESS,
      after: `app.get("/", (_req, res) => res.send("A page.")); const { headers } = await ask(app); print(headers["strict-transport-security"], headers["content-security-policy"].match(/img-src [^;]+/)[0]);`,
      prints: "max-age=300; includeSubDomains\nimg-src 'self' cdn.example",
    },
  },
  "docs/helmet.md > From helmet > 3": {
    code: {
      before: `import { fromHelmet } from "portcullis/helmet";`,
      after: `refused(() => fromHelmet({ contentSecurityPolicy: { directives: { scirptSrc: ["'self'"] } } }));`,
      prints: { snippet: "docs/helmet.md > From helmet > 3" },
    },
  },

  "docs/helmet.md > See that nothing else changes > 1": {
    shell: {
      files: {
        "before.txt": "HTTP/1.1 200 OK\r\nX-Frame-Options: SAMEORIGIN\r\n\r\n<h1>Hello</h1>\n",
        "after.txt": "HTTP/1.1 200 OK\r\nX-Frame-Options: DENY\r\n\r\n<h1>Hello</h1>\n",
      },
      lines: ["left out: there is no application", "left out: there is no application", [0, "Result: stronger"]],
    },
  },
  "docs/troubleshooting.md > Troubleshooting > 1": {
    code: {
      before: EXPRESS,
      // The program runs once more, as if in production.
      after: `
        app.get("/page", (_req, res) => res.send("A page."));
        const { status, headers } = await ask(app, "/page?a=1", { host: process.env.NODE_ENV === undefined ? "localhost" : "example.com" });
        print(process.env.NODE_ENV, status, headers.location);
        if (process.env.NODE_ENV === undefined) { process.env.NODE_ENV = "production"; await import(import.meta.url + "?again"); }`,
      prints: `undefined\n200\nundefined\nproduction\n308\n${FROM_REDIRECT}`,
    },
  },

  "docs/deploy.md > Deploying: the same headers wherever the site is served > 1": {
    shell: {
      files: {
        "policy.mjs": 'import { definePolicy } from "portcullis";\nexport const policy = definePolicy("strict");\n',
        "embed.json": '[{ "xFrameOptions": false }]',
      },
      lines: [
        [0, ""],
        [0, ""],
      ],
    },
  },
  "docs/proxy.md > Routes > 1": {
    shell: {
      files: { "embed.json": '{ "xFrameOptions": false }' },
      replace: { "http://127.0.0.1:8501": "CARELESS --port 0" },
      lines: [["runs on", "http://127.0.0.1:"]],
    },
  },
  "docs/proxy.md > The redirect to https > 1": {
    shell: {
      setup:
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=example.com -keyout key.pem -out cert.pem 2> cert.log",
      replace: { " \\\n": "", "--host 0.0.0.0 --port 443": "--port 0", "--redirect-port 80": "--redirect-port 0" },
      lines: [["runs on", "https://127.0.0.1:"]],
    },
  },
  "docs/deploy.md > Check it > 1": {
    shell: {
      replace: { "https://app.example.com": "CARELESS", "http://app.example.com": "CARELESS" },
      lines: [
        [0, "X-Frame-Options: DENY"],
        [0, "404"],
        [0, "200"],
        [0, "Score:"],
      ],
    },
  },
  "docs/deploy.md > Servers > 1": {
    notRun: "reloads a service of the machine; test/servers/nginx.test.ts checks and starts what is exported",
  },
  "docs/deploy.md > Moving in > 1": {
    shell: {
      files: { "dump.txt": DUMP },
      replace: { "nginx -T": "cat dump.txt" },
      lines: [
        [0, ""],
        [0, ""],
      ],
    },
  },

  "docs/frameworks.md > Nest > 1": {
    code: {
      before: `
        import "reflect-metadata";
        import { Controller, Get, Module } from "@nestjs/common";
        import { NestFactory } from "@nestjs/core";`,
      after: `
        await app.init();
        const { headers } = await ask(app.getHttpAdapter().getInstance(), "/pages/embed");
        print(headers["referrer-policy"], headers["x-frame-options"], headers["content-security-policy"].match(/frame-ancestors [^;]+/)[0]);`,
      prints: "origin\nSAMEORIGIN\nframe-ancestors 'self'",
      replace: {
        "embed() { … }": 'embed() { return "embedded"; }',
        "const app =": "@Module({ controllers: [Pages] })\nclass AppModule {}\nconst app =",
        "NestFactory.create(AppModule)": "NestFactory.create(AppModule, { logger: false })",
      },
    },
  },
  "docs/frameworks.md > Koa > 1": {
    code: {
      before: `
        import Koa from "koa";
        import Router from "@koa/router";
        const app = new Koa(), router = new Router();
        const page = (ctx: Koa.Context) => { ctx.body = "A page."; };`,
      after: `
        app.use(router.routes());
        for (const path of ["/embed", "/nowhere"]) print((await ask(app.callback(), path)).headers["content-security-policy"].match(/frame-ancestors [^;]+/)[0]);`,
      prints: "frame-ancestors 'self'\nframe-ancestors 'none'",
    },
  },
  "docs/frameworks.md > Fastify > 1": {
    code: {
      before: `import fastify from "fastify";\nconst app = fastify();\nconst page = async () => "A page.";\n`,
      after: `for (const path of ["/embed", "/nowhere"]) print((await app.inject(path)).headers["content-security-policy"].match(/frame-ancestors [^;]+/)[0]);`,
      prints: "frame-ancestors 'self'\nframe-ancestors 'none'",
    },
  },
  "docs/frameworks.md > fetch: Hono, Workers, Deno, Bun > 1": {
    code: {
      before: `import { Hono } from "hono";\nconst app = new Hono();\nconst handler = (_request: Request) => new Response("A page.");\n`,
      after: `
        for (const answer of [await app.request("/"), await worker.fetch(new Request("https://site.example/"))]) print(answer.status, answer.headers.get("x-frame-options"));`,
      prints: "404\nDENY\n200\nDENY",
      replace: { "export default": "const worker =" },
    },
  },
  "docs/frameworks.md > Development servers > 1": {
    code: {
      before: `${EXPRESS}process.env.NODE_ENV = "development";\n`,
      after: `app.get("/", (_req, res) => res.send("A page.")); print((await ask(app)).headers["content-security-policy"]);`,
      prints:
        "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self'; font-src 'self'; connect-src 'self' ws://localhost:24678 ws://127.0.0.1:24678; frame-ancestors 'none'; base-uri 'self'; form-action 'self'; worker-src 'self' blob:",
    },
  },
  "docs/frameworks.md > Development servers > 2": {
    code: {
      before: `import { viteDev } from "portcullis/services";\nprocess.env.NODE_ENV = "production";`,
      after: "refused(() => viteDev());",
      prints: { snippet: "docs/frameworks.md > Development servers > 2" },
    },
  },
  "docs/frameworks.md > Development servers > 3": { code: { before: EXPRESS } },

  "docs/migrating.md > Migrating from 0.1 > 1": {
    shell: {
      lines: [
        [0, ""],
        [0, "same"],
      ],
    },
  },
  "docs/migrating.md > Behind a proxy > 1": {
    code: {
      before: `import { securityHeaders } from "portcullis";\n${EXPRESS}`,
      after: `
        app.get("/", (_req, res) => res.send("A page."));
        const trusted = await ask(app, "/", { "x-forwarded-proto": "http" });
        const claimed = await ask(app.set("trust proxy", false), "/", { "x-forwarded-proto": "http" });
        print(trusted.headers["strict-transport-security"] ?? "none", claimed.headers["strict-transport-security"]);`,
      prints: "none\nmax-age=31536000; includeSubDomains",
    },
  },
  "docs/migrating.md > Overrides > 1": {
    code: {
      before: `
        import { override, securityHeaders } from "portcullis";
        ${EXPRESS}
        app.set("trust proxy", 1).use(securityHeaders({ strictTransportSecurity: { maxAge: 300 } }));
        app.use("/other", override("none"), (_req, res) => void res.send("A page."));`,
      after: `
        app.use("/legacy", (_req, res) => void res.send("A page."));
        for (const path of ["/other", "/legacy"]) print((await ask(app, path, { "x-forwarded-proto": "https" })).headers["strict-transport-security"] ?? "none");`,
      prints: "max-age=300; includeSubDomains\nnone",
    },
  },
  "docs/migrating.md > Copies of presets > 1": {
    code: {
      before: `import { securityHeaders } from "portcullis";\nimport { strict } from "portcullis/presets";\n${EXPRESS}`,
      after: `
        app.get("/", (_req, res) => res.send("A page."));
        print((await ask(app)).headers["referrer-policy"]);
        refused(() => securityHeaders({ ...strict, referrerPolicy: "same-origin" }));`,
      prints:
        "same-origin\nPolicyError: layers[0]: a preset was copied into another object, which is not a layer. Write securityHeaders(strict, { referrerPolicy: … }).",
    },
  },
  "docs/migrating.md > `perRequest` > 1": {
    code: {
      before: `import { perRequest, securityHeaders, source } from "portcullis";\n${EXPRESS}`,
      after: `
        for (const slot of [before, after]) {
          const site = express();
          site.use(securityHeaders("none", { contentSecurityPolicy: { scriptSrc: [slot] } }));
          site.get("/legacy", (_req, res) => res.send("A page."));
          site.use((error, _req, res, _next) => res.status(500).send(error.message));
          print((await ask(site, "/legacy")).status, (await ask(site, "/legacy")).headers["content-security-policy"]);
        }`,
      prints: "500\nscript-src 'none'\n200\nscript-src 'unsafe-inline'",
    },
  },
  "docs/migrating.md > Hashes > 1": {
    code: {
      before: `
        import { override, securityHeaders } from "portcullis";
        import { hashInlineScripts, hashInlineStyles } from "portcullis/hashes";
        ${EXPRESS}
        const html = "<style>p{}</style><script>1</script>";
        const last = express();
        for (const one of [app, last]) one.use(securityHeaders("strict"));`,
      after: `
        last.get("/", override(await hashInlineScripts(html), await hashInlineStyles(html)), (req, res) => res.send(html));
        for (const one of [app, last]) print((await ask(one)).headers["content-security-policy"].match(/(?:script|style)-src [^;]+/g).map((text) => text.split("sha256-").length - 1));`,
      prints: "1,0\n1,1",
    },
  },
  "docs/migrating.md > Next > 1": {
    code: {
      before: `import { append } from "portcullis";\nimport { nextHeaders } from "portcullis/next";`,
      after: `refused(() => nextHeaders("strict"));`,
      prints: { snippet: "docs/next.md > Static pages elsewhere > 2" },
    },
  },
  "docs/migrating.md > Types > 1": {
    code: {
      before: `
        import { definePolicy } from "portcullis";
        import { learn, memoryStore, printLearned } from "portcullis/reports";
        const store = memoryStore();`,
    },
  },

  "docs/next.md > All pages dynamic > 1": { runBy: "test/next/next.test.ts" },
  "docs/next.md > All pages dynamic > 2": { runBy: "test/next/next.test.ts" },
  "docs/next.md > Static pages too > 1": { runBy: "test/next/next.test.ts" },
  "docs/next.md > Static pages elsewhere > 1": { runBy: "test/next/next.test.ts" },
  "docs/next.md > Exported pages > 1": {
    code: {
      after: `import { renderHeaders } from "portcullis"; print(renderHeaders(policy)["Content-Security-Policy"].match(/script-src [^;]+/)[0]);`,
      prints: `"out/404.html:1:4" style="margin:0" would be blocked: hashes cover elements, not attributes
script-src 'self' 'sha256-VvC0MHKqJMSM5+Dl7QakQsw4+kA991dhUvadgGZPh58='`,
      files: {
        "out/index.html": "<script>done = true</script>",
        "out/404.html": '<p style="margin:0">Not found</p>',
      },
    },
  },
  "docs/next.md > Exported pages > 2": {
    shell: {
      files: { "policy.mjs": 'import { definePolicy } from "portcullis";\nexport const policy = definePolicy("strict");\n' },
      lines: [[0, "wrote deploy/portcullis/headers.conf"]],
    },
  },
  "docs/next.md > Static pages elsewhere > 2": {
    code: {
      before: `import { nextHeaders } from "portcullis/next";`,
      after: `refused(() => nextHeaders("strict"));`,
      prints: { snippet: "docs/next.md > Static pages elsewhere > 2" },
    },
  },

  "docs/record.md > Record and prove > 1": { runBy: "test/docs/record.test.ts" },
  "docs/record.md > What to confirm > 1": { notRun: "A question of a terminal; test/cli/record-terminal.test.ts asks it." },
  "docs/record.md > What to confirm > 2": { notRun: "The hash is an example; test/cli/record-terminal.test.ts accepts one." },
  "docs/rollout.md > 6. Watch > 2": { notRun: "It continues the snippet above; test/reports/page-recorded.test.ts has the page." },
  "docs/record.md > Steps of your own > 1": { runBy: "test/docs/record.test.ts" },
  "README.md > Record a policy, and prove it > 1": { runBy: "test/docs/record.test.ts" },
  "docs/rollout.md > 1. Record > 1": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 1. Record > 2": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 2. Change the site > 1": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 2. Change the site > 2": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 2. Change the site > 3": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 3. Record again, and prove > 1": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 3. Record again, and prove > 2": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 4. Enforce > 1": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 4. Enforce > 2": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 5. In CI > 1": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 5. In CI > 2": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 5. In CI > 3": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 5. In CI > 4": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 6. Watch > 1": { runBy: "test/docs/rollout-record.test.ts" },
  "docs/rollout.md > 8. Every quarter > 1": { runBy: "test/docs/rollout.test.ts" },
  "docs/rollout.md > Collect > 1": { runBy: "test/docs/rollout.test.ts" },
  "docs/rollout.md > Collect > 2": { runBy: "test/docs/rollout.test.ts" },
  "docs/rollout.md > Learn > 1": { runBy: "test/docs/rollout.test.ts" },
  "docs/rollout.md > Apply the patch > 1": { runBy: "test/docs/rollout.test.ts" },

  "docs/streamlit.md > Streamlit > 1": {
    shell: {
      replace: { "http://127.0.0.1:8501 --policy streamlitStrict --port 8080": "CARELESS --policy streamlitStrict --port 0" },
      lines: ["left out: test/streamlit starts the real Streamlit", ["runs on", "http://127.0.0.1:"], [0, ""]],
    },
  },
  "docs/streamlit.md > Behind nginx > 1": {
    shell: {
      lines: [
        [0, ""],
        [0, "wrote deploy/portcullis.conf"],
        "left out: it changes the nginx of the machine; test/streamlit starts what is exported",
        "left out: likewise",
        "left out: it asks a site of the reader",
      ],
    },
  },
  "docs/streamlit.md > What to add for what the application does > 1": {
    shell: {
      replace: { "http://127.0.0.1:8501": "CARELESS --port 0" },
      lines: [
        ["runs on", "http://127.0.0.1:"],
        ["runs on", "http://127.0.0.1:"],
      ],
    },
  },
  "docs/streamlit.md > Where `streamlit` differs from the SousChef guide > 1": {
    code: {
      before: `import { definePolicy, type Layer, remove, renderHeaders } from "portcullis";\nconst layers: Layer[] =\n`,
      after: `const headers = renderHeaders(definePolicy(...layers)); print(headers["X-Frame-Options"], headers["Content-Security-Policy"].match(/connect-src [^;]+/)[0]);`,
      prints: "DENY\nconnect-src 'self' ws: wss:",
    },
  },
  "docs/streamlit.md > The example > 1": {
    notRun: "installs Streamlit and waits for a browser; test/streamlit/example.test.ts runs the example",
  },

  "docs/applications.md > JupyterLab, Gradio, Dash, Swagger UI, Node-RED > 1": {
    shell: {
      lines: [
        "left out: it serves until it is stopped, with a certificate of one's own; test/applications runs the proxy with the presets",
        [0, "wrote deploy/portcullis.conf"],
      ],
    },
  },
  "docs/applications.md > JupyterLab, Gradio, Dash, Swagger UI, Node-RED > 2": {
    code: {
      after: `import { renderHeaders } from "portcullis"; print(Object.keys(renderHeaders(docs)).includes("Cross-Origin-Opener-Policy"));`,
      prints: "false",
    },
  },
  "docs/applications.md > Dash > 1": { runBy: "test/policy/application-presets.test.ts" },
};
