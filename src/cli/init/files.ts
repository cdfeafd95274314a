import { posix } from "node:path";
import { FRAMEWORKS, type FrameworkName } from "./frameworks.js";
import type { Project } from "./project.js";

/** What was chosen, by flags or answers. */
export interface Choices {
  readonly framework: FrameworkName;
  readonly preset: string;
  /** Names of recipes. */
  readonly services: readonly string[];
  /** `"node"`, or a target of `portcullis export`. */
  readonly serve: string;
}

/** A file to write, by its path from the project's folder. */
export interface NewFile {
  readonly path: string;
  readonly text: string;
}

type Place = Pick<Project, "language" | "rootDir" | "importsTs" | "runner" | "tests" | "install">;

/** The path of the policy: found by the command line itself, except where the compiler takes files of one folder only. */
export function policyPath({ language, rootDir }: Place): string {
  if (language !== "typescript") return "portcullis.config.js";
  return rootDir === "" ? "portcullis.config.ts" : `${rootDir}/policy.ts`;
}

/** The policy file. */
export function policyFile({ framework, preset, services }: Choices, place: Place): NewFile {
  const names = ["definePolicy", ...(framework === "next" ? ["append"] : [])].sort();
  const inline = framework === "next" ? ', { contentSecurityPolicy: { scriptSrc: append("unsafe-inline") } }' : "";
  const isCommonJs = place.language === "commonjs";
  const lines = [
    `// The security headers of this site. To see them: npx portcullis headers${place.rootDir === "" || place.language !== "typescript" ? "" : ` ${policyPath(place)}`}`,
    imported(`{ ${names.join(", ")} }`, "portcullis", isCommonJs),
    ...(services.length > 0 ? [imported(`{ ${[...services].sort().join(", ")} }`, "portcullis/services", isCommonJs)] : []),
    "",
    ...(framework === "next" ? ["// Next writes inline scripts into its pages: docs/next.md of portcullis has stricter ways."] : []),
    `${isCommonJs ? "exports.policy" : "export const policy"} = definePolicy("${preset}"${inline}${services.map((name) => `, ${name}()`).join("")});`,
  ];
  return { path: policyPath(place), text: `${lines.join("\n")}\n` };
}

function imported(what: string, module: string, isCommonJs: boolean): string {
  return isCommonJs
    ? `const ${what.replaceAll(" as ", ": ")} = require(${JSON.stringify(module)});`
    : `import ${what} from ${JSON.stringify(module)};`;
}

/** How a file imports the policy. */
function policyImport(from: string, place: Place, isCommonJs: boolean, extension: "js" | "ts" | "none"): string {
  const path = posix.relative(posix.dirname(from), policyPath(place)).replace(/\.[jt]s$/, extension === "none" ? "" : `.${extension}`);
  return imported("{ policy }", path.startsWith(".") ? path : `./${path}`, isCommonJs);
}

/** The lines to write into the application, which `init` does not edit. */
export function middlewareLines({ framework }: Choices, place: Place): readonly string[] {
  const { entry, use } = FRAMEWORKS[framework];
  if (entry === undefined) return [];
  const isCommonJs = place.language === "commonjs";
  const extension = place.language !== "typescript" ? "js" : framework === "next" ? "none" : place.importsTs ? "ts" : "js";
  const from = place.rootDir === "" ? "app" : `${place.rootDir}/app`;
  return [
    imported(`{ ${entry.name} }`, entry.module, isCommonJs),
    policyImport(framework === "next" ? "next.config" : from, place, isCommonJs, extension),
    "",
    use,
  ];
}

