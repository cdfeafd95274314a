import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type Audit, audit } from "../src/audit/index.js";
import { check } from "../src/cli/commands/check.js";
import { terminal } from "../src/cli/terminal.js";
import { definePolicy, type HeaderSet, PolicyError, renderHeaders } from "../src/index.js";
import { html, type Markup } from "../src/reports/page/html.js";
import { type SitePage, TAGLINE } from "./site.js";
import { ICONS } from "./theme/icons.js";

type Score = Audit["score"];

/** What Express answers without Portcullis. */
const TEXT = "text/html; charset=utf-8";
const BARE: HeaderSet = { "X-Powered-By": "Express", "Content-Type": TEXT };

/** The program of the front page. */
export const PROGRAM = `import express from "express";
import { securityHeaders } from "portcullis";

const app = express();
app.use(securityHeaders());
app.get("/", (req, res) => res.send("<h1>Hello</h1>"));
app.listen(3000);`;

/**
 * The front page. Whatever it shows of Portcullis is made here and now by Portcullis: the headers, the error, the output of `check`,
 * the scores.
 */
export async function startPage(): Promise<SitePage> {
  const [before, after] = [audit(BARE).score, audit(renderHeaders(definePolicy("recommended"))).score];
  return {
    path: "",
    title: TITLE,
    label: "In two minutes",
    description: TAGLINE,
    group: ["Start"],
    layout: "start",
    hero: hero(before, after),
    body: `
## In two minutes

\`\`\`sh
npm install portcullis
\`\`\`

\`\`\`js
${PROGRAM}
\`\`\`

Every response now has these headers, and no \`X-Powered-By\`:

\`\`\`http
${httpText(renderHeaders(definePolicy("recommended")))}
\`\`\`

Connect and \`node:http\` take the same middleware. [Koa, Fastify, Nest, Hono and Workers](/guides/frameworks), and
[Next](/guides/next), take the same policy through an entry of their own. If your application is not written for Node, or cannot set
headers, [print the policy for its server](/guides/deploy) or [put the proxy in front](/guides/proxy), as for [Streamlit](/guides/streamlit).

## Mistakes stop the server, not the visitors

A policy is checked when it is made. The error names the path, what came, and what to write:

\`\`\`
${misspelt()}
\`\`\`

## Check what a site sends

\`check\` reads an address, headers or a policy. Each finding says how to fix it. This is the program above without the line
\`app.use(securityHeaders())\`:

\`\`\`console
$ curl -sI http://localhost:3000 > before.txt
$ npx portcullis check before.txt
${firstLines(await checked("before.txt", BARE))}
\`\`\`

And with that line:

\`\`\`console
$ curl -sI http://localhost:3000 > after.txt
$ npx portcullis check after.txt
…
${scoreLine(await checked("after.txt", { ...renderHeaders(definePolicy("recommended")), "Content-Type": TEXT }))}
\`\`\`

## Record what a site needs

Write no source list by hand. \`record\` walks through the site in a browser, proposes a policy, and visits the same pages with
that policy enforced. \`prove\` repeats it in CI:

\`\`\`sh
npm install --save-dev playwright-core
npx portcullis record http://localhost:3000 --policy strict --out policy.mjs
npx portcullis prove http://localhost:3000 --policy policy.mjs
\`\`\`

The whole way, on a shop with inline scripts and a login: [From no policy to an enforced one](/guides/rollout).

## Where to go next

${NEXT.map(([title, path, text]) => `- **[${title}](${path})** ${text}`).join("\n")}
`,
  };
}

const TITLE = "Security headers from one typed policy";

/** The head of the page: what it is, and what it changes. */
function hero(before: Score, after: Score): Markup {
  const score = (name: string, { points, grade }: Score, what: Markup) =>
    html`<div class="score ${name}"><b>${grade} <small>${points}</small></b> ${what}</div>`;
  return html`<div class="hero">
<div>
<h1>${TITLE}</h1>
<p>For Express, Koa, Fastify, Nest, Hono, Next and plain Node; and for nginx, Caddy or a CDN in front of any other application.</p>
<p>${TAGLINE}</p>
<p class="actions"><a class="primary" href="#in-two-minutes">Start in two minutes</a> <a href="#where-to-go-next">Find a guide</a></p>
</div>
<figure class="scores">
${score("bad", before, html`Express as it is`)}
${ICONS.arrow}
${score("good", after, html`<span>with <code>securityHeaders()</code></span>`)}
<figcaption>Grade and points by the scoring of the MDN HTTP Observatory.</figcaption>
</figure>
</div>`;
}

const NEXT: readonly (readonly [title: string, path: string, text: string])[] = [
  ["Change the policy", "/guides/overrides", "Presets, patches, and a different policy for a route."],
  ["Third parties", "/guides/services", "Recipes for Stripe, Google Analytics and others, by name."],
  ["Inline scripts", "/guides/nonces", "Nonces for rendered pages, hashes for built ones."],
  ["Roll it out", "/guides/rollout", "Record, prove, enforce, watch."],
  ["Servers and CDNs", "/guides/deploy", "The same headers from nginx, Caddy, Cloudflare, Vercel and others."],
  ["Streamlit", "/guides/streamlit", "Headers for a Python application: one command, no Node project."],
  ["From helmet", "/guides/helmet", "What differs, and how each option is written here."],
];

function httpText(headers: HeaderSet): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join("\n");
}

function misspelt(): string {
  const scriptSrc: readonly string[] = ["self", "slef"];
  try {
    definePolicy("recommended", { contentSecurityPolicy: { scriptSrc } } as never);
  } catch (error) {
    if (error instanceof PolicyError) return `PolicyError: ${error.message}`;
  }
  throw new Error('site/start.ts: "slef" was accepted as a source. Show another mistake.');
}

/** Lines of the output of `check` that the front page shows. */
const SHOWN = 22;

/** What `portcullis check` prints for the headers in a file of this name. */
async function checked(name: string, headers: HeaderSet): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "portcullis-docs-"));
  const file = join(folder, name);
  let text = "";
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  }) as unknown as NodeJS.Process["stdout"] & NodeJS.Process["stderr"];
  try {
    await writeFile(file, `HTTP/1.1 200 OK\n${httpText(headers)}\n\n`);
    await check.run({}, [file], terminal({ stdout: stream, stderr: stream }), { policy: async () => undefined });
  } finally {
    await rm(folder, { recursive: true });
  }
  return text.replaceAll(file, name);
}

function firstLines(output: string): string {
  return `${output.split("\n").slice(0, SHOWN).join("\n")}\n…\n${scoreLine(output)}`;
}

function scoreLine(output: string): string {
  return output.split("\n").find((line) => line.startsWith("Score:")) ?? "";
}
