import type { Note } from "../limits.js";
import { STEPS_OF_A_COPY } from "../limits.js";
import type { Change } from "../site.js";
import { hiddenBy, type Level } from "./levels.js";
import type { Ending, Walk } from "./requests.js";
import type { Scene } from "./scene.js";
import { expanded } from "./variables.js";

/** The kind of a response. */
export interface Look {
  readonly scheme: "http" | "https";
  readonly type: string;
  readonly status: string;
}

/** Statuses for which an `add_header` without `always` applies. */
const WITHOUT_ALWAYS = /^(?:200|201|204|206|301|302|303|304|307|308)$/;

/** The changes of nginx to the headers of a response, in the order of its filters: hide, headers-more, add. */
export function changesAt(walk: Walk, ending: Ending, asked: string, look: Look, doubt: Scene["doubt"]): readonly Change[] {
  const { level, place, state } = ending;
  const { note, tables } = walk;
  const known = new Map(state.known);
  note.spend("work", STEPS_OF_A_COPY * (known.size + level.add.length + level.edit.length));
  const doubtHere: Scene["doubt"] = (line, message) => {
    // Files and redirects of nginx have no headers of an application.
    if (line > 0 || (place.handler !== undefined && ending.kind === "page")) doubt(line, message);
  };
  const scene: Scene = { ...walk.scene, uri: state.uri, isOwn: state.isOwn, asked, set: state.set, known, ...look, doubt: doubtHere };
  const filled = (text: string) => expanded(text, { tables, scene, note });
  const hidden = hiddenAt(level, isAsking(place.handler) ? place.handler : walk.usual);
  const isWith = WITHOUT_ALWAYS.test(look.status);
  const added = level.add.flatMap(({ name, value, always, line }): readonly Change[] => {
    const text = always || isWith ? filled(value) : "";
    return text === "" ? [] : [{ kind: "add", name, value: text, line }];
  });
  // A hidden header that is added with its own value is passed on.
  const left = new Set(added.filter(({ name, value }) => isLeft(name, value)).map(({ name }) => name.toLowerCase()));
  const isKept = ({ name }: { name: string }) => !left.has(name.toLowerCase());
  const edited = level.edit
    .filter(({ statuses, types }) => isAmong(statuses, look.status) && isAmong(types, look.type.split(";", 1)[0] ?? ""))
    .map(({ kind, name, value, line }): Change => ({ kind, name, value: filled(value), line }));
  note.spend("work", STEPS_OF_A_COPY * hidden.length);
  return [
    ...hidden.filter(isKept).map(({ name, line }): Change => ({ kind: "remove", name, value: "", line })),
    ...edited,
    ...added.filter((one) => isKept(one) || !isLeft(one.name, one.value)),
  ];
}

const isAmong = (some: readonly string[], one: string) => some.length === 0 || some.includes(one);

const isLeft = (name: string, value: string) => value === `\0$upstream_http_${name.toLowerCase().replaceAll("-", "_")}\0`;

const isAsking = (handler: string | undefined) => handler !== undefined && handler !== "own";

/** Without an application, the lists of all modules are equal. */
function hiddenAt(level: Level, module: string | undefined): readonly { readonly name: string; readonly line: number }[] {
  return isAsking(module) ? hiddenBy(level, module ?? "") : [...level.hide.keys()].flatMap((one) => hiddenBy(level, one));
}

/** The sent headers, by name in lower case. */
export type Sent = ReadonlyMap<string, { readonly name: string; readonly value: string; readonly line: number }>;

export function sentBy(changes: readonly Change[], note: Note): Sent {
  note.spend("work", STEPS_OF_A_COPY * changes.length);
  const sent = new Map<string, { name: string; value: string; line: number }>();
  for (const { kind, name, value, line } of changes) {
    const key = name.toLowerCase();
    const before = sent.get(key);
    if (kind === "remove") sent.delete(key);
    else sent.set(key, { name, value: kind === "add" && before !== undefined ? `${before.value}\n${value}` : value, line });
  }
  return sent;
}

/** Headers that differ between two responses. */
export interface Difference {
  readonly lost: readonly string[];
  readonly other: readonly string[];
  readonly more: readonly string[];
}

export function differenceOf(read: Sent, found: Sent, note: Note): Difference {
  note.spend("work", 5 + 10 * (read.size + found.size));
  const entries = [...read];
  const names = (some: readonly (readonly [string, { readonly name: string }])[]) => some.map(([, { name }]) => name);
  return {
    lost: names(entries.filter(([key]) => !found.has(key))),
    other: names(entries.filter(([key, { value }]) => found.has(key) && found.get(key)?.value !== value)),
    more: names([...found].filter(([key]) => !read.has(key))),
  };
}

/** Whether there is no difference. */
export const isNone = ({ lost, other, more }: Difference) => lost.length + other.length + more.length === 0;
