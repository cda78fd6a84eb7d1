import { type LogEvent, type LogRequest, logEventReader } from '../../api/views/log-event.ts';
import { resumePoint } from '../../api/views/log-resume.ts';
import { whileSeen } from '../data/seen.ts';

/** The state of the stream. */
export type LogHearing =
  | { readonly kind: 'opening' | 'reading' | 'over' }
  /** The stream is opened again automatically and goes on where it was. */
  | { readonly kind: 'lost'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string };

const RETRY_MS = { first: 1_000, most: 30_000 };
/** Without anything for this long, the stream counts as lost: the scheduler sends a comment every few seconds. */
const SILENT_MS = 60_000;

interface LogStreamSettings {
  readonly request: LogRequest;
  readonly take: (events: readonly LogEvent[]) => void;
  readonly heard: (how: LogHearing) => void;
}

async function whyRefused(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return String((JSON.parse(text) as { error?: unknown }).error ?? text);
  } catch {
    return text.trim().slice(0, 500) || `the scheduler answered ${response.status}`;
  }
}

/**
 * Reads `/api/view/logs`, through lost connections and failovers, without repeating or losing a line, until the
 * returned function is called. A hidden tab gives up its connection (see seen.ts) and goes on later where it was.
 */
export function followLog({ heard, request, take }: LogStreamSettings): () => void {
  const ended = new AbortController();
  const point = resumePoint();
  let retryMs = RETRY_MS.first;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Aborts the request under way. */
  let under: AbortController | undefined;
  let isOver = false;

  const lose = (why: string) => {
    if (ended.signal.aborted) return;
    heard({ kind: 'lost', why });
    timer = setTimeout(read, retryMs * (0.8 + Math.random() * 0.4));
    retryMs = Math.min(RETRY_MS.most, retryMs * 2);
  };

  async function read(): Promise<void> {
    const own = new AbortController();
    under = own;
    const stop = () => own.abort();
    ended.signal.addEventListener('abort', stop);
    let silence = setTimeout(stop, SILENT_MS);
    try {
      const resume = point.state();
      const response = await fetch('/api/view/logs', {
        method: 'POST',
        redirect: 'manual',
        headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
        body: JSON.stringify(resume ? { ...request, resume } : request),
        signal: own.signal,
      });
      if (response.type === 'opaqueredirect') return lose('another scheduler leads now');
      if (!response.ok || !response.body) {
        const why = await whyRefused(response);
        if (response.status >= 500) return lose(why);
        isOver = true;
        return heard({ kind: 'refused', why });
      }
      heard({ kind: 'reading' });
      const parse = logEventReader();
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(silence);
        silence = setTimeout(stop, SILENT_MS);
        const events = parse(value);
        for (const event of events) {
          point.take(event);
          if (event.kind === 'over') isOver = true;
        }
        retryMs = RETRY_MS.first;
        if (!ended.signal.aborted && events.length > 0) take(events);
      }
      if (isOver) heard({ kind: 'over' });
      else lose('the stream ended');
    } catch {
      if (under === own) lose('the scheduler does not answer');
    } finally {
      clearTimeout(silence);
      ended.signal.removeEventListener('abort', stop);
    }
  }
  const stopSeeing = whileSeen(
    () => {
      if (!isOver) void read();
    },
    () => {
      clearTimeout(timer);
      const left = under;
      under = undefined;
      left?.abort();
      if (!isOver) heard({ kind: 'lost', why: 'nobody looked at this tab' });
    },
  );
  return () => {
    stopSeeing();
    clearTimeout(timer);
    ended.abort();
  };
}
