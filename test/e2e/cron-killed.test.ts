/** Cron jobs whose scheduler is killed with kill -9: each tick once, whoever leads. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Wire } from '../../src/api/index.ts';
import { randomBelow, seededRandom } from '../../src/base/random.ts';
import { assert, count, suite } from '../harness/index.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { freePort, until } from './product.ts';
import { schedulerApi } from './scheduler-api.ts';
import { supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

/** Ticks of each job that have to be decided. */
const TICKS = Number(process.env.AURORA_CRON_TICKS ?? 8);
const JOBS = 20;
const INSTANCES = 2;
const MINUTE_MS = 60_000;
/**
 * How long a minute of the schedulers' wall clock takes. In the default a takeover takes longer, so that many ticks are
 * missed; with 12,000 it nearly always fits in between two ticks.
 */
const REAL_MINUTE_MS = Number(process.env.AURORA_CRON_MINUTE_MS ?? 2_000);
const SPEED = MINUTE_MS / REAL_MINUTE_MS;
/**
 * A process that gets no processor for so long loses its session and stops, as it should; on a machine with many
 * more processes than processors none would lead for long, and more is needed.
 */
const SESSION_MS = Number(process.env.AURORA_SESSION_MS ?? 3_000);
const LONGEST_LEAD_MS = 9_000;
const LIMIT_MS = 60_000 + TICKS * (REAL_MINUTE_MS + 13_000);

type Run = Wire<'CronRun'>;

/** Every fifth job leaves a run alone that still goes on; every other one runs one of the ticks that nobody led at. */
const policyOf = (at: number) => (at % 5 === 4 ? 'CANCEL_NEW' : 'KILL_EXISTING');
const missedOf = (at: number) => (at % 2 === 0 ? 'RUN_ONCE' : 'SKIP');
const keyOf = (at: number) => ({ role: 'cron', environment: 'prod', name: `job${at}` });
const all = Array.from({ length: JOBS }, (_, at) => at);
const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

const jobOf = (at: number): Wire<'JobConfiguration'> => ({
  key: keyOf(at),
  owner: { user: 'alice' },
  cronSchedule: '* * * * *',
  cronCollisionPolicy: policyOf(at),
  cronMissedTickPolicy: missedOf(at),
  instanceCount: INSTANCES,
  taskConfig: {
    job: keyOf(at),
    owner: { user: 'alice' },
    isService: false,
    maxTaskFailures: 1,
    executorConfig: { name: 'AuroraExecutor', data: '{}' },
    resources: [{ numCpus: 0.01 }, { ramMb: 1 }, { diskMb: 1 }],
  },
});

/** What became of a job's ticks so far, gathered from many looks: a job is remembered by its last runs only. */
class Ticks {
  private readonly runs = new Map<string, Run>();

  take(runs: readonly Run[]) {
    for (const run of runs)
      this.runs.set(JSON.stringify([run.tickMs, run.outcome, run.ticks, run.decidedMs]), run);
  }
  of(outcome: string): readonly Run[] {
    return [...this.runs.values()].filter((run) => run.outcome === outcome);
  }
  /** Every tick has one outcome: a run of it, or one of the missed. */
  check(name: string, waiting: Run | undefined) {
    const own = [...this.runs.values(), ...(waiting ? [waiting] : [])].filter(
      ({ outcome }) => outcome !== 'MISSED',
    );
    const decided = own.map(({ tickMs }) => Number(tickMs));
    assert.is(new Set(decided).size, decided.length, `${name}: a tick was decided twice`);
    const missed = this.of('MISSED');
    if (own.length + missed.length === 0) return { ticks: 0, missed: 0 };
    const first = Math.min(
      ...decided,
      ...missed.map(
        ({ tickMs, ticks = 1 }) =>
          Number(tickMs) - (ticks - (decided.includes(Number(tickMs)) ? 0 : 1)) * MINUTE_MS,
      ),
    );
    const last = Math.max(...decided, ...missed.map(({ tickMs }) => Number(tickMs)));
    const ticks = (last - first) / MINUTE_MS + 1;
    const missedTicks = missed.reduce((sum, { ticks: one = 1 }) => sum + one, 0);
    assert.is(
      decided.length + missedTicks,
      ticks,
      `${name}: ${decided.length} decided, ${missedTicks} missed`,
    );
    return { ticks, missed: missedTicks };
  }
}

const test = suite('cron jobs while their leader is killed with kill -9');

