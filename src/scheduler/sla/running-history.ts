import type { JobKey } from '../../api/index.ts';
import type { RunningShown } from '../../api/views/job.ts';
import type { Clock, Timer } from '../../base/clock.ts';
import { turns } from '../../base/turns.ts';
import type { Part } from '../parts/part.ts';
import type { Storage } from '../storage/index.ts';
import { jobKeyText } from '../storage/keys.ts';

/** A sample every five minutes for a day; with a byte each, 10,000 jobs take 3 MB. */
const STEP_MS = 300_000;
const SAMPLES = 288;
/** Stands for a moment in which nobody looked, or the job was not there. */
const GAP = 255;

interface Samples {
  /** Percent of the instances that ran, by number of the step modulo `SAMPLES`. */
  readonly percents: Uint8Array;
  /** Number of the last step that has a sample. */
  last: number;
}

/** Which share of each service's instances ran, every five minutes for the last day. */
export interface RunningHistory extends Part {
  /** Undefined until the job was looked at. */
  of(job: JobKey): RunningShown | undefined;
}

/** Rounded down: 100 means all of them. Undefined for jobs that are no services or have no instance. */
function percentRunning(storage: Pick<Storage, 'read'>, job: JobKey): number | undefined {
  const active = storage.read(({ tasks }) => tasks.activeOf(job));
  if (!active[0]?.assignedTask.task.isService) return undefined;
  const running = active.reduce((sum, { status }) => sum + (status === 'RUNNING' ? 1 : 0), 0);
  return Math.floor((100 * running) / active.length);
}

/** Begins when this scheduler leads: what an earlier leader saw is a gap. The clock set back begins it anew. */
export function runningHistory({
  clock,
  storage,
}: {
  readonly clock: Clock;
  readonly storage: Pick<Storage, 'read'>;
}): RunningHistory {
  const byJob = new Map<string, Samples>();
  let timer: Timer | undefined;
  let closed = false;
  let step = 0;

  const put = (text: string, percent: number) => {
    const samples = byJob.get(text) ?? { percents: new Uint8Array(SAMPLES).fill(GAP), last: step - 1 };
    byJob.set(text, samples);
    for (let at = Math.max(samples.last + 1, step - SAMPLES + 1); at < step; at++)
      samples.percents[at % SAMPLES] = GAP;
    samples.percents[step % SAMPLES] = percent;
    samples.last = step;
  };
  const look = async () => {
    const now = Math.floor(clock.nowMs() / STEP_MS);
    if (now < step) byJob.clear();
    step = now;
    const turn = turns(clock);
    for (const job of storage.read(({ tasks }) => [...tasks.jobs()])) {
      const percent = percentRunning(storage, job);
      if (percent !== undefined) put(jobKeyText(job), percent);
      const pause = turn();
      if (pause) await pause;
      if (closed) return;
    }
    for (const [text, { last }] of byJob) if (step - last >= SAMPLES) byJob.delete(text);
  };
  const next = () => {
    if (closed) return;
    void look();
    timer = clock.after(STEP_MS - (clock.nowMs() % STEP_MS), next);
  };
  return {
    start: next,
    close() {
      closed = true;
      timer?.cancel();
    },
    of(job) {
      const samples = byJob.get(jobKeyText(job));
      if (!samples) return undefined;
      const percents: number[] = [];
      for (let at = step - SAMPLES + 1; at <= step; at++) {
        const percent = at > samples.last ? GAP : (samples.percents[at % SAMPLES] ?? GAP);
        percents.push(percent === GAP ? -1 : percent);
      }
      const first = percents.findIndex((percent) => percent >= 0);
      return first < 0
        ? undefined
        : { endMs: step * STEP_MS, stepMs: STEP_MS, percents: percents.slice(first) };
    },
  };
}
