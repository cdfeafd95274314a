/** How a framework takes a policy, and how a test asks it. */
export interface Framework {
  readonly title: string;
  /** Packages by which a project is recognised. */
  readonly packages: readonly string[];
  /** The entry of Portcullis, and the name that is imported from it; undefined where no code sends the headers. */
  readonly entry: { readonly module: string; readonly name: string } | undefined;
  /** The lines that put the policy on the application, and what to know about their place. */
  readonly use: readonly string[];
  readonly place: string;
  readonly test: FrameworkTest;
}

/** How the written test gets a response. */
export interface FrameworkTest {
  readonly imports: readonly (readonly [what: string, module: string])[];
  readonly lines: readonly string[];
  /** The response, without a server of node:http. */
  readonly ask?: string;
  /** What ends it afterwards. */
  readonly close?: readonly string[];
  /** What `createServer` of node:http takes instead. */
  readonly listener?: string;
}

export type FrameworkName = "next" | "nest" | "fastify" | "koa" | "hono" | "express" | "connect" | "none";

/** Those that are built on others come first: they are found in the same package.json. */
export const FRAMEWORKS: Readonly<Record<FrameworkName, Framework>> = {
  next: {
    title: "Next",
    packages: ["next"],
    entry: { module: "portcullis/next", name: "nextHeaders" },
    use: ["headers: async () => nextHeaders(policy),", "poweredByHeader: false,"],
    place: "in its object; node_modules/portcullis/docs/next.md has stricter ways, by a nonce or by hashes",
    test: {
      imports: [],
      lines: [
        "const headers = new Headers();",
        "for (const entry of await nextHeaders(policy)) for (const { key, value } of entry.headers) headers.append(key, value);",
      ],
      ask: "{ headers }",
    },
  },
  nest: {
    title: "Nest, on Express or Fastify",
    packages: ["@nestjs/core"],
    entry: { module: "portcullis/nest", name: "secureNest" },
    use: ["secureNest(app, policy);"],
    place: "right after NestFactory.create",
    test: {
      imports: [
        ["{ Module }", "@nestjs/common"],
        ["{ NestFactory }", "@nestjs/core"],
      ],
      lines: [
        "class AppModule {}",
        "Module({})(AppModule);",
        "const app = await NestFactory.create(AppModule, { logger: false });",
        "secureNest(app, policy);",
        'await app.listen(0, "127.0.0.1");',
      ],
      ask: "await fetch(await app.getUrl())",
      close: ["await app.close();"],
    },
  },
  fastify: {
    title: "Fastify",
    packages: ["fastify"],
    entry: { module: "portcullis/fastify", name: "securityHeaders" },
    use: ["await app.register(securityHeaders(policy));"],
    place: "before the routes",
    test: {
      imports: [["Fastify", "fastify"]],
      lines: ["const app = Fastify();", "await app.register(securityHeaders(policy));", 'app.get("/", async () => "A page.");'],
      ask: 'await app.inject("/")',
    },
  },
  koa: {
    title: "Koa",
    packages: ["koa"],
    entry: { module: "portcullis/koa", name: "securityHeaders" },
    use: ["app.use(securityHeaders(policy));"],
    place: "before all other middleware",
    test: {
      imports: [["Koa", "koa"]],
      lines: [
        "const app = new Koa();",
        "app.use(securityHeaders(policy));",
        "app.use((context) => {",
        '  context.body = "A page.";',
        "});",
      ],
      listener: "app.callback()",
    },
  },
  hono: {
    title: "Hono",
    packages: ["hono"],
    entry: { module: "portcullis/fetch", name: "securityHeaders" },
    use: ["app.use(securityHeaders(policy));"],
    place: "before the routes",
    test: {
      imports: [["{ Hono }", "hono"]],
      lines: ["const app = new Hono();", "app.use(securityHeaders(policy));", 'app.get("/", (context) => context.text("A page."));'],
      ask: 'await app.request("/")',
    },
  },
  express: {
    title: "Express",
    packages: ["express"],
    entry: { module: "portcullis", name: "securityHeaders" },
    use: ["app.use(securityHeaders(policy));"],
    place: "before all other middleware",
    test: {
      imports: [["express", "express"]],
      lines: [
        "const app = express();",
        "app.use(securityHeaders(policy));",
        'app.get("/", (_request, response) => void response.send("A page."));',
      ],
      listener: "app",
    },
  },
  connect: {
    title: "Connect",
    packages: ["connect"],
    entry: { module: "portcullis", name: "securityHeaders" },
    use: ["app.use(securityHeaders(policy));"],
    place: "before all other middleware",
    test: {
      imports: [["connect", "connect"]],
      lines: [
        "const app = connect();",
        "app.use(securityHeaders(policy));",
        'app.use((_request, response) => void response.end("A page."));',
      ],
      listener: "app",
    },
  },
  none: {
    title: "no server in Node",
    packages: [],
    entry: undefined,
    use: [],
    place: "",
    test: {
      imports: [
        ["{ once }", "node:events"],
        ["{ createServer }", "node:http"],
        ["{ createProxy }", "portcullis/proxy"],
      ],
      lines: [
        'const application = createServer((_request, response) => void response.end("A page.")).listen(0, "127.0.0.1");',
        'await once(application, "listening");',
        "const at = application.address();",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: written into a file
        'const proxy = createProxy({ target: `http://127.0.0.1:${typeof at === "object" && at?.port}`, policy });',
        "const { port } = await proxy.listen({ port: 0 });",
      ],
      // biome-ignore lint/suspicious/noTemplateCurlyInString: written into a file
      ask: "await fetch(`http://127.0.0.1:${port}/`)",
      close: ["await proxy.close();", "application.close();"],
    },
  },
};

/** Nest on Fastify is created by an adapter. */
export function testOf(framework: FrameworkName, nestOnFastify: boolean): FrameworkTest {
  const { test } = FRAMEWORKS[framework];
  if (framework !== "nest" || !nestOnFastify) return test;
  return {
    ...test,
    imports: [...test.imports, ["{ FastifyAdapter }", "@nestjs/platform-fastify"]],
    lines: test.lines.map((line) => line.replace("create(AppModule,", "create(AppModule, new FastifyAdapter(),")),
  };
}
