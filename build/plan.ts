import { dirname, join, relative } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { settings } from "./settings.js";
import { entries, program, sources, unitOf } from "./units.js";

// esbuild alone shares code between entries in a chunk for every set of entries that need it, and each file costs time at import.
// Here each unit becomes one file, and what it imports from another unit becomes an import of that unit's file. A unit exports what
// the units above it use once they are bundled themselves: everything else is still shaken off.

/** Which files there are, and how modules find each other across them. */
export interface Plan {
  /** What esbuild is to read for each file of dist, by its path without ending. The command line is not among them. */
  readonly files: Readonly<Record<string, string>>;
  /** The files of packages that the core does without: CommonJS, which both formats load. */
  readonly packages: Readonly<Record<string, string>>;
  /** For files of dist/ and of the folders in it, and for `cli`, whose files are all in one folder. */
  readonly plugin: Plugin;
  /** What esbuild says of all that is bundled, each unit by itself. */
  readonly metafiles: readonly Metafile[];
}

interface Module {
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

/** Exports and imports of every source file, without types. */
async function readModules(): Promise<ReadonlyMap<string, Module>> {
  const nothingElse: Plugin = {
    name: "nothing-else",
    setup: ({ onResolve }) =>
      onResolve({ filter: /.*/ }, ({ path, kind }) => (kind === "entry-point" ? undefined : { path, external: true })),
  };
  const { metafile } = await build({
    ...settings,
    entryPoints: [...sources],
    bundle: true,
    format: "esm",
    outdir: "out",
    write: false,
    metafile: true,
    plugins: [nothingElse],
  });
  return new Map(
    Object.values(metafile.outputs).map(({ entryPoint = "", exports, imports }) => {
      const paths = imports.map(({ path }) => (path.startsWith(".") ? sourceOf(dirname(entryPoint), path) : path));
      return [entryPoint, { exports, imports: paths }];
    }),
  );
}

const sourceOf = (folder: string, path: string) => join(folder, path.replace(/\.js$/, ".ts"));

const packageOf = (path: string) => (path.startsWith("@") ? path.split("/", 2).join("/") : (path.split("/")[0] as string));

/** The unit of each import of a package: the core, where it imports the package as well, or else the package by itself. */
function packageUnits(modules: ReadonlyMap<string, Module>): ReadonlyMap<string, string> {
  const imports = [...modules].flatMap(([file, module]) => module.imports.map((path) => ({ path, unit: unitOf(file) })));
  const ofPackages = imports.filter(({ path }) => !/^(?:src\/|node:)/.test(path));
  const ofCore = new Set(ofPackages.filter(({ unit }) => unit === "core").map(({ path }) => packageOf(path)));
  return new Map(ofPackages.map(({ path }) => [path, ofCore.has(packageOf(path)) ? "core" : packageOf(path)]));
}

/** Every unit before those that it imports from. */
function inOrder(uses: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  const ordered: string[] = [];
  const visit = (unit: string, trail: readonly string[]): void => {
    if (trail.includes(unit)) throw new Error(`Units import each other: ${[...trail, unit].join(" -> ")}`);
    if (ordered.includes(unit)) return;
    for (const other of uses.get(unit) ?? []) visit(other, [...trail, unit]);
    ordered.unshift(unit);
  };
  for (const unit of uses.keys()) visit(unit, []);
  return ordered;
}

/** Names by which a unit exports what its modules export: the same, where only one of them has it, or it is the entry's. */
function namer(exportsOf: ReadonlyMap<string, readonly string[]>, unitOfModule: (module: string) => string | undefined) {
  const owners = new Map<string, string>();
  for (const module of [...Object.values(entries), ...exportsOf.keys()]) {
    for (const name of exportsOf.get(module) ?? []) {
      const key = `${unitOfModule(module)} ${name}`;
      if (!owners.has(key)) owners.set(key, module);
    }
  }
  const suffix = (module: string) => module.replace(/^src\/|\.ts$/g, "").replace(/\W/g, "_");
  return (module: string, name: string): string =>
    name !== "default" && owners.get(`${unitOfModule(module)} ${name}`) === module ? name : `${name}$${suffix(module)}`;
}

/** Reads the sources, and bundles every unit once to see what it takes from the others. */
export async function makePlan(): Promise<Plan> {
  const modules = await readModules();
  const packages = packageUnits(modules);
  const exportsOf = new Map([...modules].map(([file, { exports }]) => [file, exports]));
  for (const name of packages.keys()) exportsOf.set(name, Object.keys(await import(name)));
  const unitOfModule = (module: string) => packages.get(module) ?? (module.startsWith("src/") ? unitOf(module) : undefined);
  const isPackage = (unit: string) => unit !== "core" && [...packages.values()].includes(unit);
  const nameIn = namer(exportsOf, unitOfModule);

  /** What each unit exports: the name, and the module and the name there. */
  const exported = new Map<string, Map<string, readonly [module: string, name: string]>>();
  for (const [module, names] of exportsOf) {
    const unit = unitOfModule(module) as string;
    for (const name of names) exported.set(unit, (exported.get(unit) ?? new Map()).set(nameIn(module, name), [module, name]));
  }

  const reexport = (module: string) =>
    (exportsOf.get(module) ?? []).map((name) => `export { ${nameIn(module, name)} as ${name} } from "unit:${unitOfModule(module)}";`);
  const contentOf = (unit: string, names: Iterable<string>) =>
    [...names].sort().map((as) => {
      const [module, name] = exported.get(unit)?.get(as) ?? [];
      return `export { ${name} as ${as} } from ${JSON.stringify(module)};`;
    });

  const taken = new Map<string, Set<string>>();
  const take = (unit: string, name: string) => taken.set(unit, (taken.get(unit) ?? new Set()).add(name));

  /** Where in dist a unit is, once that is known; a unit's name stands for it before. */
  const fileOf = new Map<string, string>();
  const virtual = new Map<string, readonly string[]>();
  const plugin: Plugin = {
    name: "units",
    setup({ onResolve, onLoad, initialOptions }) {
      const ending = Object.values(initialOptions.outExtension ?? {})[0] ?? ".js";
      const folderOf = (unit: string) => (unit === "cli" ? "cli" : dirname(fileOf.get(unit) ?? unit));
      const resolveUnit = (unit: string, folder: string) => {
        const file = fileOf.get(unit);
        const way = file === undefined ? `unit:${unit}` : relative(folder, `${file}${isPackage(unit) ? ".cjs" : ending}`);
        return { path: /^(?:unit:|\.)/.test(way) ? way : `./${way}`, external: true, sideEffects: false };
      };
      onResolve({ filter: /^unit:/ }, ({ path, pluginData }) => resolveUnit(path.slice(5), pluginData.folder));
      onResolve({ filter: /.*/ }, ({ path, kind, importer, namespace }) => {
        if (kind === "entry-point" && virtual.has(path)) return { path, namespace: "virtual" };
        if (namespace === "virtual") return path.startsWith("src/") ? { path: join(process.cwd(), path) } : undefined;
        const from = unitOf(importer);
        if (namespace !== "file" || from === undefined) return undefined;
        const module = path.startsWith(".") ? relative(process.cwd(), sourceOf(dirname(importer), path)) : path;
        const to = unitOfModule(module);
        if (to === undefined || to === from) return undefined;
        const names = exportsOf.get(module) ?? [];
        if (kind === "dynamic-import" && names.every((name) => nameIn(module, name) === name)) {
          for (const name of names) take(to, name);
          return resolveUnit(to, folderOf(from));
        }
        // One for each module that imports: chunks of the command line would share it as another file.
        return {
          path: `${module} for ${relative(process.cwd(), importer)}`,
          namespace: "other-unit",
          sideEffects: false,
          pluginData: { module, from },
        };
      });
      onLoad({ filter: /.*/, namespace: "virtual" }, ({ path }) => ({
        contents: virtual.get(path)?.join("\n") ?? "",
        resolveDir: process.cwd(),
        pluginData: { folder: dirname(path) },
      }));
      onLoad({ filter: /.*/, namespace: "other-unit" }, ({ pluginData: { module, from } }) => ({
        contents: reexport(module).join("\n"),
        pluginData: { folder: folderOf(from) },
      }));
    },
  };

  const uses = new Map<string, Set<string>>();
  for (const [file, { imports }] of modules) {
    const unit = unitOf(file) as string;
    const others = imports.map(unitOfModule).filter((other) => other !== undefined && other !== unit) as string[];
    uses.set(unit, new Set([...(uses.get(unit) ?? []), ...others]));
  }

  const entryOf = new Map(Object.entries(entries).map(([path, module]) => [unitOf(module) as string, { path, module }]));
  const files: Record<string, string> = {};
  const ofPackages: Record<string, string> = {};
  const metafiles: Metafile[] = [];
  const bundle = async (entry: string) => {
    const { outputFiles, metafile } = await build({
      ...settings,
      entryPoints: [entry],
      bundle: true,
      format: "esm",
      splitting: true,
      outdir: "out",
      write: false,
      metafile: true,
      logLevel: "error",
      plugins: [plugin],
    });
    metafiles.push(metafile);
    for (const { text } of outputFiles) {
      for (const [, names = "", unit = ""] of text.matchAll(/^(?:im|ex)port \{([^}]*)\} from "unit:([^"]+)";$/gm)) {
        for (const name of names.split(",")) take(unit, (name.trim().split(" as ")[0] as string).trim());
      }
    }
  };
  for (const [path, module] of Object.entries(entries)) {
    if (entryOf.get(unitOf(module) as string)?.path === path && unitOf(module) !== "core") continue;
    files[path] = path;
    virtual.set(path, reexport(module));
    await bundle(path);
  }
  for (const unit of inOrder(uses)) {
    if (unit === "cli") {
      await bundle(program);
      continue;
    }
    const names = taken.get(unit) ?? new Set();
    const entry = unit === "core" ? undefined : entryOf.get(unit);
    const open = entry && (exportsOf.get(entry.module) as readonly string[]);
    if (open !== undefined && [...names].every((name) => open.includes(name))) {
      virtual.set(entry?.path as string, contentOf(unit, open));
      files[entry?.path as string] = entry?.path as string;
      await bundle(entry?.path as string);
      continue;
    }
    const file = `shared/${unit}`;
    if (entry !== undefined) {
      virtual.set(entry.path, reexport(entry.module));
      files[entry.path] = entry.path;
    }
    virtual.set(file, contentOf(unit, new Set([...names, ...(open ?? [])])));
    (isPackage(unit) ? ofPackages : files)[file] = file;
    await bundle(file);
  }
  for (const path of Object.keys({ ...files, ...ofPackages })) fileOf.set(path.replace(/^shared\//, ""), path);
  return { files, packages: ofPackages, plugin, metafiles };
}
