import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/** Finds the doc comment of a member: `"headers.xFrameOptions"`, `"StrictTransportSecurity.maxAge"`; undefined if there is none. */
export type Doc = (member: string) => string | undefined;

const SOURCES = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Reads the doc comments of the members of constants and interfaces in `src/headers`, `src/presets`, `src/applications` and `src/services`: the text that editors show for a
 * policy in TypeScript is also that for a policy in JSON, as plain text.
 */
export function docComments(): Doc {
  const texts = new Map<string, string>();
  for (const room of ["headers", "presets", "applications", "services"]) {
    const files = readdirSync(join(SOURCES, room), { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    for (const file of files) collect(join(SOURCES, room, file), texts);
  }
  return (member) => texts.get(member);
}

function collect(path: string, texts: Map<string, string>): void {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true);
  for (const statement of file.statements) {
    if (ts.isInterfaceDeclaration(statement)) add(statement.name.text, statement.members, texts);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      const value = initializer && bare(initializer);
      // `Object.freeze({ … })` is its argument.
      const literal = value !== undefined && ts.isCallExpression(value) ? value.arguments[0] : value;
      if (literal !== undefined && ts.isObjectLiteralExpression(literal)) add(name.getText(), literal.properties, texts);
    }
  }
}

/** Without `as const` and `satisfies …`. */
function bare(expression: ts.Expression): ts.Expression {
  return ts.isAsExpression(expression) || ts.isSatisfiesExpression(expression) ? bare(expression.expression) : expression;
}

function add(owner: string, members: Iterable<ts.NamedDeclaration>, texts: Map<string, string>): void {
  for (const member of members) {
    const [comment] = ts.getJSDocCommentsAndTags(member);
    const text = ts.getTextOfJSDocComment(comment?.comment);
    if (member.name !== undefined && text !== undefined)
      texts.set(`${owner}.${member.name.getText()}`, text.replaceAll("`", "").replace(/\s+/g, " ").trim());
  }
}
