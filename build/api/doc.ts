/** A doc comment in its parts, as Markdown; `{@link Name}` is still in it. */
export interface Doc {
  readonly summary: string;
  readonly params: readonly { readonly name: string; readonly text: string }[];
  readonly returns?: string;
  readonly throws: readonly string[];
  readonly see: readonly string[];
  /** What to write instead. */
  readonly deprecated?: string;
  readonly isExperimental: boolean;
}

/**
 * Reads a doc comment.
 *
 * @param comment from `/**` on, as API Extractor writes it. Empty where there is none.
 * @returns its parts; the summary is empty where there is no comment.
 * @throws {Error} at a tag that no page shows.
 */
export function readDoc(comment: string): Doc {
  const text = comment
    .replace(/^\/\*\*|\*\/\s*$/g, "")
    .replace(/^ \* ?/gm, "")
    .trim();
  const [summary = "", ...blocks] = text.split(/^(?=@\w)/m);
  const parts = blocks.map((block) => {
    const [, tag = "", rest = ""] = /^@(\w+)\s*(.*)$/s.exec(block) ?? [];
    if (!TAGS.includes(tag)) throw new Error(`The doc comment has @${tag}, which no page shows: write one of @${TAGS.join(", @")}.`);
    return { tag, text: flow(rest) };
  });
  const all = (tag: string) => parts.filter((part) => part.tag === tag).map((part) => part.text);
  const [returns] = all("returns");
  const [deprecated] = all("deprecated");
  return {
    summary: flow(summary),
    params: all("param").map((param) => {
      const [, name = "", rest = ""] = /^(\S+)\s*(?:- )?(.*)$/s.exec(param) ?? [];
      return { name, text: rest };
    }),
    ...(returns !== undefined && { returns }),
    throws: all("throws").map((one) => one.replace(/^\{(\w+)\}/, "{@link $1}")),
    see: all("see"),
    ...(deprecated !== undefined && { deprecated }),
    isExperimental: parts.some(({ tag }) => tag === "experimental"),
  };
}

const TAGS: readonly string[] = ["param", "returns", "throws", "see", "deprecated", "experimental"];

/** The text of a block: without the indentation that a doc comment has below a tag. */
const flow = (text: string) => text.trim().replace(/^ (?! )/gm, "");
