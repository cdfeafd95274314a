import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { type BuiltSite, buildSite, writeSite } from "./build.js";
import { type ServedSite, serveSite } from "./serve.js";

/** Beside the bundle of main.mjs. */
const CACHE = "node_modules/.cache/portcullis-docs/highlighted.json";

const HELP = `npm run docs -- [options]         build the documentation and serve it on 127.0.0.1
npm run docs:build -- [options]   build it only

  --out <folder>     where to write it; default: site/dist
  --path </folder/>  the path that it is served under; default: /
  --base <origin>    the address of the site, such as https://docs.example, for a sitemap and canonical addresses
  --port <number>    the port of npm run docs; default: 4173, or the next one that is free
  --watch            npm run docs builds again on each change
`;

/** The options of the command. */
export interface Given {
  readonly out: string;
  readonly path: string;
  readonly base: string | undefined;
  readonly port: number;
  readonly serve: boolean;
  readonly watch: boolean;
  readonly help: boolean;
}

/**
 * Reads the arguments of `npm run docs` and `npm run docs:build`.
 *
 * @throws {Error} for an option that is unknown or has a wrong value: which one, what came, what to write.
 */
export function readArguments(args: readonly string[]): Given {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const options = { out: text, path: text, base: text, port: text, serve: flag, watch: flag, help: flag };
  const { values } = parseArgs({ args: [...args], options });
  const { out = "site/dist", path = "/", base, port = "4173", serve, watch, help } = values;
  if (!/^\/(?:[A-Za-z0-9._~-]+\/)*$/.test(path))
    throw wrong("--path", path, "Write a path with a slash at both ends, such as /portcullis/.");
  if (base !== undefined && !isOrigin(base)) throw wrong("--base", base, "Write an origin without a path, such as https://docs.example.");
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw wrong("--port", port, "Write a number from 0 to 65535.");
  return { out: resolve(out), path, base, port: Number(port), serve, watch, help };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:/.test(text) && new URL(text).origin === text;
}

function wrong(option: string, value: string, hint: string): Error {
  return new Error(`${option}: ${JSON.stringify(value)} cannot be used. ${hint}`);
}

/**
 * Builds the site, and serves it with `--serve`.
 *
 * @param args the arguments of the command.
 * @param served what an earlier call serves: it gets the new build, and the new one listens nowhere.
 * @returns what is served, if anything is.
 */
export async function run(args: readonly string[], served?: ServedSite): Promise<ServedSite | undefined> {
  const given = readArguments(args);
  if (given.help) return void process.stdout.write(HELP);
  const start = performance.now();
  const site = await buildSite({ path: given.path, base: given.base, cache: CACHE });
  writeSite(site, given.out);
  process.stdout.write(`${summary(site)}, ${((performance.now() - start) / 1_000).toFixed(1)} s: ${given.out}\n`);
  if (served !== undefined) served.replace(site);
  if (served !== undefined || !given.serve) return served;
  const started = await serveSite(site, given);
  process.stdout.write(`Documentation: ${started.url}\n`);
  return started;
}

function summary({ pages, files }: BuiltSite): string {
  const bytes = [...files.values()].reduce((sum, content) => sum + Buffer.byteLength(content), 0);
  return `${pages.length} pages, ${files.size} files, ${(bytes / 1_000_000).toFixed(1)} MB`;
}
