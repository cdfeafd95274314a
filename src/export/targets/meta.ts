import type { Target } from "../target.js";

/** Directives that browsers ignore in a <meta> element. HTML §4.2.5.3, CSP3 §3.3. */
const NOT_IN_META = ["frame-ancestors", "report-to", "report-uri", "sandbox"];

/** A `<meta>` element for pages whose server cannot set headers: the Content-Security-Policy only, without some directives. */
export const meta: Target<"meta"> = {
  name: "meta",
  title: "HTML <meta>: the Content-Security-Policy of a page without headers",
  uses: [],

  print({ all, routes, upstream }, { warn }) {
    const others = [...all.lines.map(([name]) => name), ...all.remove].filter((name) => name !== "Content-Security-Policy");
    const observed = others.filter((name) => name.endsWith("-Report-Only"));
    const unsaid = others.filter((name) => !observed.includes(name));
    if (observed.length > 0) warn(`A <meta> element cannot be report-only. Left out: ${observed.join(", ")}.`);
    if (unsaid.length > 0) warn(`A <meta> element cannot set these headers. Left out: ${unsaid.join(", ")}.`);
    const paths = routes.map(({ path }) => `${path?.path}${path?.below ? "*" : ""}`);
    if (paths.length > 0) warn(`A <meta> element applies to its page only. Left out: the routes ${paths.join(", ")}.`);
    if (upstream !== undefined) warn("The upstream is not printed: a page is not a server.");

    const policy = all.lines.find(([name]) => name === "Content-Security-Policy")?.[1] ?? "";
    const directives = policy.split("; ").filter((directive) => directive !== "");
    const leftOut = directives.map(nameOf).filter((name) => NOT_IN_META.includes(name));
    if (leftOut.length > 0) warn(`Browsers ignore these directives in a <meta> element. Left out: ${leftOut.join(", ")}.`);
    const content = directives.filter((directive) => !NOT_IN_META.includes(nameOf(directive))).join("; ");
    if (content !== "") return [{ path: "portcullis.html", text: `${FIRST}${tagOf(content)}\n` }];
    warn("No part of the policy can be set in a <meta> element: no file is printed.");
    return [];
  },
};

const FIRST = "<!-- First in <head>, after the charset: it applies only to what follows it. -->\n";

const nameOf = (directive: string) => directive.replace(/ .*/s, "");

function tagOf(content: string): string {
  return `<meta http-equiv="Content-Security-Policy" content="${content.replace(/[&"<>]/g, (char) => `&#${char.charCodeAt(0)};`)}">`;
}
