import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { randomBelow, seededRandom } from '../../src/base/random.ts';
import { openLocalLog } from '../../src/scheduler/storage/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { changingLoad } from './changing-load.ts';
import { assertNothingLost, isSettled } from './invariants.ts';
import { freePort, until } from './product.ts';
import { schedulerApi } from './scheduler-api.ts';
import { supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

const ROUNDS = Number(process.env.AURORA_KILL_ROUNDS ?? 50);
/** From the first acknowledgement of a life to its end. */
const LONGEST_LIFE_MS = 500;

const test = suite('a scheduler with a local log, killed under load');

test(
  `${ROUNDS} kills under creates and kills of jobs: nothing acknowledged is lost, nothing runs twice`,
  async () => {
    const random = seededRandom(50);
    const directory = mkdtempSync(join(tmpdir(), 'aurora-killed-'));
    const dataDir = join(directory, 'data');
    const mesos = await startSimulatedMesos();
    const scheduler = supervise(await freePort(), [
      `-mesos_master_address=${mesos.master}`,
      `-data_dir=${dataDir}`,
      '-thermos_executor_path=/executor',
      '-initial_task_kill_retry_interval=1secs',
      '-history_max_per_job_threshold=0',
      '-history_min_retention_threshold=0secs',
    ]);
    const api = schedulerApi([scheduler.port]);
    const load = changingLoad(api, random);
    try {
      for (let round = 1; round <= ROUNDS; round++) {
        await load.nextAcknowledgement();
        await assertNothingLost(api, load, mesos.master);
        await new Promise((next) => setTimeout(next, randomBelow(random, LONGEST_LIFE_MS)));
        await scheduler.kill9();
      }
      await load.nextAcknowledgement();
      await load.stop();
      await assertNothingLost(api, load, mesos.master);
      await until('every job running, and nothing else', () => isSettled(api, load, mesos.master), 60_000);
      assert.equal(scheduler.deaths, []);
      await scheduler.stop();
      // Every life took one term, and so does this reading, which would refuse a log with two writers.
      const log = await openLocalLog({ directory: dataDir, clock: systemClock, logger: silentLogger });
      const { term } = await log.recover({ restart: () => {}, apply: () => {} });
      await log.close();
      assert.is(term, ROUNDS + 2);
      assert.ok(load.acknowledged() > ROUNDS, `${load.acknowledged()} calls`);
      count('kill -9 of the scheduler under load, rounds', ROUNDS);
      count('kill -9 of the scheduler under load, acknowledged writes', load.acknowledged());
    } catch (error) {
      console.error(scheduler.life().log().slice(-8_000));
      throw error;
    } finally {
      await load.stop().catch(() => {});
      await scheduler.stop();
      await mesos.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
  300_000 + ROUNDS * 4_000,
);

test.run();
