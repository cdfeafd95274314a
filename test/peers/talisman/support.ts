import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CERTIFICATE } from "../../http/support.js";
import { installPackages } from "../../python.js";

/** The folder of Flask's virtual environment, outside the repository. */
const FOLDER = process.env["PORTCULLIS_TALISMAN"] ?? join(homedir(), ".cache/portcullis-talisman");

const PYTHON = join(FOLDER, "bin/python");
const OLDER = join(FOLDER, "talisman-1.0.0");

/** One Flask-Talisman that is here. */
export interface Talisman {
  readonly version: string;
  readonly python: string;
  /** Where it lies, if not beside Flask. */
  readonly path?: string;
}

/** How a person gets both versions. */
export const howToGetTalisman =
  `python3 -m venv ${FOLDER} && ${PYTHON} -m pip install flask==3.1.3 flask-talisman==1.1.0 && ` +
  `${PYTHON} -m pip install --no-deps --target ${OLDER} flask-talisman==1.0.0`;

const runs = (program: string, ...args: readonly string[]) => spawnSync(program, args, { stdio: "ignore" }).status === 0;

/** Gets what is not here yet; where there is no Python, or no network, it stays away and the suite says so. */
export function installTalisman(): void {
  if (!runs(PYTHON, "-c", "import flask_talisman")) installPackages(FOLDER, "flask==3.1.3", "flask-talisman==1.1.0");
  if (!existsSync(OLDER)) installPackages(FOLDER, "--no-deps", "--target", OLDER, "flask-talisman==1.0.0");
}

/** Every Flask-Talisman that is here: the virtual environment's, or else the system's, such as Debian's python3-flask-talisman. */
export function talismans(): readonly Talisman[] {
  const candidates: readonly Omit<Talisman, "version">[] = [{ python: PYTHON }, { python: PYTHON, path: OLDER }, { python: "python3" }];
  const found = candidates.flatMap((candidate): Talisman[] => {
    if (candidate.path !== undefined && !existsSync(candidate.path)) return [];
    const script = "import flask, flask_talisman, importlib.metadata; print(importlib.metadata.version('flask-talisman'))";
    const { status, stdout } = spawnSync(candidate.python, ["-c", script], { encoding: "utf8", env: environment(candidate) });
    return status === 0 ? [{ version: stdout.trim(), ...candidate }] : [];
  });
  return found.filter(({ version }, index) => found.findIndex((other) => other.version === version) === index);
}

function environment({ path }: { readonly path?: string }): NodeJS.ProcessEnv {
  return path === undefined ? process.env : { ...process.env, PYTHONPATH: path };
}

/** What Talisman is told about one site. */
export interface FlaskSite {
  readonly talisman: Readonly<Record<string, unknown>>;
  readonly debug?: boolean;
  readonly tls?: boolean;
}

/** Where a site is, or why Talisman would not have it. */
export interface FlaskPorts {
  readonly port: number;
  readonly tls?: number;
  readonly error?: string;
}

const APP = fileURLToPath(new URL("app.py", import.meta.url));
const fixture = (name: string) => fileURLToPath(new URL(`../../http/fixtures/${name}`, import.meta.url));

/** Starts one process for all sites; `stop` ends it. */
export async function startFlask(
  talisman: Talisman,
  sites: Readonly<Record<string, FlaskSite>>,
): Promise<{ readonly sites: Readonly<Record<string, FlaskPorts>>; stop(): void }> {
  const asked = JSON.stringify({ certificate: fixture("localhost-cert.pem"), key: fixture("localhost-key.pem"), sites });
  const child = spawn(talisman.python, [APP, asked], { env: environment(talisman), stdio: ["pipe", "pipe", "pipe"] });
  const line = await firstLine(child);
  return { ...(JSON.parse(line) as { sites: Record<string, FlaskPorts> }), stop: () => void child.kill() };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let [out, errors] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      out += chunk;
      if (out.includes("\n")) resolve(out);
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      errors += chunk;
    });
    child.on("error", reject);
    child.on("exit", (code) => reject(new Error(`Flask ended with ${code}: ${errors}`)));
  });
}

/** An answer, as far as it is compared. */
export interface Compared {
  readonly status: number;
  readonly location: string | undefined;
  /** All but what servers send by themselves, by names in lower case; of a nonce only that it is one. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names with their attributes in lower case and in order, without values. */
  readonly cookies: readonly string[];
  /** Whether the page carries the header's nonce, where there is one. */
  readonly stamped: boolean;
}

export interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tls?: boolean;
}

const THEIRS = /^(?:allow|connection|content-length|content-type|date|etag|keep-alive|location|server|set-cookie|transfer-encoding|vary)$/;

const NONCE = /'nonce-([^']+)'/g;

/** One request, for a host that is not this machine. */
export function question(port: number, path: string, { method = "GET", headers = {}, tls = false }: Request = {}): Promise<Compared> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { Host: "site.example", ...headers },
      agent: false,
      ca: CERTIFICATE.cert,
    };
    // The certificate is for the address, not for the host that is asked for.
    const request = tls
      ? https.request({ ...options, servername: "localhost", checkServerIdentity: () => undefined })
      : http.request(options);
    request.on("error", reject);
    request.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(compared(response, body)));
    });
    request.end();
  });
}

function compared({ statusCode = 0, headers }: http.IncomingMessage, body: string): Compared {
  const lines = Object.entries(headers).filter(([name]) => !THEIRS.test(name)) as [string, string][];
  const nonce = lines.map(([, value]) => value.match(/'nonce-([^']+)'/)?.[1]).find((found) => found !== undefined);
  return {
    status: statusCode,
    location: headers.location,
    headers: Object.fromEntries(lines.map(([name, value]) => [name, value.replace(NONCE, "'nonce-…'")])),
    cookies: (headers["set-cookie"] ?? []).map(withoutValue).sort(),
    stamped: nonce !== undefined && body.includes(`nonce="${nonce}"`),
  };
}

function withoutValue(line: string): string {
  const [pair = "", ...attributes] = line.split(/; */);
  return [pair.split("=")[0], ...attributes.map((attribute) => attribute.toLowerCase()).sort()].join("; ");
}
