import { jsonOf } from "../../../../src/cli/policy-text.js";
import { apache } from "../../../../src/export/parse/apache/index.js";
import { caddy } from "../../../../src/export/parse/caddy/index.js";
import { recognisedIn } from "../../../../src/export/parse/clues.js";
import { headersFile } from "../../../../src/export/parse/headers-file.js";
import { nginx } from "../../../../src/export/parse/nginx/index.js";
import { type ConfigNote, readWith } from "../../../../src/export/parse/read.js";
import type { ServerChoice } from "../../../../src/export/parse/servers.js";
import { vercel } from "../../../../src/export/parse/vercel.js";
import type { HeaderLine } from "../../../../src/policy/incoming.js";
import { MOST_CONFIGURATION } from "../limits.js";
import { type Answer, answer, type Mistake, tooLong } from "./answer.js";
import { linesOf } from "./policy.js";

/** The formats that are read here; the others need a parser of JavaScript, YAML or TOML. */
export const formats = [nginx, apache, caddy, headersFile, vercel] as const;

/** What a configuration sends, or the servers to choose from. */
export interface Imported {
  readonly format: string;
  /** Empty where one of several servers has to be chosen. */
  readonly headers: readonly HeaderLine[];
  readonly routes: readonly { readonly path: string; readonly headers: readonly HeaderLine[] }[];
  readonly notes: readonly ConfigNote[];
  readonly choices: readonly ServerChoice[];
  /** The policy file; undefined where JSON cannot represent it, for the reason in `mistakes`. */
  readonly json: string | undefined;
  readonly mistakes: readonly Mistake[];
}

/**
 * Reads the headers of a server's configuration.
 *
 * @param name the format; `""` to recognise it.
 * @param server which one of several servers; `""` for none.
 * @param $schema the address of the schema of policy files.
 */
export function importText(name: string, text: string, server: string, $schema: string): Answer<Imported> {
  const long = tooLong(text, MOST_CONFIGURATION);
  if (long !== undefined) return long;
  const format = name === "" ? recognisedIn(formats, text, undefined) : formats.find((one) => one.name === name);
  if (format === undefined) {
    const message = name === "" ? "The format is not recognised" : `${JSON.stringify(name.slice(0, 80))} is not a format that is read here`;
    return { ok: false, mistakes: [{ path: "", message, hint: "Choose the format of the text in the list." }] };
  }
  return answer(() => {
    const read = readWith(format, formats, text, server === "" ? {} : { server });
    const nothing = { format: format.name, headers: [], routes: [], notes: [], json: undefined, mistakes: [] };
    if ("choices" in read) return { ...nothing, choices: read.choices };
    const { policy, routes, notes } = read;
    const json = answer(() => jsonOf({ policy, routes }, $schema));
    return {
      format: format.name,
      headers: linesOf(policy),
      routes: routes.map((route) => ({ path: route.path, headers: linesOf(route.policy) })),
      notes,
      choices: [],
      json: json.ok ? json.value : undefined,
      mistakes: json.ok ? [] : json.mistakes,
    };
  });
}
