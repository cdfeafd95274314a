import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import { CONSENTS, type Consent } from "../../record/proposal.js";
import { type Flow, VIEWPORTS, type WalkOptions } from "../../record/walk.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { usage } from "../arguments.js";
import type { Given } from "../command.js";
import { Failure } from "../failure.js";
import { readAddress } from "../input/address.js";
import { parseJson } from "../input/json.js";
import { readText } from "../input/text.js";
import type { walkFlags } from "./flags.js";

const NAMES = Object.keys(VIEWPORTS);

/** What the options of a walk say, checked. */
export interface ReadWalk {
  readonly walk: WalkOptions;
  readonly context: BrowserContextOptions;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Reads the options of a walk.
 *
 * @throws {Failure} with all mistakes of the command line, or that of a file.
 */
export async function readWalk(command: string, address: string, given: Given<typeof walkFlags>): Promise<ReadWalk> {
  const wrong: string[] = [];
  const headers = headersOf(given.header ?? [], wrong);
  const viewports = (given.viewport ?? ["desktop"]).flatMap((name) => {
    if (Object.hasOwn(VIEWPORTS, name)) return [VIEWPORTS[name as keyof typeof VIEWPORTS]];
    wrong.push(`--viewport: ${show(name)} is not a viewport. ${didYouMean(name, NAMES) || `Write ${oneOf(NAMES)}.`}`);
    return [];
  });
  if (wrong.length > 0) throw usage(wrong, command);
  const starts = [address, ...(given.start ?? [])].map(readAddress);
  const storageState = given["storage-state"] === undefined ? undefined : await readState(given["storage-state"]);
  return {
    walk: {
      starts,
      pages: given.pages ?? 50,
      depth: given.depth ?? 3,
      include: (given.include ?? []).map(globOf),
      exclude: (given.exclude ?? []).map(globOf),
      viewports,
      flow: given.script === undefined ? undefined : await readFlow(given.script),
      seconds: given.timeout ?? 15,
      pictures: given["no-pictures"] !== true,
    },
    context: { ...(storageState !== undefined && { storageState }), ignoreHTTPSErrors: given.insecure === true },
    headers,
  };
}

function headersOf(texts: readonly string[], wrong: string[]): Readonly<Record<string, string>> {
  const headers: [string, string][] = [];
  for (const text of texts) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~\w]+):[ \t]*([\x20-\x7e]*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined) wrong.push(`--header: ${show(text)} is not a header. Write "Authorization: Bearer …".`);
    else headers.push([name, value]);
  }
  return Object.fromEntries(headers);
}

/** A pattern for paths: `*` is any text without `/`, `**` any text. */
export function globOf(glob: string): RegExp {
  const parts = glob.split(/(\*+)/).map((part) => {
    if (/^\*+$/.test(part)) return part.length > 1 ? ".*" : "[^/]*";
    return part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&");
  });
  return new RegExp(`^${parts.join("")}(?:\\?.*)?$`, "s");
}

const LARGEST_STATE = 10_000_000;

async function readState(file: string): Promise<Exclude<BrowserContextOptions["storageState"], undefined>> {
  const state = parseJson(await readText(resolve(file), file, { bytes: LARGEST_STATE }), file) as { cookies?: unknown; origins?: unknown };
  if (!Array.isArray(state?.cookies) || !Array.isArray(state.origins)) {
    throw new Failure([`${file} is not a storage state. Write one with Playwright: await context.storageState({ path: "${file}" }).`]);
  }
  return state as Exclude<BrowserContextOptions["storageState"], undefined>;
}

async function readFlow(file: string): Promise<Flow> {
  const path = resolve(file);
  try {
    await readFile(path);
  } catch {
    throw new Failure([`--script: ${file} cannot be read.`], 2);
  }
  const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
  if (typeof module.default === "function") return module.default as Flow;
  throw new Failure([`${file} exports no function. Write export default async ({ page, visit }) => { await visit("/"); };`]);
}

/** What the command line confirms: `--accept inline`, `--accept-inline`. */
export function consentsOf(words: readonly string[], command: string): ReadonlySet<Consent> {
  const wrong = words.filter((word) => !CONSENTS.includes(word as Consent));
  if (wrong.length > 0)
    throw usage(
      wrong.map((word) => `--accept: ${show(word)} cannot be accepted. Write ${oneOf(CONSENTS)}.`),
      command,
    );
  return new Set(words as readonly Consent[]);
}
