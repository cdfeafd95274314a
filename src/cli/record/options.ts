import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { BrowserContextOptions } from "playwright-core";
import * as z from "zod/mini";
import { type Accepted, CONSENTS, type Consent, type Item, isOriginItem } from "../../record/proposal.js";
import { siteSecretsOf } from "../../record/site-secrets.js";
import { type Flow, VIEWPORTS, type WalkOptions } from "../../record/walk.js";
import { readSource } from "../../values/sources.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { usage } from "../arguments.js";
import type { Given } from "../command.js";
import { Failure } from "../failure.js";
import { addressesOf, authorizationOf, isBareAddress, readAddress } from "../input/address.js";
import { parseJson } from "../input/json.js";
import { readHeaderWords } from "../input/request-headers.js";
import { readText } from "../input/text.js";
import { secretsOf } from "../secrets.js";
import type { walkFlags } from "./flags.js";

const NAMES = Object.keys(VIEWPORTS);

/** What the options of a walk say, checked. */
export interface ReadWalk {
  readonly walk: WalkOptions;
  readonly context: BrowserContextOptions;
  readonly headers: Readonly<Record<string, string>>;
  readonly ignoresSitePolicy: boolean;
  /** Values of the command line and the storage state that no output may have. */
  readonly secrets: readonly string[];
}

/**
 * Reads the options of a walk.
 *
 * @throws {Failure} with all mistakes of the command line, or that of a file.
 */
export async function readWalk(command: string, address: string, given: Given<typeof walkFlags>): Promise<ReadWalk> {
  const wrong: string[] = [];
  const sent = headersOf(given.header ?? [], wrong);
  const viewports = [...new Set(given.viewport ?? ["desktop"])].flatMap((name) => {
    if (Object.hasOwn(VIEWPORTS, name)) return [VIEWPORTS[name as keyof typeof VIEWPORTS]];
    wrong.push(`--viewport: ${show(name)} is not a viewport. ${didYouMean(name, NAMES) || `Write ${oneOf(NAMES)}.`}`);
    return [];
  });
  if (wrong.length > 0) throw usage(wrong, command);
  const seconds = given.timeout ?? 15;
  const starts = [address, ...(given.start ?? [])].map(startOf);
  const headers = { ...credentialsOf(starts), ...sent };
  const storageState = given["storage-state"] === undefined ? undefined : await readState(given["storage-state"]);
  return {
    walk: {
      starts: starts.map(withoutCredentials),
      pages: given.pages ?? 50,
      depth: given.depth ?? 3,
      include: (given.include ?? []).map(globOf),
      exclude: (given.exclude ?? []).map(globOf),
      viewports,
      flow: given.script === undefined ? undefined : await readFlow(given.script),
      seconds,
      pictures: given["no-pictures"] !== true,
    },
    context: { ...(storageState !== undefined && { storageState }), ignoreHTTPSErrors: given.insecure === true },
    headers,
    ignoresSitePolicy: given["ignore-site-policy"] === true,
    secrets: [...secretsOf([address, ...(given.start ?? [])], headers), ...storedSecrets(starts, storageState)],
  };
}

/** An address, also one without its scheme: a public host over https, this machine over http. */
const startOf = (word: string): URL => (isBareAddress(word) ? addressesOf(word)[0] : readAddress(word));

/** Of the connection, and not of a request. */
const FIXED: ReadonlySet<string> = new Set(["host", "content-length", "connection", "transfer-encoding"]);

function headersOf(texts: readonly string[], wrong: string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readHeaderWords(texts, wrong, (name) => (FIXED.has(name.toLowerCase()) ? `the browser sets ${name} itself.` : undefined)),
  );
}

/** The header for the user name and password of an address, which a page could not ask for anything with if they stayed in its address. */
function credentialsOf(starts: readonly URL[]): Readonly<Record<string, string>> {
  const found = starts.map(authorizationOf).find((one) => one !== undefined);
  if (found === undefined) return {};
  // A header is sent to all start addresses.
  if (new Set(starts.map(({ origin }) => origin)).size === 1) return { Authorization: found };
  throw new Failure(["A user name and password are for one origin only. Leave them out, or record each origin by itself."], 2);
}

