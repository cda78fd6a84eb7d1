import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobUpdateStatus, Wire } from '../../src/api/index.ts';
import { randomBelow, seededRandom } from '../../src/base/random.ts';
import { assert, count, suite } from '../harness/index.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { freePort, until } from './product.ts';
import { type SchedulerApi, schedulerApi } from './scheduler-api.ts';
import { supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

/** Kills in all; the updates of one generation after the other run meanwhile. */
const KILLS = Number(process.env.AURORA_UPDATE_KILLS ?? 4);
const UPDATES = 20;
const INSTANCES = 10;
const GROUP = 2;
/** An instance has to run for so long: a generation of updates takes several times this. */
const WATCH_MS = 400;
/**
 * A process that gets no processor for so long loses its session and stops, as it should; on a machine with many
 * more processes than processors none would lead for long, and more is needed.
 */
const SESSION_MS = Number(process.env.AURORA_SESSION_MS ?? 3_000);
/** A leader lives at most so long after it was elected. */
const LONGEST_LEAD_MS = 2_500;

type Details = Wire<'JobUpdateDetails'>;
/** What becomes of an update: it goes through, is rolled back by its user, or pauses by itself until it is resumed. */
type Course = 'forward' | 'back' | 'pauses';
const courseOf = (at: number): Course => (at % 10 === 3 ? 'back' : at % 10 === 6 ? 'pauses' : 'forward');
const ENDS: Readonly<Record<Course, JobUpdateStatus>> = {
  forward: 'ROLLED_FORWARD',
  back: 'ROLLED_BACK',
  pauses: 'ROLLED_FORWARD',
};

const jobOf = (at: number) => ({ role: 'upd', environment: 'prod', name: `job${at}` });
const statusOf = ({ updateEvents }: Details) => updateEvents?.at(-1)?.status;
const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));
const all = Array.from({ length: UPDATES }, (_, at) => at);

const requestOf = (at: number, version: string): Wire<'JobUpdateRequest'> => ({
  taskConfig: {
    job: jobOf(at),
    owner: { user: 'alice' },
    isService: true,
    contactEmail: version,
    maxTaskFailures: -1,
    executorConfig: { name: 'AuroraExecutor', data: '{}' },
    resources: [{ numCpus: 0.01 }, { ramMb: 1 }, { diskMb: 1 }],
  },
  instanceCount: INSTANCES,
  settings: {
    updateStrategy:
      courseOf(at) === 'pauses'
        ? { batchStrategy: { groupSize: INSTANCES / 2, autopauseAfterBatch: true } }
        : { queueStrategy: { groupSize: GROUP } },
    minWaitInInstanceRunningMs: WATCH_MS,
    maxPerInstanceFailures: 20,
    rollbackOnFailure: true,
  },
});

const isPrefix = (old: readonly unknown[] = [], now: readonly unknown[] = []): boolean =>
  old.every((event, index) => JSON.stringify(event) === JSON.stringify(now[index]));

