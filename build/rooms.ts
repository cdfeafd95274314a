import { readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, relative } from "node:path";
import { type Identifier, type ImportDeclaration, parse } from "acorn";
import type { Options } from "tsup";
import { wrapLines } from "./print.js";

// The large rooms are in dist once for both formats: a CommonJS file, which either format loads, has a room as a function of what it
// imports. A small file for each format calls it with the imports of that format, so that no process loads the core of the other
// one. The core itself is in dist for each format, for a fast import and for tree shaking.

/** A printed ES module in parts. */
interface Parts {
  readonly imports: readonly ImportDeclaration[];
  readonly code: string;
  /** The exported names, and the name of each in the code. */
  readonly exported: readonly (readonly [name: string, local: string])[];
}

/** Takes the import and export statements out of a module. */
function partsOf(text: string, name: string): Parts {
  const imports: ImportDeclaration[] = [];
  const exported: (readonly [string, string])[] = [];
  let code = "";
  let at = 0;
  for (const node of parse(text, { ecmaVersion: 2024, sourceType: "module" }).body) {
    if (!/^(?:Import|Export)/.test(node.type)) continue;
    code += text.slice(at, node.start);
    at = node.end;
    if (node.type === "ImportDeclaration") imports.push(node);
    else if (node.type === "ExportNamedDeclaration" && !node.source && !node.declaration)
      exported.push(...node.specifiers.map((one) => [nameOf(one.exported), nameOf(one.local)] as const));
    else throw new Error(`${name}: ${node.type} has no form that both formats share`);
  }
  code += text.slice(at);
  if (/\bimport(?:\.meta\b|\(["'`])/.test(code)) throw new Error(`${name}: import.meta and import("…") differ between the formats`);
  return { imports, code, exported };
}

const nameOf = (node: { readonly type: string }) => (node as Identifier).name;

const pair = (key: string, value: string) => (key === value ? key : `${key}:${value}`);

/** An import statement as CommonJS. A default import is one of a module of Node, which `require` returns. */
function required({ specifiers, source }: ImportDeclaration): string {
  const from = `require(${JSON.stringify(String(source.value).replace(/^(\..*)\.js$/, "$1.cjs"))})`;
  const named = specifiers.flatMap((one) => (one.type === "ImportSpecifier" ? [pair(nameOf(one.imported), one.local.name)] : []));
  const whole = specifiers.filter(({ type }) => type !== "ImportSpecifier").map(({ local }) => `const ${local.name}=${from};`);
  return `${whole.join("")}${named.length === 0 ? "" : `const{${named}}=\n${from};`}`;
}

/**
 * Puts rooms that were printed as ES modules into one file for both formats. To be run after `readable`.
 *
 * @param files paths in dist without endings.
 */
export function rooms(files: readonly string[]): NonNullable<Options["plugins"]>[number] {
  return {
    name: "rooms",
    buildEnd() {
      for (const file of files) splitRoom(`dist/${file}`);
    },
  };
}

function splitRoom(path: string): void {
  const text = readFileSync(`${path}.js`, "utf8");
  const { imports, code, exported } = partsOf(text, path);
  const room = `dist/shared/${basename(path)}-room.cjs`;
  const link = relative(dirname(path), room);
  const load = link.startsWith(".") ? link : `./${link}`;
  const given = imports.flatMap(({ specifiers }) => specifiers.map(({ local }) => local.name));
  // The parentheses have V8 compile the function at once, not twice.
  const lines = [
    `"use strict";module.exports=(({${given}})=>{`,
    code.trim(),
    `return{${exported.map(([name, local]) => pair(name, local))}}});`,
  ];
  writeFileSync(room, wrapLines(`${lines.join("\n")}\n`, "script"));

  const statements = imports.map(({ start, end }) => text.slice(start, end));
  const names = exported.map(([name]) => name);
  const esm = [...statements, `import room from"${load}";`, `export const{${names}}=room({${given}});`];
  writeFileSync(`${path}.js`, wrapLines(`${esm.join("\n")}\n`, "module"));
  const cjs = [
    `"use strict";`,
    ...imports.map(required),
    `const room=require("${load}")({${given}});`,
    ...names.map((name) => `exports.${name}=room.${name};`),
  ];
  writeFileSync(`${path}.cjs`, wrapLines(`${cjs.join("\n")}\n`, "script"));
}
