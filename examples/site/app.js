// A small site with a policy for all of it, and routes that change it.
import { fileURLToPath } from "node:url";
import express from "express";
import { append, definePolicy, nonce, nonceOf, override, securityHeaders } from "portcullis";
import { collectReports, memoryStore, reportsPage } from "portcullis/reports";

const page = (title, body) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="stylesheet" href="/static/site.css">
<h1>${title}</h1>
${body}
</html>
`;

const home = (res) =>
  page(
    "Portcullis",
    `<p><img src="/static/gate.svg" alt="A gate" width="96" height="96"></p>
<p id="greeting">The script did not run.</p>
<script nonce="${nonceOf(res)}">
  document.getElementById("greeting").textContent = "The script with this response's nonce ran.";
</script>
<form action="/search"><input name="q" aria-label="Search"> <button>Search</button></form>
<ul>
  <li><a href="/embed">/embed</a>, a page that a partner may frame</li>
  <li><a href="/api/data">/api/data</a>, an answer in JSON</li>
  <li><a href="/boom">/boom</a>, a page that fails</li>
</ul>`,
  );

/** The site; `onGroup` is called with each new group of reports. */
export function createApp({ onGroup } = {}) {
  const app = express();

  // The policy of the whole site, before everything that answers. Over plain http Chromium sends reports to report-uri alone:
  // on a site with https write reporting: "/csp-report" instead, which sets up every header.
  const policy = definePolicy("recommended", { contentSecurityPolicy: { scriptSrc: append(nonce), reportUri: ["/csp-report"] } });
  app.use(securityHeaders(policy));
  app.use("/static", express.static(fileURLToPath(new URL("static", import.meta.url))));

  app.get("/", (_req, res) => res.send(home(res)));

  // The mistake that a policy is for: text of a visitor becomes HTML.
  app.get("/search", (req, res) => res.send(page("Search", `<p id="query">Nothing was found for ${req.query.q}.</p>`)));

  const embeddable = override({
    xFrameOptions: false,
    contentSecurityPolicy: { frameAncestors: ["self", "https://partner.example"] },
    crossOriginResourcePolicy: "cross-origin",
  });
  app.get("/embed", embeddable, (_req, res) => res.send(page("To be framed", "<p>By this site and one partner.</p>")));

  app.use("/api", override("api"));
  app.get("/api/data", (_req, res) => res.json({ answer: 42 }));

  const store = memoryStore();
  app.use("/csp-report", collectReports({ store, onGroup, flushMs: 50 }));
  // For everyone, because this is a demo: in production reportsPage requires a middleware that authenticates, and behindAuth: true.
  app.use("/reports", reportsPage({ store, policy }));

  app.get("/boom", () => {
    throw new Error("boom");
  });

  // Express's own error pages would replace the Content-Security-Policy; with handlers of our own it stays in force.
  app.use((_req, res) => res.status(404).send(page("Not found", "<p>There is no such page.</p>")));
  app.use((error, _req, res, _next) => {
    res.status(error.status ?? 500).send(page("Something broke", "<p>That did not work.</p>"));
  });
  return app;
}
