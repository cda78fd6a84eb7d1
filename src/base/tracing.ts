import type { Attributes, Span } from '@opentelemetry/api';

/** A piece of work that is being traced. */
export interface TraceSpan {
  /** The span's id in the form of W3C Trace Context, for work that is done for it elsewhere. */
  readonly traceparent: string;
  /** @param failure the reason, if the work failed */
  end(attributes?: Attributes, failure?: string): void;
}

/** Creates spans for an OpenTelemetry SDK that the user has loaded into this process. */
export interface Tracing {
  /** @param parent traceparent of the work that this is part of; if it is missing or invalid, a new trace begins. */
  start(name: string, parent: string | undefined, attributes?: Attributes): TraceSpan;
  /** Passes finished spans to the SDK's exporter; takes at most two seconds and never rejects. */
  flush(): Promise<void>;
}

/**
 * The key under which the API keeps what an SDK has registered. Source: @opentelemetry/api, its internal global-utils.
 */
const REGISTERED = Symbol.for('opentelemetry.js.api.1');
const FLUSH_MS = 2_000;
const TRACE_PARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/;
const NO_ID = /^0+$/;

/** The ids of a traceparent; undefined when it is invalid. Source: W3C Trace Context 1, 3.2. */
export function parseTraceparent(
  text: string | undefined,
): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number } | undefined {
  const [, traceId = '', spanId = '', flags = ''] = TRACE_PARENT.exec(text ?? '') ?? [];
  if (traceId === '' || NO_ID.test(traceId) || NO_ID.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}

const isRegistered = (): boolean =>
  (globalThis as { [REGISTERED]?: { readonly trace?: unknown } })[REGISTERED]?.trace !== undefined;

/**
 * Loads tracing. Without an SDK, which must have been loaded before this program (`NODE_OPTIONS=--import FILE`), the
 * result is undefined and nothing is loaded.
 */
export async function loadTracing(): Promise<Tracing | undefined> {
  if (!isRegistered()) return undefined;
  const { ROOT_CONTEXT, SpanStatusCode, trace } = await import('@opentelemetry/api');
  const tracer = trace.getTracer('aurora');
  const spanOf = (span: Span): TraceSpan => {
    const { spanId, traceFlags, traceId } = span.spanContext();
    let isOver = false;
    return {
      traceparent: `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`,
      end(attributes, failure) {
        if (isOver) return;
        isOver = true;
        if (attributes) span.setAttributes(attributes);
        if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
        span.end();
      },
    };
  };
  return {
    start(name, parent, attributes) {
      const known = parseTraceparent(parent);
      const context = known ? trace.setSpanContext(ROOT_CONTEXT, { ...known, isRemote: true }) : ROOT_CONTEXT;
      return spanOf(tracer.startSpan(name, attributes ? { attributes } : {}, context));
    },
    async flush() {
      const provider = trace.getTracerProvider() as unknown as {
        getDelegate?(): { forceFlush?(): Promise<void> };
      };
      let timer: NodeJS.Timeout | undefined;
      const limit = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, FLUSH_MS);
      });
      const flush = async () => provider.getDelegate?.().forceFlush?.();
      await Promise.race([flush().catch(() => {}), limit]);
      clearTimeout(timer);
    },
  };
}
