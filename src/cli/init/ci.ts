import { type Choices, type NewFile, type Place, wordOf } from "./files.js";

/** What a step of CI is about, by paths from the project's folder. */
export interface Checked {
  readonly policy: string;
  /** The test, where there is one. */
  readonly test: string | undefined;
}

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
function checks({ policy, test }: Checked, { serve }: Choices, place: Place): readonly string[] {
  if (test !== undefined) return [testCommand(test, place)];
  const exec = execIn(place);
  const word = wordOf(policy);
  if (serve === "node") return [`${exec} portcullis headers${word}`];
  return [
    `${exec} portcullis export ${serve}${word} --out ${serve} --force`,
    `git diff --exit-code ${serve}`,
    `test -z "$(git status --porcelain ${serve})"`,
  ];
}

/**
 * Compares the policy with that of the branch: fails where the branch was not fetched, and accepts one without the policy.
 * In parentheses, since a shell with `-e` goes on after a list in which a part before the last fails, and ends after a subshell that fails.
 */
function comparison({ policy }: Checked, place: Place): string {
  // Without "./" git takes the path from the root of the repository.
  const compare = `${execIn(place)} portcullis compare "origin/${BRANCH}:./${policy}" ${policy} --fail-on-weaker`;
  return `(before=$(git ls-tree --name-only "origin/${BRANCH}" ${policy}) && { test -z "$before" || ${compare}; })`;
}

/** The steps for CI, as commands. */
export function ciSteps(checked: Checked, choices: Choices, place: Place): readonly string[] {
  return [...checks(checked, choices, place), comparison(checked, place)];
}

/** Where GitHub finds the workflow, from the root of the repository. */
export const WORKFLOW = ".github/workflows/security-headers.yml";

/** A workflow of GitHub: the test, and whether a pull request makes the policy weaker. */
export function workflowFile(checked: Checked, choices: Choices, place: Place): NewFile {
  const runs = [...(place.isJson ? [] : place.manager.install), ...checks(checked, choices, place)];
  const folder = place.below === "" ? "" : `    defaults:\n      run:\n        working-directory: ${JSON.stringify(place.below)}\n`;
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
${folder}    steps:
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
          ${comparison(checked, place)}
`;
  return { path: WORKFLOW, text };
}
