import { type PolicyError, policyError } from "../../errors.js";
import { awaited, shown } from "../../values/options.js";
import { didYouMean, oneOf, show } from "../../values/text.js";
import { type ConfigFormat, formats } from "./formats.js";
import { type ParsedConfig, type ParseOptions, readWith } from "./read.js";
import type { ServerChoice } from "./servers.js";

export type { ConfigFormat } from "./formats.js";
export type { ConfigNote, ParsedConfig, ParseOptions } from "./read.js";
export type { ConfigText, ReadFiles } from "./sources.js";

/**
 * Reads the security headers of an existing configuration.
 *
 * Headers that are sent under a condition, differ per response or are not valid become notes. Nothing is left out without a note.
 * Headers without a key of their own are listed under `custom`, removed headers under `stripHeaders`. If a part of a header is not valid
 * (`block-all-mixed-content`, an obsolete feature), the rest of the header is read, and a note names the part.
 *
 * @param format the format of the text, such as `"nginx"`.
 * @param text the whole file. For nginx, Apache and Caddy, an included part is enough.
 * @param options the name of the text, its included files, and the server to read.
 * @returns policies by path, and notes.
 * @throws {PolicyError} if the format is unknown, if the text does not have the format (the path names the file and the line), if
 *   several servers send different headers and none was chosen, and beyond the limits: 1,048,576 characters, 100 nested blocks, or 50,000 directives, with snippets and variables expanded.
 */
export function parseConfig(format: ConfigFormat, text: string, options: ParseOptions = {}): ParsedConfig {
  if (typeof format !== "string" || !Object.hasOwn(formats, format)) return unknownFormat(format);
  checkText(format, text);
  const result = readConfig(format, text, options);
  if ("policy" in result) return result;
  throw severalServers(format, result.choices, options.server);
}

/** One word with a slash or a file extension. In no format does such a text set a header. */
const isPath = (text: string) =>
  text.length < 4_096 &&
  /^[\w.\-@~:/\\]+$/.test(text) &&
  !text.includes("://") &&
  /[/\\]|\.(?:conf|cfg|json|toml|ya?ml|[cm]?[jt]s)$/.test(text);

function checkText(format: string, text: unknown): void {
  const refuse = (message: string, hint: string) => {
    throw policyError("wrong-type", ["parseConfig"], message, hint);
  };
  if (ArrayBuffer.isView(text)) refuse("bytes are not text", 'Write readFileSync(path, "utf8"), or call .toString().');
  if (typeof text !== "string") refuse(`${shown(text)} is not text`, awaited(text, `Write parseConfig(${JSON.stringify(format)}, "…").`));
  else if (isPath(text)) {
    refuse(`${show(text)} is a path, not the text of a file`, `Write readFileSync(${JSON.stringify(text)}, "utf8").`);
  }
}

/** As {@link parseConfig}, but returns the servers to choose from instead of throwing. */
export function readConfig(
  format: ConfigFormat,
  text: string,
  options: ParseOptions,
): ParsedConfig | { readonly choices: readonly ServerChoice[] } {
  return readWith(formats[format], Object.values(formats), text, options);
}

function severalServers(format: string, choices: readonly ServerChoice[], wanted: string | undefined): PolicyError {
  const message = wanted === undefined ? `${choices.length} servers send different headers` : `${show(wanted)} is not one of its servers`;
  const shown = choices.slice(0, 20).map(({ label }) => JSON.stringify(label));
  const more = choices.length > shown.length ? `, and ${choices.length - shown.length} more` : "";
  return policyError(
    wanted === undefined ? "missing" : "unknown-name",
    [format, "server"],
    message,
    `Choose one of ${shown.join(", ")}${more}.`,
  );
}

function unknownFormat(format: unknown): never {
  const names = Object.keys(formats);
  const hint = typeof format === "string" ? didYouMean(format, names) : "";
  throw policyError("unknown-name", ["format"], `${shown(format)} is not a format`, awaited(format, hint || `Write ${oneOf(names)}.`));
}
