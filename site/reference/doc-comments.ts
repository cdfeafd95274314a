import { readFileSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { root } from "./root.js";

/** A member of an interface, of an object constant or of a union of texts. */
export interface Member {
  readonly name: string;
  /** As it is written, without `| undefined`; empty for a member of an object constant. */
  readonly type: string;
  readonly optional: boolean;
  /** Its doc comment, in markdown; empty where it has none. */
  readonly text: string;
  /** What `@deprecated` says. */
  readonly deprecated: string | undefined;
}

/** A top-level declaration of a module. */
export interface Declaration {
  readonly name: string;
  /** Its doc comment without tags, in markdown; empty where it has none. */
  readonly text: string;
  readonly members: readonly Member[];
  /** The names of the interfaces that it extends, or of the type that it is another name for. */
  readonly bases: readonly string[];
  /** Of a function: its parameters and what `@param` says of each. */
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly returns: string;
  readonly throws: string;
  /** Of a function: the declared type of what it returns. */
  readonly returnType: string;
  /** Of a function: its head. */
  readonly signature: string;
}

const files = new Map<string, ReadonlyMap<string, Declaration>>();

/** The declarations of a source file, by name; each file is read once. `file` is relative to the repository: `"src/errors.ts"`. */
export function declarationsOf(file: string): ReadonlyMap<string, Declaration> {
  const known = files.get(file) ?? read(file);
  files.set(file, known);
  return known;
}

/** One declaration. Throws an Error where the file has none of this name: the caller names one that was renamed. */
export function declarationOf(file: string, name: string): Declaration {
  const found = declarationsOf(file).get(name);
  if (found === undefined) throw new Error(`${file} declares no ${name}.`);
  return found;
}

/** The members of an interface, also of those that it extends, in its file or in one that the file imports; its own first. */
export function membersOf(file: string, name: string): readonly Member[] {
  const found = declarationsOf(file).get(name);
  if (found === undefined) return [];
  const places = [file, ...importsOf(file)];
  const inherited = found.bases.flatMap((base) => {
    const place = places.find((one) => declarationsOf(one).has(base));
    return place === undefined ? [] : membersOf(place, base);
  });
  const own = new Set(found.members.map((one) => one.name));
  return [...found.members, ...inherited.filter((one) => !own.has(one.name))];
}

/** The doc comments of the members of a declaration, by name. Throws an Error for a member without one. */
export function memberTexts(file: string, name: string): ReadonlyMap<string, string> {
  const { members } = declarationOf(file, name);
  const silent = members.find(({ text }) => text === "");
  if (silent !== undefined) throw new Error(`${file}: ${name}.${silent.name} has no doc comment.`);
  return new Map(members.map((one) => [one.name, one.text]));
}

/** The names that an index exports, each with the file that declares it. */
export function exportsOf(index: string): readonly { readonly name: string; readonly from: string }[] {
  return parse(index).statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const { exportClause, moduleSpecifier } = statement;
    const from = fileOf(index, moduleSpecifier);
    if (from === undefined || exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
    return exportClause.elements.map(({ name }) => ({ name: name.text, from }));
  });
}

/** The files of the repository that a file imports. */
export function importsOf(index: string): readonly string[] {
  const imports = parse(index).statements.filter((statement) => ts.isImportDeclaration(statement));
  return imports.flatMap(({ moduleSpecifier }) => fileOf(index, moduleSpecifier) ?? []);
}

function fileOf(index: string, specifier: ts.Expression | undefined): string | undefined {
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith(".")) return undefined;
  return posix.join(posix.dirname(index), specifier.text.replace(/\.js$/, ".ts"));
}

const parse = (file: string) => ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest, true);

