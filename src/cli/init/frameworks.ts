/** How a framework takes a policy, and how a test asks it. */
export interface Framework {
  readonly title: string;
  /** Packages by which a project is recognised. */
  readonly packages: readonly string[];
  /** The entry of Portcullis, and the name that is imported from it; undefined where no code sends the headers. */
  readonly entry: { readonly module: string; readonly name: string } | undefined;
  /** The line that puts the policy on the application, and what to know about its place. */
  readonly use: string;
  readonly place: string;
  /** How the written test makes an application of it; a server of node:http where there is none. */
  readonly test?: {
    readonly imports: readonly (readonly [what: string, module: string])[];
    readonly lines: readonly string[];
    /** How a response is got without a server. */
    readonly ask?: string;
    /** What `createServer` takes. */
    readonly listener?: string;
  };
}

export type FrameworkName = "next" | "nest" | "fastify" | "koa" | "hono" | "express" | "none";

/** Those that are built on others come first: they are found in the same package.json. */
export const FRAMEWORKS: Readonly<Record<FrameworkName, Framework>> = {
  next: {
    title: "Next",
    packages: ["next"],
    entry: { module: "portcullis/next", name: "nextHeaders" },
    use: "headers: async () => nextHeaders(policy),",
    place: "in the object of next.config; docs/next.md has stricter ways, by a nonce or by hashes",
  },
  nest: {
    title: "Nest, on Express or Fastify",
    packages: ["@nestjs/core"],
    entry: { module: "portcullis/nest", name: "secureNest" },
    use: "secureNest(app, policy);",
    place: "right after NestFactory.create",
  },
  fastify: {
    title: "Fastify",
    packages: ["fastify"],
    entry: { module: "portcullis/fastify", name: "securityHeaders" },
    use: "await app.register(securityHeaders(policy));",
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
    use: "app.use(securityHeaders(policy));",
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
    use: "app.use(securityHeaders(policy));",
    place: "before the routes",
    test: {
      imports: [["{ Hono }", "hono"]],
      lines: ["const app = new Hono();", "app.use(securityHeaders(policy));", 'app.get("/", (context) => context.text("A page."));'],
      ask: 'await app.request("/")',
    },
  },
  express: {
    title: "Express or Connect",
    packages: ["express", "connect"],
    entry: { module: "portcullis", name: "securityHeaders" },
    use: "app.use(securityHeaders(policy));",
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
  none: { title: "no server in Node", packages: [], entry: undefined, use: "", place: "" },
};
