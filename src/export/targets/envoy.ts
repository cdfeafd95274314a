import type { ReportIssue } from "../../errors.js";
import { ownerOf } from "../../middleware/routes.js";
import { type HeaderLine, type Place, patternText, QUIET_TIMEOUT, type RoutePath, type Site, type Target } from "../target.js";
import { placesOf } from "./kubernetes-gateway.js";
import { type YamlMap, yamlOf } from "./yaml.js";

/** Maximum length of a value in bytes, with `%` doubled. HeaderValue in config.core.v3. */
const LONGEST_VALUE = 16_384;

/** Envoy. Tested with 1.40. */
export const envoy: Target<"envoy"> = {
  name: "envoy",
  title: "Envoy: a virtual host, or a complete static configuration",
  usesAlone: ["serverName", "readTimeout"],
  longestValue: LONGEST_VALUE,

  print(site, { report, warn }) {
    for (const place of [site.all, ...site.routes]) checkPlace(place, report);
    warn("Envoy sends header names in lower case. Header names are case-insensitive.");
    if (site.readTimeout !== undefined && site.readTimeout < QUIET_TIMEOUT) {
      warn(`Envoy has one timer for responses and WebSockets: WebSockets that are idle for ${site.readTimeout} s are closed too.`);
    }
    if (site.upstream !== undefined) return [{ path: "portcullis-envoy.yaml", text: serverOf(site, site.upstream) }];
    warn('Replace "app" with the name of your cluster.');
    const ownServer = [site.all, ...site.routes].some(namesServer) ? FRAGMENT_SERVER : "";
    if (ownServer !== "")
      warn('Envoy sends "server: envoy" unless your connection manager has server_header_transformation: PASS_THROUGH.');
    const domains = [site.serverName, `${site.serverName}:*`];
    const host = yamlOf([{ name: "portcullis", domains, routes: routesOf(site) }]);
    const steps = stepsOf(site);
    const runtime = steps > STEPS ? `# and its bootstrap these:\n${commented(runtimeFor(steps))}` : "";
    return [{ path: "portcullis-envoy.yaml", text: `${FRAGMENT_HEAD}${ownServer}${runtime}${host}` }];
  },
};

const FRAGMENT_HEAD = `# For virtual_hosts of a route_config. Its HTTP connection manager needs these lines, so that "//admin/" and "/%61dmin/" get the headers of /admin/:
#   normalize_path: true
#   merge_slashes: true
`;

const FRAGMENT_SERVER = `# and this one, otherwise it sends "server: envoy":
#   server_header_transformation: PASS_THROUGH
`;

const namesServer = ({ lines, remove }: Place) =>
  [...remove, ...lines.map(([name]) => name)].some((name) => name.toLowerCase() === "server");

function checkPlace({ lines, path }: Place, report: ReportIssue): void {
  for (const [name, value] of lines) {
    const { length } = formatted(value);
    if (length <= LONGEST_VALUE || value.length > LONGEST_VALUE) continue;
    const where = path === undefined ? "the site" : patternText(path);
    const message = `has ${length} characters for ${where} with each % doubled, and the maximum of the target is ${LONGEST_VALUE}`;
    report({ path: [name], message, hint: "Shorten the value." });
  }
}

/** The first route that matches applies, so the narrowest comes first. Each route has all its headers. */
function routesOf(site: Site): readonly YamlMap[] {
  const idle = `${site.readTimeout ?? QUIET_TIMEOUT}s`;
  const application = { cluster: "app", timeout: "0s", idle_timeout: idle };
  const narrowestFirst = [...placesOf(site)].reverse();
  const routes = narrowestFirst.map((place) => ({ match: matchOf(place.path), route: application, ...headersOf(place) }));
  return site.routes.length === 0
    ? routes
    : [{ match: { safe_regex: { regex: AMBIGUOUS } }, direct_response: { status: 400 }, ...headersOf(site.all) }, ...routes];
}

/**
 * An encoded slash next to another slash, with or without dots between them, or followed by dots: an application that decodes it serves
 * another page than one that does not. Envoy merges all other slashes and removes all other dot segments.
 */
const AMBIGUOUS = ".*(?:(?:/|%2[Ff])[.]{0,2}%2[Ff]|%2[Ff](?:[.]{0,2}/|[.]{1,2}$)).*";

/** Envoy decodes only letters, digits and `-._~` in a path. Applications decode the rest too. */
function matchOf(path: RoutePath = { path: "/", below: true }): YamlMap {
  const [first = "", ...others] = path.path;
  // merge_slashes leaves "//" as it is.
  if (path.path === "/" && !path.below) return { safe_regex: { regex: "//?" } };
  if (path.path === "/" || (!path.below && /^\/[\w\-.~]*$/.test(path.path))) return path.below ? { prefix: "/" } : { path: path.path };
  const regex = others.map((char) => (/[/!+,:@=]/.test(char) ? eitherWay(char) : char.replace(".", "[.]"))).join("");
  return { safe_regex: { regex: `${first}${regex}${path.below ? ".*" : ""}` } };
}

/** Default maximum size of a compiled regular expression. RE2's max_program_size. */
const STEPS = 100;

/** An upper bound for the size of the longest expression of a site. RE2 shares the beginnings of alternatives. */
function stepsOf({ routes, healthPath }: Site): number {
  const paths = [...routes.map(({ path }) => path), { path: healthPath, below: false }];
  const regexes = paths.map((path) => (matchOf(path)["safe_regex"] as { readonly regex: string } | undefined)?.regex ?? "");
  // A character with its encoded forms counts as six.
  const lengthOf = (regex: string) =>
    regex.split("(?:").reduce((sum, part, index) => sum + (index === 0 ? part.length : 6 + part.length - part.indexOf(")") - 1), 0);
  return 10 + Math.max(...regexes.map(lengthOf));
}

