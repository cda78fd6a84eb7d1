/** The label of a task that holds the traceparent of its launch, for its executor (W3C Trace Context). */
export const TRACE_LABEL = 'org.apache.aurora.traceparent';
