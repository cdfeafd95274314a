import http from "node:http";
import { join } from "node:path";
import { skipWithout } from "../peers.js";
import { folderWith, found, freePort, start } from "./support.js";
import { wheelPeer, wheelProgram } from "./wheels.js";

export const caddy = { name: "caddy", found: found("caddy"), get: "apt-get install caddy" };

/** The one of the packages of the system, and a newer one, each as a program. */
export const CADDIES: readonly (readonly [name: string, program: string])[] = [
  ["caddy", "caddy"],
  ...(skipWithout("a newer Caddy beside the one of the system", [wheelPeer("caddy")])
    ? []
    : [["a newer caddy", wheelProgram("caddy")] as const]),
];

/** A Caddy that takes one configuration after the other, until the test is over. */
export async function adminOf(program: string): Promise<{ readonly load: (text: string, globals?: string) => Promise<void> }> {
  const port = await freePort();
  const globals = (more: string) => `{\n\tadmin 127.0.0.1:${port}\n\tauto_https off\n${more}}\n`;
  const folder = folderWith({ Caddyfile: globals("") });
  const environment = [`XDG_CONFIG_HOME=${folder}`, `XDG_DATA_HOME=${folder}`];
  await start(port, "env", ...environment, program, "run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile");
  return { load: (text, more = "") => post(port, globals(more) + text) };
}

function post(port: number, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "text/caddyfile", "Content-Length": Buffer.byteLength(text) };
    const request = http.request({ host: "127.0.0.1", port, path: "/load", method: "POST", headers, agent: false }, async (response) => {
      let said = "";
      for await (const chunk of response) said += chunk;
      if (response.statusCode === 200) resolve();
      else reject(new Error(`Caddy does not take the configuration: ${said}`));
    });
    request.on("error", reject).end(text);
  });
}
