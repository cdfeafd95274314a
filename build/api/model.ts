import { type Doc, readDoc } from "./doc.js";
import type { ApiEntry } from "./entries.js";
import type { Extracted } from "./extract.js";
import type { JsonItem, JsonToken } from "./json.js";

/** A property, a method or a signature of an interface or a class. */
export interface ApiMember {
  /** Empty of a signature without a name. */
  readonly name: string;
  readonly text: string;
  readonly doc: Doc;
}

/** A name that is declared in the source. */
export interface ApiName {
  readonly name: string;
  readonly kind: string;
  /** Where it is declared, without the ending: `src/audit/finding`. */
  readonly file: string;
  /** Its declaration; with members, without doc comments. */
  readonly signature: string;
  readonly doc: Doc;
  readonly members: readonly ApiMember[];
  /** Names that its declaration mentions, by their {@link keyOf}. */
  readonly mentions: readonly string[];
}

/** The public API. */
export interface Api {
  readonly entries: readonly { readonly entry: ApiEntry; readonly names: readonly ApiName[] }[];
  /** What exported types mention and no entry exports. */
  readonly others: readonly ApiName[];
}

/** What tells a declaration from all others. */
export const keyOf = ({ file, name }: { readonly file: string; readonly name: string }) => `${file}#${name}`;

/**
 * The public API as data, sorted by name.
 *
 * @throws {Error} where a declaration or a doc comment cannot be read; it names them.
 */
export function readApi(extracted: readonly Extracted[]): Api {
  const entries = extracted.map(({ entry, items }) => {
    const keys = new Map(items.map((item) => [symbolOf(item.canonicalReference), keyOf(placeOf(item))]));
    return { entry, read: items.map((item) => ({ isExported: !item.canonicalReference.includes("!~"), name: nameOf(item, keys) })) };
  });
  const exported = new Set(entries.flatMap(({ read }) => read.filter((one) => one.isExported).map(({ name }) => keyOf(name))));
  const others = new Map(entries.flatMap(({ read }) => read.map(({ name }) => [keyOf(name), name])));
  return {
    entries: entries.map(({ entry, read }) => ({ entry, names: sorted(read.filter((one) => one.isExported).map(({ name }) => name)) })),
    others: sorted([...others].filter(([key]) => !exported.has(key)).map(([, name]) => name)),
  };
}

const sorted = (names: readonly ApiName[]) =>
  [...names].sort((one, other) => compare(one.name, other.name) || compare(one.file, other.file));

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);

/** A reference without what it is: `portcullis!~Policy` of `portcullis!~Policy:interface`. */
const symbolOf = (reference: string) => reference.replace(/:.*/s, "");

/** Where an item is declared, and by which name: API Extractor numbers names that several files have. */
function placeOf(item: JsonItem): { readonly file: string; readonly name: string } {
  const text = textOf(item.excerptTokens ?? []);
  const [, name = item.name ?? ""] =
    /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|interface|type|class) ([\w$]+)/.exec(text) ?? [];
  return { file: (item.fileUrlPath ?? "").replace(/\.d\.ts$/, ""), name: item.kind === "Variable" ? (text.split(":")[0] as string) : name };
}

function nameOf(item: JsonItem, keys: ReadonlyMap<string, string>): ApiName {
  const members = (item.members ?? []).map((member) => memberOf(item, member));
  const tokens = [item, ...(item.members ?? [])].flatMap(({ excerptTokens = [] }) => excerptTokens);
  const references = tokens.flatMap(({ canonicalReference }) => (canonicalReference === undefined ? [] : [symbolOf(canonicalReference)]));
  const place = placeOf(item);
  return {
    ...place,
    kind: item.kind,
    signature: signatureOf(item, members),
    doc: docOf(item, place.name),
    members,
    mentions: [...new Set(references.flatMap((reference) => keys.get(reference) ?? []))].filter((key) => key !== keyOf(place)),
  };
}

function signatureOf(item: JsonItem, members: readonly ApiMember[]): string {
  const text = textOf(item.excerptTokens ?? []).trim();
  const head = headOf(item.kind, item.name ?? "", text);
  if (!["Interface", "Class", "Namespace"].includes(item.kind)) return head;
  return members.length === 0 ? `${head} {}` : `${head} {\n${members.map((member) => `    ${member.text}\n`).join("")}}`;
}

function headOf(kind: string, name: string, text: string): string {
  if (kind === "Namespace") return `namespace ${name}`;
  return kind === "Variable" ? `const ${text}` : text.replace(/^export (?:declare )?/, "");
}

function memberOf(item: JsonItem, member: JsonItem): ApiMember {
  const name = member.name ?? "";
  return { name, text: textOf(member.excerptTokens ?? []), doc: docOf(member, `${item.name}.${name}`) };
}

function docOf({ docComment = "" }: JsonItem, name: string): Doc {
  try {
    return readDoc(docComment);
  } catch (error) {
    throw new Error(`${name}: ${(error as Error).message}`);
  }
}

/** The compiler writes the file of a type that its module does not import. */
const textOf = (tokens: readonly JsonToken[]) =>
  tokens
    .map(({ text }) => text)
    .join("")
    .replace(/import\("[^"]*"\)\./g, "");
