import { spawn } from "node:child_process";
import http from "node:http";
import { onTestFinished } from "vitest";

/** Runs an example as its reader does, on a free port and with these variables, until the test is over. Returns its URL, without a slash at the end. */
export function start(example: string, environment: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(process.execPath, [`examples/${example}/main.js`], { env: { ...process.env, PORT: "0", ...environment } });
  const closed = new Promise<void>((resolve) => child.on("close", () => resolve()));
  onTestFinished(() => {
    child.kill();
    return closed;
  });
  return new Promise((resolve, reject) => {
    let said = "";
    const listen = (chunk: Buffer) => {
      said += chunk;
      const [url] = /http:\/\/localhost:\d+/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    child.on("close", () => reject(new Error(`${example} ended: ${said}`)));
  });
}

export interface Page {
  readonly status: number;
  /** What the policy sends: without what Node, Express and its static files send by themselves. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const THEIRS = /^(?:accept-ranges|cache-control|connection|content-length|content-type|date|etag|keep-alive|last-modified)$/i;

/** One request over a connection of its own, names in the case in which they were sent. */
export function load(url: string): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("error", reject);
      response.on("end", () => {
        const raw = response.rawHeaders;
        const pairs = Array.from(
          { length: raw.length / 2 },
          (_, index) => [raw[2 * index] as string, raw[2 * index + 1] as string] as const,
        );
        resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(pairs.filter(([name]) => !THEIRS.test(name))), body });
      });
    });
    request.on("error", reject);
  });
}

/** Every nonce that a text names, in a policy or in a page. */
export function noncesOf(text: string): readonly string[] {
  return [...text.matchAll(/nonce[-=]"?([A-Za-z0-9+/]+={0,2})/g)].map(([, value]) => value as string);
}

/** The headers that "strict" sends beside the policy, and every example with it. */
export const STRICT = {
  "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
  "X-Frame-Options": "DENY",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Origin-Agent-Cluster": "?1",
  "X-DNS-Prefetch-Control": "off",
  "X-Permitted-Cross-Domain-Policies": "none",
  "X-XSS-Protection": "0",
} as const;
