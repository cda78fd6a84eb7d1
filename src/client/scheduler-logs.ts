import { type LogEvent, type LogRequest, logEventReader } from '../api/views/log-event.ts';
import { resumePoint } from '../api/views/log-resume.ts';
import { AuroraError, messageOf } from '../base/errors.ts';
import { pauses } from '../base/pauses.ts';
import { systemRandom } from '../base/random.ts';
import type { SchedulerClient } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { type OpenedView, openView, refusalIn } from './view-transport.ts';

/** How following through a scheduler ended: everything was read, or this scheduler cannot show logs. */
export type SchedulerLogsEnd = { readonly kind: 'over' } | { readonly kind: 'unable'; readonly text: string };

/** A stream sends something every 15 seconds, so one that is silent for longer than this is dead. */
const SILENCE_LIMIT_MS = 45_000;
const RETRY = { initialMs: 500, maxMs: 10_000 };
/** How long to look for a scheduler before giving up. */
const AWAY_LIMIT_MS = 600_000;

export interface LogListener {
  event(event: LogEvent): void;
  /** Called when the scheduler cannot be reached at the moment. */
  away(text: string): void;
}

/**
 * Follows logs through a scheduler. After a lost connection it connects again, to whichever scheduler leads then, and
 * goes on where the last one ended. Throws TIMEOUT, AUTH, BAD_PARAMETER; rejects with the signal's reason when it
 * fires.
 */
export async function followThroughScheduler(
  session: Session,
  scheduler: SchedulerClient,
  request: LogRequest,
  listener: LogListener,
): Promise<SchedulerLogsEnd> {
  const { clock, signal } = session;
  const resume = resumePoint();
  const pause = pauses({ clock, random: systemRandom, limits: RETRY, signal });
  let lastMs = clock.monotonicMs();
  const heard = () => {
    lastMs = clock.monotonicMs();
    pause.reset();
  };
  for (;;) {
    let trouble: string;
    try {
      const base = await scheduler.leader();
      const view = await openView(`${new URL('api/view/logs', base)}`, session, {
        ...request,
        resume: resume.state(),
      });
      if (view.status === 200) {
        const isOver = await readEvents(session, view, (event) => {
          heard();
          resume.take(event);
          listener.event(event);
        });
        if (isOver) return { kind: 'over' };
        trouble = 'the connection was cut';
      } else {
        const refusal = await refused(view);
        if (refusal.kind === 'unable') return { kind: 'unable', text: refusal.text };
        trouble = refusal.text;
      }
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AuroraError && error.code !== 'NETWORK') throw error;
      trouble = messageOf(error);
    }
    if (clock.monotonicMs() - lastMs > AWAY_LIMIT_MS)
      throw new AuroraError('TIMEOUT', `gave up on the logs after ten minutes: ${trouble}`);
    listener.away(trouble);
    scheduler.forgetLeader();
    await pause.next();
  }
}

/** Decides what to do after an answer that is not a stream. */
async function refused(
  view: OpenedView,
): Promise<{ readonly kind: 'unable' | 'again'; readonly text: string }> {
  const { status } = view;
  const refusal = await refusalIn(view);
  if (status === 401 || refusal?.code === 'forbidden')
    throw new AuroraError('AUTH', refusal?.error ?? `the scheduler answered with ${status}`);
  if (refusal?.code === 'off') return { kind: 'unable', text: refusal.error };
  if (refusal?.code === 'busy') return { kind: 'again', text: refusal.error };
  if (refusal?.code === 'no such task' || refusal?.code === 'bad request')
    throw new AuroraError('BAD_PARAMETER', refusal.error);
  if (status >= 500 || status === 408 || status === 429)
    return { kind: 'again', text: `the scheduler answered with ${status}` };
  if (status === 403) throw new AuroraError('AUTH', `the scheduler answered with ${status}`);
  return { kind: 'unable', text: 'this scheduler shows no logs' };
}

/**
 * Reads events until the stream ends; returns whether it came to its proper end. Throws NETWORK when it is cut or falls
 * silent.
 */
async function readEvents(
  { clock }: Session,
  { body }: OpenedView,
  take: (event: LogEvent) => void,
): Promise<boolean> {
  const read = logEventReader();
  const decoder = new TextDecoder();
  let timer = { cancel() {} };
  const watch = () => {
    timer.cancel();
    timer = clock.after(SILENCE_LIMIT_MS, () => body.destroy(new Error('the stream fell silent')));
  };
  try {
    watch();
    for await (const chunk of body as AsyncIterable<Buffer>) {
      watch();
      for (const event of read(decoder.decode(chunk, { stream: true }))) {
        take(event);
        if (event.kind === 'over') return true;
      }
    }
    return false;
  } catch (error) {
    throw error instanceof AuroraError ? error : new AuroraError('NETWORK', messageOf(error));
  } finally {
    timer.cancel();
    body.destroy();
  }
}
