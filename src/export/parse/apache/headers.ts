import type { RoutePath } from "../../target.js";
import type { Change, Written } from "../site.js";
import type { Applications } from "./applications.js";
import { holdsAt } from "./conditions.js";
import type { GroupedNote, Operation } from "./operations.js";
import { valuesOf } from "./values.js";

/** One header in Apache's two tables. Apache's own errors have `always` only, other responses both. */
interface Entry {
  readonly name: string;
  readonly always: readonly Written[];
  readonly plain: readonly Written[];
  /** Whether this server has set it in `always`, so that unsetting it there does not remove that of the application. */
  readonly own: boolean;
  readonly removed: { readonly always?: number; readonly plain?: number };
  /** Whether the application's header in a table is replaced or removed. */
  readonly replaced: { readonly always?: true; readonly plain?: true };
}

/** The changes of headers on a path. */
export function changesAt(
  operations: readonly Operation[],
  { first, last }: { readonly first: RoutePath; readonly last: RoutePath },
  applications: Applications,
  note: GroupedNote,
): readonly Change[] {
  const entries = new Map<string, Entry>();
  for (const operation of operations) {
    if (!holdsAt(operation.when, first, last)) continue;
    const key = operation.name.toLowerCase();
    const before = entries.get(key) ?? { name: operation.name, always: [], plain: [], own: false, removed: {}, replaced: {} };
    entries.set(key, entryAfter(before, operation, applications, note));
  }
  const spared = new Set(
    operations.filter(({ action, table }) => action === "unset" && table === "plain").map(({ name }) => name.toLowerCase()),
  );
  return [...entries].flatMap(([key, entry]) => sentOf(entry, spared.has(key), applications, note));
}

function entryAfter(entry: Entry, operation: Operation, applications: Applications, note: GroupedNote): Entry {
  const { table, action, name, line } = operation;
  const before = entry[table];
  const replaced = action === "set" || action === "unset" ? { ...entry.replaced, [table]: true } : entry.replaced;
  if (action === "unset") {
    const removed = table === "always" && entry.own ? entry.removed : { ...entry.removed, [table]: line };
    return { ...entry, [table]: [], removed, replaced };
  }
  const after = valuesOf(before, operation, applications[table] !== "no" && !entry.replaced[table], note);
  return {
    ...entry,
    name: after.length > 0 ? name : entry.name,
    [table]: after,
    replaced,
    own: entry.own || (table === "always" && after.length > 0),
  };
}

const ERRORS = "is not sent with Apache's own errors and redirects, where Portcullis sends it: write Header always set";
const BESIDE = "is sent beside the application's own header, if it sends one: add Header onsuccess unset for the same name";
const BESIDE_CGI = "is sent beside that of a CGI or FastCGI application, if it sends one: write Header always set";
const NOT_REMOVED = "does not remove what the proxied application sends: write Header onsuccess unset";
const NOT_REMOVED_CGI = "does not remove what a CGI or FastCGI application sends: write Header always unset";

function sentOf(
  { name, always, plain, own, removed, replaced }: Entry,
  spared: boolean,
  applications: Applications,
  note: GroupedNote,
): readonly Change[] {
  for (const { line } of plain) note(line, ERRORS);
  const values = [...always, ...plain];
  const [first] = values;
  if (first === undefined) {
    // Without a value, the application's header is removed from both tables, unless one table keeps it.
    const line = removed.plain ?? (spared ? undefined : removed.always);
    if (line === undefined) return [];
    if (applications.plain === "yes" && removed.plain === undefined && !own) note(line, NOT_REMOVED);
    if (applications.always === "yes" && removed.always === undefined) note(line, NOT_REMOVED_CGI);
    return [{ kind: "remove", name, value: "", line }];
  }
  if (applications.plain === "yes" && !replaced.plain) note.remark(first.line, BESIDE);
  if (applications.always === "yes" && !replaced.always) note.remark(first.line, BESIDE_CGI);
  return values.map(({ value, line }, index) => ({ kind: index === 0 ? "set" : "add", name, value, line }));
}
