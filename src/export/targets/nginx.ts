import type { ReportIssue } from "../../errors.js";
import { namesOf, type Site, type Target } from "../target.js";
import { isLeftSomewhere, printHeaders, type SentHeader, sentHeaders } from "./nginx-headers.js";
import { printServer } from "./nginx-server.js";

/** nginx. Tested with 1.22 and newer. */
export const nginx: Target<"nginx"> = {
  name: "nginx",
  title: "nginx: headers to include, or a complete server",
  usesAlone: ["serverName"],

  print(given, { report, warn }) {
    const site = withoutRoot(given);
    if ([site.all, ...site.routes].flatMap(namesOf).some((name) => name.toLowerCase() === "server")) {
      warn("nginx always sends its own Server header. server_tokens off removes the version.");
    }
    const headers = sentHeaders(site);
    const complete = site.upstream !== undefined;
    if (!complete) for (const header of headers) checkLeft(header, report);
    if (complete) return [{ path: "portcullis.conf", text: printServer(site, headers, warn) }];
    const left = headers.filter(isLeftSomewhere).map(({ name }) => name);
    if (left.length > 0)
      warn(
        `On routes that pass on these headers of the application, nginx before 1.23 passes on only one line of each: ${left.join(", ")}.`,
      );
    const { http, server } = printHeaders(site, headers, ofUpstream);
    const text = `${INCLUDE}${headers.length === 0 ? "" : `${OTHER_UPSTREAMS}\n`}${server}`;
    const included = { path: "portcullis/headers.conf", text };
    if (http === "") return [included];
    warn("Include portcullis/http.conf in the http block: the headers need it.");
    return [{ path: "portcullis/http.conf", text: `${HTTP}${left.length === 0 ? "" : LEFT}${http}` }, included];
  },
};

const INCLUDE = `# For the top of the server block, above any rewrite, return or if, and again for every location that has an add_header or
# a proxy_hide_header of its own: nginx would drop all of these there.
`;
const HTTP = "# For the http block.\n";
const LEFT = "# $upstream_http_... is the application's own header.\n";
const OTHER_UPSTREAMS =
  "# With fastcgi_pass, add a fastcgi_hide_header for each proxy_hide_header. The same applies to uwsgi_pass, scgi_pass and grpc_pass.\n";

/** The variable with the application's value of a hidden header. Empty for files. */
const ofUpstream = (name: string) => `$upstream_http_${name.toLowerCase().replaceAll("-", "_")}`;

/** A route for all paths replaces the rest of the site. */
function withoutRoot(site: Site): Site {
  const [first, ...routes] = site.routes;
  if (first?.path?.path !== "/" || !first.path.below) return site;
  return { ...site, all: { ...first, path: undefined }, routes };
}

/** Reports headers that nginx cannot pass on from the application on some paths only. */
function checkLeft(header: SentHeader, report: ReportIssue): void {
  const { name } = header;
  // An empty add_header of the first two removes those of files (ngx_http_headers_filter_module); joined cookies are none, and a
  // variable has no dot in its name.
  if (!isLeftSomewhere(header) || !/^(?:etag|last-modified|set-cookie)$|\./i.test(name)) return;
  const message = "is passed on from the application on some paths only, which nginx cannot do";
  report({ path: [name], message, hint: "Set it on all paths, or remove it on all." });
}
