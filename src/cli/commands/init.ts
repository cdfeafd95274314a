import { usage } from "../arguments.js";
import { command, type Given } from "../command.js";
import type { Chosen } from "../init/ask.js";
import type { Choices, Place } from "../init/files.js";
import type { Project } from "../init/project.js";
import type { Terminal } from "../terminal.js";

const flags = {
  framework: { value: "name", default: "that of package.json", text: "express, connect, nest, koa, fastify, hono, next, or none." },
  preset: { value: "name", default: "recommended, or that of a Python application", text: "The preset to begin with, such as strict." },
  service: { value: "name", many: true, text: "A third party, by the name of its recipe, a part of it, or a host." },
  serve: { value: "name", default: "node", text: "What sends the headers: node, or a target of portcullis export, such as nginx." },
  ci: { value: "name", text: "github: write a workflow. Without it, the steps are printed." },
  yes: { text: "Take the defaults for what is not written, and ask nothing." },
  force: { text: "Overwrite files that exist." },
} as const;

/** `portcullis init`: the first files of a project. */
export const init = command({
  summary: "Writes a policy, a test and a CI step for a project.",
  positionals: [],
  flags,
  examples: [
    ["portcullis init", "Ask four questions, and write the files. Without a terminal, nothing is asked."],
    [
      "portcullis init --yes --preset strict --service stripe --ci github",
      "Ask nothing: take the framework and the language from the project.",
    ],
    ["portcullis init --yes --framework none --serve nginx", "Set up a policy that is printed for nginx."],
  ],

  async run(given, _words, terminal) {
    const [{ readProject }, { canAsk }, { placeFor, policyFile }, { testFile }, { workflowFile }, { writeProject }] = await Promise.all([
      import("../init/project.js"),
      import("../record/confirm.js"),
      import("../init/files.js"),
      import("../init/test-file.js"),
      import("../init/ci.js"),
      import("../init/write.js"),
    ]);
    const chosen = await readFlags(given);
    const folder = process.cwd();
    const project = await readProject(folder);
    const defaults = defaultsOf(project);
    // Before the questions: nobody answers them in vain.
    await checkPlaces(folder, placeFor(project, chosen.framework ?? defaults.framework), given);
    const choices = await chooseAll(chosen, defaults, given.yes !== true && canAsk(process, {}), project, terminal);
    await checkChoices(choices);
    const place = placeFor(project, choices.framework);
    await checkPlaces(folder, place, given);
    const test = testFile(choices, place);
    const workflow = given.ci === undefined ? undefined : workflowFile(test?.path, choices, place);
    const files = [policyFile(choices, place), test, workflow].filter((file) => file !== undefined);
    const written = await writeProject(folder, files, given.force === true);
    for (const path of written) terminal.say(`wrote ${path}`);
    if (!place.isJson) warnOfTypeScript(place, terminal);
    const { stepsText } = await import("../init/steps.js");
    terminal.out(stepsText(choices, place, test?.path, given.ci !== undefined, terminal.bold));
    return 0;
  },
});

const defaultsOf = ({ framework, application }: Project): Choices => ({
  framework: framework ?? "none",
  preset: application?.preset ?? "recommended",
  services: [],
  serve: "node",
});

/** Checks that the project has no other configuration, and that all files can be written. */
async function checkPlaces(folder: string, place: Place, { ci, force }: Given<typeof flags>): Promise<void> {
  const [{ policyPath }, { testPath }, { WORKFLOW }, { checkNoConfig }, { findPlaces }] = await Promise.all([
    import("../init/files.js"),
    import("../init/test-file.js"),
    import("../init/ci.js"),
    import("../init/existing.js"),
    import("../init/write.js"),
  ]);
  checkNoConfig(folder, policyPath(place));
  const paths = [policyPath(place), testPath(place), ci === undefined ? undefined : WORKFLOW];
  await findPlaces(
    folder,
    paths.filter((path) => path !== undefined),
    force === true,
  );
}

function warnOfTypeScript({ language, runsTypeScript }: Place, { warn }: Terminal): void {
  if (language !== "typescript" || runsTypeScript) return;
  warn(`Node ${process.versions.node} does not run TypeScript: the commands below bring Node 24 along. In CI, use Node 22.18 or newer.`);
}

/** Reads the flags; all mistakes at once. */
async function readFlags(given: Given<typeof flags>): Promise<Chosen> {
  const { readFramework, readPreset, readServe, readService } = await import("../init/choose.js");
  const wrong: string[] = [];
  const one = <T>(flag: string, word: string | undefined, read: (word: string) => { value: T } | { wrong: string }): T | undefined => {
    const found = word === undefined ? undefined : read(word);
    if (found !== undefined && "wrong" in found) wrong.push(`--${flag}: ${found.wrong}`);
    return found !== undefined && "value" in found ? found.value : undefined;
  };
  const services = given.service?.map((word) => one("service", word, readService));
  const chosen = {
    framework: one("framework", given.framework, readFramework),
    preset: one("preset", given.preset, readPreset),
    serve: one("serve", given.serve, readServe),
    services: services && [...new Set(services.flatMap((name) => name ?? []))],
  };
  if (given.ci !== undefined && given.ci !== "github") wrong.push(`--ci: ${JSON.stringify(given.ci)} is not known. Write github.`);
  if (wrong.length > 0) throw usage(wrong, "init");
  return chosen;
}

/** Asks, or takes the defaults and says which. */
async function chooseAll(chosen: Chosen, defaults: Choices, asks: boolean, project: Project, { say }: Terminal): Promise<Choices> {
  if (asks) {
    const { askChoices } = await import("../init/ask.js");
    return askChoices(chosen, defaults, process.stdin, process.stderr);
  }
  const { application } = project;
  const words = [
    chosen.framework === undefined && `framework ${defaults.framework}${project.framework === undefined ? "" : " (of package.json)"}`,
    chosen.preset === undefined &&
      `preset ${defaults.preset}${application === undefined ? "" : ` (${application.file} names ${application.name})`}`,
    chosen.services === undefined && "no third parties",
    chosen.serve === undefined && `headers sent by ${defaults.serve}`,
  ].filter((word) => typeof word === "string");
  if (words.length > 0) say(`not asked, by default: ${words.join(", ")}`);
  return {
    framework: chosen.framework ?? defaults.framework,
    preset: chosen.preset ?? defaults.preset,
    services: chosen.services ?? defaults.services,
    serve: chosen.serve ?? defaults.serve,
  };
}

/** A nonce differs in each response: no file of a server can hold it. */
async function checkChoices({ preset, serve, framework }: Choices): Promise<void> {
  const [{ makePolicy }, { compiledOf }, { namedPresets }] = await Promise.all([
    import("../../policy/policy.js"),
    import("../../policy/render.js"),
    import("../input/presets.js"),
  ]);
  if (
    !compiledOf(makePolicy([namedPresets[preset] ?? preset])).hasNonce ||
    (serve === "node" && framework !== "next" && framework !== "none")
  )
    return;
  const where = serve !== "node" ? serve : framework === "next" ? "next.config" : "a site without a server in Node";
  throw usage(
    [`The preset ${preset} has a nonce, which differs in each response: ${where} cannot send it. Write --preset strict.`],
    "init",
  );
}
