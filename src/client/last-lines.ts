import { once } from 'node:events';
import { type LogEvent, type LogStreamName, logEventReader } from '../api/views/log-event.ts';
import { messageOf } from '../base/errors.ts';
import { harmless } from '../base/log-lines.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { type OpenedView, openView, refusalIn } from './view-transport.ts';

/** The last output of a failed task; `unread` says in a few words why it is not known. */
export type LastLines =
  | { readonly stream: LogStreamName; readonly lines: readonly string[] }
  | { readonly unread: string };

const LINES = 5;
const LONGEST_LINE = 400;
const COLOUR = /\x1b\[[0-9;]*m/g;
/** The longest time that a watcher waits for the output. */
const LIMIT_MS = 5_000;

/**
 * Asks the scheduler for the last lines of a task: of its standard error, else of its standard output, and only of one
 * process when its name is known. Only rejects with the session's signal, because this output is an extra for whoever
 * watches.
 */
export async function lastLines(
  session: Session,
  scheduler: Pick<SchedulerClient, 'leader'>,
  taskId: string,
  process: string | undefined,
): Promise<LastLines> {
  const signal = AbortSignal.any([session.signal, AbortSignal.timeout(LIMIT_MS)]);
  try {
    const url = new URL('api/view/logs', await scheduler.leader());
    const request = { tasks: [taskId], process, streams: ['stdout', 'stderr'], tail: LINES, follow: false };
    const view = await openView(url.href, { ...session, signal }, request);
    return view.status === 200 ? await linesIn(view, signal) : { unread: await refusalText(view) };
  } catch (error) {
    session.signal.throwIfAborted();
    return { unread: signal.aborted ? 'they did not come in time' : messageOf(error) };
  }
}

async function refusalText(view: OpenedView): Promise<string> {
  const refusal = await refusalIn(view);
  if (refusal) return refusal.error;
  if (view.status === 401 || view.status === 403) return 'you may not see them';
  return view.status >= 500 ? `the scheduler answered with ${view.status}` : 'this scheduler shows no logs';
}

interface Seen {
  readonly stream: LogStreamName;
  readonly run: number;
  text: string;
}

async function linesIn({ body }: OpenedView, signal: AbortSignal): Promise<LastLines> {
  const seen = new Map<number, Seen>();
  let trouble = 'it wrote nothing';
  const take = (event: LogEvent) => {
    if (event.kind === 'source') seen.set(event.source, { stream: event.stream, run: event.run, text: '' });
    else if (event.kind === 'trouble') trouble = event.text;
    else if (event.kind === 'data') {
      const file = seen.get(event.source);
      if (file) file.text += event.text;
    }
    return event.kind === 'over';
  };
  const read = logEventReader();
  const decoder = new TextDecoder();
  const stop = () => void body.destroy(new Error('they did not come in time'));
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of body as AsyncIterable<Buffer>)
      if (read(decoder.decode(chunk, { stream: true })).some(take)) break;
  } finally {
    signal.removeEventListener('abort', stop);
    if (!body.closed) {
      body.destroy();
      await once(body, 'close').catch(() => {});
    }
  }
  return newest([...seen.values()]) ?? { unread: trouble };
}

/**
 * A line, shortened and without anything that a terminal acts on. Colours are removed too, because a shortened line
 * might not switch them off.
 */
const plain = (line: string): string => harmless(line).replaceAll(COLOUR, '').slice(0, LONGEST_LINE);

/** Picks the output to show: standard error before standard output, and a later run before an earlier one. */
function newest(files: readonly Seen[]): LastLines | undefined {
  const told = files.filter(({ text }) => text.trim() !== '');
  const [best] = told.sort(
    (a, b) => Number(b.stream === 'stderr') - Number(a.stream === 'stderr') || b.run - a.run,
  );
  if (!best) return undefined;
  const lines = best.text.trimEnd().split('\n').slice(-LINES);
  return { stream: best.stream, lines: lines.map(plain) };
}
