/** Header lines of one request; with more, the response is 431. Node applications read only the first 1,000. */
export const REQUEST_LINES = 300;

/** Header lines of one response of the application; with more, the client gets 502. */
export const RESPONSE_LINES = 1_000;

/** Bytes of the headers of one request or response; with more, the client gets 431 or 502. */
export const HEADER_BYTES = 16_384;

/** Milliseconds for the headers of a request, then 408, and for a TLS handshake. */
export const HEADERS_TIME = 30_000;

/** Running and waiting requests of one connection; more are refused. Browsers send one at a time, apt ten. */
export const PIPELINED = 16;

/** Bytes of a refused upload that are read and discarded, because the client would not read the response otherwise. */
export const DISCARDED_BYTES = 16_000_000;

/** Milliseconds for which a refused upload is read. */
export const DISCARD_TIME = 30_000;

/** Milliseconds for which a client may leave a response unread; up to twice that, because Node restarts the timer after a partial write. */
export const STALL_TIME = 60_000;

/** Milliseconds for a health check of the application; the timeouts of all requests apply too. */
export const HEALTH_TIME = 5_000;

/** Milliseconds for which the result of a health check is kept. */
export const HEALTH_HELD = 1_000;

/** Milliseconds for which an idle client connection is kept: longer than the 60 seconds of usual front ends. */
export const CLIENT_IDLE = 65_000;

/** Milliseconds for which an idle connection to the application is kept: less than the five seconds after which many servers close it. */
export const UPSTREAM_IDLE = 4_000;

/** Idle connections to the application that are kept. */
export const UPSTREAM_IDLE_SOCKETS = 256;
