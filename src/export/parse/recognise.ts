import type { ConfigFormat } from "./formats.js";

/** What a file of one format is called, and what stands in it and in few others. */
interface Clues {
  readonly title: string;
  /** Parts of its name, in lower case. */
  readonly names: readonly string[];
  readonly text: RegExp;
  /** Without this nothing of it counts. */
  readonly needs?: RegExp;
}

const CLUES: Readonly<Record<ConfigFormat, Clues>> = {
  nginx: {
    title: "an nginx configuration",
    names: ["nginx"],
    text: /^[ \t]*(?:(?:add_header|server_name|listen|location|proxy_pass|proxy_hide_header|ssl_certificate)[ \t]|(?:server|http|events)[ \t]*\{|# configuration file )/gm,
  },
  apache: {
    title: "an Apache configuration",
    names: [".htaccess", "httpd", "apache"],
    text: /^[ \t]*(?:<\/?(?:VirtualHost|If|IfModule|IfDefine|Directory|Location|Files)(?:Match)?\b|(?:Header[ \t]+(?:always|onsuccess|set|unset|append|add|merge|edit)|RequestHeader|ServerName|ServerAlias|DocumentRoot|RewriteEngine|RewriteRule|RewriteCond|ErrorDocument|DirectoryIndex)[ \t])/gim,
  },
  caddy: {
    title: "a Caddyfile",
    names: ["caddy"],
    text: /^[ \t]*(?:header[ \t]+(?:[@/*][^ \t\n]*[ \t]+)?(?:\{|[>+?-]?[A-Z])|(?:reverse_proxy|file_server|encode|tls|handle|handle_path|handle_errors|route|respond|redir|import)(?:[ \t\r\n]|$))/gm,
  },
  _headers: { title: "a _headers file", names: ["_headers"], text: /^[ \t]+[A-Z][\w-]*:[ \t]*\S/gm, needs: /^\//m },
  "netlify-toml": {
    title: "a netlify.toml",
    names: ["netlify.toml"],
    text: /^[ \t]*\[(?:\[(?:headers|redirects|edge_functions)\]|headers\.values|build)/gm,
  },
  "next-config": {
    title: "a next.config",
    names: ["next.config."],
    text: /\basync[ \t]+headers[ \t]*\(|\bheaders[ \t]*:[ \t]*async\b|^(?:module\.exports|export[ \t]+(?:default|const))\b/gm,
  },
  haproxy: {
    title: "an HAProxy configuration",
    names: ["haproxy"],
    text: /^[ \t]*(?:(?:global|defaults)[ \t]*\r?$|(?:frontend|backend|http-request|http-response|http-after-response|default_backend|use_backend|bind|mode)[ \t])/gm,
  },
  traefik: {
    title: "a configuration of Traefik",
    names: ["traefik"],
    text: /\btraefik\.(?:enable|http)\b|^[ \t]*"?(?:customResponseHeaders|entryPoints|middlewares|routers|loadBalancer)"?:/gm,
  },
  envoy: {
    title: "a configuration of Envoy",
    names: ["envoy"],
    text: /\b(?:response_headers_to_(?:add|remove)|virtual_hosts|static_resources|filter_chains|route_config)"?:/g,
  },
  "kubernetes-gateway": {
    title: "an HTTPRoute of Kubernetes",
    names: ["httproute"],
    text: /\bkind"?:[ \t]*"?HTTPRoute\b|\bgateway\.networking\.k8s\.io\/|\b(?:parentRefs|responseHeaderModifier)"?:/g,
  },
  vercel: {
    title: "a vercel.json",
    names: ["vercel.json"],
    text: /"(?:source|headers|rewrites|redirects|cleanUrls|key)"[ \t]*:/g,
    needs: /^[ \t\r\n]*\{/,
  },
};

/** Characters at the beginning of a text that are looked at. */
const LOOKED_AT = 65_536;

const formats = Object.keys(CLUES) as ConfigFormat[];

/**
 * Which format a configuration has, by what stands in it, or else by its name.
 *
 * @param file its name; undefined where it has none.
 * @returns undefined where nothing shows it, or two formats are as likely.
 */
export function recognised(text: string, file: string | undefined): ConfigFormat | undefined {
  const counted = formats.map((format) => ({ format, count: countOf(text, format) }));
  const [first, second] = counted.sort((one, other) => other.count - one.count);
  if (first !== undefined && first.count > (second?.count ?? 0)) return first.format;
  const name = file?.toLowerCase().split(/[/\\]/).at(-1);
  return name === undefined ? undefined : formats.find((format) => CLUES[format].names.some((part) => name.includes(part)));
}

function countOf(text: string, format: ConfigFormat): number {
  const { text: clue, needs } = CLUES[format];
  const beginning = text.slice(0, LOOKED_AT);
  return needs !== undefined && !needs.test(beginning) ? 0 : (beginning.match(clue)?.length ?? 0);
}

/** Whether anything in a text is of this format. */
export function hasClue(text: string, format: ConfigFormat): boolean {
  return countOf(text, format) > 0;
}

/** `"a Caddyfile"`. */
export function titleOf(format: ConfigFormat): string {
  return CLUES[format].title;
}
