import { readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "tinyglobby";
import ts from "typescript";

/** A regular expression of the source, and where it stands. */
export interface Found {
  /** `src/values/text.ts:5`. */
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

/** What stands in a pattern for what is known only when it runs. */
const STAND_IN = "9";

/** Every regular expression in the TypeScript of `src`: literals, and `new RegExp` of a text. */
export function regexesIn(root: string): readonly Found[] {
  return globSync("src/**/*.ts", { cwd: root })
    .sort()
    .flatMap((path) => regexesOf(path, readFileSync(join(root, path), "utf8")));
}

/**
 * The same of one file.
 *
 * @throws where `new RegExp` gets something that cannot be read here. The name of a literal is passed over: the literal is in the list.
 */
export function regexesOf(path: string, text: string): readonly Found[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Found[] = [];
  const literals = new Set<string>();
  const texts = new Map<string, string>();
  const visit = (node: ts.Node): void => {
    const place = `${path}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (ts.isVariableDeclaration(node) && node.initializer !== undefined) {
      if (ts.isRegularExpressionLiteral(node.initializer)) literals.add(node.name.getText());
      const known = textOf(node.initializer, texts);
      if (known !== undefined) texts.set(node.name.getText(), known);
    }
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      found.push({ place, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === "RegExp") {
      const [pattern, flags] = node.arguments ?? [];
      const isCopy = pattern !== undefined && ts.isIdentifier(pattern) && literals.has(pattern.text);
      const source = pattern === undefined ? undefined : textOf(pattern, texts);
      if (source !== undefined) found.push({ place, source, flags: flags === undefined ? "" : (textOf(flags, texts) ?? "") });
      else if (!isCopy) throw new Error(`${place}: new RegExp of something else than a text. Write a literal.`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The text of a literal, of `String.raw`, or of a constant of the file. */
function textOf(node: ts.Expression, texts: ReadonlyMap<string, string>): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isIdentifier(node)) return texts.get(node.text);
  if (ts.isTaggedTemplateExpression(node) && node.tag.getText() === "String.raw") return node.template.getText().slice(1, -1);
  if (!ts.isTemplateExpression(node)) return undefined;
  const parts = node.templateSpans.map(({ expression, literal }) => `${textOf(expression, texts) ?? STAND_IN}${literal.text}`);
  return `${node.head.text}${parts.join("")}`;
}