function withoutCredentials(address: URL): URL {
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url;
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

const PAIR = z.looseObject({ name: z.string(), value: z.string() });

/** What Playwright's `storageState()` writes; it checks the rest itself when it is used. */
const STATE = z.looseObject({
  cookies: z.array(
    z.looseObject({
      name: z.string().check(z.minLength(1)),
      value: z.string(),
      domain: z.string(),
      path: z.string(),
      expires: z.number(),
      httpOnly: z.boolean(),
      secure: z.boolean(),
      sameSite: z.enum(["Strict", "Lax", "None"]),
    }),
  ),
  origins: z.array(z.looseObject({ origin: z.string().check(z.refine((text) => URL.canParse(text))), localStorage: z.array(PAIR) })),
});

type State = z.infer<typeof STATE>;

async function readState(file: string): Promise<State> {
  const word = `--storage-state: ${file}`;
  const text = await readText(resolve(file), word, { bytes: LARGEST_STATE });
  const read = STATE.safeParse(jsonOf(text, word));
  if (read.success) return read.data;
  const place = read.error.issues[0]?.path.join(".") ?? "";
  throw new Failure(
    [
      `${word} is not a storage state${place === "" ? "" : ` (${place})`}. Write one with Playwright: await context.storageState({ path }).`,
    ],
    2,
  );
}

function jsonOf(text: string, word: string): unknown {
  try {
    return parseJson(text, word);
  } catch (error) {
    // JSON.parse quotes the text around the mistake, which may be a cookie.
    if (error instanceof Failure) throw new Failure([`${word} is not JSON.`], 2);
    throw error;
  }
}

/** What is a secret besides: every query and fragment of a start, and what the storage state has. */
function storedSecrets(starts: readonly URL[], state: State | undefined): readonly string[] {
  return [
    ...starts.flatMap(({ searchParams, hash }) => [...searchParams.values(), hash.slice(1)]),
    ...(state?.cookies ?? []).map(({ value }) => value),
    ...(state?.origins ?? []).flatMap(({ localStorage }) => localStorage.map(({ value }) => value)),
  ].flatMap(siteSecretsOf);
}

async function readFlow(file: string): Promise<Flow> {
  const word = `--script: ${file}`;
  // Read first: an import that fails names a file that the script imports, or the script.
  await readText(resolve(file), word, { bytes: LARGEST_STATE });
  const module = await importFlow(pathToFileURL(resolve(file)).href, word);
  if (typeof module.default === "function") return module.default as Flow;
  throw new Failure([`${word} has no function as its default export. Write export default async ({ page, visit }) => { … }.`], 2);
}

async function importFlow(address: string, word: string): Promise<{ readonly default?: unknown }> {
  try {
    return (await import(address)) as { default?: unknown };
  } catch (error) {
    const [line = ""] = String((error as Error)?.message ?? error).split("\n");
    throw new Failure([`${word} cannot be loaded: ${line.replace(/\.$/, "")}.`], 2);
  }
}

/** What the command line confirms: `--accept inline`, `--accept sha256-…`. */
export function consentsOf(words: readonly string[], command: string): Accepted {
  const read = words.map((word) => [word, consentOf(word)] as const);
  const wrong = read.filter(([, consent]) => consent === undefined);
  if (wrong.length > 0)
    throw usage(
      wrong.map(([word]) => `--accept: ${show(word)} cannot be accepted. ${hintFor(word)}`),
      command,
    );
  return new Set(read.flatMap(([, consent]) => consent ?? []));
}

/** A kind, or a single point: an origin, `blob:`, a hash; a hash may have the quotes that it has in a policy. */
function consentOf(word: string): Consent | Item | undefined {
  if (CONSENTS.includes(word as Consent) || word === "blob:" || isOriginItem(word)) return word as Consent | Item;
  const source = readSource(word.startsWith("'") ? word : `'${word}'`, "policy");
  if (source.kind !== "hash" || source.algorithm !== "sha256") return undefined;
  return `sha256-${Buffer.from(source.digest, "base64").toString("base64")}`;
}

function hintFor(word: string): string {
  if (/^'?sha/i.test(word)) return "Write a whole hash as the output has it: sha256- and 44 characters.";
  const origin = URL.canParse(word) ? new URL(word).origin : "";
  if (isOriginItem(origin)) return `Write the origin alone: ${origin}.`;
  return `Write ${oneOf(CONSENTS)}, or what the output names for one point, such as sha256-….`;
}
