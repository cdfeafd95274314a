/** A small matcher of requests after CSP3 §6.7, written from the specification alone: it shares nothing with what it checks. */

/** The page's origin; its port is undefined where it is the scheme's own. */
export interface Origin {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port?: number;
}

/** What a page does. */
export type Act =
  | {
      readonly kind: "script file";
      readonly url: string;
      readonly nonce?: string;
      readonly integrity?: readonly string[];
      readonly parser: boolean;
    }
  | { readonly kind: "inline script" | "inline style"; readonly nonce?: string; readonly hash?: string }
  | { readonly kind: "handler" | "style attribute" | "javascript address"; readonly hash?: string }
  | { readonly kind: "eval" | "wasm" }
  | { readonly kind: "style file"; readonly url: string; readonly nonce?: string }
  | { readonly kind: "load"; readonly directive: string; readonly url: string };

/** `redirected`: the address is where a redirect led. */
export type Request = Act & { readonly redirected?: boolean };

type Directives = ReadonlyMap<string, readonly string[]>;

export function parse(text: string | undefined): Directives {
  const directives = new Map<string, readonly string[]>();
  for (const part of (text ?? "").split(";")) {
    const [name, ...values] = part.trim().split(/\s+/);
    if (name && !directives.has(name.toLowerCase())) directives.set(name.toLowerCase(), values);
  }
  return directives;
}

// §6.8.3
const FALLBACKS: Readonly<Record<string, readonly string[]>> = {
  "script-src-elem": ["script-src-elem", "script-src", "default-src"],
  "script-src-attr": ["script-src-attr", "script-src", "default-src"],
  "script-src": ["script-src", "default-src"],
  "style-src-elem": ["style-src-elem", "style-src", "default-src"],
  "style-src-attr": ["style-src-attr", "style-src", "default-src"],
  "worker-src": ["worker-src", "child-src", "script-src", "default-src"],
  "frame-src": ["frame-src", "child-src", "default-src"],
  "frame-ancestors": ["frame-ancestors"],
  "form-action": ["form-action"],
  "base-uri": ["base-uri"],
};

export function allows(text: string | undefined, request: Request, origin: Origin): boolean {
  const policy = parse(text);
  const name = directiveOf(request);
  const by = (FALLBACKS[name] ?? [name, "default-src"]).find((one) => policy.has(one));
  if (by === undefined) return true;
  const list = policy.get(by) ?? [];
  const matches = (url: string) => urlMatchesList(url, list, origin, request.redirected === true);
  switch (request.kind) {
    case "script file":
      return scriptAllowed(request, list, matches);
    case "inline script":
      return inlineAllowed("script", request, list);
    case "inline style":
      return inlineAllowed("style", request, list);
    case "handler":
      return inlineAllowed("script attribute", request, list);
    case "style attribute":
      return inlineAllowed("style attribute", request, list);
    case "javascript address":
      return inlineAllowed("navigation", request, list);
    case "eval":
      return has(list, "'unsafe-eval'");
    case "wasm":
      return has(list, "'unsafe-eval'") || has(list, "'wasm-unsafe-eval'");
    case "style file":
      return nonceMatches(request.nonce, list) || matches(request.url);
    case "load":
      // A worker that comes down to script-src gets the check of scripts; nothing that makes a worker is the parser.
      if (name === "worker-src" && by === "script-src") return has(list, "'strict-dynamic'") || matches(request.url);
      return matches(request.url);
  }
}

function directiveOf(request: Request): string {
  switch (request.kind) {
    case "script file":
    case "inline script":
    case "javascript address":
      return "script-src-elem";
    case "handler":
      return "script-src-attr";
    case "eval":
    case "wasm":
      return "script-src";
    case "inline style":
    case "style file":
      return "style-src-elem";
    case "style attribute":
      return "style-src-attr";
    case "load":
      return request.directive;
  }
}

const has = (list: readonly string[], keyword: string) => list.some((one) => one.toLowerCase() === keyword);

// §6.7.1.1
function scriptAllowed(
  { nonce, integrity, parser, url }: Extract<Request, { kind: "script file" }>,
  list: readonly string[],
  matches: (url: string) => boolean,
): boolean {
  if (nonceMatches(nonce, list)) return true;
  if (integrity !== undefined && integrity.length > 0 && integrity.every((hash) => hashMatches(hash, list))) return true;
  if (has(list, "'strict-dynamic'")) return !parser;
  return matches(url);
}

const isNonce = (expression: string) => /^'nonce-/i.test(expression);
const isHash = (expression: string) => /^'sha(256|384|512)-/i.test(expression);

