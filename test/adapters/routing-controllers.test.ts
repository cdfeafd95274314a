import "reflect-metadata";
import { createRequire } from "node:module";
import express from "express";
import { describe, expect, it } from "vitest";
import * as portcullis from "../../src/index.js";
import { securityHeaders } from "../../src/index.js";
import { type Answer, ask, express4, ours, serve, tellError } from "../http/support.js";
import { compileLegacy, run } from "./fixtures/decorators/compile.js";

// As its users on CommonJS have it: the copy that its own Express belongs to.
const require = createRequire(import.meta.url);
const routing = require("routing-controllers") as typeof import("routing-controllers");
const itsOwn = createRequire(require.resolve("routing-controllers"))("express") as typeof express;

const SITE = { "Content-Security-Policy": "default-src 'self'", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer" };

const SOURCE = `
  import { ForbiddenError, Get, JsonController, Param, UseBefore } from "routing-controllers";
  import { append, override } from "portcullis";

  @JsonController("/pages")
  @UseBefore(override({ referrerPolicy: "origin" }))
  export class Pages {
    @Get("/plain") plain() { return { a: "page" }; }
    @Get("/embed") @UseBefore(override({ xFrameOptions: false })) embed() { return { a: "page" }; }
    @Get("/over") @UseBefore(override({ referrerPolicy: "same-origin" })) over() { return { a: "page" }; }
    @Get("/boom") @UseBefore(override({ xFrameOptions: false })) boom() { throw new Error("boom"); }
    @Get("/forbidden") @UseBefore(override({ xFrameOptions: false })) forbidden() { throw new ForbiddenError("No."); }
    @Get("/number/:id") @UseBefore(override({ xFrameOptions: false })) number(@Param("id") id: number) { return { id }; }
    @Get("/missing") @UseBefore(override({ xFrameOptions: false })) missing() { return undefined; }
    @Get("/unfit") @UseBefore(override({ contentSecurityPolicy: { formAction: append("https://pay.example") } })) unfit() { return { a: "page" }; }
  }
`;

const MODULES = { "routing-controllers": routing, portcullis };

const EXPRESSES = [
  { version: "its own Express", make: itsOwn },
  { version: "Express 4", make: express4 },
  { version: "Express 5", make: express },
] as const;

describe.each(EXPRESSES)("routing-controllers on $version", ({ make }) => {
  async function sent(path: string, ...last: readonly express.ErrorRequestHandler[]): Promise<Pick<Answer, "status" | "headers" | "body">> {
    // Its registry is global; the classes are made anew with each application.
    routing.getMetadataArgsStorage().reset();
    const controllers = Object.values(run(compileLegacy(SOURCE), MODULES)) as (new () => unknown)[];
    const app = make();
    app.disable("x-powered-by");
    app.set("env", "test");
    app.use(
      securityHeaders("none", { contentSecurityPolicy: { defaultSrc: ["self"] }, xFrameOptions: "DENY", referrerPolicy: "no-referrer" }),
    );
    routing.useExpressServer(app, { controllers: controllers as never });
    for (const one of last) app.use(one);
    const answer = await ask(await serve(app), path);
    return { status: answer.status, headers: ours(answer), body: answer.body };
  }

  const EMBED = { "Content-Security-Policy": "default-src 'self'", "Referrer-Policy": "origin" };

  it("sends a controller's policy", async () => {
    expect((await sent("/pages/plain")).headers).toEqual({ ...SITE, "Referrer-Policy": "origin" });
  });

  it("sends an action's policy over its controller's", async () => {
    expect((await sent("/pages/embed")).headers).toEqual(EMBED);
    expect((await sent("/pages/over")).headers).toEqual({ ...SITE, "Referrer-Policy": "same-origin" });
  });

  it.each([
    ["a thrown error", "/pages/boom", 500],
    ["an error of its own", "/pages/forbidden", 403],
    ["a parameter that is no number", "/pages/number/seven", 400],
    ["an action that finds nothing", "/pages/missing", 404],
  ])("sends the action's policy on %s", async (_what, path, status) => {
    const { headers, ...answer } = await sent(path);
    expect({ status: answer.status, headers }).toEqual({ status, headers: EMBED });
  });

  it("goes to the error handler where an override does not fit, and keeps the controller's policy", async () => {
    const { status, headers, body } = await sent("/pages/unfit", tellError);
    expect({ status, headers }).toEqual({ status: 500, headers: { ...SITE, "Referrer-Policy": "origin" } });
    expect(JSON.parse(body)).toMatchObject({ code: "unresolved-edit", path: "contentSecurityPolicy.formAction" });
  });

  it("sends the site's policy on a 404, but for the CSP of Express's own page", async () => {
    const { status, headers } = await sent("/nowhere");
    expect({ status, headers }).toEqual({
      status: 404,
      headers: { ...SITE, "Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff" },
    });
  });
});
