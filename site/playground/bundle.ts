import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build, type Plugin } from "esbuild";
import { minify } from "oxc-minify";
import { vocabulary } from "./vocabulary.js";

const CLIENT = "site/client/playground";

/** The modules that a page names in its HTML, without the folder. */
export interface Bundle {
  readonly script: string;
  readonly style: string;
  /** The library alone, with the names of its functions: what the script loads, and what tests call. */
  readonly engine: string;
  /** Every file, by its path below the root of the site. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** The folder of the files below the root of the site. */
export const FOLDER = "playground";

/**
 * Builds the script and the style of the playground, minified and split.
 *
 * @param root the root of the repository; default: the current folder.
 */
export async function bundlePlayground(root = process.cwd()): Promise<Bundle> {
  const entries = { playground: "main.ts", engine: "engine.ts", style: "style.css" };
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([out, file]) => ({ in: `./${CLIENT}/${file}`, out })),
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: ["es2022", "chrome111", "firefox113", "safari16.4"],
    legalComments: "none",
    charset: "utf8",
    outdir: FOLDER,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    write: false,
    metafile: true,
    logLevel: "silent",
    plugins: [vocabularyPlugin(), factsPlugin(), noPagePlugin(), evaluatorPlugin()],
  });
  const outputOf = (file: string) => {
    const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === `${CLIENT}/${file}`);
    if (found === undefined) throw new Error(`esbuild made nothing of ${file}`);
    return basename(found[0]);
  };
  return {
    script: outputOf(entries.playground),
    style: outputOf(entries.style),
    engine: outputOf(entries.engine),
    files: new Map(
      await Promise.all(
        outputFiles.map(
          async ({ path, contents, text }) =>
            [`${FOLDER}/${basename(path)}`, path.endsWith(".js") ? await smaller(path, text) : contents] as const,
        ),
      ),
    ),
  };
}

/** A module as esbuild has minified it, once more by a minifier that joins statements: it takes a thirtieth off. */
async function smaller(path: string, module: string): Promise<Uint8Array> {
  const { code, errors } = await minify(path, module, { module: true, compress: { target: "es2022" }, mangle: { toplevel: true } });
  if (errors.length > 0) throw new Error(`oxc-minify: ${errors[0]?.message}`);
  return Buffer.from(code);
}

/** `virtual:vocabulary`: the words of policy files, from their schemas. */
function vocabularyPlugin(): Plugin {
  return {
    name: "vocabulary",
    setup(build) {
      build.onResolve({ filter: /^virtual:vocabulary$/ }, ({ path }) => ({ path, namespace: "vocabulary" }));
      build.onLoad({ filter: /.*/, namespace: "vocabulary" }, () => ({
        contents: `export const generated = JSON.parse(${JSON.stringify(JSON.stringify(vocabulary()))});`,
      }));
    },
  };
}

/** The facts of a recipe that only documentation shows: the reference page of each recipe has them. */
const FACTS =
  /^ {4}(?:pages|notes|nonce|checked|evidence|category):(?: \[$[\s\S]*?^ {4}\]| (?:\[.*\]|\{.*\}|['"].*['"])| *\n {6}['"].*['"]),\n/gm;

/** Recipes without those facts, which are a tenth of the bundle. */
function factsPlugin(): Plugin {
  return {
    name: "facts",
    setup(build) {
      build.onLoad({ filter: /\/src\/services\/[\w-]+\.ts$/ }, ({ path }) => ({
        contents: readFileSync(path, "utf8").replace(FACTS, ""),
        loader: "ts",
      }));
    },
  };
}

/** The playground audits headers only: what reads the HTML of a page is left out, with its parser. */
function noPagePlugin(): Plugin {
  return {
    name: "no-page",
    setup(build) {
      build.onLoad({ filter: /\/src\/audit\/page\.ts$/ }, () => ({
        contents: readFileSync(join(build.initialOptions.absWorkingDir ?? "", CLIENT, "no-html.ts"), "utf8"),
        loader: "ts",
      }));
    },
  };
}

/**
 * csp_evaluator as ES modules, of which what is unused is left out. All its files are CommonJS in the one form that TypeScript prints; its
 * enums become those of TypeScript again, which esbuild writes as numbers.
 */
function evaluatorPlugin(): Plugin {
  return {
    name: "evaluator",
    setup(build) {
      build.onLoad({ filter: /\/csp_evaluator\/dist\/.*\.js$/ }, ({ path }) => ({
        contents: asModule(readFileSync(path, "utf8")),
        loader: "ts",
      }));
    },
  };
}

/** An enum as TypeScript prints it: its name, and the rows below. */
const ENUM = /^var (\w+);\n\(function \(\1\) \{\n([\s\S]*?)\}\)\(\1 = exports\.\1 \|\| \(exports\.\1 = \{\}\)\);$/gm;

/** `Severity[Severity["HIGH"] = 10] = "HIGH";`, or `Keyword["SELF"] = "'self'";`. */
const ROW = /^ *\w+\[(?:\w+\[)?("\w+")\] = (\d+|".*")(?:\] = "\w+")?;$/gm;

function asModule(text: string): string {
  return text
    .replace(/^[\s\S]*?Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);\n(?:exports\.\w+ = )*(?:void 0;)?/, "")
    .replace(/^const (\w+) = (?:__importStar\()?require\("(.+)"\)\)?;$/gm, 'import * as $1 from "$2";')
    .replace(ENUM, (_, name: string, rows: string) => `export enum ${name} {\n${rows.replace(ROW, "$1 = $2,")}}`)
    .replace(/^exports\.(\w+) = \1;$/gm, "export { $1 };")
    .replace(/^exports\.(\w+) = /gm, "export const $1 = ")
    .replace(/\bexports\.(\w+)/g, "$1");
}

/** The path of a file of the bundle below the root of the site. */
export const pathOf = (file: string): string => join("/", FOLDER, file);
