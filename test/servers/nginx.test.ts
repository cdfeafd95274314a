import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ask, serveSecurely } from "../http/support.js";
import { describeServer, folderWith, found, start } from "./support.js";

const nginx = { name: "nginx", found: found("nginx"), get: "apt-get install nginx-light" };

const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${kind};`).join(" ");
const MAIN = `user root; daemon off; pid nginx.pid; error_log stderr crit; events {}\nhttp { access_log off; ${temporary}\ninclude portcullis.conf; }\n`;

describeServer("nginx", nginx, async (files, httpsPort) => {
  const folder = folderWith({ "nginx.conf": MAIN, ...files });
  execFileSync("nginx", ["-t", "-q", "-p", folder, "-c", join(folder, "nginx.conf")]);
  await start(httpsPort, "nginx", "-p", folder, "-c", join(folder, "nginx.conf"));
});

it("a test server over TLS has a certificate that the tests trust", async () => {
  const port = await serveSecurely((_req, res) => void res.end("x"));
  expect((await ask(port, "/", { secure: true })).status).toBe(200);
});