/** The updates of all jobs to one version, from their start to their end. */
async function generation(api: SchedulerApi, version: string, before: string | undefined) {
  const keys: Wire<'JobUpdateKey'>[] = [];
  const told = new Map<string, Details>();
  for (const at of all) {
    const { response } = await api.call('startJobUpdate', { request: requestOf(at, version) });
    const key = response.result?.startJobUpdateResult?.key;
    // A repeated call is refused with the update that the first one started.
    assert.ok(key, `${response.responseCode}: ${response.details?.[0]?.message}`);
    keys.push(key);
    const steer = courseOf(at) === 'back' && before !== undefined;
    if (steer) {
      const back = await api.call('rollbackJobUpdate', { key });
      assert.is(back.response.responseCode, 'OK', back.response.details?.[0]?.message);
    }
  }
  const look = async (at: number): Promise<Details> => {
    const { response } = await api.call('getJobUpdateDetails', { query: { key: keys[at]! } });
    const [details] = response.result?.getJobUpdateDetailsResult?.detailsList ?? [];
    assert.ok(details, `update of job${at} is gone`);
    const old = told.get(keys[at]!.id!);
    assert.ok(isPrefix(old?.updateEvents, details.updateEvents), `job${at}: an update event is gone`);
    assert.ok(isPrefix(old?.instanceEvents, details.instanceEvents), `job${at}: an instance event is gone`);
    told.set(keys[at]!.id!, details);
    if (statusOf(details) === 'ROLL_FORWARD_PAUSED') {
      const done = details.instanceEvents?.filter(({ action }) => action === 'INSTANCE_UPDATED').length;
      assert.is(done, INSTANCES / 2, 'it pauses after its first batch');
      await api.call('resumeJobUpdate', { key: keys[at]! });
    }
    return details;
  };
  return {
    async isOver(): Promise<boolean> {
      let over = true;
      for (const at of all) {
        const course = before === undefined && courseOf(at) === 'back' ? 'forward' : courseOf(at);
        const status = statusOf(await look(at));
        if (status !== ENDS[course]) over = false;
        assert.ok(
          ['ERROR', 'FAILED', 'ABORTED'].every((bad) => bad !== status),
          `job${at} is ${status}`,
        );
      }
      return over;
    },
    async check() {
      for (const at of all) {
        const details = await look(at);
        const events = (details.instanceEvents ?? []).map(
          ({ instanceId, action }) => `${instanceId} ${action}`,
        );
        assert.is(new Set(events).size, events.length, `job${at}: an instance event is there twice`);
        const isBack = before !== undefined && courseOf(at) === 'back';
        const ended = isBack ? 'INSTANCE_ROLLED_BACK' : 'INSTANCE_UPDATED';
        const began = isBack ? 'INSTANCE_ROLLING_BACK' : 'INSTANCE_UPDATING';
        const with_ = (action: string) => events.filter((event) => event.endsWith(` ${action}`)).length;
        if (!isBack) assert.is(with_(ended), INSTANCES, `job${at}: every instance is updated`);
        assert.is(with_(began), with_(ended), `job${at}: what began has ended`);
        const { response } = await api.call('getTasksWithoutConfigs', {
          query: { jobKeys: [jobOf(at)], statuses: ['RUNNING'] },
        });
        const running = response.result?.scheduleStatusResult?.tasks ?? [];
        assert.is(running.length, INSTANCES, `job${at} runs`);
        const wanted = isBack ? before : version;
        for (const { assignedTask } of running)
          assert.is(
            assignedTask?.task?.contactEmail,
            wanted,
            `job${at}, instance ${assignedTask?.instanceId}`,
          );
      }
    },
  };
}

const test = suite('updates while their leader is killed with kill -9');

test(
  `${KILLS} kills during ${UPDATES} updates: each ends as it would have, its events whole and single`,
  async () => {
    const random = seededRandom(7);
    const home = mkdtempSync(join(tmpdir(), 'aurora-updates-'));
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
      '-transient_task_state_timeout=20secs',
      '-max_reschedule_task_delay_on_startup=100ms',
    ];
    const schedulers = [supervise(await freePort(), flags), supervise(await freePort(), flags)];
    const api = schedulerApi(schedulers.map(({ port }) => port));
    let kills = 0;
    let generations = 0;
    const nextLeader = () =>
      Promise.race(
        schedulers.map((one) => one.life().elected.then(() => (one.life().alive() ? one : undefined))),
      );
    /** Kills leaders as long as the generation runs and there are kills left. */
    const killing = async (isOver: () => boolean) => {
      while (kills < KILLS && !isOver()) {
        const leader = await Promise.race([nextLeader(), pause(1_000).then(() => undefined)]);
        if (!leader || isOver()) continue;
        await pause(randomBelow(random, LONGEST_LEAD_MS));
        if (isOver()) continue;
        await leader.kill9();
        kills++;
      }
    };
    try {
      let before: string | undefined;
      for (let at = 1; kills < KILLS || generations < 2; at++) {
        const version = `v${at}`;
        const updates = await generation(api, version, before);
        let over = false;
        const killer = killing(() => over);
        await until(`generation ${at} over`, updates.isOver, 120_000 + KILLS * 10_000);
        over = true;
        await killer;
        await updates.check();
        generations++;
        // Jobs that were rolled back keep the version from before them; one from now on is told from both.
        before = before === undefined ? version : before;
        if (at === 1) continue;
        before = undefined;
        for (const job of all) await api.call('killTasks', { job: jobOf(job) });
        await until(
          'no task left',
          async () => {
            const statuses = ['PENDING', 'ASSIGNED', 'STARTING', 'RUNNING', 'KILLING'] as const;
            const { response } = await api.call('getTasksWithoutConfigs', {
              query: { role: 'upd', statuses },
            });
            return response.result?.scheduleStatusResult?.tasks?.length === 0;
          },
          60_000,
        );
        at = 0;
      }
      count('kill -9 of the leader during updates, kills', kills);
      count('updates that ended as they would have', generations * UPDATES);
    } catch (error) {
      for (const scheduler of schedulers)
        console.error(scheduler.port, scheduler.deaths.join('\n'), scheduler.life().log().slice(-4_000));
      throw error;
    } finally {
      await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
      await zooKeeper.stop();
      await mesos.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
  120_000 + KILLS * 20_000,
);

test.run();
