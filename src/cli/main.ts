import { PolicyError } from "../errors.js";
import { didYouMean, oneOf, show } from "../values/text.js";
import { readArguments, usage } from "./arguments.js";
import { commands } from "./commands/index.js";
import { Failure, policyFailure } from "./failure.js";
import { helpOf, overview } from "./help.js";
import { type Terminal, terminal } from "./terminal.js";
import { version } from "./version.js";

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
      return command.run(given, words, to);
    }
    to.out(await helpOf(name, command, to.bold));
  }
  return 0;
}

function unknownCommand(name: string): Failure {
  const names = Object.keys(commands);
  if (name.startsWith("-")) return usage([`${name}: a command comes first: ${oneOf(names)}.`]);
  return usage([`${show(name)} is no command. ${didYouMean(name, names) || `Write ${oneOf(names)}.`}`]);
}

/** What a user can mend goes out in lines; anything else is a fault of ours, and goes out with its stack. */
function tell(error: unknown, json: boolean, to: Terminal): number {
  const failure = error instanceof PolicyError ? policyFailure(error) : error;
  if (!(failure instanceof Failure)) {
    for (const line of String(error instanceof Error ? error.stack : error).split("\n")) to.say(line);
    return 1;
  }
  if (json) to.out(`${JSON.stringify({ errors: failure.lines }, undefined, 2)}\n`);
  else {
    for (const line of failure.lines) to.fail(line);
    if (failure.hint !== undefined) to.say(failure.hint);
  }
  return failure.exitCode;
}

const args = process.argv.slice(2);
const here = terminal(process);
process.exitCode = await main(args, here).catch((error: unknown) => tell(error, args.includes("--json"), here));
