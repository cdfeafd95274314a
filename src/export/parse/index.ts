import { policyError } from "../../errors.js";
import { type Option, readOptions } from "../../middleware/options.js";
import type { Policy } from "../../policy/policy.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { readApache } from "./apache.js";
import { readCaddy } from "./caddy.js";
import { readEnvoy } from "./envoy.js";
import { readHaproxy } from "./haproxy.js";
import { readHeadersFile } from "./headers-file.js";
import { readKubernetesGateway } from "./kubernetes-gateway.js";
import { budgetOf, LIMITS, type Note } from "./limits.js";
import { readNginx } from "./nginx.js";
import { policiesOf } from "./policies.js";
import type { ReadSite } from "./site.js";
import { type ReadFiles, type Source, sourcesOf } from "./sources.js";
import { readTraefik } from "./traefik.js";
import { readVercel } from "./vercel.js";

/** Each reads one kind of configuration: the servers in it. */
const formats = {
  nginx: readNginx,
  apache: readApache,
  caddy: readCaddy,
  /** Of Cloudflare and Netlify. */
  _headers: readHeadersFile,
  vercel: readVercel,
  haproxy: readHaproxy,
  traefik: readTraefik,
  envoy: readEnvoy,
  "kubernetes-gateway": readKubernetesGateway,
} satisfies Readonly<Record<string, (source: Source, note: Note) => readonly ReadSite[]>>;

/** A configuration that {@link parseConfig} reads; `_headers` is the file of Netlify and of Cloudflare. */
export type ConfigFormat = keyof typeof formats;

/** A line that was not read, or not as it stands. */
export interface ConfigNote {
  /** The file, as `ParseOptions` or an include calls it; undefined where the text has no name. */
  readonly file?: string | undefined;
  /** The first line of the file is 1. */
  readonly line: number;
  /** What stands there. */
  readonly text: string;
  readonly message: string;
  /** Whether something may be sent, or not sent, that the policy has otherwise. Where false, the note tells how a line was read, and nothing more. */
  readonly differs: boolean;
}

/** How a configuration is read. */
export interface ParseOptions {
  /** What the text is called in notes: `"/etc/nginx/nginx.conf"`. */
  readonly file?: string | undefined;
  /** Gives the files that are included; without it each include is a note. */
  readonly files?: ReadFiles | undefined;
}

/** The security headers of a configuration. */
export interface ParsedConfig {
  /** For all paths that no route means; begins with `none`. */
  readonly policy: Policy;
  /** Paths as `exportPolicy` takes them, the broadest first; each policy is all that holds there, and begins with `none`. */
  readonly routes: readonly { readonly path: string; readonly policy: Policy }[];
  /** By line. */
  readonly notes: readonly ConfigNote[];
}

/**
 * Reads the security headers out of a configuration that is there already, so that a site can move in.
 *
 * What is sent under a condition, differs per response or is no valid header becomes a note, and nothing is left out without one.
 * Headers that Portcullis has no key for stand under `custom`, those that are taken away under `stripHeaders`. Files that are
 * included are not read. Whether nginx or Apache send a header with errors too is not told apart: Portcullis always does.
 *
 * @param format what the text is, such as `"nginx"`.
 * @param text all of the file; for nginx, Apache and Caddy a part that is to be included will do.
 * @param options what the text is called, and the files that it includes.
 * @returns policies by path, and what was not understood.
 * @throws {PolicyError} for a format that does not exist, where the text is none of its format (the path names the line), and where it is too
 *   much: more than 1,048,576 characters, 100 blocks in each other, or 50,000 directives, snippets and variables written out.
 */
export function parseConfig(format: ConfigFormat, text: string, options: ParseOptions = {}): ParsedConfig {
  const read = Object.hasOwn(formats, format) ? formats[format] : unknownFormat(format);
  if (typeof text !== "string") {
    throw policyError("wrong-type", ["parseConfig"], `${show(text)} is no text`, `Write parseConfig(${JSON.stringify(format)}, "…").`);
  }
  const { file, files } = readOptions<ParseOptions>("parseConfig", options, OPTIONS);
  const sources = sourcesOf(format, file === undefined ? { text } : { path: file, text }, files, LIMITS.text);
  const notes = new Map<string, ConfigNote & { readonly order: number }>();
  const add = (differs: boolean) => (order: number, message: string) => {
    note.spend("work", STEPS_OF_A_NOTE + message.length);
    const { file, line, text } = sources.at(order);
    const one = { file, line, text: cut(text.slice(0, 2 * LONGEST_NOTE).trim()), message: cut(message), differs, order };
    const key = `${order} ${one.message}`;
    if (!notes.has(key)) note.spend("notes", 1);
    notes.set(key, one);
  };
  const note: Note = Object.assign(add(true), { ...budgetOf(format), ...sources, remark: add(false) });
  const policies = policiesOf(read(sources.main, note), note);
  const ordered = [...notes.values()].sort((one, other) => one.order - other.order);
  return { ...policies, notes: ordered.map(({ order, ...one }) => one) };
}

const OPTIONS: Readonly<Record<keyof ParseOptions, Option>> = {
  file: { fits: (value) => typeof value === "string" && value !== "", hint: 'Write a name, such as "nginx.conf".' },
  files: { fits: (value) => typeof value === "function", hint: "Write a function that gives the files an include names." },
};

/** What it takes to find the line, and whether it has this note already. */
const STEPS_OF_A_NOTE = 50;

/** Characters of a note, and of the line that it is about. */
const LONGEST_NOTE = 500;

const cut = (text: string) => (text.length <= LONGEST_NOTE ? text : `${text.slice(0, LONGEST_NOTE - 1)}…`);

function unknownFormat(format: unknown): never {
  const names = Object.keys(formats);
  const hint = typeof format === "string" ? didYouMean(format, names) : "";
  throw policyError("unknown-name", ["format"], `${show(format)} is no format`, hint || `Write ${oneOf(names)}.`);
}
