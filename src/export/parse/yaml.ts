import { type Alias, Composer, isAlias, isMap, isScalar, isSeq, Lexer, LineCounter, type Node, Parser, type YAMLMap } from "yaml";
import type { Data } from "./data.js";
import type { Note } from "./limits.js";
import type { Source } from "./sources.js";

/**
 * Reads all documents of a YAML text; JSON is YAML too. Each scalar is the text as written, whatever its type; null is "". Aliases and merged maps
 * (`<<`) are resolved.
 *
 * @throws {PolicyError} if the text is not YAML, has a key twice, or exceeds `LIMITS` with its aliases resolved.
 */
export function yamlDocuments({ text, first }: Source, note: Note, hint: string): readonly Data[] {
  // The library takes seconds for texts beyond the limit. Each value has its own line, comma or level.
  note.cap("directives", text.match(/[\n,]/g)?.length ?? 0);
  const counter = new LineCounter();
  const refuse = (at: number, message: string): never => note.refuse(first + Math.max(counter.linePos(at).line, 1) - 1, message, hint);
  const tokens = boundedTokens(text, counter, (depth) => note.enter(depth, first + counter.lineStarts.length - 1));
  // Duplicate keys are found below: the library compares each key with each other one.
  const composer = new Composer({ lineCounter: counter, uniqueKeys: false, prettyErrors: false, merge: false, logLevel: "silent" });
  const documents = [...composer.compose(tokens)];
  return documents.map((document) => {
    const [error] = document.errors;
    if (error !== undefined) refuse(error.pos[0], `is not YAML: ${error.message.split(/ at line |:?\n/)[0]}`);
    const lineOf = (node: Node | null | undefined) => first + (node?.range ? counter.linePos(node.range[0]).line - 1 : 0);
    const resolved = (node: Alias): Node => node.resolve(document) ?? refuse(node.range?.[0] ?? 0, `"*${node.source}" is not defined`);

    const read = (node: Node | null | undefined, depth: number): Data => {
      const line = lineOf(node);
      note.spend("directives", 1);
      note.enter(depth, line);
      if (isAlias(node)) {
        // Resolving an alias searches the whole document.
        note.spend("work", STEPS_OF_AN_ALIAS);
        return { ...read(resolved(node), depth + 1), line };
      }
      if (isSeq<Node>(node)) return { line, value: node.items.map((item) => read(item, depth + 1)) };
      if (isMap<Node, Node | null>(node)) return { line, value: membersOf(node, depth) };
      const scalar = isScalar(node) ? node : undefined;
      const value = typeof scalar?.value === "string" ? scalar.value : (scalar?.source ?? "");
      return { line, value: scalar?.value === null ? "" : value };
    };

    const membersOf = (map: YAMLMap<Node, Node | null>, depth: number): ReadonlyMap<string, Data> => {
      const members = new Map<string, Data>();
      const merged: Data[] = [];
      for (const { key, value } of map.items) {
        const name = read(key, depth + 1);
        if (typeof name.value !== "string") return refuse(key.range?.[0] ?? 0, "a key is not text");
        // The line of a value is that of its key.
        const member = { ...read(value, depth + 1), line: name.line };
        if (name.value === "<<") merged.push(...(Array.isArray(member.value) ? member.value : [member]));
        else if (members.has(name.value)) return refuse(key.range?.[0] ?? 0, `${JSON.stringify(name.value)} comes twice`);
        else members.set(name.value, member);
      }
      for (const { value } of merged) {
        if (value instanceof Map) for (const [name, one] of value) if (!members.has(name)) members.set(name, one);
      }
      return members;
    };

    return read(document.contents as Node | null, 1);
  });
}

const STEPS_OF_AN_ALIAS = 20_000;

/** The tokens of a text. The composer of the library recurses, so the depth is limited before it runs. */
function* boundedTokens(text: string, counter: LineCounter, enter: (depth: number) => void) {
  const parser = new Parser(counter.addNewLine);
  counter.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    // The first entry of the stack is the document itself.
    enter(parser.stack.length - 1);
  }
  yield* parser.end();
}
