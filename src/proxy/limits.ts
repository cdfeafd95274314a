/** Header lines of one request; more are answered 431. Applications of Node keep no more than their first 1,000. */
export const REQUEST_LINES = 300;

/** Header lines of one response of the application; more are a 502. */
export const RESPONSE_LINES = 1_000;

/** Bytes of the headers of one message, on either side; more are a 431, or a 502. */
export const HEADER_BYTES = 16_384;

/** Milliseconds until the headers of a request, or a TLS handshake, have to be there; later is a 408. */
export const HEADERS_TIME = 30_000;

/** Requests of one connection that are under way or wait; more are refused. Browsers send one at a time, apt ten. */
export const PIPELINED = 16;

/** Bytes of an upload that nobody takes: they are read so that the client reads the answer, and no further. */
export const DISCARDED_BYTES = 16_000_000;

/** Milliseconds for the same. */
export const DISCARD_TIME = 30_000;

/** Milliseconds for which a client may leave an answer unread; up to twice as many, as Node begins anew where the system took a part of a write. */
export const STALL_TIME = 60_000;

/** Milliseconds that the application has to answer whether it is well; the timeouts for all requests count too. */
export const HEALTH_TIME = 5_000;

/** Milliseconds for which its answer holds: whoever asks in between gets the same. */
export const HEALTH_HELD = 1_000;

/** Milliseconds that an idle connection of a client is kept: longer than the 60 seconds that fronts keep theirs. */
export const CLIENT_IDLE = 65_000;

/** Milliseconds that one to the application is kept: less than the five seconds after which many servers close theirs unannounced. */
export const UPSTREAM_IDLE = 4_000;

/** How many idle ones to the application are kept. */
export const UPSTREAM_IDLE_SOCKETS = 256;
