import { createHash, X509Certificate } from "node:crypto";
import { chmodSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { program } from "../browser/support.js";
import { CERTIFICATE, listen } from "../http/support.js";
import { write } from "./run.js";

/** The shop of docs/rollout.md before it has a policy: Express and EJS, as somebody wrote it who did not think of one. */
export const SHOP: Readonly<Record<string, string>> = {
  "app.mjs": `
import express from "express";

const app = express();
// headers
app.set("view engine", "ejs");
app.use(express.static("public"));
app.use(express.urlencoded());

const products = { 1: "Lamp", 2: "Chair" };
app.get("/", (req, res) => res.render("home", { products }));
app.get("/products/:id", (req, res) => res.render("product", { id: req.params.id, name: products[req.params.id] }));
app.get("/login", (req, res) => res.render("login"));
app.post("/login", (req, res) => {
  if (req.body.password !== "secret") return res.status(403).render("login");
  res.cookie("session", "1", { httpOnly: true }).redirect("/account");
});
app.get("/account", (req, res) => {
  if (!/session=1/.test(req.headers.cookie ?? "")) return res.redirect("/login");
  res.render("account");
});
app.get("/logout", (req, res) => res.clearCookie("session").redirect("/"));

const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
`,
  "views/head.ejs": `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Shop</title>
<link rel="stylesheet" href="/shop.css">
<script>window.stats = { queue: [] };</script>
<script src="https://stats.example/stats.js" async></script>
<nav style="display: flex"><a href="/">Shop</a> <a href="/account">Account</a></nav>
`,
  "views/home.ejs": `<%- include("head") %>
<h1>Products</h1>
<ul><% for (const id in products) { %><li><a href="/products/<%= id %>"><%= products[id] %></a></li><% } %></ul>
<p id="news"></p>
<script>document.getElementById("news").textContent = "Open until six";</script>
`,
  "views/product.ejs": `<%- include("head") %>
<h1><%= name %></h1>
<img src="/product.svg" alt="">
<button onclick="add(product)">Add to cart</button>
<p id="cart"></p>
<script>const product = <%- JSON.stringify({ id, name }) %>;</script>
<script src="/cart.js"></script>
`,
  "views/login.ejs": `<%- include("head") %>
<form method="post" action="/login">
<label>Name <input name="name"></label> <label>Password <input name="password" type="password"></label> <button>Log in</button>
</form>
`,
  "views/account.ejs": `<%- include("head") %>
<h1>Your account</h1>
<p id="hello"></p>
<a href="/logout">Log out</a>
<script>document.getElementById("hello").textContent = "You are logged in";</script>
`,
  "public/shop.css": "body { font-family: sans-serif }",
  "public/cart.js": `function add({ name }) { document.getElementById("cart").innerHTML = "<b>" + name + "</b> is in the cart."; }`,
  "public/product.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="80"><circle cx="40" cy="40" r="30"/></svg>`,
};

/** A script that reports each page to its own host, and images. */
const STATS = `fetch("https://stats.example/visit", { method: "POST", body: location.pathname });`;

/** Serves stats.example and images.example until the test is over; returns the port. */
export function serveOthers(): Promise<number> {
  const server = https.createServer(CERTIFICATE, (req, res) => {
    const [type, body] = req.url === "/stats.js" ? ["text/javascript", STATS] : ["image/svg+xml", SHOP["public/product.svg"]];
    const headers = { "Content-Type": type, "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*" };
    if (req.method === "POST") res.writeHead(204, headers).end();
    else res.writeHead(200, headers).end(body);
  });
  return listen(server);
}

/** A program `./chromium` for --browser, in which stats.example and images.example are a server of this machine. */
export function writeBrowser(folder: string, port: number): void {
  const key = new X509Certificate(CERTIFICATE.cert).publicKey.export({ type: "spki", format: "der" });
  const flags = [
    `"--host-resolver-rules=MAP stats.example:443 127.0.0.1:${port}, MAP images.example:443 127.0.0.1:${port}"`,
    `"--ignore-certificate-errors-spki-list=${createHash("sha256").update(key).digest("base64")}"`,
    '"--disable-features=LocalNetworkAccessChecks"',
  ];
  // The last --disable-features counts.
  write(folder, { chromium: `#!/bin/sh\nexec '${program}' "$@" --disable-gpu ${flags.join(" ")}\n` });
  chmodSync(join(folder, "chromium"), 0o755);
}
