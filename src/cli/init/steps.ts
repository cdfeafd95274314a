import { type Choices, ciSteps, middlewareLines, policyPath, testCommand } from "./files.js";
import { FRAMEWORKS } from "./frameworks.js";
import type { Project } from "./project.js";

/** What is left to do, for stdout: `init` edits no file of the project. */
export function stepsText(
  choices: Choices,
  project: Project,
  policy: string,
  test: string,
  hasWorkflow: boolean,
  bold: (text: string) => string,
): string {
  const isFound = policy.startsWith("portcullis.config");
  const word = isFound ? "" : ` ${policyPath(project)}`;
  const parts: (readonly [title: string, lines: readonly string[]])[] = [
    ...(project.hasPortcullis ? [] : [["Install the package:", ["npm install portcullis"]] as const]),
    sending(choices, project, word),
    ["Run the test:", [testCommand(test, project)]],
    [
      "See the headers, and what the site would lose under them:",
      [`npx portcullis headers${word}`, `npx portcullis record http://localhost:3000${word}`],
    ],
    ...(hasWorkflow ? [] : [["In CI:", ciSteps(test, project)] as const]),
  ];
  return parts.map(([title, lines]) => `${bold(title)}\n${lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("")}`).join("\n");
}

function sending(choices: Choices, project: Project, word: string): readonly [string, readonly string[]] {
  const { framework, serve } = choices;
  if (serve !== "node") return [`Print the headers for ${serve}:`, [`npx portcullis export ${serve}${word} --out ${serve}`]];
  if (framework === "none")
    return [
      "Serve the application behind a proxy that sends the headers:",
      [`npx portcullis proxy --target http://127.0.0.1:3000${word === "" ? "" : ` --policy${word}`}`],
    ];
  return [`Add to the application, ${FRAMEWORKS[framework].place}:`, middlewareLines(choices, project)];
}
