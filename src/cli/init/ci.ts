import type { NewFile, Place } from "./files.js";
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

/** The steps for CI, as commands. The second fails where the branch was not fetched, and accepts a branch without the policy. */
export function ciSteps(test: string, place: Place): readonly string[] {
  const policy = policyPath(place);
  return [
    testCommand(test, place),
    `before=$(git ls-tree --name-only "origin/${BRANCH}" ${policy}) && { test -z "$before" || ${place.manager.exec} portcullis compare "origin/${BRANCH}:${policy}" ${policy} --fail-on-weaker; }`,
  ];
}

/** Where GitHub finds the workflow. */
export const WORKFLOW = ".github/workflows/security-headers.yml";

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
${place.manager.install.map((line) => `      - run: ${line}`).join("\n")}
      - run: ${runTest}
      - name: The policy is not weaker than before
        if: github.event_name == 'pull_request'
        env:
          BASE: \${{ github.base_ref }}
        run: |
          ${compare}
`;
  return { path: WORKFLOW, text };
}
