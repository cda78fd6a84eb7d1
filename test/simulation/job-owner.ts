import { ACTIVE_STATES, type Wire } from '../../src/api/index.ts';
import { type Random, randomBelow } from '../../src/base/random.ts';
import type { JobSpec } from './jobs.ts';
import type { ApiCall, Reply } from './scheduler-process.ts';
import { pick, type World } from './world.ts';

export type Wish = 'create' | 'add' | 'kill' | 'killAll' | 'restart';

/** What the owner of a job is sure of. */
export interface Knowledge {
  /** Instances that were acknowledged and not killed since. */
  readonly wanted: ReadonlySet<number>;
  /** False while a call is under way, or when it is unknown what came of the last one. */
  readonly certain: boolean;
  /** Grows whenever the knowledge may change. */
  readonly version: number;
}

/** The one user who changes a job, and remembers what was acknowledged. */
export interface JobOwner {
  readonly job: JobSpec;
  knows(): Knowledge;
  /** Sets about it, unless a call is under way. What became of a lost call is looked up first. */
  wish(wish: Wish, random: Random): void;
  /** Looks up what became of a lost call. */
  makeSure(): void;
}

type Outcome = (found: ReadonlySet<number>) => boolean;

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
const listed = (set: ReadonlySet<number>): string => `[${[...set].sort((a, b) => a - b).join(' ')}]`;
const same =
  (expected: ReadonlySet<number>): Outcome =>
  (found) =>
    found.size === expected.size && [...expected].every((id) => found.has(id));

/** The instances of a job that a state says are wanted: active and not on their way out; ad-hoc ones also when done. */
export function wantedIn(tasks: readonly Wire<'ScheduledTask'>[], job: JobSpec): Set<number> {
  const wanted = new Set<number>();
  for (const { status, assignedTask } of tasks) {
    const keep = job.isService ? status && ACTIVE_STATES.has(status) && status !== 'KILLING' : true;
    if (keep) wanted.add(assignedTask?.instanceId ?? 0);
  }
  return wanted;
}

export interface JobOwnerOptions {
  readonly world: World;
  readonly call: ApiCall;
  violated(what: string): void;
  /** The user wants instances of the job to end. */
  ending(job: JobSpec, instances: ReadonlySet<number>): void;
}

const RETRY_MS = 3_000;

export function jobOwner(job: JobSpec, { world, call, violated, ending }: JobOwnerOptions): JobOwner {
  let wanted: ReadonlySet<number> = new Set();
  /** What may have come of the last call; undefined when that is known. */
  let possible: readonly Outcome[] | undefined;
  let lastCall = 'nothing';
  let busy = false;
  let version = 0;

  const lookUp = async () => {
    const outcomes = possible;
    if (!outcomes) return;
    const { response } = await call('getTasksStatus', { query: { jobKeys: [job.key] } });
    const tasks = response?.responseCode === 'OK' ? response.result?.scheduleStatusResult?.tasks : undefined;
    if (!tasks) return;
    const found = wantedIn(tasks, job);
    if (!outcomes.some((outcome) => outcome(found)))
      violated(
        `${job.prefix} has instances ${listed(found)} after ${lastCall}: an acknowledged write is gone, or half of one is there`,
      );
    wanted = found;
    possible = undefined;
  };
  /** Takes in the reply to a call that, if it was carried out, leads to `done`. */
  const settle = ({ response, unheard }: Reply, done: Outcome, next?: ReadonlySet<number>) => {
    const before = same(wanted);
    const code = response?.responseCode;
    world.trace(
      'user',
      `${lastCall}: ${code ?? (unheard ? 'not reached' : 'no answer')} ${response?.details?.map(({ message }) => message).join('; ') ?? ''}`,
    );
    if (unheard || code === 'INVALID_REQUEST') return;
    const text = response?.details?.[0]?.message ?? '';
    if (code === 'ERROR' && !/may or may not have been carried out/.test(text))
      violated(`${lastCall} failed: ${text}`);
    // Clients repeat it: nothing may have come of it.
    else if (code === 'ERROR_TRANSIENT') possible = [before];
    else if (code === 'OK' && next) wanted = next;
    else if (code === 'OK') possible = [done];
    else possible = [before, done];
  };
  const WISHES: Readonly<Record<Wish, (random: Random) => Promise<void>>> = {
    async create() {
      if (wanted.size > 0) return;
      const all = new Set(range(job.instances));
      lastCall = `createJob ${job.prefix} of ${job.instances}`;
      settle(await call('createJob', { description: job.wire }), same(all), all);
    },
    async add(random) {
      const count = 1 + randomBelow(random, 2);
      if (!job.isService || wanted.size === 0 || wanted.size + count > job.most) return;
      const old = wanted;
      lastCall = `addInstances ${job.prefix} ${count} to ${listed(old)}`;
      const grown: Outcome = (found) =>
        found.size === old.size + count && [...old].every((id) => found.has(id));
      const key = { jobKey: job.key, instanceId: [...old][0] ?? 0 };
      settle(await call('addInstances', { key, count }), grown);
      await lookUp();
    },
    kill: (random) => kill([pick(random, [...wanted]) ?? 0]),
    killAll: () => kill([]),
    async restart(random) {
      const id = pick(random, [...wanted]);
      if (!job.isService || id === undefined) return;
      lastCall = `restartShards ${job.prefix} ${id}`;
      ending(job, new Set([id]));
      settle(await call('restartShards', { job: job.key, shardIds: [id] }), same(wanted), wanted);
    },
  };
  const kill = async (ids: readonly number[]) => {
    if (!job.isService || wanted.size === 0) return;
    const left = new Set(ids.length === 0 ? [] : [...wanted].filter((id) => !ids.includes(id)));
    lastCall = `killTasks ${job.prefix} ${ids.length === 0 ? 'all' : ids.join()}`;
    ending(job, ids.length === 0 ? wanted : new Set(ids));
    settle(
      await call('killTasks', { job: job.key, instances: [...ids], message: 'enough' }),
      same(left),
      left,
    );
  };
  const work = async (task: () => Promise<void>) => {
    if (busy) return;
    busy = true;
    version++;
    await lookUp();
    if (!possible) await task();
    busy = false;
    version++;
    if (possible) world.time.after(RETRY_MS, makeSure);
  };
  const makeSure = () => void work(async () => {});

  return {
    job,
    knows: () => ({ wanted, certain: !busy && !possible, version }),
    wish: (wish, random) => void work(() => WISHES[wish](random)),
    makeSure,
  };
}
