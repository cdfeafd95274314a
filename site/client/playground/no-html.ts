// Stands in for parse5 in the bundle: the playground audits headers, and an audit without `html` parses no page.

export const defaultTreeAdapter = {};

/** @throws {Error} always. */
export function parse(): never {
  throw new Error("The playground reads no HTML.");
}
