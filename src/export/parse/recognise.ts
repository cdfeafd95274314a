import type { ConfigFormat } from "./formats.js";

/** What a file of one format is called, and what stands in it and in no other. */
interface Clues {
  readonly title: string;
  readonly name: RegExp;
  readonly text: RegExp;
}

const CLUES: Readonly<Record<ConfigFormat, Clues>> = {
  nginx: {
    title: "an nginx configuration",
    name: /nginx[\w.-]*$/i,
    text: /^[ \t]*(?:add_header|server_name|listen|location|proxy_pass|proxy_hide_header|root|return|include|ssl_\w+|server|http|map|events|# configuration file)[ \t{][^\n]*[;{:]/gm,
  },
  apache: {
    title: "an Apache configuration",
    name: /\.htaccess$|httpd[\w.-]*$|apache[\w.-]*$/i,
    text: /^[ \t]*(?:<\/?(?:VirtualHost|If|IfModule|IfDefine|Directory|Location|Files)(?:Match)?\b|(?:Header[ \t]+(?:always|onsuccess|set|unset|append|add|merge|edit)|RequestHeader|ServerName|ServerAlias|DocumentRoot|RewriteEngine|RewriteRule|RewriteCond|ErrorDocument|DirectoryIndex)[ \t])/gim,
  },
  caddy: {
    title: "a Caddyfile",
    name: /caddy[\w.-]*$/i,
    text: /^[ \t]*(?:header(?:[ \t]+[@/*]\S*)?[ \t]+(?:\{|[>+?-]?[A-Z][\w-]*(?:[ \t]|$))|(?:reverse_proxy|file_server|encode|tls|handle|handle_path|handle_errors|route|respond|redir|import|root)(?:[ \t]|$)|https?:\/\/\S+[ \t]*\{)(?![^\n]*;[ \t\r]*$)/gm,
  },
  _headers: { title: "a _headers file", name: /_headers$/, text: /^(?:\/|https?:\/\/)\S*[ \t]*\r?\n[ \t]+[\w!-]+(?::|[ \t])/gm },
  "netlify-toml": {
    title: "a netlify.toml",
    name: /netlify[\w.-]*\.toml$/i,
    text: /^[ \t]*\[(?:\[(?:headers|redirects|edge_functions)\]|headers\.values|build[\w.]*)\]/gm,
  },
  "next-config": {
    title: "a next.config",
    name: /next\.config\.[cm]?[jt]s$/i,
    text: /\basync[ \t]+headers[ \t]*\(|\bheaders[ \t]*:[ \t]*async\b|^(?:module\.exports|export default)\b|\b(?:source|key)[ \t]*:[ \t]*["'`]/gm,
  },
  haproxy: {
    title: "an HAProxy configuration",
    name: /haproxy[\w.-]*$/i,
    text: /^[ \t]*(?:(?:global|defaults|frontend|backend|listen)(?:[ \t]+[\w.-]+)?[ \t]*\r?$|(?:http-(?:request|response|after-response)|default_backend|use_backend|bind|mode)[ \t])/gm,
  },
  traefik: {
    title: "a configuration of Traefik",
    name: /traefik[\w.-]*\.ya?ml$/i,
    text: /\btraefik\.(?:enable|http)\b|^[ \t]*"?(?:customResponseHeaders|entryPoints|middlewares|routers|loadBalancer)"?:/gm,
  },
  envoy: {
    title: "a configuration of Envoy",
    name: /envoy[\w.-]*\.(?:ya?ml|json)$/i,
    text: /"?(?:response_headers_to_(?:add|remove)|virtual_hosts|static_resources|filter_chains|route_config)"?[ \t]*:/g,
  },
  "kubernetes-gateway": {
    title: "an HTTPRoute of Kubernetes",
    name: /httproute[\w.-]*\.(?:ya?ml|json)$/i,
    text: /\bkind"?:[ \t]*"?HTTPRoute\b|\bgateway\.networking\.k8s\.io\/|"?(?:parentRefs|responseHeaderModifier)"?:/g,
  },
  vercel: { title: "a vercel.json", name: /vercel[\w.-]*\.json$/i, text: /"(?:source|key|headers|rewrites|cleanUrls)"[ \t]*:/g },
};

/** Characters at the beginning of a text that are looked at. */
const LOOKED_AT = 65_536;

/**
 * Which format a configuration has, by its name or by what stands in it.
 *
 * @param file its name; undefined where it has none.
 * @returns undefined where nothing shows it, or two formats are as likely.
 */
export function recognised(text: string, file: string | undefined): ConfigFormat | undefined {
  const beginning = text.slice(0, LOOKED_AT);
  const formats = Object.keys(CLUES) as ConfigFormat[];
  const counted = formats.map((format) => ({ format, count: beginning.match(CLUES[format].text)?.length ?? 0 }));
  const [first, second] = counted.sort((one, other) => other.count - one.count);
  if (first !== undefined && first.count > (second?.count ?? 0)) return first.format;
  return file === undefined ? undefined : formats.find((format) => CLUES[format].name.test(file));
}

/** Whether anything in a text is of this format. */
export function hasClue(text: string, format: ConfigFormat): boolean {
  return text.slice(0, LOOKED_AT).match(CLUES[format].text) !== null;
}

/** `"a Caddyfile"`. */
export function titleOf(format: ConfigFormat): string {
  return CLUES[format].title;
}
