/**
 * How long our HTTP servers keep an idle connection. It is longer than the interval of clients that poll every few
 * seconds or once a minute, so that these keep their connections. A server that closes a connection just as the next
 * request is sent causes a reset, and the client cannot know whether its request was read.
 */
export const KEEP_ALIVE_MS = 90_000;

/**
 * The time limit for the head of a request. Larger than KEEP_ALIVE_MS, as Node counts from the end of the previous request.
 */
export const HEAD_LIMIT_MS = 95_000;
