import { issueCollector, PolicyError, type ReportIssue } from "../errors.js";
import { registered } from "../headers/index.js";
import { isPromise, showThrown } from "../values/text.js";
import { byName, type HeaderLine, type HeadersInput, incomingHeaders, isRefusal } from "./incoming.js";
import { makePolicy, type Policy } from "./policy.js";

export type { HeadersInput };

/**
 * Reads the security headers of an existing response, strictly. Other headers are ignored.
 * A nonce in a Content-Security-Policy becomes the nonce slot: every response has another.
 *
 * @param headers names in any case; pairs, an object, or a Fetch `Headers`.
 * @returns a policy of these headers and nothing else.
 * @throws {PolicyError} for a header that occurs twice, two policies in one field, a broken field, and what `definePolicy` refuses.
 */
export function parseHeaders(headers: HeadersInput): Policy {
  const { report, throwIfAny } = issueCollector();
  const named = byName(incomingLines(headers, report));
  const found = registered.flatMap((one) => {
    const values = named.get(one.name.toLowerCase()) ?? [];
    if (values.length > 1) report({ path: [one.name], code: "conflict", message: `occurs ${values.length} times`, hint: "Send it once." });
    return values.length === 1 ? [[one.key, () => one.header.parse(values[0] as string), one.name] as const] : [];
  });
  const patch = Object.fromEntries(
    found.map(([key, parse, name]) => {
      try {
        return [key, parse()];
      } catch (error) {
        if (!(error instanceof PolicyError)) throw error;
        for (const issue of error.issues) report({ ...issue, path: issue.path === "" ? [name] : [name, issue.path] });
        return [key, undefined];
      }
    }),
  );
  throwIfAny();
  return makePolicy(["none", patch], false);
}

function incomingLines(headers: unknown, report: ReportIssue): readonly HeaderLine[] {
  const [path, hint] = [["parseHeaders"], 'Pass a Headers, pairs, or an object such as { "X-Frame-Options": "DENY" }.'];
  if (isPromise(headers)) {
    report({ path, code: "wrong-type", message: "a promise is not a set of headers", hint: "Write await before it." });
    return [];
  }
  try {
    const { lines, odd } = incomingHeaders(headers);
    for (const name of odd)
      report({
        path: [...path, name],
        code: "wrong-type",
        message: "its value is not a string",
        hint: "Pass a string, or a list of strings.",
      });
    return lines;
  } catch (cause) {
    if (isRefusal(cause)) report({ path, code: "wrong-type", message: cause.message, hint });
    else {
      const message = `reading the headers threw ${showThrown(cause)}`;
      report({ path, code: "unreadable", message, hint: "Pass plain data." });
    }
    return [];
  }
}
