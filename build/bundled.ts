import { readdirSync, readFileSync } from "node:fs";
import { Enums, Models, Serialize, Spec } from "@cyclonedx/cyclonedx-library";
import type { Metafile } from "esbuild";

/** A package that dist holds code of. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly license: string;
  /** The whole text of its licence. */
  readonly text: string;
}

/** A file of a package, in the innermost node_modules; its folder, and the name. */
const PACKAGE_FILE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/** The packages whose code esbuild put into a file, by name. */
export function bundledPackages(metafiles: readonly Metafile[]): readonly BundledPackage[] {
  const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((output) => Object.entries(output.inputs)));
  const folders = new Set(
    inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).flatMap(([path]) => PACKAGE_FILE.exec(path)?.[1] ?? []),
  );
  return [...folders].map(readPackage).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  if (typeof license !== "string") throw new Error(`${folder}/package.json names no licence`);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (file === undefined) throw new Error(`${folder} has no licence file`);
  return { name, version, license, text: readFileSync(`${folder}/${file}`, "utf8").trim() };
}

/** The licences, which have to go with the code. */
export function licencesOf(packages: readonly BundledPackage[]): string {
  const texts = packages.map(({ name, version, text }) => `${name} ${version}\n\n${text}\n`);
  return `dist/ holds code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/**
 * The bill of materials as CycloneDX 1.6, the same for the same packages: it has no serial number and no time.
 *
 * @param manifest this package.
 */
export function billOf(
  packages: readonly BundledPackage[],
  manifest: { readonly name: string; readonly version: string; readonly license: string },
): string {
  const componentOf = ({ name, version, license }: Omit<BundledPackage, "text">) => {
    const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
    const [base = name, group] = name.split("/").reverse();
    const component = new Models.Component(Enums.ComponentType.Library, base, { version, purl, bomRef: purl, ...(group && { group }) });
    component.licenses.add(new Models.SpdxLicense(license));
    return component;
  };
  const root = componentOf(manifest);
  const bom = new Models.Bom();
  bom.metadata.component = root;
  for (const one of packages) {
    const component = componentOf(one);
    bom.components.add(component);
    root.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}
