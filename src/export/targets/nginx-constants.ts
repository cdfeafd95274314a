/** nginx refuses a parameter of 4,096 bytes or more, with quotes and escapes. */
const LONGEST_PARAMETER = 4_000;
const LONGEST_PART = 2_000;

/** A quoted nginx parameter. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, "\\$&")}"`;
}

/** Texts that nginx does not accept as parameters, defined as variables in the http block. */
export interface Constants {
  /** A literal, or a concatenation of constants, whose values are not expanded. */
  parameter(header: string, text: string): string;
  /** The definitions. Empty if there are none. */
  printed(): readonly string[];
}

/** @param variable returns the name of a new variable. */
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
      return [`# Literal texts: nginx would interpret a $ in a value, and limits a parameter to 4 kB.\n${geos.join("")}`];
    },
  };
}
