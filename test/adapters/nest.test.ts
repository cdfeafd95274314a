import "reflect-metadata";
import * as common from "@nestjs/common";
import * as core from "@nestjs/core";
import { ExpressAdapter, type NestExpressApplication } from "@nestjs/platform-express";
import { FastifyAdapter, type NestFastifyApplication } from "@nestjs/platform-fastify";
import * as rxjs from "rxjs";
import { describe, expect, it, onTestFinished } from "vitest";
import * as nest from "../../src/adapters/nest.js";
import { SecurityHeaders, SecurityHeadersGuard, secureNest } from "../../src/adapters/nest.js";
import * as portcullis from "../../src/index.js";
import { PolicyError, perRequest, policyOf } from "../../src/index.js";
import { type Answer, ask, type Question, say } from "../http/support.js";
import { check, compileLegacy, run } from "./fixtures/decorators/compile.js";

const SITE_LAYERS = [
  "none",
  { contentSecurityPolicy: { defaultSrc: ["self"] }, xFrameOptions: "DENY", referrerPolicy: "no-referrer", stripHeaders: ["X-Powered-By"] },
] as const;

const SITE = { "Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer" };

/** Nest's decorators stand on parameters too, which only the legacy emit has. */
const SOURCE = `
  import { Body, CanActivate, Catch, Controller, Get, Header, HttpException, Injectable, Module, Param, ParseIntPipe, Post, Redirect, Req, Res, Sse, StreamableFile, UseGuards, Version } from "@nestjs/common";
  import { APP_GUARD } from "@nestjs/core";
  import { of } from "rxjs";
  import { append, nonce, nonceOf } from "portcullis";
  import { SecurityHeaders } from "portcullis/nest";

  const raw = (res: any) => res.raw ?? res;

  @Injectable()
  class Nobody { canActivate() { return false; } }

  /** A guard of the module, which Nest knows before the application is made. */
  @Injectable()
  class NobodyAsked { canActivate(context: any) { return context.switchToHttp().getRequest().headers["x-reject"] === undefined; } }

  @Controller("pages")
  @SecurityHeaders({ referrerPolicy: "origin" })
  class Pages {
    @Get("plain") plain() { return "A page."; }
    @SecurityHeaders({ xFrameOptions: false }) @Get("embed") embed() { return "A page."; }
    @Get("below") @SecurityHeaders({ xFrameOptions: false }) below() { return "A page."; }
    @Get("forbidden") @UseGuards(Nobody) @SecurityHeaders({ xFrameOptions: false }) forbidden() { return "A page."; }
    @Get("number/:id") @SecurityHeaders({ xFrameOptions: false }) number(@Param("id", ParseIntPipe) id: number) { return { id }; }
    @Get("boom") @SecurityHeaders({ xFrameOptions: false }) boom() { throw new Error("boom"); }
    @Get("teapot") @SecurityHeaders({ xFrameOptions: false }) teapot() { throw new HttpException("A teapot.", 418); }
    @Get("moved") @Redirect("/elsewhere", 301) @SecurityHeaders({ xFrameOptions: false }) moved() {}
    @Get("header") @Header("X-Frame-Options", "SAMEORIGIN") header() { return "A page."; }
    @Get("res") @SecurityHeaders({ xFrameOptions: false }) res(@Res() res: any) { res.status(200).send("A page."); }
    @Get("passthrough") @SecurityHeaders({ xFrameOptions: false }) passthrough(@Res({ passthrough: true }) res: any) { res.header("X-Own", "1"); return "A page."; }
    @Get("stream") @SecurityHeaders({ xFrameOptions: false }) stream() { return new StreamableFile(Buffer.from("A file.")); }
    @Sse("events") @SecurityHeaders({ xFrameOptions: false }) events() { return of({ data: "an event" }); }
    @Get("nonce") @SecurityHeaders({ contentSecurityPolicy: { scriptSrc: ["self", nonce] } }) nonce(@Res({ passthrough: true }) res: any) { return nonceOf(raw(res)); }
    @Get("unfit") @SecurityHeaders({ contentSecurityPolicy: { formAction: append("https://pay.example") } }) unfit() { return "A page."; }
    @Post("form") @SecurityHeaders({ xFrameOptions: false }) form(@Body() body: any) { return body; }
    @Version("2") @Get("versioned") @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" }) versioned() { return "A page."; }
  }

  @SecurityHeaders({ referrerPolicy: "same-origin" })
  abstract class Base {
    @Get("inherited") @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" }) inherited() { return "A page."; }
    @Get("overridden") @SecurityHeaders({ xFrameOptions: "SAMEORIGIN" }) overridden() { return "A page."; }
  }

  @Controller("children")
  class Children extends Base { @Get("overridden") overridden() { return "A child's page."; } }

  @Controller("bound")
  class Bound {
    constructor() { this.home = this.home.bind(this); }
    @Get() @SecurityHeaders({ xFrameOptions: false }) home() { return "A page."; }
  }

  @Controller("bare")
  class Bare { @Get() home() { return "A page."; } }

  @Module({ controllers: [Pages, Children, Bound, Bare], providers: [{ provide: APP_GUARD, useClass: NobodyAsked }] })
  export class AppModule {}
`;

