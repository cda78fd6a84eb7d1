/**
 * How long our HTTP servers keep a connection on which nothing is asked. Clients that look every few seconds, or once a
 * minute, keep theirs; a server that closes just as the next request leaves shows them a reset, of which they cannot
 * know whether it was read.
 */
export const KEEP_ALIVE_MS = 90_000;

/** How long the head of a request may take. Above the other: Node counts it from the end of the request before. */
export const HEAD_LIMIT_MS = 95_000;
