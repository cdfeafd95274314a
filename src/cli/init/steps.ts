import { ciSteps, testCommand } from "./ci.js";
import { type Choices, middlewareLines, policyPath, policyWord } from "./files.js";
import { helmetStep } from "./helmets.js";
import type { Project } from "./project.js";

/** The port of an application without `portcullis init`: that of its own documentation. */
const PORTS: readonly (readonly [preset: RegExp, port: number])[] = [
  [/^streamlit/, 8501],
  [/^gradio/, 7860],
  [/^jupyter/, 8888],
  [/^dash/, 8050],
  [/^nodeRed/, 1880],
  [/^/, 3000],
];

/** What is left to do, for stdout: `init` edits no file of the project. */
export function stepsText(choices: Choices, project: Project, test: string, hasWorkflow: boolean, bold: (text: string) => string): string {
  const word = policyWord(project);
  const { add, exec } = project.manager;
  const port = portOf(choices);
  const parts: (readonly [title: string, lines: readonly string[]])[] = [
    ...project.helmets.map((name) => helmetStep(name, policyPath(project), project.language === "commonjs")),
    ...(project.hasPortcullis ? [] : [["Install the package:", [`${add} portcullis`]] as const]),
    sending(choices, project, word),
    ["Run the test:", [testCommand(test, project)]],
    [
      "See the headers, and what the site would lose under them:",
      [`${exec} portcullis headers${word}`, `${exec} portcullis record http://localhost:${port}${word}`],
    ],
    ...(hasWorkflow ? [] : [["In CI:", ciSteps(test, project)] as const]),
  ];
  return parts.map(([title, lines]) => `${bold(title)}\n${lines.map((line) => (line === "" ? "\n" : `  ${line}\n`)).join("")}`).join("\n");
}

const portOf = ({ preset }: Choices) => PORTS.find(([name]) => name.test(preset))?.[1] ?? 3000;

function sending(choices: Choices, project: Project, word: string): readonly [string, readonly string[]] {
  const { framework, serve } = choices;
  const { exec } = project.manager;
  if (serve !== "node") return [`Print the headers for ${serve}:`, [`${exec} portcullis export ${serve}${word} --out ${serve}`]];
  if (framework === "none")
    return [
      "Serve the application behind a proxy that sends the headers:",
      [`${exec} portcullis proxy --target http://127.0.0.1:${portOf(choices)}${word === "" ? "" : ` --policy${word}`}`],
    ];
  const { title, lines } = middlewareLines(choices, project);
  return [title, lines];
}
