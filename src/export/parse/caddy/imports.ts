import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import type { Source } from "../sources.js";
import { flat, type Statement, statementsOf } from "./statements.js";

/** Snippets and named routes by name. */
export interface Definitions {
  readonly snippets: Map<string, Snippet>;
  readonly routes: Map<string, readonly Statement[]>;
}

interface Snippet {
  readonly line: number;
  readonly block: readonly Statement[];
  used: boolean;
}

/** Maximum depth of nested imports. */
const MOST_IMPORTS = 20;

const SNIPPET = /^\((.+)\)$/;
const NAMED_ROUTE = /^&\((.+)\)$/;

/** The statements of a file and its imports, without definitions, which are collected by name. */
export function unfolded(source: Source, known: Definitions, note: Note, imports = 0): readonly Statement[] {
  const all = statementsOf(source, note);
  // Later definitions are included too: a part may be read alone.
  const others = all.filter((statement) => !defines(statement, known));
  return imported(others, known, note, 0, imports);
}

function defines({ words: [first = "", ...more], line, block }: Statement, { snippets, routes }: Definitions): boolean {
  const snippet = SNIPPET.exec(first)?.[1];
  const route = NAMED_ROUTE.exec(first)?.[1];
  if (more.length > 0 || block === undefined) return false;
  if (snippet !== undefined) snippets.set(snippet, { line, block, used: false });
  if (route !== undefined) routes.set(route, block);
  return snippet !== undefined || route !== undefined;
}

/** Snippets and files in the place of the lines that import them; `depth` counts blocks and imports. */
export function imported(statements: readonly Statement[], known: Definitions, note: Note, depth = 0, imports = 0): readonly Statement[] {
  return statements.flatMap((statement): readonly Statement[] => {
    const { words, line, block } = statement;
    note.spend("directives", imports === 0 ? 0 : 1);
    note.enter(depth, line);
    const [directive, name = "", ...args] = words;
    if (directive !== "import")
      return [block === undefined ? statement : { ...statement, block: imported(block, known, note, depth + 1, imports) }];
    const snippet = known.snippets.get(name);
    if (imports >= MOST_IMPORTS) {
      note(line, `imports are nested more than ${MOST_IMPORTS} deep: not read`);
      return [];
    }
    if (snippet !== undefined) {
      snippet.used = true;
      return imported(instantiated(snippet.block, { args, block }, note), known, note, depth + 1, imports + 1);
    }
    const files = /[{}]/.test(name) ? undefined : note.include(name, line);
    if (files === undefined) note(line, "includes another file: read that file too");
    return (files ?? []).flatMap((file) => {
      const inside = unfolded(file, known, note, imports + 1);
      return args.length === 0 ? inside : instantiated(inside, { args, block }, note);
    });
  });
}

/** Notes snippets with headers that are never imported. */
export function noteUnused({ snippets }: Definitions, note: Note): void {
  for (const { line, block, used } of snippets.values()) {
    if (!used && flat(block).some(({ words }) => words[0] === "header")) note.remark(line, "is never imported: not read");
  }
}

interface Given {
  readonly args: readonly string[];
  readonly block: readonly Statement[] | undefined;
}

/** Directives whose arguments change no header. */
const NO_HEADERS = /^(?:reverse_proxy|php_fastcgi|root|file_server|tls|log|output|basic_?auth|encode|to)$/;

/** Statements with the arguments and the block of an import inserted. */
function instantiated(statements: readonly Statement[], given: Given, note: Note): readonly Statement[] {
  return statements.flatMap(({ words, line, block }): readonly Statement[] => {
    note.spend(
      "work",
      words.reduce((sum, word) => sum + STEPS_OF_A_COPY + word.length, STEPS_OF_A_COPY),
    );
    const indexed = NO_HEADERS.test(words[0] ?? "") ? undefined : words.find((word) => word.includes("{args["));
    if (indexed !== undefined) note(line, `Caddy before 2.7 does not replace ${indexed}, only {args.0}. Read as replaced`);
    const handed = block === undefined && words.length === 1 ? blockNamed(words[0] ?? "", given.block) : undefined;
    if (handed !== undefined) {
      note.spend("directives", flat(handed).length);
      return handed;
    }
    return [
      {
        line,
        words: words.flatMap((word) => withArguments(word, given.args, note)),
        ...(block && { block: instantiated(block, given, note) }),
      },
    ];
  });
}

/** The statements that replace `{block}` and `{blocks.name}`, since Caddy 2.9. */
function blockNamed(word: string, block: readonly Statement[] | undefined): readonly Statement[] | undefined {
  if (word === "{block}") return block ?? [];
  const name = /^\{blocks\.(.+)\}$/.exec(word)?.[1];
  return name === undefined ? undefined : (block?.find(({ words }) => words[0] === name)?.block ?? []);
}

function withArguments(word: string, args: readonly string[], note: Note): readonly string[] {
  const [spread, from, to] = /^\{args\[(\d*):(\d*)\]\}$/.exec(word) ?? [];
  if (spread !== undefined) {
    const some = args.slice(Number(from || 0), to === "" ? undefined : Number(to));
    note.spend("characters", some.join("").length);
    note.spend("directives", some.length);
    return some;
  }
  const whole = word.replace(/\{args(?:\[(\d+)\]|\.(\d+))\}/g, (whole, one, other) => {
    const value = args[Number(one ?? other)] ?? whole;
    note.spend("characters", value.length);
    return value;
  });
  return [whole];
}
