import type { Target } from "../target.js";

/** Directives that a policy in a page does not have. HTML §4.2.5.3, CSP3 §3.3. */
const NOT_IN_META = ["frame-ancestors", "report-to", "report-uri", "sandbox"];

/** A `<meta>` for pages whose server sets no headers: the Content-Security-Policy alone, and of that not all. */
export const meta: Target<"meta"> = {
  name: "meta",
  title: "HTML <meta>: the Content-Security-Policy of a page without headers",
  uses: [],

  print({ all, routes, upstream }, { warn }) {
    const others = [...all.lines.map(([name]) => name), ...all.remove].filter((name) => name !== "Content-Security-Policy");
    const observed = others.filter((name) => name.endsWith("-Report-Only"));
    const unsaid = others.filter((name) => !observed.includes(name));
    if (observed.length > 0) warn(`A page cannot only report, left out: ${observed.join(", ")}.`);
    if (unsaid.length > 0) warn(`A page cannot set these headers, left out: ${unsaid.join(", ")}.`);
    const paths = routes.map(({ path }) => `${path?.path}${path?.below ? "*" : ""}`);
    if (paths.length > 0) warn(`A page does not know its path, left out: the routes ${paths.join(", ")}.`);
    if (upstream !== undefined) warn("A page is no server, left out: the upstream.");

    const policy = all.lines.find(([name]) => name === "Content-Security-Policy")?.[1] ?? "";
    const directives = policy.split("; ").filter((directive) => directive !== "");
    const leftOut = directives.map(nameOf).filter((name) => NOT_IN_META.includes(name));
    if (leftOut.length > 0) warn(`Browsers ignore these directives in a page, left out: ${leftOut.join(", ")}.`);
    const content = directives.filter((directive) => !NOT_IN_META.includes(nameOf(directive))).join("; ");
    if (content !== "") return [{ path: "portcullis.html", text: `${FIRST}${tagOf(content)}\n` }];
    warn("Nothing of the policy can be set in a page, and no file is printed.");
    return [];
  },
};

const FIRST = "<!-- First in <head>, behind the charset: it governs only what comes after it. -->\n";

const nameOf = (directive: string) => directive.replace(/ .*/s, "");

function tagOf(content: string): string {
  return `<meta http-equiv="Content-Security-Policy" content="${content.replace(/[&"<>]/g, (char) => `&#${char.charCodeAt(0)};`)}">`;
}
