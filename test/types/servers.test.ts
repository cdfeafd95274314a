import { describe, expect, it } from "vitest";
import { compile, compilers } from "./compiler.js";

const SERVERS: readonly (readonly [where: string, program: string])[] = [
  [
    "Express: an application, a route, a router",
    `import express from "express";
     import { nonceOf, override, policyOf, securityHeaders } from "portcullis";
     const app = express();
     app.use(securityHeaders("strict"));
     app.use("/below", securityHeaders(), securityHeaders("api"));
     app.get("/page", override({ xFrameOptions: false }), (req, res) => res.render("page", { nonce: nonceOf(res), policy: policyOf(res) }));
     const router = express.Router();
     router.use(override("api"));
     router.post("/", override("api"), (req, res) => void res.json({}));
     app.use(router);
     const handler: express.RequestHandler = securityHeaders();`,
  ],
  [
    "Express: perRequest with its types",
    `import type { Request, Response } from "express";
     import { perRequest, securityHeaders } from "portcullis";
     const tenant = perRequest((req: Request, res: Response) => \`https://\${req.params["tenant"]}.example\`);
     const host = perRequest((req: Request, res) => \`https://\${req.hostname}\`);
     securityHeaders({ contentSecurityPolicy: { imgSrc: ["self", tenant, host] } });`,
  ],
  [
    "Express: res.locals.cspNonce",
    `import express from "express";
     import "portcullis";
     express().get("/", (req, res) => {
       const nonce: string | undefined = res.locals.cspNonce;
       // @ts-expect-error: it may be absent
       const always: string = res.locals.cspNonce;
       res.send(nonce);
     });`,
  ],
  [
    "Connect",
    `import connect from "connect";
     import { override, securityHeaders } from "portcullis";
     const app = connect();
     app.use(securityHeaders("strict"));
     app.use("/api", override("api"));`,
  ],
  [
    "node:http",
    `import { createServer } from "node:http";
     import { nonceOf, perRequest, securityHeaders } from "portcullis";
     import type { IncomingMessage } from "node:http";
     const host = perRequest((req: IncomingMessage) => \`https://\${req.headers.host}\`);
     const middleware = securityHeaders({ contentSecurityPolicy: { imgSrc: [host] } });
     createServer((req, res) => { middleware(req, res); res.end(nonceOf(res)); });
     createServer((req, res) => middleware(req, res, (error) => res.end(String(error))));`,
  ],
  [
    "node:https",
    `import { createServer } from "node:https";
     import { securityHeaders } from "portcullis";
     const middleware = securityHeaders();
     createServer({}, (req, res) => { middleware(req, res); res.end(); });`,
  ],
  [
    "node:http2",
    `import { createSecureServer, createServer } from "node:http2";
     import { securityHeaders } from "portcullis";
     const middleware = securityHeaders();
     createServer((req, res) => { middleware(req, res); res.end(); });
     createSecureServer({}, (req, res) => { middleware(req, res); res.end(); });`,
  ],
  [
    "renderHeaders: anything that takes a record of strings",
    `import { ServerResponse } from "node:http";
     import { definePolicy, parseHeaders, renderHeaders } from "portcullis";
     declare const res: ServerResponse;
     res.setHeaders(new Map(Object.entries(renderHeaders(definePolicy("strict")))));
     new Response("", { headers: renderHeaders(definePolicy("strict")) });
     parseHeaders(new Headers());
     parseHeaders(res.getHeaders());`,
  ],
];

const NOT_CALLED: readonly (readonly [where: string, statement: string])[] = [
  ["app.use(securityHeaders)", "app.use(securityHeaders)"],
  ["app.use(override)", "app.use(override)"],
  ['app.get("/", override, page)', 'app.get("/", override, (req, res) => void res.end())'],
];

describe.each(compilers)("Under TypeScript %s a middleware goes into", (_, ts) => {
  const head = 'import express from "express"; import { override, securityHeaders } from "portcullis"; const app = express();\n';
  const fixtures = [...SERVERS.map(([, program]) => program), ...NOT_CALLED.map(([, statement]) => `${head}${statement};\n`)];
  const found = compile(ts, Object.fromEntries(fixtures.map((text, index) => [`f${index}`, text])), {
    types: ["node"],
    exactOptionalPropertyTypes: true,
  });

  it.each(SERVERS.map(([where], index) => [where, `f${index}`] as const))("%s", (_where, file) => {
    expect(found[file]).toEqual([]);
  });

  it.each(NOT_CALLED.map(([where], index) => [where, `f${SERVERS.length + index}`] as const))("no %s, without the call", (_where, file) => {
    expect(found[file]).not.toEqual([]);
  });
});
