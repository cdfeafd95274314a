import { createHash } from "node:crypto";
import { inlineTextsOf } from "../hashes/html.js";
import type { InlineKind, LoggedCode } from "./console.js";
import { shownElement } from "./element.js";
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
  /** Whether every load of these pages had it, text for text, and one of them was loaded twice. */
  readonly isStable: boolean;
  /** Whether each of these pages was loaded only once: it is not known whether the code stays the same. */
  readonly isOnce: boolean;
  /** What surrounds it in the served HTML: `"near"`, the parent element differs between its pages; `"far"`, only an outer element does. */
  readonly differsAround: "near" | "far" | "nowhere";
}

/** A load of a page: one object for each. */
export interface Load {
  /** The address, without query. */
  readonly page: string;
  /** The whole address. */
  readonly address: string;
  /** The page in one viewport. */
  readonly name: string;
}

/** Collects inline code. */
export interface InlineCollector {
  /** @param page the id of the page that the HTML is, or is in. */
  addServed(html: string, page: string): void;
  /** The pages of each text of the served HTML, by its hash. */
  readonly texts: ReadonlyMap<string, ReadonlySet<string>>;
  addDetail(detail: Detail, load: Load): void;
  addLogged(code: LoggedCode, place: string): void;
  /** @param loads the loads of each page that came to their end, by the name of its loads. */
  codes(loads: ReadonlyMap<string, ReadonlySet<Load>>): readonly InlineCode[];
  /** Whether a page's HTML loads a script file by an element without a nonce. */
  readonly hasScriptFile: boolean;
  /** Pieces of inline code beyond those that are kept. */
  readonly dropped: number;
}

/** Distinct pieces of inline code that are kept: a policy has room for far fewer. */
const MOST_INLINE = 2_000;

/** Texts of served HTML that are remembered; code beyond them counts as added by a script, and has to be confirmed. */
const MOST_SERVED = 50_000;

/** Browsers cut samples to this length. CSP3 §5.3. */
const SAMPLE_LENGTH = 40;

/** A piece of inline code, wherever it is. */
export type Code = Pick<InlineCode, "kind" | "directive" | "text" | "hash" | "element" | "hasNonce" | "place">;

interface Found {
  readonly code: Code;
  /** The loads that had it. */
  readonly loads: Set<Load>;
}

/** A collector of inline code for one walk, or for several of the same policy. */
export function collectInline(): InlineCollector {
  const found = new Map<string, Found>();
  const logged = new Map<string, Map<string, LoggedCode>>();
  const served = new Map<string, Set<string>>();
  const around = new Map<string, { readonly near: Prints; readonly far: Prints }>();
  let [hasScriptFile, dropped] = [false, 0];

  const noteSurroundings = (hash: string, page: string, { near, top }: Surroundings) => {
    if (around.size >= MOST_SERVED && !around.has(hash)) return;
    const one = around.get(hash) ?? { near: collectPrints(), far: collectPrints() };
    around.set(hash, one);
    one.near.add(page, near);
    one.far.add(page, top);
  };

  const differsAround = (hash: string): InlineCode["differsAround"] =>
    (["near", "far"] as const).find((name) => around.get(hash)?.[name].differ() === true) ?? "nowhere";

  return {
    get hasScriptFile() {
      return hasScriptFile;
    },

    get dropped() {
      return dropped;
    },

    texts: served,

    addServed(html, page) {
      for (const hash of inlineTextsOf(html).map(hashOf)) {
        const on = served.get(hash) ?? new Set();
        if (served.size < MOST_SERVED || served.has(hash)) served.set(hash, on.add(page));
      }
      const read = readServed(html);
      hasScriptFile ||= read.hasScriptFile;
      for (const [text, places] of read.surroundings) for (const place of places) noteSurroundings(hashOf(text), page, place);
    },

    addDetail(detail, load) {
      const code = codeOf(detail, load.page);
      // One javascript: URL has two events, with different places.
      const key = `${code.kind} ${code.hash ?? (code.kind === "javascript: URL" ? code.text : `${code.place} ${code.text}`)}`;
      if (!found.has(key)) {
        if (found.size >= MOST_INLINE) {
          dropped += 1;
          return;
        }
        found.set(key, { code, loads: new Set() });
      }
      found.get(key)?.loads.add(load);
    },

    addLogged(code, place) {
      const key = `${code.kind} ${place}`;
      const some = logged.get(key) ?? new Map<string, LoggedCode>();
      if (some.size < MOST_INLINE && logged.size < MOST_INLINE) logged.set(key, some.set(code.hash, code));
    },

    codes: (loads) =>
      [...found.values()].flatMap(({ code, loads: had }) => {
        const pages = [...new Set([...had].map(({ page }) => page))];
        const names = new Set([...had].map(({ name }) => name));
        const isAlways = [...names].every((name) => [...(loads.get(name) ?? [])].every((load) => had.has(load)));
        const isStable = isAlways && isTwice(had);
        const hashes = code.hash === undefined ? hashesAt(code, logged, found) : [code.hash];
        return (hashes.length > 0 ? hashes : [undefined]).map((hash) => ({
          ...code,
          hash,
          isServed: hash !== undefined && served.has(hash),
          pages,
          isStable,
          isOnce: isAlways && !isStable,
          differsAround: hash === undefined ? ("nowhere" as const) : differsAround(hash),
        }));
      }),
  };
}

/** Whether two loads of one address had the code, in the same viewport or not. */
function isTwice(loads: ReadonlySet<Load>): boolean {
  return new Set([...loads].map(({ address }) => address)).size < loads.size;
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

/** What surrounds one text on its pages. */
interface Prints {
  add(page: string, print: string): void;
  /** Whether two pages have nothing in common. */
  differ(): boolean;
}

/** Pages whose surroundings are kept. Those of further ones are compared with the kept ones, each by itself. */
const MOST_AROUND = 50;

function collectPrints(): Prints {
  const pages = new Map<string, Set<string>>();
  let isDifferent = false;
  const differsFrom = (print: string) => [...pages.values()].some((prints) => !prints.has(print));
  return {
    add(page, print) {
      const prints = pages.get(page);
      if (prints !== undefined) {
        if (prints.size < MOST_AROUND) prints.add(print);
      } else if (pages.size < MOST_AROUND) pages.set(page, new Set([print]));
      else isDifferent ||= differsFrom(print);
    },
    differ: () => isDifferent || differ([...pages.values()]),
  };
}

/** Whether two of the sets have nothing in common. */
export function differ(sets: readonly ReadonlySet<string>[]): boolean {
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
  const attribute = kind === "event handler" || kind === "style attribute" ? text : "";
  return { kind, directive, text, hash, element: shownElement(element, attribute), hasNonce, place };
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
