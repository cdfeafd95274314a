import { expect, it } from "vitest";
import { ask, serveSecurely } from "../http/support.js";
import { NGINX, startNginx } from "./nginx.js";
import { describeServer } from "./support.js";

describeServer("nginx", NGINX, (files, httpsPort) => startNginx("include portcullis.conf;", files, httpsPort));

it("a test server over TLS has a certificate that the tests trust", async () => {
  const port = await serveSecurely((_req, res) => void res.end("x"));
  expect((await ask(port, "/", { secure: true })).status).toBe(200);
});
