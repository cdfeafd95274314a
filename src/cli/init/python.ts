/** Files that name what a project in Python needs. */
export const PYTHON_FILES = ["requirements.txt", "pyproject.toml"] as const;

/** Applications with presets, by their package, and the preset to begin with. */
const PRESETS: Readonly<Record<string, string>> = {
  streamlit: "streamlitStrict",
  gradio: "gradio",
  dash: "dash",
  jupyterlab: "jupyter",
  jupyter: "jupyter",
  notebook: "jupyter",
};

/** The preset to begin with for a package, in any case; undefined for others. */
export const presetOf = (name: string): string | undefined =>
  Object.entries(PRESETS).find(([one]) => one === name.trim().toLowerCase())?.[1];

/** A preset, and why it is the default. */
export interface Application {
  readonly preset: string;
  /** The package that the project needs, and the file that says so. */
  readonly name: string;
  readonly file: string;
}

/** A requirement: at the start of a line, or in quotes. */
const REQUIREMENT = /(?:^|["'])[ \t]*(streamlit|gradio|dash|jupyterlab|jupyter|notebook)(?=[\s"'[=<>~!;,@(]|$)/gim;

/**
 * Finds the application of a Python project.
 *
 * @param texts the contents of {@link PYTHON_FILES}, by name; absent where there is no such file.
 * @returns undefined where no package is one with a preset.
 */
export function applicationOf(texts: Readonly<Partial<Record<(typeof PYTHON_FILES)[number], string>>>): Application | undefined {
  for (const file of PYTHON_FILES) {
    const found = new Set([...(texts[file] ?? "").matchAll(REQUIREMENT)].map(([, name]) => name?.toLowerCase()));
    for (const [name, preset] of Object.entries(PRESETS)) if (found.has(name)) return { preset, name, file };
  }
  return undefined;
}
