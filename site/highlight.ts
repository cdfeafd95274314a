import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { bundledLanguages, bundledLanguagesAlias, createHighlighter, type ThemedTokenWithVariants } from "shiki";

/** A block of code. */
export interface Block {
  /** As it is written behind the fence; empty for none. */
  readonly language: string;
  readonly code: string;
}

/** The HTML of code: text in `<span class="…">`, never a style attribute. Code of an unknown language is only escaped. */
export type Highlight = (block: Block) => string;

/** A highlighter of some blocks, and the rules of its classes. */
export interface Highlighter {
  readonly highlight: Highlight;
  /** CSS: one rule for each class. */
  readonly css: string;
}

/** Text of one colour: its CSS, empty for the colour of the text around it. */
type Run = readonly [css: string, text: string];

/** Comments a little darker than the theme has them, for the contrast of 4.5 on the grey of a block. */
const COMMENTS: Readonly<Record<string, string>> = { "#6e7781": "#59636e" };
const THEMES = { light: "github-light-default", dark: "github-dark-default" } as const;

/** The start of a cache. Another one is ignored: change it with whatever changes the runs of a block. */
const CACHE_VERSION = `1 ${JSON.stringify([THEMES, COMMENTS])}`;

/** A session of a shell: `$ command`, and what it prints. */
const SESSION = "console";
const PROMPT = "$ ";

const ITALIC = 1;
const BOLD = 2;

/**
 * Highlights all blocks of a site, each text once.
 *
 * @param blocks all that will be asked for.
 * @param cache a file that keeps the result for the next build. Default: none.
 */
export async function highlightBlocks(blocks: readonly Block[], cache?: string): Promise<Highlighter> {
  const wanted = new Map(blocks.flatMap(partsOf).map((block) => [keyOf(block), block]));
  const known = cache === undefined ? {} : readCache(cache);
  const missing = [...wanted].filter(([key, { language }]) => isKnown(language) && !Object.hasOwn(known, key));
  const found = { ...known, ...(missing.length > 0 && (await runsOf(missing))) };
  const kept = Object.fromEntries([...wanted.keys()].flatMap((key) => (Object.hasOwn(found, key) ? [[key, found[key] ?? []]] : [])));
  if (cache !== undefined && missing.length > 0) writeCache(cache, kept);

  const names = new Map<string, string>();
  for (const [css] of Object.values(kept).flat()) if (css !== "" && !names.has(css)) names.set(css, `t${names.size}`);
  const show = ([css, text]: Run) => (css === "" ? escaped(text) : `<span class="${names.get(css)}">${escaped(text)}</span>`);
  const plain: Highlight = (block) => kept[keyOf(block)]?.map(show).join("") ?? escaped(block.code);
  return {
    highlight: (block) => (block.language === SESSION ? session(block.code, plain) : plain(block)),
    css: [...names].map(([css, name]) => `.${name}{${css}}`).join(""),
  };
}

function keyOf({ language, code }: Block): string {
  return `${language}\n${code}`;
}

function isKnown(language: string): boolean {
  return Object.hasOwn(bundledLanguages, language) || Object.hasOwn(bundledLanguagesAlias, language);
}

/** The commands of a session, or the block itself. */
function partsOf(block: Block): readonly Block[] {
  if (block.language !== SESSION) return [block];
  return block.code.split("\n").flatMap((line) => (line.startsWith(PROMPT) ? [commandOf(line)] : []));
}

function commandOf(line: string): Block {
  return { language: "sh", code: line.slice(PROMPT.length) };
}

/** Commands highlighted, their output as it is. */
function session(code: string, highlight: Highlight): string {
  const line = (text: string) =>
    text.startsWith(PROMPT) ? `<span class="prompt">${PROMPT}</span>${highlight(commandOf(text))}` : escaped(text);
  return code.split("\n").map(line).join("\n");
}

async function runsOf(blocks: readonly (readonly [key: string, block: Block])[]): Promise<Readonly<Record<string, readonly Run[]>>> {
  const langs = [...new Set(blocks.map(([, { language }]) => language))];
  const shiki = await createHighlighter({ themes: Object.values(THEMES), langs });
  const [light, dark] = [shiki.getTheme(THEMES.light).fg.toLowerCase(), shiki.getTheme(THEMES.dark).fg.toLowerCase()];

  const cssOf = ({ variants }: ThemedTokenWithVariants): string => {
    const colour = variants["light"]?.color?.toLowerCase() ?? light;
    const [one, other] = [COMMENTS[colour] ?? colour, variants["dark"]?.color?.toLowerCase() ?? dark];
    const style = Math.max(0, variants["light"]?.fontStyle ?? 0);
    if (one === light && other === dark && style === 0) return "";
    return `color:light-dark(${one},${other})${style & ITALIC ? ";font-style:italic" : ""}${style & BOLD ? ";font-weight:600" : ""}`;
  };

  // Without a limit in time: a busy machine would give other colours.
  const options = { themes: THEMES, tokenizeTimeLimit: 0 };
  const runs = blocks.map(([key, { language, code }]) => {
    const lines = shiki.codeToTokensWithThemes(code, { ...options, lang: language as never });
    const tokens = lines.flatMap((line, index) => [
      ...(index > 0 ? [["", "\n"] as Run] : []),
      ...line.map((token) => [cssOf(token), token.content] as Run),
    ]);
    return [key, joined(tokens)] as const;
  });
  shiki.dispose();
  return Object.fromEntries(runs);
}

/** Neighbours of one colour as one run. White space has any. */
function joined(tokens: readonly Run[]): readonly Run[] {
  const runs: [css: string, text: string][] = [];
  for (const [css, text] of tokens) {
    const last = runs.at(-1);
    if (last !== undefined && (last[0] === css || text.trim() === "")) last[1] += text;
    else runs.push([css, text]);
  }
  return runs;
}

/** Empty if there is none that fits. */
function readCache(file: string): Readonly<Record<string, readonly Run[]>> {
  try {
    const { version, runs } = JSON.parse(readFileSync(file, "utf8"));
    return version === CACHE_VERSION ? runs : {};
  } catch {
    return {};
  }
}

function writeCache(file: string, runs: Readonly<Record<string, readonly Run[]>>): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ version: CACHE_VERSION, runs }));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
