import { MOST_FRAGMENT, MOST_STATE } from "./limits.js";

/** What a shared link has: the tab and the texts, by the names of their fields. */
export type State = Readonly<Record<FieldName, string>>;

/** The fields of a shared link. */
export const FIELDS = ["tab", "policy", "check", "before", "after", "target", "format", "config", "server"] as const;

type FieldName = (typeof FIELDS)[number];

/** What came of a fragment: a state, or a sentence that says why there is none. */
export type Unpacked = { readonly state: State } | { readonly refused: string };

const VERSION = "1";

/** `1c.` before compressed text, `1p.` before plain text; base64url. */
const FRAGMENT = /^#?(\d{1,4})([a-z])\.([\w-]*)$/;

/** The fragment of a state, with `#`; undefined where it would be too long. */
export async function pack(state: State): Promise<string | undefined> {
  const kept = Object.fromEntries(FIELDS.flatMap((name) => (state[name] === "" ? [] : [[name, state[name]]])));
  const plain = new TextEncoder().encode(JSON.stringify(kept));
  const isCompressed = typeof CompressionStream === "function";
  const bytes = isCompressed ? await collect(plain, new CompressionStream("deflate-raw"), MOST_STATE) : plain;
  if (bytes === undefined) return undefined;
  const text = `#${VERSION}${isCompressed ? "c" : "p"}.${base64url(bytes)}`;
  return text.length > MOST_FRAGMENT ? undefined : text;
}

/** Reads a fragment. Nothing in it is run: it is text for the fields of the page, or it is refused. */
export async function unpack(fragment: string): Promise<Unpacked> {
  if (fragment.length > MOST_FRAGMENT) return { refused: `The link is longer than ${MOST_FRAGMENT} characters. It was not opened.` };
  const [, version, kind, body = ""] = FRAGMENT.exec(fragment) ?? [];
  if (version === undefined) return { refused: "The link does not have the form of a shared playground. It was not opened." };
  if (version !== VERSION || (kind !== "c" && kind !== "p"))
    return { refused: "The link was made by another version of the playground. It was not opened." };
  const bytes = bytesOf(body);
  const plain = bytes === undefined || kind === "p" ? bytes : await unpacked(bytes);
  if (plain === undefined || plain.length > MOST_STATE) return BROKEN;
  try {
    return stateOf(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain)));
  } catch {
    return BROKEN;
  }
}

const BROKEN: Unpacked = { refused: "The link is damaged, or unpacks to too much text. It was not opened." };

function stateOf(found: unknown): Unpacked {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return BROKEN;
  const entries = Object.entries(found);
  const isKnown = entries.every(([name, value]) => (FIELDS as readonly string[]).includes(name) && typeof value === "string");
  if (!isKnown) return { refused: "The link has a field that the playground does not know. It was not opened." };
  const own = new Map(entries as [string, string][]);
  return { state: Object.fromEntries(FIELDS.map((name) => [name, own.get(name) ?? ""])) as State };
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array | undefined> {
  if (typeof DecompressionStream !== "function") return undefined;
  try {
    return await collect(bytes, new DecompressionStream("deflate-raw"), MOST_STATE);
  } catch {
    return undefined;
  }
}

/** What a stream makes of some bytes; undefined beyond `most` bytes, of which no more is read. */
async function collect(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  most: number,
): Promise<Uint8Array | undefined> {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const all = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function base64url(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
