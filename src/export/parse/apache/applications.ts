import type { Directive } from "./lines.js";

/** Whether an application may have set headers before Apache changes them. */
export type Whether = "no" | "perhaps" | "yes";

/** The same for each of Apache's two tables. */
export interface Applications {
  /** HTTP upstreams and modules such as PHP's. */
  readonly plain: Whether;
  /** CGI and FastCGI, whose headers Apache puts into the table for all responses. */
  readonly always: Whether;
}

/** Handlers and upstreams of scripts. */
const SCRIPTS = /\b(?:fcgi|scgi|uwsgi):|cgi-script|fcgid/;

/** Whether some directives use applications. For a part of a configuration, this is mostly unknown. */
export function applicationsOf(directives: readonly Directive[], modules: ReadonlySet<string>): Applications {
  const written = textsOf(directives);
  const perhaps = modules.size === 0 ? "perhaps" : "no";
  const scripts = written.some((text) => SCRIPTS.test(text) || /^(?:scriptalias|action|fcgid)/.test(text));
  const isUpstream = (text: string) =>
    /^(?:proxypass|passenger|wsgi|php_)|proxy:|x-httpd-php/.test(text) || (text.startsWith("rewriterule ") && /[[,]P[,\]]/.test(text));
  const upstreams = written.some((text) => isUpstream(text) && !SCRIPTS.test(text));
  const php = [...modules].some((name) => /^(?:php|wsgi|passenger|perl|jk)/.test(name));
  return { plain: upstreams || php ? "yes" : perhaps, always: scripts ? "yes" : perhaps };
}

/** Lines as text, with those in sections. `ProxyPass /x !` excludes a path from proxying. */
function textsOf(directives: readonly Directive[]): readonly string[] {
  return directives.flatMap(({ name, args, block }) => {
    if (name === "virtualhost" || args.slice(0, 2).includes("!") || name.startsWith("proxypassreverse")) return [];
    return block === undefined ? [[name, ...args].join(" ")] : textsOf(block);
  });
}
