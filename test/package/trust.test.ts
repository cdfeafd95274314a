import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { notesOf, released } from "../../.changeset/changelog.mjs";

const FOLDER = ".github/workflows";
const files = readdirSync(FOLDER).filter((file) => file.endsWith(".yml"));
const textOf = (file: string) => readFileSync(`${FOLDER}/${file}`, "utf8");

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly "timeout-minutes"?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions?: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflows = files.map((file) => ({ file, workflow: parse(textOf(file)) as Workflow }));
const jobs = workflows.flatMap(({ file, workflow }) =>
  Object.entries(workflow.jobs).map(([name, job]) => ({ name: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ name, job }) => (job.steps ?? []).map((step) => ({ name, step })));

describe("A workflow", () => {
  it("is one of these", () => {
    expect(files).toEqual(expect.arrayContaining(["ci.yml", "gauntlet.yml", "release.yml"]));
  });

  it("has no permission that is not named", () => {
    for (const { file, workflow } of workflows) expect([file, workflow.permissions]).toEqual([file, expect.any(Object)]);
  });

  it("writes only in these jobs", () => {
    const writing = jobs.flatMap(({ name, job }) =>
      Object.entries(job.permissions ?? {}).flatMap(([what, may]) => (may === "write" ? [`${name} ${what}`] : [])),
    );
    expect(writing.filter((one) => one.startsWith("release.yml"))).toEqual([
      "release.yml version contents",
      "release.yml version pull-requests",
      "release.yml publish contents",
      "release.yml publish id-token",
    ]);
    expect(writing.filter((one) => /^(?:ci|gauntlet)\.yml/.test(one))).toEqual([]);
  });

  it("ends each job after some time", () => {
    const endless = jobs.filter(({ job }) => job.uses === undefined && job["timeout-minutes"] === undefined);
    expect(endless.map(({ name }) => name)).toEqual([]);
  });

  it("leaves no token in the checkout", () => {
    const kept = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false);
    expect(kept.map(({ name }) => name)).toEqual([]);
  });

  it("puts no context into a script", () => {
    expect(steps.filter(({ step }) => step.run?.includes("${{")).map(({ name }) => name)).toEqual([]);
  });

  it("runs no code of the repository where the package is published", () => {
    const { publish } = (parse(textOf("release.yml")) as Workflow).jobs;
    expect(publish?.steps?.map(({ uses }) => uses?.replace(/@.*/, ""))).toEqual([
      "actions/download-artifact",
      "actions/setup-node",
      undefined,
      undefined,
    ]);
    expect(publish?.steps?.map(({ run = "" }) => run).join("\n")).not.toMatch(/npm (?:ci|install|run|exec)|npx|node /);
  });

  it("runs no script of a package where it is published", () => {
    const { publish } = (parse(textOf("release.yml")) as Workflow).jobs;
    const lines = (publish?.steps ?? []).flatMap(({ run = "" }) => run.split("\n")).filter((line) => /^\s*npm publish/.test(line));
    expect(lines).toEqual([expect.stringContaining("--ignore-scripts")]);
  });

  it("gives Firefox a home that belongs to root, where all tests run in a container as root", () => {
    const { linux } = (parse(textOf("ci.yml")) as Workflow).jobs;
    expect(linux?.steps?.find(({ run }) => run === "bash .ci/run")).toEqual({ run: "bash .ci/run", env: { HOME: "/root" } });
  });

  it("is called for each supported version of Node", () => {
    const { jobs: own } = parse(textOf("ci.yml")) as {
      readonly jobs: { readonly linux: { readonly strategy: { readonly matrix: unknown } } };
    };
    expect(own.linux.strategy.matrix).toEqual({ node: [20, 22, 24, 26] });
  });

  it("uses only actions that are pinned to a commit, or listed in docs/releasing.md to be pinned", () => {
    const listed = [...readFileSync("docs/releasing.md", "utf8").matchAll(/^\| `([^`]+)` \| ([\w., -]+\.yml)/gm)];
    const known = listed.flatMap(([, action, where = ""]) => where.split(", ").map((file) => `${file} ${action}`));
    const used = steps.flatMap(({ name, step }) => (step.uses === undefined ? [] : [`${name.split(" ")[0]} ${step.uses}`]));
    const loose = used.filter((one) => !/@[0-9a-f]{40}$/.test(one) && !one.includes(" ./"));
    expect([...new Set(loose)].filter((one) => !known.includes(one))).toEqual([]);
  });
});

describe("docs/specifications.md", () => {
  it("lists the RFCs that the source names, and no others", () => {
    const sources = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
    const named = sources.flatMap((file) =>
      [...readFileSync(`src/${file}`, "utf8").matchAll(/\bRFC ?(\d{4})/g)].map(([, number]) => number),
    );
    const listed = [...readFileSync("docs/specifications.md", "utf8").matchAll(/^\| (\d{4}) \|/gm)].map(([, number]) => number);
    expect(listed).toEqual([...new Set(named)].sort());
  });
});

describe("The change log of a release", () => {
  const text = "# Changelog\n\n## Unreleased\n\n### Added\n\n- One.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n";

  it("has what was unreleased, under the version and the day", () => {
    expect(released(text, "0.2.0", "2026-03-04")).toBe(
      "# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-03-04)\n\n### Added\n\n- One.\n\n## 0.1.0 (2026-01-02)\n\n- Old.\n",
    );
  });

  it("is not changed for a version that it has", () => {
    expect(released(text, "0.1.0", "2026-03-04")).toBe(text);
  });

  it("is refused without the heading", () => {
    expect(() => released("# Changelog\n", "0.2.0", "2026-03-04")).toThrow('the heading "## Unreleased" is missing');
  });

  it("has the notes of one version", () => {
    expect(notesOf(released(text, "0.2.0", "2026-03-04"), "0.2.0")).toBe("### Added\n\n- One.");
  });

  it("has no notes of a version that it does not have", () => {
    expect(notesOf(text, "0.3.0")).toBeUndefined();
  });
});
