import type { Directive } from "./lines.js";

/** Whether an application may have written headers before Apache changes them. */
export type Whether = "no" | "perhaps" | "yes";

/** The same, for each of Apache's two tables. */
export interface Applications {
  /** Upstreams over http, and modules such as PHP's. */
  readonly plain: Whether;
  /** CGI and FastCGI: Apache puts their headers into the table for all answers. */
  readonly always: Whether;
}

/** Handlers and upstreams whose headers are read as those of a script are. */
const SCRIPTS = /\b(?:fcgi|scgi|uwsgi):|cgi-script|fcgid/;

/** What some directives say of applications; a part of a configuration says little of the server around it. */
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

/** Lines as text, those in sections too; `ProxyPass /x !` asks no upstream. */
function textsOf(directives: readonly Directive[]): readonly string[] {
  return directives.flatMap(({ name, args, block }) => {
    if (name === "virtualhost" || args.slice(0, 2).includes("!") || name.startsWith("proxypassreverse")) return [];
    return block === undefined ? [[name, ...args].join(" ")] : textsOf(block);
  });
}
