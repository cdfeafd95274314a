import type { Command, Flag, Positional } from "../../src/cli/command.js";
import * as all from "../../src/cli/commands/index.js";
import type { Page } from "../page.js";
import { guide } from "./guides.js";
import { groupOf, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, plain, prose, section, table } from "./markdown.js";

const commands: Readonly<Record<string, Command>> = all;

/** A page for each command of the program, from what its help is made of, and their index. */
export async function commandPages(): Promise<readonly Page[]> {
  const names = Object.keys(commands).sort();
  return [indexPage(names), ...(await Promise.all(names.map((name) => commandPage(name, commands[name] as Command))))];
}

const EXIT_CODES = table(
  ["Exit code", "Meaning"],
  [
    ["0", "success"],
    ["1", "refused or failed: the input is wrong, a threshold is not reached, or a request failed"],
    ["2", "wrong command line"],
  ],
);

function indexPage(names: readonly string[]): Page {
  return {
    path: pathOf("commands"),
    title: "Commands",
    description: "Every command of the portcullis program: usage, arguments, options, defaults, exit codes and examples.",
    group: groupOf("commands"),
    body: blocks(
      `Run the program with ${code("npx portcullis <command>")}. ${code("portcullis <command> --help")} prints the help of a command, and ${code("--version")} the version.`,
      table(
        ["Command", "What it does"],
        names.map((name) => [ref("commands", name, `portcullis ${name}`), prose(commands[name]?.summary ?? "")]),
      ),
      section("Exit codes", EXIT_CODES),
    ),
  };
}

const usageOf = (name: string, { positionals }: Command) => ["portcullis", name, ...positionals.map(argumentText), "[options]"].join(" ");

const argumentText = ({ name, optional, many }: Positional) => `${optional ? `[${name}]` : `<${name}>`}${many ? "..." : ""}`;

async function commandPage(name: string, command: Command): Promise<Page> {
  const { summary, examples, positionals, flags } = command;
  const tables = (await command.tables?.()) ?? [];
  return {
    path: pathOf("commands", name),
    title: `portcullis ${name}`,
    description: plain(`portcullis ${name}: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`),
    group: groupOf("commands"),
    body: blocks(
      `${code(`portcullis ${name}`)}: ${prose(summary.charAt(0).toLowerCase() + summary.slice(1))} For example:`,
      fence("sh", `npx ${examples.find(([line]) => line.startsWith("portcullis "))?.[0] ?? usageOf(name, command)}`),
      section("Usage", fence("sh", usageOf(name, command))),
      section(
        "Arguments",
        table(
          ["Argument", "What it is"],
          positionals.map((one) => [code(argumentText(one)), prose(one.text)]),
        ),
      ),
      section(
        "Options",
        table(
          ["Option", "What it does", "Default"],
          [...Object.entries(flags).map(flagRow), [code("--help, -h"), "Print the help of the command.", ""]],
        ),
      ),
      ...tables.map(({ title, rows }) =>
        section(
          title,
          table(
            ["Name", "What it is"],
            rows.map(([one, text]) => [nameCell(title, one), prose(text)]),
          ),
        ),
      ),
      section("Exit codes", EXIT_CODES),
      section("Examples", ...examples.flatMap(([line, text]) => [prose(text), fence("sh", line)])),
      section("See also", list([...(GUIDES[name] ?? []).map(([file, text]) => guide(file, text)), indexRef("commands", "All commands")])),
    ),
  };
}

/** Names of targets link to their pages. */
const nameCell = (title: string, name: string) => (title === "Targets" ? ref("targets", name) : code(name));

function flagRow([name, { value, number, many, text, default: usual }]: [string, Flag]): readonly string[] {
  const range = number === undefined ? "" : ` A whole number from ${number[0].toLocaleString("en")} to ${number[1].toLocaleString("en")}.`;
  return [
    code(`--${name}${value === undefined ? "" : ` <${value}>`}`),
    `${prose(text)}${range}${many ? " Can be repeated." : ""}`,
    usual === undefined ? "" : prose(usual),
  ];
}

/** Guides about commands; a command without a row has none. */
const GUIDES: Readonly<Record<string, readonly (readonly [file: string, text: string])[]>> = {
  check: [["audit", "Checking a site"]],
  compare: [["audit", "Checking a site"]],
  explain: [["audit", "Checking a site"]],
  export: [["deploy", "Deploying"]],
  headers: [["overrides", "Overrides, and the keys of a policy"]],
  import: [["import", "Importing a configuration"]],
  learn: [["rollout", "From no policy to an enforced one"]],
  presets: [["overrides", "Overrides, and the keys of a policy"]],
  prove: [["record", "Record and prove"]],
  proxy: [["proxy", "The proxy"]],
  record: [["record", "Record and prove"]],
  services: [["services", "Recipes for third parties"]],
};
