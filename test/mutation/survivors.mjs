// Stryker's reporter that prints each mutant that no test has killed, when it is known: the other reporters wait for the end.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";

class Survivors {
  onMutantTested({ fileName, location, mutatorName, replacement, status, static: isStatic }) {
    if (status !== "Survived" && status !== "NoCoverage") return;
    const { start, end } = location;
    const lines = readFileSync(fileName, "utf8")
      .split("\n")
      .slice(start.line - 1, end.line);
    const last = lines.length - 1;
    lines[last] = lines[last].slice(0, end.column - 1);
    lines[0] = lines[0].slice(start.column - 1);
    const where = `${relative(process.cwd(), fileName)}:${start.line}:${start.column}`;
    const kind = `${status}, ${mutatorName}${isStatic ? ", static" : ""}`;
    process.stdout.write(`${where} ${kind}: ${shortened(lines.join(" "))} -> ${shortened(replacement)}\n`);
  }
}

const shortened = (text) => text.replace(/\s+/g, " ").slice(0, 160);

export const strykerPlugins = [declareClassPlugin(PluginKind.Reporter, "survivors", Survivors)];
