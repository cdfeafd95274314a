/** What stands in the output instead of a secret. */
const HIDDEN = "[hidden]";

/**
 * A text of the output without secrets of the command line: values of headers, cookies, storage and queries, which a page may have shown in
 * a title, an error or its inline code.
 *
 * @param secrets the longest first.
 */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  let shown = text;
  for (const secret of secrets) for (const form of formsOf(secret)) shown = shown.replaceAll(form, HIDDEN);
  return shown;
}

/** As it is, in JSON, in HTML, in an address. */
function formsOf(secret: string): ReadonlySet<string> {
  const escaped = secret.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  return new Set([
    secret,
    JSON.stringify(secret).slice(1, -1),
    escaped,
    escaped.replace(/'/g, "&#39;"),
    // Half a surrogate pair has no percent-encoding.
    encodeURIComponent(Buffer.from(secret).toString()),
  ]);
}
