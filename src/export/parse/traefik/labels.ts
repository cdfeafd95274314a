import { type Data, entriesOf, itemsOf, memberOf, stringOf } from "../data.js";
import type { Note } from "../limits.js";
import { dynamic } from "../site.js";

/** A map that is made of labels. */
interface Branch {
  readonly line: number;
  readonly value: Map<string, Branch | Data>;
}

/** Options that are lists, separated by commas in a label. */
const LISTS = /^(?:middlewares|entrypoints)$/i;

/** The labels of all services of a Compose file, as the `http` section of a file; undefined if there are none. */
export function dynamicTree(compose: Data, note: Note): Data | undefined {
  const labels = entriesOf(memberOf(compose, "services")).flatMap(([, service]) =>
    [memberOf(service, "labels"), memberOf(memberOf(service, "deploy"), "labels")].flatMap(labelsOf),
  );
  const root: Branch = { line: labels[0]?.line ?? compose.line, value: new Map() };
  for (const { name, value, line } of labels) {
    const [first, second, ...path] = name.split(".");
    if (first?.toLowerCase() !== "traefik" || second?.toLowerCase() !== "http") continue;
    note.spend("directives", path.length);
    note.enter(path.length, line);
    put(root, path, value, line, note);
  }
  return root.value.size === 0 ? undefined : (root as Data);
}

/** As a list or as a map; `$$` is a dollar sign, and `$` starts a variable of Compose, whose value is unknown. */
function labelsOf(labels: Data | undefined): readonly { readonly name: string; readonly value: string; readonly line: number }[] {
  const listed = itemsOf(labels).map((one) => {
    const [name = "", ...value] = (stringOf(one) ?? "").split("=");
    return { name, value: value.join("="), line: one.line };
  });
  const mapped = entriesOf(labels).map(([name, one]) => ({ name, value: stringOf(one) ?? "", line: one.line }));
  return [...listed, ...mapped].map((one) => ({
    ...one,
    value: one.value.replace(/\$\$|\$\{[^{}]*\}|\$\w+/g, (part) => filledBy(part, one.name)),
  }));
}

/** In a rule a variable is kept: usually it is the host. */
function filledBy(part: string, name: string): string {
  if (part === "$$") return "$";
  return name.toLowerCase().endsWith(".rule") ? part : dynamic(part);
}

function put(root: Branch, path: readonly string[], value: string, line: number, note: Note): void {
  let branch = root;
  const last = path.at(-1) ?? "";
  for (const part of path.slice(0, -1)) {
    // The kinds of objects are case-insensitive.
    const key = branch === root ? part.toLowerCase() : part;
    const next = branch.value.get(key) ?? { line, value: new Map() };
    if (!(next.value instanceof Map)) return note(line, "is set twice, as a value and as a group: not read");
    branch.value.set(key, next);
    branch = next as Branch;
  }
  const items = value.split(",").map((one) => ({ line, value: one.trim() }));
  branch.value.set(LISTS.test(last) ? last.toLowerCase() : last, LISTS.test(last) ? { line, value: items } : { line, value });
}