test(
  `${JOBS} jobs, ${TICKS} ticks each: every tick once, or recorded as missed`,
  async () => {
    const random = seededRandom(11);
    const home = mkdtempSync(join(tmpdir(), 'aurora-cron-'));
    const mesos = await startSimulatedMesos();
    const zooKeeper = await startZooKeeper({ tickMs: Math.max(200, SESSION_MS / 10), heapMb: 256 });
    const flags = [
      `-mesos_master_address=${mesos.master}`,
      `-zk_endpoints=${zooKeeper.address}`,
      `-zk_session_timeout=${SESSION_MS}ms`,
      '-serverset_path=/aurora/scheduler',
      '-native_log_zk_group_path=/aurora/log',
      `-data_dir=${join(home, 'data')}`,
      '-thermos_executor_path=/executor',
      '-initial_task_kill_retry_interval=1secs',
      '-history_max_per_job_threshold=100000',
      '-history_prune_threshold=365days',
      '-flapping_task_threshold=0secs',
    ];
    const env = {
      NODE_OPTIONS: `--import=${pathToFileURL(join(import.meta.dirname, 'fast-clock.js')).href}`,
      AURORA_FAST_CLOCK: `${SPEED},${Date.now()}`,
    };
    const schedulers = [supervise(await freePort(), flags, env), supervise(await freePort(), flags, env)];
    const api = schedulerApi(schedulers.map(({ port }) => port));
    const ticks = all.map(() => new Ticks());
    const waiting: (Run | undefined)[] = [];
    let kills = 0;
    let over = false;
    const nextLeader = () =>
      Promise.race(
        schedulers.map((one) => one.life().elected.then(() => (one.life().alive() ? one : undefined))),
      );
    const killing = async () => {
      while (!over) {
        const leader = await Promise.race([nextLeader(), pause(1_000).then(() => undefined)]);
        if (!leader) continue;
        await pause(randomBelow(random, LONGEST_LEAD_MS));
        if (over) return;
        await leader.kill9();
        kills++;
      }
    };
    const look = async (at: number) => {
      const { response } = await api.call('getCronJobStatus', { job: keyOf(at) });
      const status = response.result?.cronJobStatusResult?.status;
      assert.ok(status, `job${at} is gone: ${response.details?.[0]?.message}`);
      ticks[at]!.take(status.runs ?? []);
      waiting[at] = status.waiting;
    };
    const lookAtAll = async () => {
      for (const at of all) await look(at);
      return all.every((at) => ticks[at]!.check(`job${at}`, waiting[at]).ticks >= TICKS);
    };
    try {
      for (const at of all) {
        const { response } = await api.call('scheduleCronJob', { description: jobOf(at) });
        assert.is(response.responseCode, 'OK', response.details?.[0]?.message);
      }
      const killer = killing();
      await until('every tick decided', lookAtAll, LIMIT_MS);
      over = true;
      await killer;
      // Nothing ticks any more, so that what runs and what was decided can be held against each other.
      const none = { ticks: 0, missed: 0, started: 0, cancelled: 0, ignored: 0, tasks: 0 };
      const sumsOf = { RUN_ONCE: { ...none }, SKIP: { ...none } };
      for (const at of all) {
        const never = { ...jobOf(at), cronSchedule: '0 0 29 2 *' };
        assert.is((await api.call('replaceCronTemplate', { config: never })).response.responseCode, 'OK');
        await until(
          `the last run of job${at}`,
          async () => {
            await look(at);
            return !waiting[at];
          },
          60_000,
        );
        const decided = ticks[at]!.check(`job${at}`, undefined);
        const { response } = await api.call('getTasksWithoutConfigs', { query: { jobKeys: [keyOf(at)] } });
        const tasks = response.result?.scheduleStatusResult?.tasks ?? [];
        // A task of a run has no ancestor; one that was killed before it had a place is gone without a trace.
        const roots = tasks.filter(({ ancestorId }) => ancestorId === undefined);
        const started = ticks[at]!.of('STARTED').length;
        for (let instance = 0; instance < INSTANCES; instance++) {
          const own = roots.filter(({ assignedTask }) => assignedTask?.instanceId === instance);
          assert.ok(
            own.length <= started,
            `job${at}: ${own.length} tasks of instance ${instance}, ${started} runs`,
          );
          const active = own.filter(({ status }) =>
            ['PENDING', 'ASSIGNED', 'STARTING', 'RUNNING'].includes(status ?? ''),
          );
          assert.ok(active.length <= 1, `job${at}: instance ${instance} runs ${active.length} times`);
        }
        assert.ok(started > 0, `job${at} ran`);
        if (policyOf(at) === 'CANCEL_NEW') assert.is(started, 1, `job${at} leaves its run alone`);
        const sums = sumsOf[missedOf(at)];
        sums.ticks += decided.ticks;
        sums.missed += decided.missed;
        sums.started += started;
        sums.cancelled += ticks[at]!.of('CANCELLED').length;
        sums.ignored += ticks[at]!.of('IGNORED').length;
        sums.tasks += roots.length;
      }
      const sum = (of: keyof typeof none) => sumsOf.RUN_ONCE[of] + sumsOf.SKIP[of];
      assert.ok(kills > 0, 'a leader was killed');
      assert.ok(sum('started') > JOBS, 'jobs ran more than once');
      count('kill -9 of the leader under cron jobs, kills', kills);
      count('cron ticks under kill -9, each once', sum('ticks'));
      count('cron ticks under kill -9, missed and said so', sum('missed'));
      count('cron runs under kill -9', sum('started'));
      if (process.env.AURORA_CRON_TICKS) console.log(kills, sumsOf);
    } catch (error) {
      for (const scheduler of schedulers)
        console.error(scheduler.port, scheduler.deaths.join('\n'), scheduler.life().log().slice(-4_000));
      throw error;
    } finally {
      over = true;
      await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
      await zooKeeper.stop();
      await mesos.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
  LIMIT_MS + 60_000,
);

test.run();
