import { entries } from "../units.js";

/** Something that users import: `portcullis`, `portcullis/audit`. */
export interface ApiEntry {
  /** What users write behind `from`. */
  readonly name: string;
  /** The last part of the name, which is the name of its report: `audit`; `portcullis` of the main entry. */
  readonly file: string;
  /** Its module, from the root of the repository: `src/audit/index.ts`. */
  readonly module: string;
}

/** Every entry of the package: the main one, the rooms, the adapters. */
export const apiEntries: readonly ApiEntry[] = Object.entries(entries)
  .map(([path, module]) => {
    const file = path === "index" ? "portcullis" : path.replace("adapters/", "");
    return { name: path === "index" ? file : `portcullis/${file}`, file, module };
  })
  .sort((one, other) => rank(one) - rank(other) || (one.name < other.name ? -1 : 1));

/** The main entry, then the rooms, then the adapters. */
function rank({ file, module }: ApiEntry): number {
  if (file === "portcullis") return 0;
  return module.startsWith("src/adapters/") ? 2 : 1;
}
