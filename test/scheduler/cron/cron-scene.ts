import type { JobConfiguration, ScheduleStatus, Wire } from '../../../src/api/index.ts';
import { normalise } from '../../../src/api/index.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { cron } from '../../../src/scheduler/cron/cron.ts';
import type { WriteTransaction } from '../../../src/scheduler/storage/index.ts';
import { scene } from '../state/scene.ts';
import type { MemoryLog } from '../storage/memory-log.ts';
import { sampleConfig } from '../storage/sample.ts';

export const CRON_KEY = { role: 'www', environment: 'prod', name: 'report' };
export const MINUTE_MS = 60_000;

/** A cron job of two instances; `change` replaces what a test is about. */
export const cronJob = (change: Wire<'JobConfiguration'> = {}): JobConfiguration =>
  normalise('JobConfiguration', {
    key: CRON_KEY,
    cronSchedule: '* * * * *',
    cronCollisionPolicy: 'KILL_EXISTING',
    instanceCount: 2,
    taskConfig: { ...sampleConfig(CRON_KEY.name), isService: false },
    ...change,
  });

/**
 * Cron jobs over a storage and a state manager, with a clock that is moved by hand. `atMs` is where the clock of a
 * scheduler that is started again on the same log begins.
 */
export async function cronScene(
  options: { log?: MemoryLog; atMs?: number; timeZone?: string; seed?: number } = {},
) {
  const world = await scene({ ...(options.log ? { log: options.log } : {}), seed: options.seed ?? 1 });
  const { clock, storage } = world;
  if (options.atMs !== undefined) clock.setWall(options.atMs);
  const jobs = cron({
    ...world,
    counters: world.counts,
    log: silentLogger,
    flags: { cronTimezone: options.timeZone ?? 'GMT' },
  });
  /** Lets every timer that is due at this moment run, and what it wrote become durable. */
  const settle = async () => {
    for (let turn = 0; turn < 5; turn++) {
      clock.advance(0);
      await storage.settled();
      await new Promise((done) => setImmediate(done));
    }
  };
  const write = async (change: (tx: WriteTransaction) => void) => {
    await storage.write(change);
    await settle();
  };
  const active = () => storage.read(({ tasks }) => tasks.activeOf(CRON_KEY));
  return {
    ...world,
    jobs,
    settle,
    save: (job: JobConfiguration = cronJob()) => write((tx) => jobs.save(tx, job)),
    remove: () => write((tx) => void jobs.remove(tx, CRON_KEY)),
    startNow: (user = 'jane') => write((tx) => void jobs.startNow(tx, CRON_KEY, user)),
    /** Moves on, a second at a time, so that every timer finds the time at which it is due. */
    async pass(ms: number) {
      for (let passedMs = 0; passedMs < ms; passedMs += 1000) {
        clock.advance(Math.min(1000, ms - passedMs));
        await settle();
      }
    },
    active,
    /** All tasks that were ever created. */
    created: () =>
      world.seen.filter((event) => event.kind === 'taskStateChanged' && event.oldState === 'INIT').length,
    /** Every active task reports that status. */
    async all(to: ScheduleStatus) {
      for (const { assignedTask } of active()) {
        if (to === 'ASSIGNED') await world.assign(assignedTask.taskId);
        else await world.change({ taskId: assignedTask.taskId, to });
      }
      await settle();
    },
    progress: () => storage.read(({ cronProgress }) => cronProgress.get(CRON_KEY)),
    runs: () =>
      (storage.read(({ cronProgress }) => cronProgress.get(CRON_KEY))?.runs ?? []).map(
        ({ outcome, tickMs, ticks, user }) =>
          `${outcome} ${user ?? new Date(tickMs ?? 0).toISOString().slice(11, 16)}${ticks ? ` x${ticks}` : ''}`,
      ),
    count: (name: string) => Number(world.counts.read().get(name) ?? 0),
  };
}
