import { toNumber, type Wire } from '../../../src/api/index.ts';
import { instanceOf } from '../jobs.ts';
import type { CronJob } from './cron-owner.ts';

type Task = Wire<'ScheduledTask'>;
type Run = Wire<'CronRun'>;

/** Holds what became of ticks against the schedule: each has one outcome, and a run one task an instance. */
export interface CronReferee {
  /** All tasks, and then what a job is told to be like. */
  seen(job: CronJob, tasks: readonly Task[], status: Wire<'CronJobStatus'>): void;
  /** Nothing went wrong for long: the last tick is no older than the schedule says. */
  settled(job: CronJob, nowMs: number): void;
  /** Outcomes that were seen. */
  met(): ReadonlySet<string>;
}

interface Course {
  /** By what tells them apart. */
  readonly runs: Map<string, Run>;
  /** First tasks of instance 0, which every run has. */
  readonly begun: Set<string>;
}

export function cronReferee(violated: (what: string) => void): CronReferee {
  const courses = new Map<string, Course>();
  const met = new Set<string>();
  const courseOf = ({ prefix }: CronJob): Course => {
    const known = courses.get(prefix) ?? { runs: new Map(), begun: new Set() };
    courses.set(prefix, known);
    return known;
  };
  /** Every tick from the first to the last one that was decided, once. */
  const checkTicks = ({ everyMs, prefix }: CronJob, runs: readonly Run[]) => {
    const decided: number[] = [];
    const missed: { readonly lastMs: number; readonly count: number }[] = [];
    for (const { outcome, tickMs, ticks = 1, user } of runs) {
      if (user !== undefined || tickMs === undefined) continue;
      if (outcome === 'MISSED') missed.push({ lastMs: toNumber(tickMs), count: ticks });
      else decided.push(toNumber(tickMs));
    }
    const once = new Set(decided);
    if (once.size < decided.length) return violated(`a tick of ${prefix} was decided twice`);
    if (decided.length + missed.length === 0) return;
    // Of ticks that were missed together the last one may have been run.
    const firsts = missed.map(({ lastMs, count }) => lastMs - (count - (once.has(lastMs) ? 0 : 1)) * everyMs);
    const first = Math.min(...decided, ...firsts);
    const last = Math.max(...decided, ...missed.map(({ lastMs }) => lastMs));
    const missedTicks = missed.reduce((sum, { count }) => sum + count, 0);
    const ticks = (last - first) / everyMs + 1;
    if (decided.length + missedTicks !== ticks)
      violated(
        `${prefix} had ${ticks} ticks, of which ${decided.length} were decided and ${missedTicks} missed`,
      );
  };
  return {
    met: () => met,
    seen(job, tasks, { runs = [], waiting }) {
      const course = courseOf(job);
      for (const run of runs) {
        met.add(run.outcome ?? '');
        course.runs.set(JSON.stringify([run.tickMs, run.user, run.outcome, run.ticks, run.decidedMs]), run);
      }
      checkTicks(job, [...course.runs.values(), ...(waiting ? [waiting] : [])]);
      for (const { ancestorId, assignedTask } of tasks) {
        const taskId = assignedTask?.taskId ?? '';
        const { instance, prefix } = instanceOf(taskId);
        if (prefix === job.prefix && instance === 0 && ancestorId === undefined) course.begun.add(taskId);
      }
      const started = [...course.runs.values()].filter(({ outcome }) => outcome === 'STARTED').length;
      if (course.begun.size > started)
        violated(`${job.prefix} began ${course.begun.size} runs, and tells of ${started}`);
    },
    settled(job, nowMs) {
      const ticks = [...courseOf(job).runs.values()].flatMap(({ tickMs }) => tickMs ?? []);
      const last = Math.max(0, ...ticks.map((tickMs) => toNumber(tickMs)));
      if (nowMs - last > 2 * job.everyMs) violated(`${job.prefix} does not tick any more`);
    },
  };
}
