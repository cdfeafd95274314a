/** Mutation testing of the core: npm run mutation. The suites that need a build or thousands of cases stay out. */
export default {
  testRunner: "vitest",
  vitest: { configFile: "vitest.mutation.config.ts" },
  mutate: [
    "src/{values,headers,policy,middleware}/**/*.ts",
    "!src/headers/permissions-policy/features.ts",
    "!src/**/types.ts",
    "!src/**/check-types.ts",
  ],
  reporters: ["clear-text", "html", "json", "progress-append-only"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 10_000,
  tempDirName: "stryker-tmp",
  thresholds: { high: 90, low: 85, break: 85 },
};
