// A small site with a policy for all of it, and routes that change it.
import { fileURLToPath } from "node:url";
import express from "express";
import { append, nonce, nonceOf, observe, override, securityHeaders } from "portcullis";

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
<script>
  document.getElementById("greeting").textContent = "A script without a nonce ran: this must never show.";
</script>
<ul>
  <li><a href="/embed">/embed</a>, a page that a partner may frame</li>
  <li><a href="/api/data">/api/data</a>, an answer in JSON</li>
  <li><a href="/preview">/preview</a>, a stricter policy that only reports</li>
  <li><a href="/nowhere">/nowhere</a> and <a href="/boom">/boom</a>, a 404 and a 500</li>
</ul>`,
  );

export function createApp({ log = () => {} } = {}) {
  const app = express();

  // The policy of the whole site, before everything that answers.
  app.use(securityHeaders({ contentSecurityPolicy: { scriptSrc: append(nonce) }, reporting: "/csp-report" }));
  app.use("/static", express.static(fileURLToPath(new URL("static", import.meta.url))));

  app.get("/", (_req, res) => res.send(home(res)));

  const embeddable = override({
    xFrameOptions: false,
    contentSecurityPolicy: { frameAncestors: ["self", "https://partner.example"] },
    crossOriginResourcePolicy: "cross-origin",
  });
  app.get("/embed", embeddable, (_req, res) => res.send(page("To be framed", "<p>By this site and one partner.</p>")));

  app.use("/api", override("api"));
  app.get("/api/data", (_req, res) => res.json({ answer: 42 }));

  app.get("/preview", override(observe("strictDynamic")), (_req, res) => res.send(page("Preview", "<p>Watched, not blocked.</p>")));

  // Over plain http Chromium sends nothing here: where report-to stands it passes over report-uri, and it takes
  // Reporting-Endpoints from https only. Behind TLS the reports arrive.
  const reports = express.json({ type: ["application/csp-report", "application/reports+json"], limit: "64kb" });
  app.post("/csp-report", reports, (req, res) => {
    // A body of another type is not parsed, and undefined; JSON keeps a report's line breaks out of the log.
    log(`report: ${JSON.stringify(req.body ?? null).slice(0, 200)}`);
    res.sendStatus(204);
  });

  app.get("/boom", () => {
    throw new Error("boom");
  });

  // Express's own error pages would replace the Content-Security-Policy; with handlers of our own it stays.
  app.use((_req, res) => res.status(404).send(page("Not found", "<p>There is no such page.</p>")));
  app.use((error, _req, res, _next) => {
    // A body that is no JSON is the sender's fault: express.json says 400.
    res.status(error.status ?? 500).send(page("Something broke", "<p>That did not work.</p>"));
  });
  return app;
}
