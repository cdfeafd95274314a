import type { AnyNode } from "acorn";
import { show } from "../../../values/text.js";
import { type Data, memberOf } from "../data.js";
import type { Format } from "../format.js";
import { rulesOf } from "../header-rules.js";
import type { Note } from "../limits.js";
import { dynamic, layered, type ReadSite } from "../site.js";
import type { Source } from "../sources.js";
import { evaluator } from "./javascript.js";
import { type Scope, type ScopedNode, scopeOf } from "./scopes.js";
import { programOf } from "./typescript.js";

type Evaluator = ReturnType<typeof evaluator>;

/** The `next.config` of Next.js. */
export const nextConfig: Format<"next-config"> = {
  name: "next-config",
  title: "a next.config",
  fileNames: ["next.config."],
  clues: /\basync[ \t]+headers[ \t]*\(|\bheaders[ \t]*:[ \t]*async\b|^(?:module\.exports|export[ \t]+(?:default|const))\b/gm,
  read: readNextConfig,
};

/**
 * Reads the return value of `headers` in a `next.config.js`, `.mjs`, `.cjs` or `.ts`, if it is plain data. Does not run the file.
 *
 * @throws {PolicyError} if the text is not JavaScript, or TypeScript with simple types.
 */
function readNextConfig(source: Source, note: Note): readonly ReadSite[] {
  const program = programOf(source, note);
  const scope = scopeOf(program, undefined);
  const evaluate = evaluator(program, source, note);
  const exported = exportOf(program.body, evaluate, note);
  if (exported === undefined) {
    return note.refuse(
      source.first,
      "it exports no configuration",
      "Pass the text of a next.config.js, with export default or module.exports.",
    );
  }
  const config = configOf(exported, scope, evaluate, note);
  if (config === undefined) return [];
  const isList = config.node.type === "ArrayExpression";
  const rules = isList ? evaluate.dataOf(config.node, config.scope, 1) : headersOf(config.node, config.scope, evaluate, note);
  const line = evaluate.lineOf(config.node);
  return [layered(line, rulesOf(rules, { filled, ignoresSlash: true }, note), note)];
}

/** Next.js replaces names of the source in values. */
function filled(value: string, source: string): string {
  const names = [...source.matchAll(/(?<!\\):(\w+)/g)].map(([, name]) => name as string);
  return names.reduce((text, name) => text.replaceAll(`:${name}`, dynamic(`:${name}`)), value);
}

/** `export default …`, or `module.exports = …`. */
function exportOf(body: readonly AnyNode[], evaluate: Evaluator, note: Note): AnyNode | undefined {
  const found = body.flatMap((node): AnyNode[] => {
    if (node.type === "ExportDefaultDeclaration") return [node.declaration];
    if (node.type !== "ExpressionStatement" || node.expression.type !== "AssignmentExpression") return [];
    const { left, operator, right } = node.expression;
    return operator === "=" && evaluate.sourceOf(left).replace(/\s/g, "") === "module.exports" ? [right] : [];
  });
  if (found.length > 1) note(evaluate.lineOf(found[0] as AnyNode), "is one of several exports: the last one is read");
  return found.at(-1);
}

/** The object of the configuration, or the list of its headers: itself, the return value of a function, or the argument of plugins. */
function configOf(node: AnyNode, scope: Scope, evaluate: Evaluator, note: Note, depth = 1): ScopedNode | undefined {
  note.enter(depth, evaluate.lineOf(node));
  note.spend("directives", 1);
  const inner = (one: AnyNode, within = scope) => configOf(one, within, evaluate, note, depth + 1);
  const found = evaluate.resolve(node, scope);
  if (found === undefined) return unknown();
  if (found.node !== node) return inner(found.node, found.scope);
  // A list is the return value of `headers` in a separate file, as the export target prints it.
  if (node.type === "ObjectExpression" || node.type === "ArrayExpression") return { node, scope };
  if (node.type === "AwaitExpression") return inner(node.argument);
  const returned = evaluate.returned(node, scope);
  if (returned !== undefined) return inner(returned.node, returned.scope);
  if (node.type !== "CallExpression") return unknown();
  const objects = node.arguments.flatMap((one) => {
    const resolved = evaluate.resolve(one, scope);
    return resolved !== undefined && CONFIGS.includes(resolved.node.type) ? [resolved] : [];
  });
  const [only] = objects.filter(hasHeaders);
  const given = only ?? objects[0];
  if (given === undefined) return unknown();
  note.remark(evaluate.lineOf(node), `${evaluate.quoted(node.callee)} may add headers: its argument is read`);
  return inner(given.node, given.scope);

  function unknown(): undefined {
    note(evaluate.lineOf(node), `${evaluate.quoted(node)} is not plain data: not read; no header is read`);
    return undefined;
  }
}

const CONFIGS: readonly string[] = [
  "ObjectExpression",
  "CallExpression",
  "ArrowFunctionExpression",
  "FunctionExpression",
  "FunctionDeclaration",
];

const hasHeaders = ({ node }: ScopedNode) =>
  node.type === "ObjectExpression" && node.properties.some((one) => one.type === "Property" && keyOf(one) === "headers");

function keyOf(property: { readonly key: AnyNode; readonly computed: boolean }): string | undefined {
  if (property.computed) return undefined;
  if (property.key.type === "Identifier") return property.key.name;
  return property.key.type === "Literal" ? String(property.key.value) : undefined;
}

/** The return value of `headers`; the last `headers` of an object and of the objects spread into it. */
function headersOf(config: AnyNode, scope: Scope, evaluate: Evaluator, note: Note): Data | undefined {
  if (config.type !== "ObjectExpression") return undefined;
  let found: Data | undefined;
  for (const property of config.properties) {
    const line = evaluate.lineOf(property);
    if (property.type === "SpreadElement") {
      const spread = evaluate.resolve(property.argument, scope);
      if (spread?.node.type === "ObjectExpression") found = headersOf(spread.node, spread.scope, evaluate, note) ?? found;
      else note(line, `${evaluate.quoted(property)} may have headers, and is not plain data: not read`);
    } else if (keyOf(property) === "headers") found = listOf(property.value, scope, evaluate, note);
    else if (keyOf(property) === "basePath")
      note(line, "header paths are relative to basePath: read without it. Prefix the routes with it");
    else if (keyOf(property) === "i18n") note(line, "each header path also applies below each locale: read without locales");
  }
  if (found !== undefined && Array.isArray(found.value)) checkScopes(found.value, note);
  return found;
}

/** `basePath: false` and `locale: false` change which paths a source matches. */
function checkScopes(rules: readonly Data[], note: Note): void {
  for (const rule of rules) {
    for (const name of ["basePath", "locale"]) {
      if (memberOf(rule, name)?.value === false) note(rule.line, `has ${name}: false: its source is read like all others`);
    }
  }
}

function listOf(value: AnyNode, scope: Scope, evaluate: Evaluator, note: Note): Data | undefined {
  const found = evaluate.resolve(value, scope);
  const returned = found && evaluate.returned(found.node, found.scope);
  const list = returned?.node ?? value;
  const file = evaluate.importedFrom(list);
  if (file !== undefined) {
    note(evaluate.lineOf(list), `${evaluate.quoted(list)} comes from ${show(file)}: not read; no header is read. Import that file instead`);
    return undefined;
  }
  if (returned !== undefined) return evaluate.dataOf(returned.node, returned.scope, 1);
  note(evaluate.lineOf(value), `${evaluate.quoted(value)} does not return plain data: not read; no header is read`);
  return undefined;
}
