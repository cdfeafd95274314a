// A Nest application: one policy for the site, decorators where a controller or a method needs another.
import "reflect-metadata";
import { fileURLToPath } from "node:url";
import { type CanActivate, Controller, Get, Injectable, Module, Render, UseGuards } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import type { NestExpressApplication } from "@nestjs/platform-express";
import { append, nonce } from "portcullis";
import { SecurityHeaders, secureNest } from "portcullis/nest";

@Controller()
class PagesController {
  // The site's policy. Nest hands Express's res.locals to the template, and there the nonce is, as cspNonce.
  @Get()
  @Render("home")
  home() {
    return { title: "Portcullis and Nest" };
  }

  // The same, but one partner may frame it.
  @Get("embed")
  @SecurityHeaders({
    xFrameOptions: false,
    contentSecurityPolicy: { frameAncestors: ["self", "https://partner.example"] },
    crossOriginResourcePolicy: "cross-origin",
  })
  @Render("home")
  embed() {
    return { title: "To be framed" };
  }
}

@Injectable()
class Nobody implements CanActivate {
  canActivate() {
    return false;
  }
}

// A preset is complete: it takes the place of the site's policy for the whole controller.
@Controller("api")
@SecurityHeaders("api")
class ApiController {
  @Get("data")
  data() {
    return { answer: 42 };
  }

  // A method's layers lie on its controller's; they are right on the guard's 403 too.
  @Get("secret")
  @UseGuards(Nobody)
  @SecurityHeaders({ referrerPolicy: "same-origin" })
  secret() {
    return { answer: 43 };
  }

  @Get("boom")
  boom() {
    throw new Error("boom");
  }
}

@Module({ controllers: [PagesController, ApiController] })
class AppModule {}

export async function createApp() {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, { logger: false });

  // Right after the application is made: for all that it answers, 404 included. On Fastify it is the same line.
  secureNest(app, { contentSecurityPolicy: { scriptSrc: append(nonce) } });

  app.setBaseViewsDir(fileURLToPath(new URL("views", import.meta.url)));
  app.setViewEngine("ejs");
  return app;
}
