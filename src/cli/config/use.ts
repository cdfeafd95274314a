import { dirname, resolve } from "node:path";
import { usage } from "../arguments.js";
import type { Command, Defaults, Flag, Flags, Given } from "../command.js";
import type { Terminal } from "../terminal.js";
import { findConfig } from "./find.js";

const NONE: Defaults = { policy: async () => undefined };

/**
 * Adds to the options of a command what the configuration file has for it: the policy where none is written, and defaults of options.
 *
 * @throws {Failure} where there are several files, or the file has a mistake.
 */
export async function withConfig(
  { config: use, flags }: Command,
  given: Given<Flags>,
  terminal: Terminal,
): Promise<{ readonly settled: Given<Flags>; readonly defaults: Defaults }> {
  const { config, "no-config": none, policy, json } = given as { config?: string; "no-config"?: true; policy?: unknown; json?: true };
  if (use === undefined) return { settled: given, defaults: NONE };
  if (config !== undefined && none) throw usage(["--config and --no-config cannot be combined."]);
  const wantsPolicy = use.policy !== undefined && policy === undefined;
  const word = none || !(wantsPolicy || use.settings) ? undefined : (config ?? findConfig(process.cwd()));
  if (word === undefined) return { settled: given, defaults: NONE };
  let isNoted = false;
  const note = () => {
    if (!isNoted && !json) terminal.say(`using ${word}`);
    isNoted = true;
  };
  const { readConfig } = await import("./read.js");
  const { settings, hasPolicy } = await readConfig(word);
  const words = wantsPolicy && hasPolicy ? [word] : undefined;
  const own = use.settings === undefined ? {} : flagsOf(settings[use.settings] ?? {}, flags, dirname(resolve(word)));
  const policies = use.policy === "default" && words !== undefined ? { policy: words } : {};
  if (Object.keys(own).some((flag) => !Object.hasOwn(given, flag)) || Object.keys(policies).length > 0) note();
  const defaults: Defaults = {
    policy: async () => {
      if (words !== undefined) note();
      return words;
    },
  };
  return { settled: { ...own, ...policies, ...given } as Given<Flags>, defaults };
}

/** Options of a file by the names of the command line; files among them are those beside the file. */
function flagsOf(values: Readonly<Record<string, unknown>>, flags: Flags, folder: string): Given<Flags> {
  const found = Object.entries(values).flatMap(([key, value]) => {
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const flag: Flag | undefined = flags[name];
    if (flag === undefined || value === false) return [];
    return [[name, flag.value === "file" ? resolve(folder, String(value)) : value] as const];
  });
  return Object.fromEntries(found) as Given<Flags>;
}
