import type { Command } from "../command.js";
import { type CommandWords, type Values, wordsOf } from "./words.js";

export type Shell = "bash" | "zsh" | "fish";

/** The command that installs the script of a shell. */
export function installLine(shell: Shell): string {
  return {
    bash: "portcullis completion bash >> ~/.bashrc",
    zsh: "portcullis completion zsh >> ~/.zshrc",
    fish: "portcullis completion fish > ~/.config/fish/completions/portcullis.fish",
  }[shell];
}

/** The script that completes `portcullis` in a shell, with the names that there are now. */
export async function scriptOf(shell: Shell): Promise<string> {
  const [all, { presetNames }, { targets }, { services }, { formats }, { FRAMEWORKS }] = await Promise.all([
    import("../commands/index.js"),
    import("../input/presets.js"),
    import("../../export/targets/index.js"),
    import("../../services/index.js"),
    import("../../export/parse/formats.js"),
    import("../init/frameworks.js"),
  ]);
  const commands: Readonly<Record<string, Command>> = { ...all };
  const lists = {
    presets: presetNames,
    targets: Object.keys(targets),
    services: Object.keys(services),
    commands: Object.keys(commands),
    formats: Object.keys(formats),
    frameworks: Object.keys(FRAMEWORKS),
  };
  const words = wordsOf(commands, lists);
  switch (shell) {
    case "bash":
      return bashScript(words);
    case "zsh":
      return zshScript(words);
    case "fish":
      return fishScript(words);
  }
}

/** The names are letters, digits, dots, dashes and underscores: none has a meaning in a shell. */
const joined = (words: readonly string[]) => words.filter((word) => /^[\w.-]+$/.test(word)).join(" ");

/** `words=…; files=1` for a value, as the functions of the scripts read them. */
const assigned = ({ words, files }: Values) => `words="${joined(words)}"${files ? "; files=1" : ""}`;

/** The branch of one command: the options, the values of the option before the cursor, and the arguments. */
function caseOf({ name, options, arguments: places, repeats }: CommandWords): string {
  const valued = options.flatMap(([option, values]) =>
    values === undefined ? [] : [`        ${option}) ${assigned(values)}; options=""; return 0 ;;\n`],
  );
  const last = places.length;
  const branches = places.map((values, index) => `        ${index + 1 === last && repeats ? "*" : index + 1}) ${assigned(values)} ;;\n`);
  return `    ${name})
      options="${joined(options.map(([option]) => option))}"
${valued.length === 0 ? "" : `      case "$previous" in\n${valued.join("")}      esac\n`}${
  branches.length === 0 ? "" : `      case "$place" in\n${branches.join("")}      esac\n`
}      ;;
`;
}

/** A function that both bash and zsh read: it sets `options`, `words` and `files`. */
function lookup(all: readonly CommandWords[]): string {
  const valued = [...new Set(all.flatMap(({ options }) => options.flatMap(([option, values]) => (values === undefined ? [] : [option]))))];
  return `_portcullis_takes_value() {
  case "$1" in
    ${valued.join("|")}) return 0 ;;
  esac
  return 1
}

_portcullis_look_up() {
  command_name="$1"; previous="$2"; place="$3"; options=""; words=""; files=""
  case "$command_name" in
${all.map(caseOf).join("")}  esac
}
`;
}

function bashScript(all: readonly CommandWords[]): string {
  return `# Completion of portcullis for bash. Install: ${installLine("bash")}
${lookup(all)}
# Each line as it is: bash would expand a * in it. The bash of macOS has no mapfile.
_portcullis_add() {
  local line
  while IFS= read -r line; do COMPREPLY+=("$line"); done
}

_portcullis() {
  local command_name previous place options words files index word current before
  current="\${COMP_WORDS[COMP_CWORD]}"
  before="\${COMP_WORDS[COMP_CWORD - 1]}"
  COMPREPLY=()
  # "--name=value" is three words for bash, and the "=" is one of them.
  if [ "$current" = "=" ]; then current=""
  elif [ "$before" = "=" ] && [ "$COMP_CWORD" -gt 2 ]; then before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    _portcullis_add < <(compgen -W "${joined(all.map(({ name }) => name))} help --help --version" -- "$current")
    return
  fi
  place=1
  for ((index = 2; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if _portcullis_takes_value "$word"; then index=$((index + 1)); continue; fi
    case "$word" in -?*) ;; *) place=$((place + 1)) ;; esac
  done
  _portcullis_look_up "\${COMP_WORDS[1]}" "$before" "$place"
  if [ "$command_name" = help ]; then words="${joined(all.map(({ name }) => name))}"; fi
  case "$current" in
    -*) _portcullis_add < <(compgen -W "$options" -- "$current") ;;
    *)
      _portcullis_add < <(compgen -W "$words" -- "$current")
      if [ -n "$files" ]; then
        _portcullis_add < <(compgen -f -- "$current")
      fi
      ;;
  esac
}
# "filenames" quotes what a shell would run in a name.
complete -o filenames -F _portcullis portcullis
`;
}

function zshScript(all: readonly CommandWords[]): string {
  return `#compdef portcullis
# Completion of portcullis for zsh. Install: ${installLine("zsh")}
${lookup(all)}
_portcullis() {
  local command_name previous place options files index current
  local -a line
  line=("\${words[@]}")
  local at=$CURRENT
  local -h words
  current="\${line[$at]}"
  if [ "$at" -eq 2 ]; then
    compadd -- ${joined(all.map(({ name }) => name))} help --help --version
    return
  fi
  place=1
  for ((index = 3; index < at; index++)); do
    if _portcullis_takes_value "\${line[$index]}"; then index=$((index + 1)); continue; fi
    case "\${line[$index]}" in -?*) ;; *) place=$((place + 1)) ;; esac
  done
  _portcullis_look_up "\${line[2]}" "\${line[$((at - 1))]}" "$place"
  case "$current" in
    -*) compadd -- \${=options} ;;
    *)
      compadd -- \${=words}
      if [ -n "$files" ]; then _files; fi
      ;;
  esac
}
if [ "\${funcstack[1]}" = _portcullis ]; then _portcullis "$@"; else compdef _portcullis portcullis; fi
`;
}

/** A text between single quotes, for fish. */
const quoted = (text: string) => `'${text.replace(/[\\']/g, "\\$&")}'`;

function fishScript(all: readonly CommandWords[]): string {
  const first = all.map(({ name, summary }) => `complete -c portcullis -n __fish_use_subcommand -f -a ${name} -d ${quoted(summary)}\n`);
  const rest = all.flatMap(({ name, options, arguments: places }) => {
    const seen = `-n "__fish_seen_subcommand_from ${name}"`;
    const lines = options.map(([option, values, text]) => {
      const value =
        values === undefined ? "" : ` -r${values.files ? "F" : "f"}${values.words.length === 0 ? "" : ` -a "${joined(values.words)}"`}`;
      return `complete -c portcullis ${seen} -l ${option.slice(2)}${value} -d ${quoted(text)}\n`;
    });
    const words = [...new Set(places.flatMap((values) => values.words))];
    const files = places.some((values) => values.files) ? "-F" : "-f";
    return [...lines, `complete -c portcullis ${seen} ${files}${words.length === 0 ? "" : ` -a "${joined(words)}"`}\n`];
  });
  return `# Completion of portcullis for fish. Install: ${installLine("fish")}\n${first.join("")}${rest.join("")}`;
}
