import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const tests = (...places: readonly string[]) =>
  places.map((place) => (place.endsWith(".ts") ? `test/${place}` : `test/${place}/**/*.test.ts`));

/** Suites that start a browser, a server or a compiler although their neighbours do not. */
const BROWSER = ["export/meta.test.ts", "hashes/browser.test.ts"];
const SERVERS = ["export/servers.test.ts", "reports/redis.test.ts", "reports/sqlite.test.ts", "reports/stores.test.ts"];
/** Suites that run the TypeScript compiler. */
const COMPILER = ["policy/editor.test.ts"];
/** Suites that take minutes: generated inputs, limits, every regular expression. */
const PROPERTIES = ["properties", "regexes", "export/hostile.test.ts", "export/limits.test.ts", "reports/abuse.test.ts"];

const projects: Readonly<Record<string, { readonly include: readonly string[]; readonly exclude?: readonly string[] }>> = {
  // Nothing but the source: no build, no program beside Node.
  unit: {
    include: tests("audit", "export", "hashes", "headers", "policy", "reports", "services", "values", "structure.test.ts"),
    exclude: tests(...BROWSER, ...SERVERS, ...COMPILER, ...PROPERTIES),
  },
  properties: { include: tests(...PROPERTIES) },
  // Frameworks and the proxy, over sockets of this process.
  http: { include: tests("adapters", "edge", "http", "proxy") },
  browser: { include: tests("applications", "browser", "examples", "gauntlet", "record", "next", "streamlit", ...BROWSER) },
  servers: { include: tests("peers", "servers", ...SERVERS) },
  // What is published: declarations, the packed tarball, the command line, the documentation's snippets.
  package: { include: tests("cli", "docs", "package", "runtimes", "types", "demo.test.ts", ...COMPILER) },
};

/** The longest suites start first, so that none of them runs on alone at the end. */
const LONGEST = [
  "streamlit/",
  "next/",
  "regexes/",
  "properties/algebra",
  "applications/",
  "record/pages",
  "record/prove",
  "cli/hostile",
  "servers/matrix",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((part) => moduleId.includes(`/test/${part}`));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most suites wait for browsers, servers and compilers: one worker less than there are cores would leave a small machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    projects: Object.entries(projects).map(([name, { include, exclude = [] }]) => ({
      extends: true as const,
      test: {
        name,
        include: [...include],
        exclude: [...exclude],
        globalSetup: ["unit", "properties"].includes(name) ? [] : ["test/setup.ts"],
      },
    })),
  },
});
