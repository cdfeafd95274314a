import { exactly, ofGlob } from "../paths.js";
import { ALWAYS, all, any, type Condition, NEVER, not, onPaths, patternOf, type Variables, whereSet } from "./conditions.js";

/** The last argument of `Header`: `env=NAME`, `env=!NAME` or `expr=…`. */
export function headerCondition(written: string, variables: Variables): Condition {
  const unknown: Condition = { kind: "unknown", text: written };
  const [, no, name] = /^env=(!?)(.*)$/is.exec(written) ?? [];
  if (name !== undefined) return no === "!" ? not(whereSet(name, variables)) : whereSet(name, variables);
  const expression = /^expr=(.*)$/is.exec(written)?.[1];
  return (expression === undefined ? undefined : expressionOf(expression, variables)) ?? unknown;
}

/** Maximum number of tokens in an expression, which limits recursion. */
const MOST_TOKENS = 200;

const TOKEN =
  /\s*(?:(&&|\|\||[()]|!~|=~|[!=<>]=?|-[a-zA-Z]+)|%\{([^{}]*)\}|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|m#([^#]*)#([a-z]*)|m\|([^|]*)\|([a-z]*)|\/((?:[^/\\]|\\.)*)\/([a-z]*)|([\w.]+))/y;

interface Token {
  readonly kind: "operator" | "variable" | "text" | "pattern" | "word";
  readonly text: string;
  readonly flags?: string | undefined;
}

/**
 * The condition of an expression (Apache, "Expressions in Apache HTTP Server"). Supports the part of the language about paths, https, HTML and
 * variables. Other parts are unknown. Undefined if the expression cannot be parsed.
 */
export function expressionOf(text: string, variables: Variables): Condition | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  const reader: Reader = { tokens, at: 0, variables };
  const read = either(reader);
  return reader.at === tokens.length ? read : undefined;
}

interface Reader {
  readonly tokens: readonly Token[];
  readonly variables: Variables;
  at: number;
}

function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const found = TOKEN.exec(text);
    if (found === null || tokens.length === MOST_TOKENS) return undefined;
    const [, operator, name, double, single, hashed, hashedFlags, barred, barredFlags, slashed, slashedFlags, word] = found;
    const pattern = hashed ?? barred ?? slashed;
    if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else if (name !== undefined) tokens.push({ kind: "variable", text: name });
    else if (pattern !== undefined) tokens.push({ kind: "pattern", text: pattern, flags: hashedFlags ?? barredFlags ?? slashedFlags });
    else if (word !== undefined) tokens.push({ kind: "word", text: word });
    else tokens.push({ kind: "text", text: double ?? single ?? "" });
  }
  return tokens;
}

/** Consumes the token if it is this operator or word. */
function takes(reader: Reader, text: string): boolean {
  const token = reader.tokens[reader.at];
  const taken = token?.text === text && (token.kind === "operator" || token.kind === "word");
  if (taken) reader.at += 1;
  return taken;
}

function either(reader: Reader): Condition | undefined {
  const parts = [both(reader)];
  while (takes(reader, "||")) parts.push(both(reader));
  return together(parts, any);
}

function both(reader: Reader): Condition | undefined {
  const parts = [single(reader)];
  while (takes(reader, "&&")) parts.push(single(reader));
  return together(parts, all);
}

function together(parts: readonly (Condition | undefined)[], join: (...of: readonly Condition[]) => Condition): Condition | undefined {
  const known = parts.filter((part) => part !== undefined);
  return known.length === parts.length ? join(...known) : undefined;
}

function single(reader: Reader): Condition | undefined {
  if (takes(reader, "!")) {
    const read = single(reader);
    return read === undefined ? undefined : not(read);
  }
  if (takes(reader, "(")) {
    const read = either(reader);
    return takes(reader, ")") ? read : undefined;
  }
  if (takes(reader, "true")) return ALWAYS;
  if (takes(reader, "false")) return NEVER;
  return compared(reader);
}

function compared(reader: Reader): Condition | undefined {
  const unary = reader.tokens[reader.at];
  if (unary?.kind === "operator" && /^-[a-zA-Z]$/.test(unary.text)) {
    reader.at += 1;
    const name = subject(reader);
    if (name === undefined) return undefined;
    const env = variableOf(name);
    if (env !== undefined && /^-[nzT]$/.test(unary.text)) {
      const isSet = whereSet(env, reader.variables, (value) => value !== "");
      return unary.text === "-z" ? not(isSet) : isSet;
    }
    return { kind: "unknown", text: `${unary.text} ${name}` };
  }
  const name = subject(reader);
  const operator = reader.tokens[reader.at++];
  const value = reader.tokens[reader.at++];
  if (name === undefined || operator?.kind !== "operator" || value === undefined) return undefined;
  const negated = operator.text.startsWith("!");
  const read = comparison(name, PLAIN[operator.text] ?? operator.text, value, reader.variables);
  if (read === undefined) return { kind: "unknown", text: `${name} ${operator.text} ${value.text}` };
  return negated ? not(read) : read;
}

/** Operators without `!`, in their canonical form. */
const PLAIN: Readonly<Record<string, string>> = { "==": "=", "!=": "=", "!~": "=~" };

/** `%{NAME}`, `reqenv('NAME')`, `env('NAME')` or `req('NAME')`: as `NAME`, `reqenv:NAME`, `req:NAME`. */
function subject(reader: Reader): string | undefined {
  const token = reader.tokens[reader.at++];
  if (token?.kind === "variable") return token.text;
  if (token?.kind !== "word" || !takes(reader, "(")) return undefined;
  const name = reader.tokens[reader.at++];
  return takes(reader, ")") && name !== undefined ? `${token.text}:${name.text}` : undefined;
}

/** The environment variable of a subject. */
function variableOf(name: string): string | undefined {
  return /^(?:reqenv|env|ENV):(\w+)$/i.exec(name)?.[1];
}

function comparison(name: string, operator: string, { kind, text, flags = "" }: Token, variables: Variables): Condition | undefined {
  const env = variableOf(name);
  const path = name === "REQUEST_URI" ? "last" : env === undefined ? undefined : variables.get(env)?.path;
  if (path !== undefined) {
    const read = pathComparison(operator, { kind, text, flags });
    return read?.kind === "paths" && path === "first" ? { ...read, first: true } : read;
  }
  if (env !== undefined) return operator === "=" && kind === "text" ? whereSet(env, variables, (value) => value === text) : undefined;
  if (name === "CONTENT_TYPE" && kind === "pattern") return /html/i.test(text) && operator === "=~" ? { kind: "html" } : undefined;
  const secure = name === "HTTPS" ? "on" : name === "REQUEST_SCHEME" ? "https" : undefined;
  if (secure === undefined || !/^=$|^-eq$/.test(operator)) return undefined;
  if (text.toLowerCase() === secure) return { kind: "https" };
  return /^(?:off|http)$/i.test(text) ? not({ kind: "https" }) : undefined;
}

function pathComparison(operator: string, { kind, text, flags }: Token): Condition | undefined {
  if (operator === "=~") return kind === "pattern" && flags === "" ? onPaths(patternOf(text)) : undefined;
  if (operator === "=") return onPaths(exactly(text));
  // One trailing star matches everything after it.
  return operator === "-strmatch" ? onPaths(ofGlob(text)) : undefined;
}
