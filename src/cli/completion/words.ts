import type { Command, Flag } from "../command.js";

/** What may be completed for one value: words, files, or both. */
export interface Values {
  readonly words: readonly string[];
  readonly files: boolean;
}

/** What one command completes. */
export interface CommandWords {
  readonly name: string;
  readonly summary: string;
  /** With `--`, and whether they take a value. */
  readonly options: readonly (readonly [option: string, values: Values | undefined, text: string])[];
  /** For each argument; the last one for all that follow, if it can be repeated. */
  readonly arguments: readonly Values[];
  readonly repeats: boolean;
}

/** Lists that names of values and arguments stand for. */
export interface Lists {
  readonly presets: readonly string[];
  readonly targets: readonly string[];
  readonly services: readonly string[];
  readonly commands: readonly string[];
  /** What `import` reads. */
  readonly formats: readonly string[];
  readonly frameworks: readonly string[];
}

const NOTHING: Values = { words: [], files: false };

/** What is completed, by the registry of commands. */
export function wordsOf(commands: Readonly<Record<string, Command>>, lists: Lists): readonly CommandWords[] {
  return Object.entries(commands).map(([name, { summary, flags, positionals }]) => ({
    name,
    summary,
    options: [
      ...Object.entries<Flag>(flags).map(
        ([flag, { value, text }]) => [`--${flag}`, value === undefined ? undefined : valuesOf(value, flag, lists), text] as const,
      ),
      ["--help", undefined, "Print this help."] as const,
    ],
    arguments: positionals.map((one) => argumentValues(name, one.name, lists)),
    repeats: positionals.at(-1)?.many === true,
  }));
}

/** The values of an option, by its placeholder in the help. */
function valuesOf(value: string, flag: string, { presets, services, targets, frameworks }: Lists): Values {
  if (value === "preset|file") return { words: presets, files: true };
  if (value === "file" || value === "folder" || value === "store") return { words: [], files: true };
  const words: Readonly<Record<string, readonly string[]>> = {
    ...{
      preset: presets,
      service: services,
      serve: ["node", ...targets],
      framework: frameworks,
    },
    ...{ "fail-on": ["high", "medium", "low"], format: ["text", "typescript", "json"], width: ["origin", "directory", "path"] },
    ...{ viewport: ["desktop", "phone"], accept: ["inline", "runtime", "eval", "hosts", "frames"], ci: ["github"] },
  };
  return { words: Object.hasOwn(words, flag) ? (words[flag] ?? []) : [], files: false };
}

function argumentValues(command: string, name: string, { presets, services, targets, formats }: Lists): Values {
  if (name === "format" && command === "import") return { words: formats, files: true };
  if (name === "target") return { words: targets, files: false };
  if (name === "shell") return { words: ["bash", "zsh", "fish"], files: false };
  if (name === "search" && command === "services") return { words: services, files: false };
  if (["policy", "site", "subject", "before", "after"].includes(name)) return { words: presets, files: true };
  if (["file", "store", "format"].includes(name)) return { words: [], files: true };
  return NOTHING;
}
