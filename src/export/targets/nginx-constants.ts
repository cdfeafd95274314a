/** nginx refuses a parameter of 4,096 bytes or more; quotes and escapes count. */
const LONGEST_PARAMETER = 4_000;
const LONGEST_PART = 2_000;

/** A parameter of nginx, as it stands. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** Texts that nginx does not take as parameters, kept in variables of the http block. */
export interface Constants {
  /** The text as nginx takes it: a literal, or made of constants, in which nothing expands. */
  parameter(header: string, text: string): string;
  /** Their definitions, or nothing. */
  printed(): readonly string[];
}

/** @param variable gives a new variable its name. */
export function constantsFor(variable: (wanted: string) => string): Constants {
  const known = new Map<string, string>();
  const constant = (header: string, text: string): string => {
    const name = known.get(text) ?? variable(`${header}_text`);
    known.set(text, name);
    return name;
  };
  return {
    parameter(header, text) {
      const literal = quoted(text);
      if (!text.includes("$") && literal.length < LONGEST_PARAMETER) return literal;
      const parts = text.match(new RegExp(`.{1,${LONGEST_PART}}`, "gs")) ?? [];
      return `"${parts.map((part) => `\${${constant(header, part).slice(1)}}`).join("")}"`;
    },
    printed() {
      if (known.size === 0) return [];
      const geos = [...known].map(([text, name]) => `geo ${name} { default ${quoted(text)}; }\n`);
      return [`# Literal texts: nginx would read a $ in a value, and takes no parameter over 4 kB.\n${geos.join("")}`];
    },
  };
}
