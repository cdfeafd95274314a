import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { globSync } from "tinyglobby";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const tests = (...places: readonly string[]) =>
  places.map((place) => (place.endsWith(".ts") ? `test/${place}` : `test/${place}/**/*.test.ts`));

/** Suites that start a browser, a server or a compiler although their neighbours do not. */
const BROWSER = ["export/meta.test.ts", "hashes/browser.test.ts", "site/playground*.test.ts"];
const SERVERS = ["export/servers.test.ts", "reports/redis.test.ts", "reports/sqlite.test.ts", "reports/stores.test.ts"];
/** Suites that run the TypeScript compiler. */
const COMPILER = ["policy/editor.test.ts"];
/** Suites that take minutes: generated inputs, limits, every regular expression. */
const PROPERTIES = ["properties", "regexes", "export/hostile.test.ts", "export/limits.test.ts", "reports/abuse.test.ts"];

interface Project {
  readonly include: readonly string[];
  readonly exclude?: readonly string[];
  /** Whether the files of a worker share the modules that they import: to import them is most of their time. */
  readonly shared?: true;
  /** Whether test/setup.ts has to get what the suites need. */
  readonly setup?: false;
}

const rooms: Readonly<Record<string, Project>> = {
  // Nothing but the source: no build, no program beside Node.
  unit: {
    include: tests(
      "audit",
      "export",
      "hashes",
      "headers",
      "policy",
      "reports",
      "services",
      "site/reference.test.ts",
      "values",
      "structure.test.ts",
    ),
    exclude: tests(...BROWSER, ...SERVERS, ...COMPILER, ...PROPERTIES),
    shared: true,
    setup: false,
  },
  properties: { include: tests(...PROPERTIES), setup: false },
  // Frameworks and the proxy, over sockets of this process.
  http: { include: tests("adapters", "edge", "http", "proxy"), shared: true },
  browser: {
    include: tests("applications", "browser", "examples", "gauntlet", "record", "next", "site", "streamlit", ...BROWSER),
    // In "unit": it needs nothing but the source.
    exclude: tests("site/reference.test.ts"),
    shared: true,
  },
  servers: { include: tests("peers", "servers", ...SERVERS), shared: true },
  // What is published: declarations, the packed tarball, the command line, the documentation's snippets.
  package: { include: tests("action", "cli", "docs", "package", "runtimes", "types", "demo.test.ts", ...COMPILER), shared: true },
};

/** What a suite does that replaces modules of the source, changes its process or measures it: its modules and its process are its own. */
const ALONE =
  /\bvi\.(?:mock|stubEnv|stubGlobal)\(|\bvi\.spyOn\(process\b|\bprocess\.(?:chdir|memoryUsage|on|once)\(|Object\.(?:assign|defineProperty)\(Object\.prototype\b/;

/** A project that shares modules, without the suites that need their own: those are a project by the name `<name>-alone`. */
function split(name: string, { include, exclude = [], shared, ...rest }: Project): readonly (readonly [string, Project])[] {
  if (!shared) return [[name, { include, exclude, ...rest }]];
  const alone = globSync([...include], { ignore: [...exclude] }).filter((path) => ALONE.test(readFileSync(path, "utf8")));
  return [
    [name, { include, exclude: [...exclude, ...alone], shared, ...rest }],
    [`${name}-alone`, { include: alone, ...rest }],
  ];
}

const projects = Object.entries(rooms).flatMap(([name, project]) => split(name, project));

/** The rooms whose suites take longest run first. */
const ROOMS = ["browser", "properties", "package", "servers", "http", "unit"];

/** The longest suites of a room start first, so that none of them runs on alone at the end. */
const LONGEST = [
  "streamlit/streamlit.test",
  "applications/applications",
  "next/next.test",
  "docs/rollout-record",
  "record/prove.test",
  "package/package.test",
  "regexes/",
  "record/bad-input",
  "gauntlet/",
  "streamlit/versions",
  "site/playground.test",
  "site/site.test",
  "cli/init.test",
  "cli/record.test",
  "applications/",
  "record/",
  "package/",
  "next/",
  "browser/",
  "cli/hostile",
  "docs/",
];

/** Room by room: a worker keeps the modules that it has imported only while the next file in line is of the same project. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeIn = (list: readonly string[], fits: (one: string) => boolean) => {
      const index = list.findIndex(fits);
      return index < 0 ? list.length : index;
    };
    const room = ({ project }: TestSpecification) => placeIn(ROOMS, (one) => project.name.split("-")[0] === one);
    const isAlone = ({ project }: TestSpecification) => Number(project.name.endsWith("-alone"));
    const rank = ({ moduleId }: TestSpecification) => placeIn(LONGEST, (part) => moduleId.includes(`/test/${part}`));
    return (await super.sort(files)).sort(
      (one, other) => room(one) - room(other) || isAlone(one) - isAlone(other) || rank(one) - rank(other),
    );
  }
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most suites wait for browsers, servers and compilers: no more workers than there are cores would leave a small machine idle.
    maxWorkers: Math.max(3, availableParallelism()),
    sequence: { sequencer: LongestFirst },
    setupFiles: ["test/each-file.ts"],
    projects: projects.map(([name, { include, exclude = [], shared = false, setup = true }]) => ({
      extends: true as const,
      test: { name, isolate: !shared, include: [...include], exclude: [...exclude], globalSetup: setup ? ["test/setup.ts"] : [] },
    })),
  },
});
