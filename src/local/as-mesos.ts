/**
 * How servers of the embedded cluster take requests that Node would answer by itself: Mesos does not miss a Host, and
 * does not know Expect, so that a client gets its answer and no 100 before it. The handler belongs on `checkContinue`
 * and `checkExpectation`, too.
 */
export const AS_MESOS = { requireHostHeader: false } as const;
