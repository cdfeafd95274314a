import { PolicyError } from "../errors.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import { readArguments, usage } from "./arguments.js";
import type { Command } from "./command.js";
import * as all from "./commands/index.js";
import { Failure, policyFailure } from "./failure.js";
import { helpOf, overview } from "./help.js";
import { type Terminal, terminal } from "./terminal.js";
import { version } from "./version.js";

/** By name; a namespace object has its names in alphabetical order. */
const commands: Readonly<Record<string, Command>> = { ...all };

const HELP = ["--help", "-h"];

async function main(args: readonly string[], to: Terminal): Promise<number> {
  const [first = "--help", ...rest] = args;
  const name = first === "help" ? (rest[0] ?? "--help") : first;
  if (HELP.includes(name)) to.out(overview(version(), commands, to.bold));
  else if (name === "--version" || name === "-v") to.out(`${version()}\n`);
  else {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw unknownCommand(name);
    if (first !== "help" && !rest.some((arg) => HELP.includes(arg))) {
      const { given, words } = readArguments(name, command, rest);
      const { withConfig } = await import("./config/use.js");
      const { settled, defaults } = await withConfig(command, given, to);
      return command.run(settled, words, to, defaults);
    }
    to.out(await helpOf(name, command, to.bold));
  }
  return 0;
}

function unknownCommand(name: string): Failure {
  const names = Object.keys(commands);
  if (name.startsWith("-")) return usage([`${name}: the command comes first: ${oneOf(names)}.`]);
  return usage([`${show(name)} is not a command. ${didYouMean(name, names) || `Write ${oneOf(names)}.`}`]);
}

/** Prints an error as lines, without secrets of the command line, and returns the exit code. */
async function printError(error: unknown, args: readonly string[], to: Terminal): Promise<number> {
  const { withoutMistakes } = await import("./secrets.js");
  const { lines, hint, exitCode } = withoutMistakes(failureOf(error), args);
  if (args.includes("--json")) to.out(`${JSON.stringify({ errors: lines }, undefined, 2)}\n`);
  else {
    for (const line of lines) to.fail(line);
    if (hint !== undefined) to.say(hint);
  }
  return exitCode;
}

/** A stack is of use to the developers of this program only: it is printed on request. */
function failureOf(error: unknown): Pick<Failure, "lines" | "hint" | "exitCode"> {
  if (error instanceof Failure) return error;
  if (error instanceof PolicyError) return policyFailure(error);
  const isError = error instanceof Error;
  if (isError && process.env.PORTCULLIS_DEBUG) return { lines: (error.stack ?? "").split("\n"), hint: undefined, exitCode: 1 };
  const text = isError ? `${error.name}: ${error.message.split("\n")[0]}` : show(error);
  return { lines: [`Internal error: ${text}.`], hint: "Set PORTCULLIS_DEBUG=1 to print the stack, and report it as a bug.", exitCode: 1 };
}

const args = process.argv.slice(2);
const here = terminal(process);
process.exitCode = await main(args, here).catch((error: unknown) => printError(error, args, here));
// A policy module may leave connections or timers open. What was written is flushed first.
for (const stream of [process.stdout, process.stderr]) await new Promise<void>((resolve) => stream.write("", () => resolve()));
process.exit();
