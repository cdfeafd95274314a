import { policyError } from "../../errors.js";
import type { Policy } from "../../policy/policy.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { readApache } from "./apache.js";
import { readCaddy } from "./caddy.js";
import { readHeadersFile } from "./headers-file.js";
import { readNginx } from "./nginx.js";
import { policiesOf } from "./policies.js";
import type { Note, ReadSite } from "./site.js";
import { readVercel } from "./vercel.js";

/** Each reads one kind of configuration: the servers in it. */
const formats = {
  nginx: readNginx,
  apache: readApache,
  caddy: readCaddy,
  /** Of Cloudflare and Netlify. */
  _headers: readHeadersFile,
  vercel: readVercel,
} satisfies Readonly<Record<string, (text: string, note: Note) => readonly ReadSite[]>>;

/** A configuration that {@link parseConfig} reads; `_headers` is the file of Netlify and of Cloudflare. */
export type ConfigFormat = keyof typeof formats;

/** A line that was not read, or not as it stands. */
export interface ConfigNote {
  /** The first line is 1. */
  readonly line: number;
  /** What stands there. */
  readonly text: string;
  readonly message: string;
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
 * @returns policies by path, and what was not understood.
 * @throws {PolicyError} for a format that does not exist, and where the text is none of its format: the path names the line.
 */
export function parseConfig(format: ConfigFormat, text: string): ParsedConfig {
  const read = Object.hasOwn(formats, format) ? formats[format] : unknownFormat(format);
  if (typeof text !== "string") {
    throw policyError("wrong-type", ["parseConfig"], `${show(text)} is no text`, `Write parseConfig(${JSON.stringify(format)}, "…").`);
  }
  const lines = text.split("\n");
  const notes = new Map<string, ConfigNote>();
  const note: Note = (line, message) => {
    const one = { line, text: (lines[line - 1] ?? "").trim(), message };
    notes.set(JSON.stringify(one), one);
  };
  const policies = policiesOf(read(text, note), note);
  return { ...policies, notes: [...notes.values()].sort((one, other) => one.line - other.line) };
}

function unknownFormat(format: unknown): never {
  const names = Object.keys(formats);
  const hint = typeof format === "string" ? didYouMean(format, names) : "";
  throw policyError("unknown-name", ["format"], `${show(format)} is no format`, hint || `Write ${oneOf(names)}.`);
}
