import { type Context, type Span, trace } from '@opentelemetry/api';

export interface EndedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly failure: string | undefined;
}

/** What an SDK is to the API: a provider that keeps what has ended. To be taken back. */
export function memorySdk(): { readonly ended: EndedSpan[]; takeBack(): void } {
  const ended: EndedSpan[] = [];
  let ids = 0;
  const hex = (length: number) => (++ids).toString(16).padStart(length, 'a');
  const startSpan = (name: string, options: { attributes?: object } = {}, context?: Context): Span => {
    const parent = context && trace.getSpanContext(context);
    const own = { traceId: parent?.traceId ?? hex(32), spanId: hex(16), traceFlags: 1 };
    const attributes: Record<string, unknown> = { ...options.attributes };
    let failure: string | undefined;
    return {
      spanContext: () => own,
      setAttributes: (more: object) => Object.assign(attributes, more),
      setStatus: (status: { message?: string }) => {
        failure = status.message;
      },
      end: () => ended.push({ name, ...own, parentId: parent?.spanId, attributes, failure }),
    } as unknown as Span;
  };
  trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan, startActiveSpan: () => {} }) } as never);
  return { ended, takeBack: () => trace.disable() };
}