const MODULES = { "@nestjs/common": common, "@nestjs/core": core, rxjs, portcullis, "portcullis/nest": nest };
const { AppModule } = run(compileLegacy(SOURCE), MODULES) as { AppModule: new () => unknown };

const ADAPTERS = [
  { name: "Express", adapter: () => new ExpressAdapter() },
  { name: "Fastify", adapter: () => new FastifyAdapter() },
] as const;

type App = NestExpressApplication | NestFastifyApplication;

async function create(adapter: ExpressAdapter | FastifyAdapter, prepare: (app: App) => void): Promise<App> {
  const app = await core.NestFactory.create<App>(AppModule, adapter as never, { logger: false });
  onTestFinished(() => app.close());
  prepare(app);
  return app;
}

/** Listens until the test is over. */
async function listen(adapter: ExpressAdapter | FastifyAdapter, prepare: (app: App) => void = (app) => secureNest(app, ...SITE_LAYERS)) {
  const app = await create(adapter, prepare);
  await app.listen(0, "127.0.0.1");
  return (app.getHttpServer().address() as { port: number }).port;
}

/** The headers that one of the policies here may have, whatever their case. */
function policyHeaders({ headers }: Answer): Record<string, string> {
  const names = new Map([...Object.keys(SITE), "X-Powered-By"].map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const known = names.get(name.toLowerCase());
      return known === undefined ? [] : [[known, value] as const];
    }),
  );
}

function twice({ names }: Answer): string[] {
  const lower = names.map((name) => name.toLowerCase());
  return lower.filter((name, index) => lower.indexOf(name) !== index);
}

const CSP = SITE["Content-Security-Policy"];

