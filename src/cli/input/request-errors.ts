import { MOST_INTERIM, MOST_LINES } from "../limits.js";
import { PRIVATE_ADDRESS } from "./private-addresses.js";

/** What an error of a request that was cut off here has as its `code`. */
export const TOO_MANY_LINES = "PORTCULLIS_LINES";
export const TOO_MANY_INTERIM = "PORTCULLIS_INTERIM";

export const withCode = (code: string): Error => Object.assign(new Error(code), { code });

const CERTIFICATES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  CERT_REVOKED: "it was revoked",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its issuer is unknown",
  UNABLE_TO_GET_ISSUER_CERT: "its issuer is unknown",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its issuer is unknown",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its issuer is unknown, or the server does not send the intermediate certificates",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for other names",
};

const NO_HOST = "no host has this name";
const NO_ROUTE = "this host cannot be reached";
const CUT = "the connection was closed before a response came";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: CUT,
  EPIPE: CUT,
  ENOTFOUND: NO_HOST,
  EAI_AGAIN: NO_HOST,
  EHOSTUNREACH: NO_ROUTE,
  ENETUNREACH: NO_ROUTE,
  EADDRNOTAVAIL: NO_ROUTE,
  ETIMEDOUT: "nothing answers there",
  HPE_HEADER_OVERFLOW: "its headers are longer than 64 kB",
  [TOO_MANY_LINES]: `it has more than ${MOST_LINES} header lines`,
  [TOO_MANY_INTERIM]: `more than ${MOST_INTERIM} responses with a 1xx status came, and no final one`,
};

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException).code);
}

/** Whether a request failed because of the server's certificate. */
export function isCertificate(error: unknown): boolean {
  return Object.hasOwn(CERTIFICATES, codeOf(error)) || /^CERT_|_CERT_/.test(codeOf(error));
}

/** Whether no host has the name. */
export const isUnknownHost = (error: unknown): boolean => REASONS[codeOf(error)] === NO_HOST;

/** Why a request failed: one sentence without its full stop. `seconds` is the time limit, where that has passed. */
export function reasonOf(error: unknown, seconds: number | undefined): string {
  const code = codeOf(error);
  if (seconds !== undefined) return `no answer within ${seconds} s`;
  if (code === PRIVATE_ADDRESS) {
    return `a public site redirects there, and the address is private (${(error as Error).message}). --allow-private follows it`;
  }
  if (isCertificate(error)) return `the certificate is not valid: ${reasonOfCertificate(code)}`;
  if (Object.hasOwn(REASONS, code)) return REASONS[code] as string;
  const message = (error as Error).message.slice(0, 200);
  if (code.startsWith("HPE_")) return `the answer is not HTTP: ${message}`;
  return /^(?:ERR_SSL_|EPROTO)/.test(code) ? `the server does not speak TLS, or only an insecure version (${code})` : message;
}

/** What is wrong with a certificate, by the code that Node has for it. */
export const reasonOfCertificate = (code: string): string => (Object.hasOwn(CERTIFICATES, code) ? (CERTIFICATES[code] as string) : code);

/** Faults that disappear where the issuer is known. */
const UNKNOWN_ISSUER = /SELF_SIGNED|UNABLE_TO/;

/** What to do about a failed request; undefined where its reason says so. */
export function hintOf(error: unknown): string | undefined {
  if (!isCertificate(error)) return undefined;
  const trusted = UNKNOWN_ISSUER.test(codeOf(error)) ? ", or set NODE_EXTRA_CA_CERTS=<file.pem> to trust its issuer" : "";
  return `Write --insecure to accept the certificate${trusted}.`;
}
