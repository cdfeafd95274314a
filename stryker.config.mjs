/** Mutation testing of the core: npm run mutation. The suites that need a build or thousands of cases stay out. */
export default {
  plugins: ["./test/mutation/runner.mjs", "./test/mutation/survivors.mjs"],
  testRunner: "suites",
  buildCommand: "node test/mutation/build.mjs",
  mutate: [
    "src/{values,headers,policy,middleware}/**/*.ts",
    "!src/headers/permissions-policy/features.ts", // written by a generator, as the next
    "!src/policy/compiled-presets.ts",
    "!src/**/types.ts",
    "!src/**/check-types.ts",
  ],
  reporters: ["survivors", "clear-text", "html", "json", "progress-append-only"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportMutants: false },
  coverageAnalysis: "perTest",
  concurrency: 2,
  timeoutMS: 10_000,
  dryRunTimeoutMinutes: 60,
  tempDirName: "stryker-tmp",
  warnings: { unknownOptions: false },
  thresholds: { high: 90, low: 85, break: 85 },
};