describe.each(ADAPTERS)("Nest on $name", ({ name, adapter }) => {
  /** Status and policy headers of one request to the application. */
  async function sent(path: string, question: Question = {}, prepare?: (app: App) => void) {
    const answer = await ask(await listen(adapter(), prepare), path, question);
    expect(twice(answer)).toEqual([]);
    return { status: answer.status, headers: policyHeaders(answer), body: answer.body };
  }

  const EMBED = { "Content-Security-Policy": CSP, "Referrer-Policy": "origin" };

  it("sends the site's policy where nothing is decorated", async () => {
    expect(await sent("/bare")).toMatchObject({ status: 200, headers: SITE });
  });

  it("sends a controller's policy", async () => {
    expect(await sent("/pages/plain")).toMatchObject({ status: 200, headers: { ...SITE, "Referrer-Policy": "origin" } });
  });

  it.each(["embed", "below"])("sends a method's policy over its controller's, above and below Nest's decorators: %s", async (path) => {
    const { status, headers } = await sent(`/pages/${path}`);
    expect({ status, headers }).toEqual({ status: 200, headers: EMBED });
  });

  it.each([
    ["a guard's 403", "/pages/forbidden", 403],
    ["a pipe's 400", "/pages/number/seven", 400],
    ["a thrown 500", "/pages/boom", 500],
    ["a thrown 418", "/pages/teapot", 418],
    ["a redirect", "/pages/moved", 301],
  ])("sends the method's policy on %s", async (_what, path, expected) => {
    const { status, headers } = await sent(path);
    expect({ status, headers }).toEqual({ status: expected, headers: EMBED });
  });

  it("runs before the guards of modules: their 403 has the method's policy too", async () => {
    const { status, headers } = await sent("/pages/embed", { headers: { "x-reject": "yes" } });
    expect({ status, headers }).toEqual({ status: 403, headers: EMBED });
  });

  it("sends the site's policy on a 404", async () => {
    const { status, headers } = await sent("/nowhere");
    expect({ status, headers }).toEqual({ status: 404, headers: SITE });
  });

  it("sends the site's policy where the body cannot be parsed", async () => {
    const port = await listen(adapter());
    const head = [
      "POST /pages/form HTTP/1.1",
      "Host: a.example",
      "Connection: close",
      "Content-Type: application/json",
      "Content-Length: 1",
    ];
    const text = await say(port, [...head, "", "{"]);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text.toLowerCase()).toContain("\r\nx-frame-options: deny\r\n");
  });

  it("sends the site's policy on a malformed URL", async () => {
    const { status, headers } = await sent("/pages/number/%");
    expect({ status, headers }).toEqual({ status: 400, headers: SITE });
  });

  it.each(["res", "passthrough", "stream", "events"])("sends the method's policy however the handler answers: %s", async (path) => {
    const { status, headers } = await sent(`/pages/${path}`);
    expect({ status, headers }).toEqual({ status: 200, headers: EMBED });
  });

  it("leaves the last word to Nest's own @Header", async () => {
    const { headers } = await sent("/pages/header");
    expect(headers).toEqual({ "Content-Security-Policy": CSP, "Referrer-Policy": "origin", "X-Frame-Options": "SAMEORIGIN" });
  });

  it("gives a route's nonce to its handler", async () => {
    const { headers, body } = await sent("/pages/nonce");
    expect(body).toMatch(/^[A-Za-z0-9+/]{22}==$/);
    expect(headers["Content-Security-Policy"]).toBe(`default-src 'self'; script-src 'self' 'nonce-${body}'`);
  });

  it("applies a base class's decorators to the methods that a controller inherits or overrides", async () => {
    const inherited = { "Content-Security-Policy": CSP, "Referrer-Policy": "same-origin", "X-Frame-Options": "SAMEORIGIN" };
    expect((await sent("/children/inherited")).headers).toEqual(inherited);
    expect((await sent("/children/overridden")).headers).toEqual(inherited);
  });

  it("knows a method that was bound in the constructor", async () => {
    expect((await sent("/bound")).headers).toEqual({ "Content-Security-Policy": CSP, "Referrer-Policy": "no-referrer" });
  });

  it("works under a global prefix and with versions", async () => {
    const { status, headers } = await sent("/api/v2/pages/versioned", {}, (app) => {
      app.setGlobalPrefix("api");
      app.enableVersioning();
      secureNest(app, ...SITE_LAYERS);
    });
    expect({ status, headers }).toEqual({
      status: 200,
      headers: { "Content-Security-Policy": CSP, "Referrer-Policy": "origin", "X-Frame-Options": "SAMEORIGIN" },
    });
  });

  /** An application that tells what its exception filter got. */
  const telling =
    (...layers: readonly portcullis.Layer[]) =>
    (app: App) => {
      secureNest(app, ...layers);
      app.useGlobalFilters({
        catch(error: unknown, host: common.ArgumentsHost) {
          const told = error instanceof PolicyError ? { code: error.code, path: error.path } : { code: "other" };
          app.getHttpAdapter().reply(host.switchToHttp().getResponse(), told, 500);
        },
      });
    };

  it("tells Nest's exception filters of an override that does not fit, and keeps the site's policy", async () => {
    const { status, headers, body } = await sent("/pages/unfit", {}, telling(...SITE_LAYERS));
    expect({ status, headers }).toEqual({ status: 500, headers: SITE });
    expect(JSON.parse(body)).toEqual({ code: "unresolved-edit", path: "contentSecurityPolicy.formAction" });
  });

  it("tells them of a slot that failed, and sends the policy without it", async () => {
    const failing = perRequest(() => {
      throw new Error("no such tenant");
    });
    const { status, headers, body } = await sent(
      "/bare",
      {},
      telling(...SITE_LAYERS, { contentSecurityPolicy: { imgSrc: ["self", failing] } }),
    );
    expect({ status, headers }).toEqual({
      status: 500,
      headers: { ...SITE, "Content-Security-Policy": "default-src 'self'; img-src 'self'" },
    });
    expect(JSON.parse(body)).toEqual({ code: "slot-failed", path: "contentSecurityPolicy.imgSrc" });
  });

  it("starts from the recommended preset", async () => {
    const { headers } = await sent("/bare", {}, (app) => secureNest(app));
    expect(headers["X-Frame-Options"]).toBe("SAMEORIGIN");
    expect(headers).not.toHaveProperty("X-Powered-By");
  });

  it.each(["before", "after"])(
    "leaves Nest's protection against forged requests in force, mounted %s it, and its 403 has the policy",
    async (when) => {
      const question = { method: "POST", headers: { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" } };
      const { status, headers } = await sent("/pages/form", question, (app) => {
        if (when === "after") app.enableCsrfProtection();
        secureNest(app, ...SITE_LAYERS);
        if (when === "before") app.enableCsrfProtection();
      });
      // On Express what is mounted first answers first.
      const expected = name === "Express" && when === "after" ? expect.anything() : SITE;
      expect({ status, headers }).toEqual({ status: 403, headers: expected });
    },
  );

  it("covers middleware of the application that answers by itself", async () => {
    const { status, headers } = await sent("/answered", {}, (app) => {
      secureNest(app, ...SITE_LAYERS);
      app.use((req: { url: string }, res: { end(text: string): void }, next: () => void) =>
        req.url === "/answered" ? res.end("By a middleware.") : next(),
      );
    });
    expect({ status, headers }).toEqual({ status: 200, headers: SITE });
  });

  it("tells in force what is sent", async () => {
    let frames: unknown;
    await sent("/pages/embed", {}, (app) => {
      secureNest(app, ...SITE_LAYERS);
      app.useGlobalInterceptors({
        intercept(context: common.ExecutionContext, next: common.CallHandler) {
          const res = context.switchToHttp().getResponse();
          frames = policyOf(res.raw ?? res)?.resolved["xFrameOptions"] ?? "off";
          return next.handle();
        },
      });
    });
    expect(frames).toBe("off");
  });

  it("refuses an application that is initialised already", async () => {
    const app = await create(adapter(), () => undefined);
    await app.init();
    expect(() => secureNest(app, "strict")).toThrow(
      "secureNest: the application is already initialised, and its routes would not use the guard. Write secureNest(app, …) right after NestFactory.create, before app.init() and app.listen().",
    );
  });

  it("tells at boot all that is wrong with the policy", async () => {
    const app = await create(adapter(), () => undefined);
    expect(() => secureNest(app, { xFrameOption: "DENY" } as never, { referrerPolicy: "orgin" } as never)).toThrow("2 mistakes");
  });
});

describe("Fastify", () => {
  it("has the policy where a request is injected", async () => {
    const app = (await create(new FastifyAdapter(), (one) => secureNest(one, ...SITE_LAYERS))) as NestFastifyApplication;
    await app.init();
    const { statusCode, headers } = await app.inject("/pages/embed");
    expect({ statusCode, csp: headers["content-security-policy"] }).toEqual({ statusCode: 200, csp: CSP });
    expect(headers).not.toHaveProperty("x-frame-options");
  });

  it.each(["/bare", "/nowhere"])("has it on an adapter that has no place ahead of middleware: %s", async (path) => {
    const adapter = new FastifyAdapter();
    delete (adapter as unknown as { securityHook?: unknown }).securityHook;
    expect(policyHeaders(await ask(await listen(adapter), path))).toEqual(SITE);
  });

  it("tells of a slot that failed there too", async () => {
    const adapter = new FastifyAdapter();
    delete (adapter as unknown as { securityHook?: unknown }).securityHook;
    const port = await listen(adapter, (app) =>
      secureNest(app, ...SITE_LAYERS, { contentSecurityPolicy: { imgSrc: ["self", perRequest(() => "no source")] } }),
    );
    const answer = await ask(port, "/bare");
    expect(answer.status).toBe(500);
    expect(policyHeaders(answer)).toEqual({ ...SITE, "Content-Security-Policy": "default-src 'self'; img-src 'self'" });
  });
});

describe("the guard alone", () => {
  class Pages {
    home(): void {}
  }
  SecurityHeaders({ xFrameOptions: "DENY" })(Pages);

  it.each(["ws", "rpc", "graphql"])("lets pass what is no HTTP request: %s", (type) => {
    const context = { getType: () => type } as never;
    expect(new SecurityHeadersGuard().canActivate(context)).toBe(true);
  });

  it("says what is missing where no policy is in force", async () => {
    const controller = `
      import { Controller, Get, Module } from "@nestjs/common";
      import { APP_GUARD } from "@nestjs/core";
      import { SecurityHeaders, SecurityHeadersGuard } from "portcullis/nest";
      @Controller() class Pages { @Get() @SecurityHeaders({ xFrameOptions: "DENY" }) home() { return "A page."; } }
      @Module({ controllers: [Pages], providers: [{ provide: APP_GUARD, useClass: SecurityHeadersGuard }] }) export class One {}
    `;
    const { One } = run(compileLegacy(controller), MODULES) as { One: new () => unknown };
    const app = await core.NestFactory.create<NestExpressApplication>(One, new ExpressAdapter(), { logger: false });
    onTestFinished(() => app.close());
    let told: unknown;
    app.useGlobalFilters({
      catch(error: unknown, host: common.ArgumentsHost) {
        told = error;
        host.switchToHttp().getResponse().status(500).send("No.");
      },
    });
    await app.listen(0, "127.0.0.1");
    expect((await ask((app.getHttpServer().address() as { port: number }).port)).status).toBe(500);
    expect(told).toMatchObject({ code: "no-policy" });
  });
});

it("says what to write where the application is forgotten", () => {
  expect(() => secureNest("strict" as never)).toThrow(
    'secureNest: "strict" is not a Nest application. Write secureNest(app, …), with the application of NestFactory.create.',
  );
});

describe.each(["5.9", "5.4"] as const)("TypeScript %s", (ts) => {
  it("takes Nest's applications, contexts and guards, and refuses wrong literals", () => {
    const messages = check(
      ts,
      true,
      `import { NestFactory } from "@nestjs/core"; import { CanActivate, ExecutionContext } from "@nestjs/common";
       import { NestExpressApplication } from "@nestjs/platform-express"; import { NestFastifyApplication } from "@nestjs/platform-fastify";
       import { secureNest, SecurityHeaders, SecurityHeadersGuard } from "src/adapters/nest.js"; import { append } from "src/index.js";
       class AppModule {}
       secureNest(await NestFactory.create(AppModule));
       secureNest(await NestFactory.create<NestExpressApplication>(AppModule), "strict", { contentSecurityPolicy: { imgSrc: append("https://img.example") } });
       secureNest(await NestFactory.create<NestFastifyApplication>(AppModule), false, "development");
       export const guard: CanActivate = new SecurityHeadersGuard();
       export const passes = (context: ExecutionContext) => new SecurityHeadersGuard().canActivate(context);
       secureNest(await NestFactory.create(AppModule), { xFrameOption: "DENY" });
      `,
    );
    expect(messages).toEqual([{ line: 10, message: expect.stringContaining("xFrameOption") }]);
  });
});

describe("how a request came to Nest", () => {
  const HSTS = "max-age=600";
  const trusting = (one: ExpressAdapter | FastifyAdapter) => {
    if (one instanceof ExpressAdapter) one.set("trust proxy", true);
    return one;
  };

  it.each<[string, () => ExpressAdapter | FastifyAdapter, string | undefined]>([
    ["Express that trusts nobody", () => new ExpressAdapter(), HSTS],
    ["Express that trusts the proxy", () => trusting(new ExpressAdapter()), undefined],
    ["Fastify that trusts nobody", () => new FastifyAdapter(), HSTS],
    ["Fastify that trusts the proxy", () => new FastifyAdapter({ trustProxy: true }), undefined],
  ])("is known by X-Forwarded-Proto http on %s", async (_, adapter, expected) => {
    const port = await listen(adapter(), (app) => secureNest(app, "none", { strictTransportSecurity: { maxAge: 600 } }));
    const headers = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http" };
    expect((await ask(port, "/pages/plain", { headers })).headers["Strict-Transport-Security"]).toBe(expected);
  });
});
