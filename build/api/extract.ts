import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CompilerState, ExtractorConfig } from "@microsoft/api-extractor";
import { emitDeclarations } from "./declarations.js";
import { type ApiEntry, apiEntries } from "./entries.js";
import type { JsonItem } from "./json.js";

/** What API Extractor says of an entry. */
export interface Extracted {
  readonly entry: ApiEntry;
  /** The report of its exports, as Markdown. */
  readonly report: string;
  /** Every export, and every type that an export mentions: those have a `~` in their canonical reference. */
  readonly items: readonly JsonItem[];
}

// It is CommonJS with files of its own: not to be bundled with what imports this module.
const require = createRequire(resolve("package.json"));

/**
 * Reads the public API from the declarations of the source, in one process: the compiler runs once, and API Extractor once for each entry.
 *
 * @throws {Error} where the declarations cannot be written, or API Extractor finds an error.
 */
export function extractApi(): readonly Extracted[] {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "portcullis-api-")));
  try {
    emitDeclarations(
      apiEntries.map(({ module }) => module),
      join(folder, "src"),
    );
    mkdirSync(join(folder, "reports"));
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "portcullis", version: "0.0.0", type: "module" }));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"), "junction");
    return extractAll(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function extractAll(folder: string): readonly Extracted[] {
  const tool = require("@microsoft/api-extractor") as typeof import("@microsoft/api-extractor");
  const configs = apiEntries.map((entry) => ({ entry, config: configOf(tool.ExtractorConfig, folder, entry) }));
  const [first, ...others] = configs.map(({ config }) => config) as [ExtractorConfig, ...ExtractorConfig[]];
  const additionalEntryPoints = others.map((config) => config.mainEntryPointFilePath);
  const compilerState: CompilerState = tool.CompilerState.create(first, { additionalEntryPoints });
  return configs.map(({ entry, config }) => {
    const errors: string[] = [];
    tool.Extractor.invoke(config, {
      localBuild: true,
      compilerState,
      messageCallback(message) {
        if (message.logLevel === "error") errors.push(message.text);
        message.handled = true;
      },
    });
    if (errors.length > 0) throw new Error(`API Extractor on ${entry.name}: ${errors.join("\n")}`);
    const model = JSON.parse(readFileSync(config.apiJsonFilePath, "utf8")) as {
      readonly members: readonly [{ readonly members: readonly JsonItem[] }];
    };
    return { entry, report: readFileSync(config.reportFilePath, "utf8"), items: model.members[0].members };
  });
}

const SILENT = { default: { logLevel: "none" } } as const;

function configOf(Config: typeof ExtractorConfig, projectFolder: string, { file, module }: ApiEntry): ExtractorConfig {
  const { compilerOptions } = JSON.parse(readFileSync("tsconfig.json", "utf8")) as { readonly compilerOptions: object };
  return Config.prepare({
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, module.replace(/\.ts$/, ".d.ts")),
      compiler: { overrideTsconfig: { compilerOptions, include: ["src"] } },
      newlineKind: "lf",
      apiReport: {
        enabled: true,
        reportFileName: `${file}.api.md`,
        reportFolder: join(projectFolder, "reports"),
        reportTempFolder: join(projectFolder, "temp"),
        tagsToReport: { "@experimental": true },
      },
      docModel: { enabled: true, apiJsonFilePath: join(projectFolder, "json", `${file}.json`), includeForgottenExports: true },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      // What the compiler and the documentation's own tests find is theirs; stability is a tag only where something is experimental.
      messages: { compilerMessageReporting: SILENT, extractorMessageReporting: SILENT, tsdocMessageReporting: SILENT },
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, "package.json"),
  } as Parameters<typeof Config.prepare>[0]);
}