const runtimeFor = (steps: number) => `layered_runtime:
  layers:
    - name: portcullis
      static_layer: { re2.max_program_size.error_level: ${steps} }
`;

const commented = (text: string) => text.replace(/^(?=.)/gm, "#   ");

/** A character or its percent-encoded form: `(?:/|%2F|%2f)`. */
function eitherWay(char: string): string {
  const code = encodeURIComponent(char) === char ? "%21" : encodeURIComponent(char);
  return `(?:${[...new Set([char.replace("+", "[+]"), code, code.toLowerCase()])].join("|")})`;
}

/** The health check comes before all routes, and has the headers of its own route. */
function healthOf(site: Site): readonly YamlMap[] {
  const answer = { status: 200, body: { inline_string: "healthy\n" } };
  const match = matchOf({ path: site.healthPath, below: false });
  return [{ match, direct_response: answer, ...headersOf(ownerOf(site, site.healthPath)) }];
}

function headersOf({ lines, remove }: Place): YamlMap {
  return {
    ...(lines.length > 0 && { response_headers_to_add: lines.map(headerOf) }),
    ...(remove.length > 0 && { response_headers_to_remove: remove }),
  };
}

function headerOf([key, value]: HeaderLine): YamlMap {
  return { header: { key, value: formatted(value) }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

/** Escapes `%`, which begins a command operator. */
const formatted = (value: string) => value.replaceAll("%", "%%");

const indent = (text: string, depth: number) => text.replace(/^(?=.)/gm, "  ".repeat(depth));

function serverOf(site: Site, upstream: string): string {
  const { serverName, httpsPort, httpPort, certificate, certificateKey } = site;
  const redirect = { host_redirect: serverName, https_redirect: true, ...(httpsPort !== 443 && { port_redirect: httpsPort }) };
  const steps = stepsOf(site);
  const runtime = steps > STEPS ? `# Raises the limit on the size of regular expressions.\n${runtimeFor(steps)}` : "";
  return `# envoy -c portcullis-envoy.yaml
${runtime}static_resources:
  listeners:
    - name: http
${indent(yamlOf(addressesOf(site, httpPort)), 3)}      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": ${MANAGER}
                stat_prefix: http
                request_headers_timeout: 60s
${ROUTER}                route_config:
                  virtual_hosts:
                    - name: redirect
                      domains: ["*"]
                      routes:
${indent(yamlOf([{ match: { prefix: "/" }, redirect }]), 12)}
    - name: https
${indent(yamlOf(addressesOf(site, httpsPort)), 3)}      filter_chains:
        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_certificates:
                  - certificate_chain: { filename: ${JSON.stringify(certificate)} }
                    private_key: { filename: ${JSON.stringify(certificateKey)} }
          filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": ${MANAGER}
                stat_prefix: https
                request_headers_timeout: 60s
                # Makes /admin/ of "//admin/", "/%61dmin/" and "/x/../admin/", for the application too.
                normalize_path: true
                merge_slashes: true
                # Envoy sets X-Forwarded-For and X-Forwarded-Proto. The Server header of the application is passed on.
                use_remote_address: true
                server_header_transformation: PASS_THROUGH
                upgrade_configs:
                  - upgrade_type: websocket
${ROUTER}                route_config:
                  virtual_hosts:
                    - name: portcullis
                      domains: ["*"]
                      # The first route that matches applies. A response may take any time; idle_timeout limits each pause in it.
                      routes:
${indent(yamlOf([...healthOf(site), ...routesOf(site)]), 12)}
  clusters:
    - name: app
${indent(yamlOf(clusterOf(new URL(upstream))), 3)}`;
}

const MANAGER = "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

const ROUTER = `                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                      # No x-envoy-upstream-service-time in responses.
                      suppress_envoy_headers: true
`;

function addressesOf({ listen }: Site, port: number): YamlMap {
  const [first, ...others] = (listen.length === 0 ? ["0.0.0.0"] : listen).map((address) => ({
    socket_address: { address, port_value: port },
  }));
  return { address: first, ...(others.length > 0 && { additional_addresses: others.map((address) => ({ address })) }) };
}

function clusterOf({ protocol, hostname, port }: URL): YamlMap {
  const tls = protocol === "https:";
  const address = hostname.replace(/^\[|\]$/g, "");
  const isAddress = /^[\d.]+$/.test(address) || address.includes(":");
  const endpoint = { address: { socket_address: { address, port_value: Number(port) || (tls ? 443 : 80) } } };
  return {
    ...(isAddress ? { type: "STATIC" } : { type: "STRICT_DNS", dns_lookup_family: "V4_PREFERRED" }),
    connect_timeout: "60s",
    load_assignment: { cluster_name: "app", endpoints: [{ lb_endpoints: [{ endpoint }] }] },
    ...(tls && { transport_socket: verifiedTls(address, isAddress) }),
  };
}

/** Verifies the name of the certificate against the CAs of the system. The path is that of Debian and of the Envoy images. */
function verifiedTls(name: string, isAddress: boolean): YamlMap {
  const san = { san_type: isAddress ? "IP_ADDRESS" : "DNS", matcher: { exact: name } };
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
      ...(!isAddress && { sni: name }),
      common_tls_context: {
        validation_context: { trusted_ca: { filename: "/etc/ssl/certs/ca-certificates.crt" }, match_typed_subject_alt_names: [san] },
      },
    },
  };
}
