// A shop of four pages, with six third parties by the tags that their documentation gives.
import { fileURLToPath } from "node:url";
import express from "express";
import { securityHeaders } from "portcullis";
import { keys } from "./keys.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const PRODUCTS = [
  { id: "lantern", name: "Lantern", price: 40 },
  { id: "rope", name: "Rope, 10 m", price: 15 },
];

export function createApp(policy) {
  const app = express();
  app.set("views", here("views"));
  app.set("view engine", "ejs");
  // A page that a browser may ask for again by its ETag keeps its old nonce.
  app.set("etag", false);

  // Every template can read cspNonce (from res.locals) and the keys of the vendors.
  app.use(securityHeaders(policy));
  app.locals.keys = keys;
  app.use("/static", express.static(here("static")));

  // Try /?search=<script>alert(1)</script>. The template writes the search unescaped, on purpose: that is the mistake
  // that a policy is there for. The script has no nonce, and does not run.
  app.get("/", (req, res) => res.render("products", { title: "Products", products: PRODUCTS, search: String(req.query.search ?? "") }));

  app.get("/products/:id", (req, res, next) => {
    const product = PRODUCTS.find(({ id }) => id === req.params.id);
    if (product === undefined) return next();
    res.render("product", { title: product.name, product });
  });
  app.get("/checkout", (_req, res) => res.render("checkout", { title: "Checkout" }));
  app.get("/contact", (_req, res) => res.render("contact", { title: "Contact" }));
  // Here a real shop asks https://www.google.com/recaptcha/api/siteverify about g-recaptcha-response.
  app.post("/contact", (_req, res) => res.render("thanks", { title: "Thank you" }));

  // Express's own error page would replace the Content-Security-Policy.
  app.use((_req, res) => res.status(404).render("missing", { title: "Not found" }));
  return app;
}
