/** `localhost` and names below it (RFC 6761 §6.3), 127.0.0.0/8 (RFC 1122 §3.2.1.3), `::1` (RFC 4291 §2.5.3); with or without a port. */
const LOOPBACK = /^(?:(?:(?:[^:]*\.)?localhost\.?|127(?:\.\d{1,3}){3}|\[::1\])(?::\d*)?|::1)$/i;

/**
 * Whether a host is this machine by definition: browsers call it potentially trustworthy over http too (Secure Contexts §3.1).
 *
 * @param host a `URL.hostname`, a `URL.host`, or the value of a Host header: the port may be there.
 */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}
