import type { Choices, NewFile, Place } from "./files.js";
import { policyPath } from "./files.js";

/** The command that runs the written test. */
export function testCommand(path: string, { runner, language, manager }: Place): string {
  if (runner === "node") return `node --test ${path}`;
  if (runner === "vitest") return `${manager.exec} vitest run ${path}`;
  // Jest's own name for the flag: without it, modules cannot be imported.
  if (language === "esm") return `node --experimental-vm-modules node_modules/jest/bin/jest.js ${path}`;
  return `${manager.exec} jest ${path}`;
}

/** The branch that a change goes to, in a shell: main where BASE is not set. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: written into a file
const BRANCH = "${BASE:-main}";

/** Without a package.json, npx brings Portcullis along; nobody is there to say yes. */
const execIn = ({ isJson, manager }: Place) => (isJson ? "npx --yes" : manager.exec);

/** What fails where the headers are not those of the policy: the written test, or what needs no package in the project. */
function checks(test: string | undefined, { serve }: Choices, place: Place): readonly string[] {
  if (test !== undefined) return [testCommand(test, place)];
  const exec = execIn(place);
  if (serve === "node") return [`${exec} portcullis headers`];
  return [
    `${exec} portcullis export ${serve} --out ${serve} --force`,
    `git diff --exit-code ${serve}`,
    `test -z "$(git status --porcelain ${serve})"`,
  ];
}

/** Compares the policy with that of the branch: fails where the branch was not fetched, and accepts one without the policy. */
function comparison(place: Place): string {
  const policy = policyPath(place);
  const compare = `${execIn(place)} portcullis compare "origin/${BRANCH}:${policy}" ${policy} --fail-on-weaker`;
  return `before=$(git ls-tree --name-only "origin/${BRANCH}" ${policy}) && { test -z "$before" || ${compare}; }`;
}

/** The steps for CI, as commands. */
export function ciSteps(test: string | undefined, choices: Choices, place: Place): readonly string[] {
  return [...checks(test, choices, place), comparison(place)];
}

/** Where GitHub finds the workflow. */
export const WORKFLOW = ".github/workflows/security-headers.yml";

/** A workflow of GitHub: the test, and whether a pull request makes the policy weaker. */
export function workflowFile(test: string | undefined, choices: Choices, place: Place): NewFile {
  const runs = [...(place.isJson ? [] : place.manager.install), ...checks(test, choices, place)];
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
${runs.map((line) => `      - run: ${line}`).join("\n")}
      - name: The policy is not weaker than before
        if: github.event_name == 'pull_request'
        env:
          BASE: \${{ github.base_ref }}
        run: |
          ${comparison(place)}
`;
  return { path: WORKFLOW, text };
}
