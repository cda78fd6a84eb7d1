/**
 * Makes servers of the embedded cluster handle requests that Node would otherwise answer by itself: Mesos does not
 * require a Host header, and does not know Expect, so a client gets its answer without a 100 before it. Register the
 * handler on `checkContinue` and `checkExpectation`, too.
 */
export const AS_MESOS = { requireHostHeader: false } as const;
