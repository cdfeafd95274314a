import type { Page } from "../page.js";
import { type Declaration, declarationsOf, exportsOf } from "./doc-comments.js";
import { guide } from "./guides.js";
import { groupOf, indexRef, pathOf, ref } from "./links.js";
import { blocks, code, fence, list, plain, prose, section, table } from "./markdown.js";
import { middlewareTexts } from "./text/middleware.js";

/** A function of the package's main entry that returns a middleware. */
interface Exported {
  readonly declaration: Declaration;
  readonly file: string;
}

/**
 * A page for each function of `portcullis` that returns a middleware, with its options, and their index.
 *
 * @throws {Error} that names a function or an option without its text.
 */
export function middlewarePages(): readonly Page[] {
  const all = exportsOf("src/index.ts").flatMap(({ name, from }): readonly Exported[] => {
    const declaration = declarationsOf(from).get(name);
    return declaration?.returnType === "Middleware" ? [{ declaration, file: from }] : [];
  });
  return [indexPage(all), ...all.map(middlewarePage)];
}

function indexPage(all: readonly Exported[]): Page {
  const rows = all.map(({ declaration: { name, text } }) => [ref("middleware", name, `${name}()`), prose(firstSentence(text))]);
  return {
    path: pathOf("middleware"),
    title: "Middleware",
    description: "The middleware of Portcullis for Express, Connect and node:http, each with its options.",
    group: groupOf("middleware"),
    body: blocks(
      `Import the middleware from ${code('"portcullis"')}, and mount ${ref("middleware", "securityHeaders", "securityHeaders()")} first. Each is ${code("(req, res, next)")}; without ${code("next")} it throws what ${code("next")} would be called with.`,
      table(["Function", "What it does"], rows),
      `For other frameworks see ${guide("frameworks", "Frameworks")}.`,
    ),
  };
}

function firstSentence(text: string): string {
  return /^.*?\.(?=\s|$)/s.exec(text)?.[0] ?? text;
}

function middlewarePage({ declaration, file }: Exported): Page {
  const { name, text, signature, params, returns, throws } = declaration;
  const written = Object.hasOwn(middlewareTexts, name) ? middlewareTexts[name] : undefined;
  if (written === undefined) throw new Error(`text/middleware.ts has no row for ${name}.`);
  const named = params.filter((one) => one.text !== "");
  return {
    path: pathOf("middleware", name),
    title: `${name}()`,
    description: plain(firstSentence(text)),
    group: groupOf("middleware"),
    body: blocks(
      prose(text),
      fence("js", `import { ${importsIn(written.code)} } from "portcullis";\n\n${written.code}`),
      section(
        "Signature",
        fence("ts", signature),
        table(
          ["Parameter", "What it is"],
          named.map((one) => [code(one.name), prose(one.text)]),
        ),
        returns === "" ? "" : `Returns ${prose(returns)}`,
        throws === "" ? "" : `Throws a ${indexRef("errors", code("PolicyError"))} ${prose(throws)}`,
      ),
      optionSection(name, file),
      section(
        "See also",
        list([
          ...written.guides.map(([one, title]) => guide(one, title)),
          indexRef("middleware", "All middleware"),
          indexRef("options", "Policy options"),
        ]),
      ),
    ),
  };
}

/** The functions of the package that a sample calls. */
const importsIn = (sample: string) =>
  [...new Set([...sample.matchAll(/\b(\w+)\(/g)].map(([, name = ""]) => name))]
    .filter((one) => Object.hasOwn(middlewareTexts, one))
    .join(", ");

function optionSection(name: string, file: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Options`;
  const members = declarationsOf(file).get(type)?.members ?? [];
  const rows = members.map((one) => {
    if (one.text === "") throw new Error(`${file}: ${type}.${one.name} has no doc comment.`);
    return [code(one.name), code(one.type), prose(one.text)];
  });
  return rows.length === 0 ? "" : section("Options", table(["Option", "Type", "What it does"], rows));
}
