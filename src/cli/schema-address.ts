import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const SCHEMA = ["node_modules", "portcullis", "dist", "policy.schema.json"];

/**
 * The `$schema` of a policy file: the path of `policy.schema.json` in the installed package, relative to the file. Editors do not search
 * in folders above, so the nearest installation is searched here; without one, it is the path that `npm install portcullis` creates.
 *
 * @param folder the folder of the file; default: the current one, where the output is printed.
 */
export function schemaAddress(folder = "."): string {
  const from = resolve(folder);
  for (let place = from; ; place = dirname(place)) {
    const path = join(place, ...SCHEMA);
    if (existsSync(path)) return address(relative(from, path));
    if (place === dirname(place)) return address(join(...SCHEMA));
  }
}

function address(path: string): string {
  const url = path.split(sep).join("/");
  return url.startsWith(".") ? url : `./${url}`;
}