function read(file: string): ReadonlyMap<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const statement of parse(file).statements) {
    if (ts.isVariableStatement(statement)) {
      for (const one of statement.declarationList.declarations) {
        found.set(one.name.getText(), declaration(one.name.getText(), statement, objectMembers(one.initializer)));
      }
    } else if (ts.isInterfaceDeclaration(statement)) {
      const bases = (statement.heritageClauses ?? []).flatMap(({ types }) => types.map(({ expression }) => expression.getText()));
      found.set(statement.name.text, { ...declaration(statement.name.text, statement, statement.members.map(member)), bases });
    } else if (ts.isTypeAliasDeclaration(statement)) {
      const bases = ts.isTypeReferenceNode(statement.type) ? [statement.type.typeName.getText()] : [];
      found.set(statement.name.text, { ...declaration(statement.name.text, statement, unionMembers(statement.type)), bases });
    } else if (ts.isClassDeclaration(statement) && statement.name !== undefined) {
      const fields = statement.members.filter((one) => ts.isPropertyDeclaration(one));
      found.set(statement.name.text, declaration(statement.name.text, statement, fields.map(member)));
    } else if (ts.isFunctionDeclaration(statement) && statement.name !== undefined && !found.has(statement.name.text)) {
      found.set(statement.name.text, functionDeclaration(statement.name.text, statement));
    }
  }
  return found;
}

function declaration(name: string, node: ts.Node, members: readonly Member[]): Declaration {
  return { name, text: textOf(node), members, bases: [], params: [], returns: "", throws: "", returnType: "", signature: "" };
}

function functionDeclaration(name: string, node: ts.FunctionDeclaration): Declaration {
  const tags = ts.getJSDocTags(node);
  const tagText = (tag: ts.JSDocTag | undefined) => tidy(ts.getTextOfJSDocComment(tag?.comment));
  const params = tags.filter(ts.isJSDocParameterTag).map((tag) => ({ name: tag.name.getText(), text: tagText(tag) }));
  const head = node.getText().slice(0, (node.body?.getStart() ?? node.end) - node.getStart());
  return {
    ...declaration(name, node, []),
    params,
    returns: tagText(tags.find(ts.isJSDocReturnTag)),
    throws: tagText(tags.find(ts.isJSDocThrowsTag)).replace(/^PolicyError\s*/, ""),
    returnType: node.type?.getText() ?? "",
    signature: head
      .replace(/^export /, "")
      .replace(/\s+/g, " ")
      .replace(/;?\s*$/, ""),
  };
}

/** `Object.freeze({ … })`, `{ … } as const satisfies …`: the members of the object. */
function objectMembers(initializer: ts.Expression | undefined): readonly Member[] {
  if (initializer === undefined) return [];
  if (ts.isAsExpression(initializer) || ts.isSatisfiesExpression(initializer)) return objectMembers(initializer.expression);
  if (ts.isCallExpression(initializer)) return objectMembers(initializer.arguments[0]);
  return ts.isObjectLiteralExpression(initializer) ? initializer.properties.map(member) : [];
}

/** The members of a union of texts, each with the comment before its bar. */
function unionMembers(type: ts.TypeNode): readonly Member[] {
  if (!ts.isUnionTypeNode(type)) return [];
  const source = type.getSourceFile().text;
  return type.types.flatMap((one, index) => {
    if (!ts.isLiteralTypeNode(one) || !ts.isStringLiteral(one.literal)) return [];
    const before = source.slice(type.types[index - 1]?.end ?? type.pos, one.getStart());
    const [, comment = ""] = /\/\*\*(.*?)\*\//s.exec(before) ?? [];
    const text = tidy(comment.replace(/^[ \t]*\*/gm, ""));
    return [{ name: one.literal.text, type: "", optional: false, text, deprecated: undefined }];
  });
}

function member(node: ts.TypeElement | ts.ClassElement | ts.ObjectLiteralElementLike): Member {
  const type = ts.isPropertySignature(node) || ts.isPropertyDeclaration(node) ? (node.type?.getText() ?? "") : "";
  const deprecated = ts.getJSDocTags(node).find(ts.isJSDocDeprecatedTag);
  return {
    name: node.name?.getText() ?? "",
    type: type.replace(/\s+/g, " ").replace(/ \| undefined$/, ""),
    optional: "questionToken" in node && node.questionToken !== undefined,
    text: textOf(node),
    deprecated: deprecated && tidy(ts.getTextOfJSDocComment(deprecated.comment)),
  };
}

function textOf(node: ts.Node): string {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  return tidy(ts.getTextOfJSDocComment(comment?.comment));
}

/** Lines joined within paragraphs. */
function tidy(text: string | undefined): string {
  const paragraphs = (text ?? "").split(/\n[ \t]*\n/);
  return paragraphs
    .map((one) => one.replace(/\s*\n\s*/g, " ").trim())
    .join("\n\n")
    .trim();
}
