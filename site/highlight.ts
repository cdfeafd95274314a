import { bundledLanguages, bundledLanguagesAlias, createHighlighter, type ThemedTokenWithVariants } from "shiki";

/** The HTML of code: text in `<span class="…">`, never a style attribute. Code of an unknown language is only escaped. */
export type Highlight = (code: string, language: string) => string;

/** A highlighter, and the rules of the classes that it has used so far. */
export interface Highlighter {
  readonly highlight: Highlight;
  /** CSS: one rule for each class. Complete once everything is highlighted. */
  css(): string;
  /** Frees the grammars. */
  dispose(): void;
}

/** Comments a little darker than the theme has them, for the contrast of 4.5 on the grey of a block. */
const COMMENTS: Readonly<Record<string, string>> = { "#6e7781": "#59636e" };
const THEMES = { light: "github-light-default", dark: "github-dark-default" } as const;

/** A session of a shell: `$ command`, and what it prints. */
const SESSION = "console";

const ITALIC = 1;
const BOLD = 2;

/**
 * Loads the grammars of some languages.
 *
 * @param languages names as they are written behind a fence; unknown ones are ignored.
 */
export async function createSiteHighlighter(languages: readonly string[]): Promise<Highlighter> {
  const known = new Set(
    [...languages, "sh"].filter((name) => Object.hasOwn(bundledLanguages, name) || Object.hasOwn(bundledLanguagesAlias, name)),
  );
  const shiki = await createHighlighter({ themes: Object.values(THEMES), langs: [...known] });
  const plain = { light: foreground(THEMES.light), dark: foreground(THEMES.dark) };
  const classes = new Map<string, string>();
  const done = new Map<string, string>();

  function foreground(theme: string): string {
    return shiki.getTheme(theme).fg.toLowerCase();
  }

  /** The class of a token; undefined for the colour of plain text. */
  const classOf = ({ variants: { light, dark } }: ThemedTokenWithVariants): string | undefined => {
    const colour = light?.color?.toLowerCase() ?? plain.light;
    const [one, other] = [COMMENTS[colour] ?? colour, dark?.color?.toLowerCase() ?? plain.dark];
    const style = Math.max(0, light?.fontStyle ?? 0);
    if (one === plain.light && other === plain.dark && style === 0) return undefined;
    const rule = `color:light-dark(${one},${other})${style & ITALIC ? ";font-style:italic" : ""}${style & BOLD ? ";font-weight:600" : ""}`;
    const name = classes.get(rule) ?? `t${classes.size}`;
    classes.set(rule, name);
    return name;
  };

  const highlight: Highlight = (code, language) => {
    if (language === SESSION) return session(code, (command) => highlight(command, "sh"));
    if (!known.has(language)) return escaped(code);
    const key = `${language}\n${code}`;
    // Without a limit in time: a busy machine would give other colours.
    const options = { lang: language as never, themes: THEMES, tokenizeTimeLimit: 0 };
    const html = done.get(key) ?? shiki.codeToTokensWithThemes(code, options).map(line).join("\n");
    done.set(key, html);
    return html;
  };

  /** Neighbours of one class share an element. */
  const line = (tokens: readonly ThemedTokenWithVariants[]): string => {
    const runs: { name: string | undefined; text: string }[] = [];
    for (const token of tokens) {
      const name = token.content.trim() === "" ? runs.at(-1)?.name : classOf(token);
      const last = runs.at(-1);
      if (last !== undefined && last.name === name) last.text += token.content;
      else runs.push({ name, text: token.content });
    }
    return runs.map(({ name, text }) => (name === undefined ? escaped(text) : `<span class="${name}">${escaped(text)}</span>`)).join("");
  };

  return { highlight, css: () => [...classes].map(([rule, name]) => `.${name}{${rule}}`).join(""), dispose: () => shiki.dispose() };
}

/** Commands after `$ `, highlighted, and their output as it is. */
function session(code: string, highlight: (command: string) => string): string {
  const line = (text: string) => (text.startsWith("$ ") ? `<span class="prompt">$ </span>${highlight(text.slice(2))}` : escaped(text));
  return code.split("\n").map(line).join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
