import type { Command } from "../command.js";
import { check } from "./check.js";
import { compare } from "./compare.js";
import { explain } from "./explain.js";
import { exportCommand } from "./export.js";
import { headers } from "./headers.js";
import { importCommand } from "./import.js";
import { learn } from "./learn.js";
import { presets } from "./presets.js";
import { proxy } from "./proxy.js";

/** Every command, by the word that starts it. */
export const commands: Readonly<Record<string, Command>> = {
  check,
  compare,
  explain,
  export: exportCommand,
  headers,
  import: importCommand,
  learn,
  presets,
  proxy,
};
