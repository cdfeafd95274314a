import { type CompiledPolicy, DEPENDENCIES, type Transport } from "../policy/compile.js";
import { isLoopback } from "../values/loopback.js";
import type { RequestLike } from "./types.js";

/** Which properties of the request a policy depends on. */
export type Looks = CompiledPolicy["dependsOn"];

/**
 * What is known about a request's transport: not examined, its scheme, or an unknown scheme together with whether the request is for
 * a loopback host.
 */
export type Seen = (typeof SEEN)[number];

export const SEEN = ["unseen", "secure", "plain", "unknown", "loopback", "remote"] as const;

/** Examines the request only as much as the policy needs. */
export function look(seen: Seen, looks: Looks, req: RequestLike): Seen {
  if (looks === "nothing") return seen;
  const scheme = seen === "unseen" ? schemeOf(req) : seen;
  if (scheme !== "unknown" || looks === "scheme") return scheme;
  return isForLoopback(req) ? "loopback" : "remote";
}

/** The variant of a policy to send. An unknown transport counts as secure. */
export function transportOf(seen: Seen): Transport {
  return seen === "plain" || seen === "loopback" ? seen : "secure";
}

export function farther(one: Looks, other: Looks): Looks {
  return DEPENDENCIES.find((far) => far === one || far === other) ?? "nothing";
}

/** Properties that frameworks add to a request and that show its transport. */
interface Framework {
  /** Express's, Connect-style middlewares'; Koa's context has it too. */
  readonly secure?: unknown;
  readonly protocol?: unknown;
  readonly app?: { readonly get?: unknown; readonly proxy?: unknown };
}

/**
 * Whether a request came over https: what was declared; else the framework's own property, which in Express honours `trust proxy`; else
 * a TLS socket; else the first X-Forwarded-Proto token, with which a client can only mislead itself.
 */
export function isSecure(req: RequestLike & Framework): boolean {
  const declared = declaredOf(req);
  if (declared !== undefined) return declared === "secure";
  const { secure, protocol } = req;
  // A proxy may write "HTTPS" in capitals: Express copies it unchanged and then does not treat the request as secure.
  if (typeof secure === "boolean") return secure || schemeNamed(protocol) === "secure";
  return isEncrypted(req) || schemeNamed(headerOf(req, "x-forwarded-proto")) === "secure";
}

const SCHEME: unique symbol = Symbol.for("portcullis.scheme@1") as never;

/** Declares the transport of a request, if its receiver (our proxy, an adapter) knows more than the request shows. */
export function declareScheme(req: object, scheme: "secure" | "plain" | "unknown"): void {
  (req as { [SCHEME]?: Seen })[SCHEME] = scheme;
}

function declaredOf(req: object): Seen | undefined {
  return (req as { [SCHEME]?: Seen })[SCHEME];
}

/** The properties of a Fastify request that show its transport. */
export interface Forwarded {
  readonly raw: RequestLike;
  /** Present only if Fastify trusts proxies. Contains only the direct peer if that peer is not trusted or forwards no addresses. */
  readonly ips?: readonly string[] | undefined;
  readonly protocol?: unknown;
}

/** Declares what Fastify makes of X-Forwarded-Proto, where it trusts the peer. */
export function declareForwarded(request: Forwarded): void {
  if (headerOf(request.raw, "x-forwarded-proto") === undefined || (request.ips?.length ?? 0) < 2) return;
  const scheme = schemeNamed(request.protocol);
  declareScheme(request, scheme);
  declareScheme(request.raw, scheme);
}

/** The declared transport; else a TLS socket is secure; else the first X-Forwarded-Proto token of a trusted peer decides; else unknown. */
function schemeOf(req: RequestLike & Framework): Seen {
  const declared = declaredOf(req);
  if (declared !== undefined) return declared;
  if (isEncrypted(req)) return "secure";
  const forwarded = headerOf(req, "x-forwarded-proto");
  // The framework's property is slower to read than everything else here, and without the header it adds no information.
  if (forwarded === undefined) return "unknown";
  if (isPeerTrusted(req)) return schemeNamed(forwarded);
  return req.app === undefined && req.secure === true ? "secure" : "unknown";
}

function isEncrypted({ socket }: RequestLike): boolean {
  return (socket as { encrypted?: boolean } | undefined)?.encrypted === true;
}

/** Whether the framework trusts the direct peer: Express's `trust proxy`, Koa's `proxy`. */
function isPeerTrusted({ app, socket }: RequestLike & Framework): boolean {
  if (app === undefined || app === null) return false;
  if (typeof app.get !== "function") return app.proxy === true;
  const trust: unknown = app.get("trust proxy fn");
  return typeof trust === "function" && trust((socket as { remoteAddress?: string } | undefined)?.remoteAddress, 0) === true;
}

/** The scheme in the first of the tokens, whose case does not matter. RFC 3986 §3.1. */
export function schemeNamed(tokens: unknown): "secure" | "plain" | "unknown" {
  if (typeof tokens !== "string") return "unknown";
  const [first = ""] = tokens.split(",", 1);
  const scheme = first.trim().toLowerCase();
  return scheme === "https" ? "secure" : scheme === "http" ? "plain" : "unknown";
}

function isForLoopback(req: RequestLike): boolean {
  const host = headerOf(req, "host") ?? headerOf(req, ":authority");
  return host !== undefined && isLoopback(host);
}

/** The first value of a header. Reading the raw list spares Node making the whole `req.headers` object, which costs more than all the rest. */
export function headerOf(req: RequestLike, name: string): string | undefined {
  const { rawHeaders } = req; // and not `headers` with it: that getter is what makes the object
  if (rawHeaders === undefined || rawHeaders.length === 0) {
    const value = req.headers[name];
    return typeof value === "string" ? value : value?.[0];
  }
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string;
    if (candidate.length === name.length && (candidate === name || candidate.toLowerCase() === name)) return rawHeaders[index + 1];
  }
  return undefined;
}