function nonceMatches(nonce: string | undefined, list: readonly string[]): boolean {
  return nonce !== undefined && nonce !== "" && list.some((one) => isNonce(one) && one.slice(7, -1) === nonce);
}

function hashMatches(hash: string, list: readonly string[]): boolean {
  return list.some((one) => isHash(one) && one.slice(1, 7).toLowerCase() === hash.slice(0, 6) && one.slice(8, -1) === hash.slice(7));
}

type InlineType = "script" | "style" | "script attribute" | "style attribute" | "navigation";

// §6.7.3.2
function allInline(type: InlineType, list: readonly string[]): boolean {
  let all = false;
  for (const expression of list) {
    if (isNonce(expression) || isHash(expression)) return false;
    if (!type.startsWith("style") && expression.toLowerCase() === "'strict-dynamic'") return false;
    if (expression.toLowerCase() === "'unsafe-inline'") all = true;
  }
  return all;
}

// §6.7.3.3
function inlineAllowed(type: InlineType, given: { readonly nonce?: string; readonly hash?: string }, list: readonly string[]): boolean {
  if (allInline(type, list)) return true;
  const element = type === "script" || type === "style";
  if (element && nonceMatches(given.nonce, list)) return true;
  return given.hash !== undefined && (element || has(list, "'unsafe-hashes'")) && hashMatches(given.hash, list);
}

const parsedUrls = new Map<string, URL>();

function parsedUrl(url: string): URL {
  const parsed = parsedUrls.get(url) ?? new URL(url);
  parsedUrls.set(url, parsed);
  return parsed;
}

// §6.7.2.7
function urlMatchesList(url: string, list: readonly string[], origin: Origin, redirected: boolean): boolean {
  if (list.length === 0 || (list.length === 1 && list[0]?.toLowerCase() === "'none'")) return false;
  const parsed = parsedUrl(url);
  return list.some((expression) => urlMatches(parsed, expression, origin, redirected));
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, ws: 80, wss: 443 };

// §6.7.2.8
function urlMatches(url: URL, expression: string, origin: Origin, redirected: boolean): boolean {
  const scheme = url.protocol.slice(0, -1);
  if (expression === "*") return ["http", "https", "ws", "wss"].includes(scheme);
  if (expression.toLowerCase() === "'self'") return selfMatches(url, scheme, origin);
  if (expression.startsWith("'")) return false;
  const schemeOnly = /^([a-z][a-z0-9+.-]*):$/i.exec(expression);
  if (schemeOnly !== null) return schemePart(schemeOnly[1] as string, scheme);
  const parts = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^:/]+)(?::([0-9]+|\*))?(\/.*)?$/i.exec(expression);
  if (parts === null) return false;
  const [, schemeText, host = "", port, path = ""] = parts;
  if (!schemePart(schemeText ?? origin.scheme, scheme)) return false;
  return url.hostname !== "" && hostPart(host, url.hostname) && portPart(port, url, scheme) && (redirected || pathPart(path, url.pathname));
}

function selfMatches(url: URL, scheme: string, origin: Origin): boolean {
  const port = url.port === "" ? undefined : Number(url.port);
  if (url.hostname !== origin.host || port !== origin.port) return false;
  return scheme === "https" || scheme === "wss" || (origin.scheme === "http" && (scheme === "http" || scheme === "ws"));
}

function schemePart(a: string, b: string): boolean {
  const left = a.toLowerCase();
  if (left === b) return true;
  const more: Readonly<Record<string, readonly string[]>> = { http: ["https"], ws: ["wss", "http", "https"], wss: ["https"] };
  return more[left]?.includes(b) === true;
}

function hostPart(pattern: string, host: string): boolean {
  if (/^[0-9.]+$/.test(host) || host.startsWith("[")) return false;
  if (pattern === "*") return true;
  return pattern.startsWith("*.") ? host.endsWith(pattern.slice(1).toLowerCase()) : pattern.toLowerCase() === host;
}

function portPart(input: string | undefined, url: URL, scheme: string): boolean {
  if (input === "*") return true;
  const wanted = input === undefined ? undefined : Number(input);
  const port = url.port === "" ? undefined : Number(url.port);
  return wanted === port || (port === undefined && wanted === DEFAULT_PORTS[scheme]);
}

function pathPart(a: string, b: string): boolean {
  if (a === "" || (a === "/" && b === "")) return true;
  const exact = !a.endsWith("/");
  const pieces = a.split("/");
  const given = b.split("/");
  if (pieces.length > given.length || (exact && pieces.length !== given.length)) return false;
  if (!exact) pieces.pop();
  return pieces.every((piece, index) => decode(piece) === decode(given[index] as string));
}

const decode = (piece: string) =>
  Buffer.from(
    piece.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  ).toString("hex");