/** The written test: an application with the policy sends its headers. */
export function testFile({ framework }: Choices, place: Place): NewFile {
  const { language, runner, tests } = place;
  const isTypeScript = language === "typescript";
  // Vitest has no CommonJS.
  const isCommonJs = language === "commonjs" && runner !== "vitest";
  const path = `${tests}/security-headers.test.${isTypeScript ? "ts" : language === "commonjs" && !isCommonJs ? "mjs" : "js"}`;
  const { entry, test } = FRAMEWORKS[framework];
  const usesServer = test?.ask === undefined;
  const imports: (readonly [string, string])[] = [
    ...(usesServer
      ? ([
          ["{ once }", "node:events"],
          ["{ createServer }", "node:http"],
        ] as const)
      : []),
    ...(runner === "node" ? ([["{ test }", "node:test"]] as const) : []),
    ...(test?.imports ?? []),
    test === undefined || entry === undefined ? ["{ securityHeaders }", "portcullis"] : [`{ ${entry.name} }`, entry.module],
    ["{ secured }", "portcullis/testing"],
    ...(runner === "vitest" ? ([["{ test }", "vitest"]] as const) : []),
  ];
  const extension = !isTypeScript ? "js" : place.importsTs || runner === "node" ? "ts" : "js";
  const lines = [
    ...(usesServer && isTypeScript
      ? [...imports.map(([what, module]) => imported(what, module, isCommonJs)), 'import type { AddressInfo } from "node:net";']
      : imports.map(([what, module]) => imported(what, module, isCommonJs))),
    policyImport(path, place, isCommonJs, extension),
    "",
    `test("every response has the headers of the policy", async () => {`,
    ...(test?.lines ?? []).map((line) => `  ${line}`),
    ...(usesServer ? serverLines(test?.listener, isTypeScript) : [`  secured(policy)(${test?.ask});`]),
    "});",
  ];
  return { path, text: `// Replace the application in this test by yours.\n${lines.join("\n")}\n` };
}

const PLAIN = '(request, response) => securityHeaders(policy)(request, response, () => response.end("A page."))';

function serverLines(listener = PLAIN, isTypeScript: boolean): readonly string[] {
  return [
    `  const server = createServer(${listener}).listen(0, "127.0.0.1");`,
    '  await once(server, "listening");',
    "  try {",
    `    const { port } = server.address()${isTypeScript ? " as AddressInfo" : ""};`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: written into a file
    "    secured(policy)(await fetch(`http://127.0.0.1:${port}/`));",
    "  } finally {",
    "    server.close();",
    "  }",
  ];
}

/** The command that runs the written test. */
export function testCommand(path: string, { runner }: Place): string {
  return runner === "node" ? `node --test ${path}` : runner === "vitest" ? `npx vitest run ${path}` : `npx jest ${path}`;
}

/** The branch that a change goes to, in a shell: main where BASE is not set. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: written into a file
const BRANCH = "${BASE:-main}";

/** The steps for CI, as commands. */
export function ciSteps(test: string, place: Place): readonly string[] {
  const policy = policyPath(place);
  return [
    testCommand(test, place),
    `if git cat-file -e "origin/${BRANCH}:${policy}"; then npx portcullis compare "origin/${BRANCH}:${policy}" ${policy} --fail-on-weaker; fi`,
  ];
}

/** A workflow of GitHub: the test, and whether a pull request makes the policy weaker. */
export function workflowFile(test: string, place: Place): NewFile {
  const [runTest = "", compare = ""] = ciSteps(test, place);
  const text = `name: Security headers
on:
  push:
    branches: [main]
  pull_request:
permissions:
  contents: read
jobs:
  headers:
    runs-on: ubuntu-latest
    steps:
      # Pin actions to a commit: a tag can be moved.
      - uses: actions/checkout@v5
        with:
          fetch-depth: 0
          persist-credentials: false
      - uses: actions/setup-node@v5
        with:
          node-version: 24
${place.install.map((line) => `      - run: ${line}`).join("\n")}
      - run: ${runTest}
      - name: The policy is not weaker than before
        if: github.event_name == 'pull_request'
        env:
          BASE: \${{ github.base_ref }}
        run: |
          ${compare}
`;
  return { path: ".github/workflows/security-headers.yml", text };
}
