import { type Note, STEPS_OF_A_COPY } from "../limits.js";
import { dynamic } from "../site.js";

/** Variables that `vars` has set so far; undefined for one that differs per request. */
export type Variables = ReadonlyMap<string, string | undefined>;

/** Placeholders that Caddy replaces, also in their short form; any other word in braces is kept. */
const PLACEHOLDER =
  /\{(?:(?:http|env|system|time|vars|file|tls|err|query|path|header|cookie|labels|re|rp|resp)[.:][^{}\s]*|args[[.][^{}\s]*|blocks?[^{}\s]*|\$[^{}\s]*|dir|file|host|hostport|port|method|path|query|remote|remote_host|remote_port|client_ip|scheme|uri|uuid|orig_\w+|tls_\w+|upstream_hostport)\}/g;

/** A text and its line. */
interface Written {
  readonly text: string;
  readonly line: number;
}

/** A value with its variables replaced, and marks for parts that differ per response. `mapped` has the names that `map` sets. */
export function withPlaceholders({ text, line }: Written, variables: Variables, mapped: ReadonlySet<string>, note: Note): string {
  note.spend("work", text.length);
  if (!text.includes("{") && text.includes("\\}"))
    note(line, "has \\} without a {: Caddy 2.6 sends the backslash, and 2.11 removes it. Read as in 2.11");
  const parts = text.split(/\\([{}])/);
  const placeholdersIn = (part: string) => part.match(PLACEHOLDER)?.length ?? 0;
  // Text in such braces is replaced partly, and at another time.
  const whole = parts.length === 1 || parts.reduce((sum, part) => sum + placeholdersIn(part), 0) === placeholdersIn(parts.join(""));
  if (!whole) return dynamic(text);
  return parts
    .join("")
    .replace(PLACEHOLDER, (whole) => {
      const name = /^\{(?:http\.)?vars\.(.*)\}$/.exec(whole)?.[1];
      if (name === undefined) return dynamic(whole);
      // An unset variable is empty, if only the configuration can set it.
      if (!variables.has(name)) return "";
      const value = variables.get(name);
      if (value === undefined) return dynamic(whole);
      note.spend("characters", value.length);
      note.spend("work", STEPS_OF_A_COPY);
      return value;
    })
    .replace(/\{([^{}\0\s]+)\}/g, (whole, name) => (mapped.has(name) ? dynamic(whole) : whole));
}

/** The value of a variable that `vars` sets: Caddy leaves out unknown placeholders there. */
export function variable(written: Written, variables: Variables, mapped: ReadonlySet<string>, note: Note): string {
  // Literal braces would be read as those of a placeholder.
  if (/\\[{}]/.test(written.text)) return dynamic(written.text);
  return withPlaceholders(written, variables, mapped, note)
    .split("\0")
    .map((part, index) => (index % 2 === 0 ? part.replace(/\{[^{}\s]+\}/g, "") : `\0${part}\0`))
    .join("");
}
