import { createHash } from "node:crypto";
import { inlineTextsOf } from "../hashes/html.js";
import type { InlineKind, LoggedCode } from "./console.js";
import { type Detail, withoutQuery } from "./listen.js";
import { readServed, type Surroundings } from "./served.js";

/** A piece of inline code that the policy blocks, wherever it is. */
export interface InlineCode {
  readonly kind: InlineKind;
  /** The effective directive: `script-src-elem`. */
  readonly directive: string;
  /** The beginning of it where the rest is not known. */
  readonly text: string;
  /** Its hash as a policy spells it; undefined where the text is not known. */
  readonly hash: `'sha256-${string}'` | undefined;
  /** The beginning of the element; the empty string where it is not known. */
  readonly element: string;
  /** Whether its element has a nonce. */
  readonly hasNonce: boolean;
  /** Whether the server's HTML has it, rather than a script that added it. */
  readonly isServed: boolean;
  /** Where it is, or what added it: `https://site.example/app.js:10:5`. */
  readonly place: string;
  /** The pages it was on. */
  readonly pages: readonly string[];
  /** Whether every load of these pages had it, text for text. */
  readonly isStable: boolean;
  /** What surrounds it in the served HTML: `"near"`, the parent element differs between its pages; `"far"`, only an outer element does. */
  readonly differsAround: "near" | "far" | "nowhere";
}

/** A load of a page. */
export interface Load {
  /** The address, without query. */
  readonly page: string;
  /** The page in one viewport. */
  readonly name: string;
  /** Counted from one. */
  readonly count: number;
}

/** Collects inline code. */
export interface InlineCollector {
  addServed(html: string, load: Load): void;
  addDetail(detail: Detail, load: Load): void;
  addLogged(code: LoggedCode, place: string): void;
  /** @param loads how often each page was loaded, by the name of its loads. */
  codes(loads: ReadonlyMap<string, number>): readonly InlineCode[];
  /** Whether a page's HTML loads a script file by an element without a nonce. */
  readonly hasScriptFile: boolean;
  /** Pieces of inline code beyond those that are kept. */
  readonly dropped: number;
}

/** Distinct pieces of inline code that are kept: a policy has room for far fewer. */
const MOST_INLINE = 2_000;

/** Browsers cut samples to this length. CSP3 §5.3. */
const SAMPLE_LENGTH = 40;

/** A piece of inline code, wherever it is. */
export type Code = Pick<InlineCode, "kind" | "directive" | "text" | "hash" | "element" | "hasNonce" | "place">;

interface Found {
  readonly code: Code;
  readonly pages: Set<string>;
  /** The loads that had it, of each page in each viewport. */
  readonly loads: Map<string, Set<number>>;
}

/** A collector of inline code for one walk, or for several of the same policy. */
export function collectInline(): InlineCollector {
  const found = new Map<string, Found>();
  const logged = new Map<string, Map<string, LoggedCode>>();
  const served = new Set<string>();
  const around = new Map<string, Map<string, Set<string>>>();
  let [hasScriptFile, dropped] = [false, 0];

  const noteSurroundings = (hash: string, page: string, { near, top }: Surroundings) => {
    for (const [name, print] of [
      ["near", near],
      ["far", top],
    ] as const) {
      const key = `${name} ${hash}`;
      const pages = around.get(key) ?? new Map<string, Set<string>>();
      around.set(key, pages.set(page, (pages.get(page) ?? new Set()).add(print)));
    }
  };

  const differsAround = (hash: string): InlineCode["differsAround"] =>
    (["near", "far"] as const).find((name) => differ([...(around.get(`${name} ${hash}`)?.values() ?? [])])) ?? "nowhere";

  return {
    get hasScriptFile() {
      return hasScriptFile;
    },

    get dropped() {
      return dropped;
    },

    addServed(html, { page }) {
      for (const text of inlineTextsOf(html)) served.add(hashOf(text));
      const read = readServed(html);
      hasScriptFile ||= read.hasScriptFile;
      for (const [text, places] of read.surroundings) for (const place of places) noteSurroundings(hashOf(text), page, place);
    },

    addDetail(detail, { page, name, count }) {
      const code = codeOf(detail, page);
      // One javascript: URL has two events, with different places.
      const key = `${code.kind} ${code.hash ?? (code.kind === "javascript: URL" ? code.text : `${code.place} ${code.text}`)}`;
      if (!found.has(key)) {
        if (found.size >= MOST_INLINE) {
          dropped += 1;
          return;
        }
        found.set(key, { code, pages: new Set(), loads: new Map() });
      }
      const one = found.get(key) as Found;
      one.pages.add(page);
      one.loads.set(name, (one.loads.get(name) ?? new Set()).add(count));
    },

    addLogged(code, place) {
      const key = `${code.kind} ${place}`;
      const some = logged.get(key) ?? new Map<string, LoggedCode>();
      if (some.size < MOST_INLINE && logged.size < MOST_INLINE) logged.set(key, some.set(code.hash, code));
    },

    codes: (loads) =>
      [...found.values()].flatMap(({ code, ...seen }) => {
        const pages = [...seen.pages];
        const isStable = [...seen.loads].every(([name, some]) => some.size === loads.get(name));
        const hashes = code.hash === undefined ? hashesAt(code, logged, found) : [code.hash];
        return (hashes.length > 0 ? hashes : [undefined]).map((hash) => ({
          ...code,
          hash,
          isServed: hash !== undefined && served.has(hash),
          pages,
          isStable,
          differsAround: hash === undefined ? ("nowhere" as const) : differsAround(hash),
        }));
      }),
  };
}

/** What the console says of code whose element is gone: the hashes of the same place that are of no code with a known text. */
function hashesAt(
  { kind, place }: Code,
  logged: ReadonlyMap<string, ReadonlyMap<string, LoggedCode>>,
  found: ReadonlyMap<string, Found>,
): readonly LoggedCode["hash"][] {
  const some = logged.get(`${kind} ${place.replace(/:\d+$/, "")}`);
  return [...(some?.values() ?? [])].map(({ hash }) => hash).filter((hash) => !found.has(`${kind} ${hash}`));
}

/** Whether two of the sets have nothing in common. */
function differ(sets: readonly ReadonlySet<string>[]): boolean {
  return sets.some((one, index) => sets.slice(index + 1).some((other) => [...one].every((print) => !other.has(print))));
}

/** The code that a violation is about, on a page. */
export function codeOf({ directive, sample, element, hasNonce, sourceFile, line, column, ...detail }: Detail, page: string): Code {
  const isGone = detail.text === "";
  const kind = isGone && /^javascript:/i.test(sample) ? "javascript: URL" : kindOf(directive);
  // A sample that is shorter than a browser's limit is the whole text.
  const isWhole = !isGone || (sample !== "" && sample.length < SAMPLE_LENGTH);
  const text = isGone ? sample : detail.text;
  const file = /^https?:/.test(sourceFile) ? withoutQuery(sourceFile) : page;
  const place = `${file}${line > 0 ? `:${line}:${column}` : ""}`;
  const hash = isWhole && kind !== "javascript: URL" ? hashOf(text) : undefined;
  return { kind, directive, text, hash, element, hasNonce, place };
}

function kindOf(directive: string): InlineKind {
  if (directive === "style-src-attr") return "style attribute";
  if (directive === "script-src-attr") return "event handler";
  return directive.startsWith("style-src") ? "style" : "script";
}

/** The source that allows a text. CSP3 §6.7.3.3. */
export function hashOf(text: string): `'sha256-${string}'` {
  return `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
}
