import type { Site, Target } from "../target.js";
import { placesCode } from "./cloudfront-function.js";

/** A module for Cloudflare Workers and other runtimes with `Request` and `Response`. */
export const worker: Target<"worker"> = {
  name: "worker",
  title: "Cloudflare Worker: a module that also works in other fetch runtimes",
  uses: [],

  print(site, { warn }) {
    const removed = [site.all, ...site.routes].flatMap(({ remove }) => remove);
    if (removed.some((name) => name.toLowerCase() === "server")) warn("Cloudflare always sends its own Server header.");
    return [{ path: "portcullis-worker.js", text: codeOf(site) }];
  },
};

/** Without an upstream, a Worker fetches the origin of its zone by the address of the request. */
const originOf = (upstream: string | undefined) =>
  upstream === undefined
    ? "  return fetch(request);\n"
    : `  const { pathname, search } = new URL(request.url);
  return fetch(new Request(${JSON.stringify(upstream)} + pathname + search, request), { redirect: "manual" });
`;

/** Statements that define the response to change, and the headers of `pathname`. */
export function ownOf({ routes }: Site): string {
  if (routes.length === 0) return "  const { set, remove } = SITE;\n  const own = new Response(response.body, response);\n";
  return `  const place = placeFor(pathname);
  const { set, remove } = place ?? SITE;
  const own = place === undefined ? new Response("Bad request\\n", { status: 400 }) : new Response(response.body, response);
`;
}

const codeOf = (site: Site) => `${placesCode(site)}
/** The response with the headers of its path. WebSockets and informational responses are left unchanged. */
export function withHeaders(response, pathname) {
  if (response.status < 200 || response.webSocket) return response;
${ownOf(site)}  for (const name of remove) own.headers.delete(name);
  for (const [name, value] of set) own.headers.set(name, value);
  return own;
}

function fromOrigin(request) {
${originOf(site.upstream)}}

function failed(error) {
  console.error(error);
  return new Response("Bad gateway\\n", { status: 502 });
}

/** For Workers. Other fetch runtimes call withHeaders with their response. */
export default {
  async fetch(request) {
    return withHeaders(await fromOrigin(request).catch(failed), new URL(request.url).pathname);
  },
};
`;
