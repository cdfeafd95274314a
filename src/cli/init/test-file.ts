import { type Choices, type ImportExtension, imported, type NewFile, type Place, policyModule, policyPath, policyWord } from "./files.js";
import { FRAMEWORKS, testOf } from "./frameworks.js";

/** The path of the written test: none beside a policy in JSON, since it would need the package. */
export function testPath(place: Place): string | undefined {
  if (place.isJson) return undefined;
  return `${place.tests}/security-headers.test.${extensionOf(place)}`;
}

function extensionOf({ language, runner, isBare, isModule, importsTs, needsMts }: Place): string {
  // The compiler takes imports of .ts by an option only, and Node takes no others: it runs a file that the compiler does not read.
  if (language === "typescript" && runner === "node") return importsTs && isModule ? "ts" : "mjs";
  if (language === "typescript") return needsMts ? "mts" : "ts";
  // Vitest has no CommonJS.
  return isBare || (language === "commonjs" && runner === "vitest") ? "mjs" : "js";
}

/** The written test: what sends the headers sends those of the policy. */
export function testFile(choices: Choices, place: Place): NewFile | undefined {
  const path = testPath(place);
  if (path === undefined) return undefined;
  const written: Written = {
    isTypeScript: path.endsWith("ts"),
    isCommonJs: place.language === "commonjs" && !path.endsWith(".mjs"),
    imports: [
      ...(needsHook(place) ? ([["{ registerHooks }", "node:module"]] as const) : []),
      ...(place.runner === "jest" ? [] : ([["{ test }", place.runner === "node" ? "node:test" : "vitest"]] as const)),
    ],
  };
  const { imports, lines } = choices.serve === "node" ? application(choices, place, written) : server(choices, place);
  const all = [...written.imports, ...imports].toSorted(([, one], [, other]) => order(one) - order(other));
  const text = [
    ...all.map(([what, module]) => imported(what, module, written.isCommonJs)),
    ...policyLines(path, choices.serve === "node" ? "{ policy }" : "{ policy, routes }", place, written),
    "",
    ...lines,
  ];
  return { path, text: `${text.join("\n")}\n` };
}

interface Written {
  readonly isTypeScript: boolean;
  readonly isCommonJs: boolean;
  readonly imports: readonly Import[];
}

type Import = readonly [what: string, module: string];

const order = (module: string) => (module.startsWith("node:") ? 0 : 1);

/** Jest finds a module of TypeScript without an extension only. */
function policyExtension(path: string, { language, runner, importsTs }: Place): ImportExtension {
  if (language !== "typescript") return "js";
  if (runner === "jest") return "none";
  return path.endsWith(".mjs") || importsTs ? "ts" : "js";
}

/** Where package.json does not say that they are modules, Node takes files of TypeScript for CommonJS, as which `import` is an error. */
const needsHook = (place: Place) =>
  place.language === "typescript" && place.runner === "node" && !place.isModule && policyPath(place).endsWith(".ts");

function policyLines(path: string, what: string, place: Place, { isCommonJs }: Written): readonly string[] {
  const module = policyModule(path, place, policyExtension(path, place));
  if (!needsHook(place)) return [imported(what, module, isCommonJs)];
  return [
    "",
    "// The compiler makes CommonJS of .ts files in this project. Node reads them as they are written: as modules.",
    "registerHooks({",
    '  load: (url, context, load) => load(url, url.endsWith(".ts") ? { ...context, format: "module-typescript" } : context),',
    "});",
    `const ${what} = await import(${JSON.stringify(module)});`,
  ];
}

function application({ framework }: Choices, { nestOnFastify }: Place, { isTypeScript }: Written) {
  const { entry } = FRAMEWORKS[framework];
  const { imports, lines, ask, close, listener } = testOf(framework, nestOnFastify);
  const opened = [
    `const server = createServer(${listener}).listen(0, "127.0.0.1");`,
    'await once(server, "listening");',
    `const { port } = server.address()${isTypeScript ? " as AddressInfo" : ""};`,
  ];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: written into a file
  const response = ask ?? "await fetch(`http://127.0.0.1:${port}/`)";
  const end = ask === undefined ? ["server.close();"] : close;
  const body = [
    ...lines,
    ...(ask === undefined ? opened : []),
    ...(end === undefined
      ? [`secured(policy)(${response});`]
      : ["try {", `  secured(policy)(${response});`, "} finally {", ...end.map((line) => `  ${line}`), "}"]),
  ];
  const http: readonly Import[] = [
    ["{ once }", "node:events"],
    ["{ createServer }", "node:http"],
    ...(isTypeScript ? ([["type { AddressInfo }", "node:net"]] as const) : []),
  ];
  return {
    imports: [
      ...(ask === undefined ? http : []),
      ...imports,
      ...(entry === undefined ? [] : [[`{ ${entry.name} }`, entry.module] as const]),
      ["{ secured }", "portcullis/testing"] as const,
    ],
    lines: [
      ...(framework === "none" || framework === "next" ? [] : ["// Replace the application in this test by yours."]),
      'test("every response has the headers of the policy", async () => {',
      ...body.map((line) => `  ${line}`),
      "});",
    ],
  };
}

/** A server that is not Node has its headers from files: these, and what it really sends. */
function server({ serve }: Choices, place: Place) {
  return {
    imports: [
      ["{ readFile }", "node:fs/promises"],
      ["{ exportPolicy }", "portcullis/export"],
      ["{ secured }", "portcullis/testing"],
    ] as readonly Import[],
    lines: [
      `test("the files of ${serve} are those that the policy prints", async () => {`,
      `  for (const { path, text } of exportPolicy("${serve}", { policy, routes }).files) {`,
      `    const written = await readFile(\`${serve}/\${path}\`, "utf8");`,
      `    if (written !== text) throw new Error(\`${serve}/\${path} is not up to date. Run: ${exportCommand(serve, place)}\`);`,
      "  }",
      "});",
      "",
      `// With the address of a server that has these files: SITE=https://staging.example.com`,
      "const site = process.env.SITE;",
      '(site === undefined ? test.skip : test)("the server sends the headers of the policy", async () => {',
      '  secured(policy)(await fetch(site ?? ""));',
      "});",
    ],
  };
}

/** Prints the files of a server again. */
export function exportCommand(serve: string, place: Place): string {
  return `${place.manager.exec} portcullis export ${serve}${policyWord(place)} --out ${serve} --force`;
}
