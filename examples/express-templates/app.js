// Pages from templates, their inline scripts allowed by a nonce: EJS, Pug, and one page with the strictest preset.
import { fileURLToPath } from "node:url";
import express from "express";
import { append, nonce, override, securityHeaders } from "portcullis";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export function createApp() {
  const app = express();
  app.set("views", here("views"));

  // The nonce in the policy, and nothing else to do: Express hands res.locals to every template, and there it is, as
  // cspNonce. It is another one for each response, so a page with a nonce must not be kept by a cache that others share.
  app.use(securityHeaders("strict", { contentSecurityPolicy: { scriptSrc: append(nonce), styleSrc: append(nonce) } }));
  app.use("/static", express.static(here("static")));

  // Two engines, the same words: nonce="<%= cspNonce %>" in EJS, nonce=cspNonce in Pug.
  app.get("/", (req, res) => res.render("guestbook.ejs", { comment: commentOf(req) }));
  app.get("/pug", (req, res) => res.render("guestbook.pug", { comment: commentOf(req) }));

  // Scripts by nonce and what they load themselves, Trusted Types, cross-origin isolation. Styles come from files only.
  app.get("/widget", override("strictDynamic"), (req, res) => res.render("widget.ejs", { comment: commentOf(req) }));
  return app;
}

// Try /?comment=<script>document.title="taken over"</script>. The templates write it as it is, which is the mistake
// that a policy is there for: the script has no nonce, and does not run.
const commentOf = (req) => String(req.query.comment ?? "Lovely place.");
