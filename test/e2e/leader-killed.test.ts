import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { silentLogger } from '../../src/base/log.ts';
import { randomBelow, seededRandom, systemRandom } from '../../src/base/random.ts';
import { openSession } from '../../src/zookeeper/index.ts';
import { assert, count, suite } from '../harness/index.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { changingLoad } from './changing-load.ts';
import { assertNothingLost, isSettled } from './invariants.ts';
import { logTerms } from './log-terms.ts';
import { freePort, until } from './product.ts';
import { runProgram } from './program.ts';
import { schedulerApi } from './scheduler-api.ts';
import { type SchedulerLife, type Supervised, supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

const ROUNDS = Number(process.env.AURORA_KILL_ROUNDS ?? 50);
const TICK_MS = 200;
/** Long enough for a machine whose processors are busy for others: a leader that gets none in this time has to go. */
const SESSION_MS = 3_000;
/** A leader is killed at a random moment up to this long after its election. */
const LONGEST_LEAD_MS = 700;
/** Every fourth time its successor follows it while it takes over. */
const SUCCESSOR_TOO = 4;
const LONGEST_TAKEOVER_MS = 150;
/** Every tenth time the leader is not killed but stopped for longer than its session, and goes on when it was replaced. */
const FROZEN = 10;
const ROUND_LIMIT_MS = 15_000;
const LOG = '/aurora/log';
const ELECTION = '/aurora/scheduler';

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

/** Whoever is elected first of those that live. */
const nextLeader = (schedulers: readonly Supervised[]): Promise<Supervised> =>
  Promise.race(
    schedulers.map(async (scheduler) => {
      for (;;) {
        const life: SchedulerLife = scheduler.life();
        const how = await Promise.race([life.elected.then(() => 'elected'), life.ended]);
        if (how === 'elected' && life.alive()) return scheduler;
        await life.ended;
        await pause(1);
      }
    }),
  );

const test = suite('the leader of two schedulers, killed with kill -9 under load');

test(
  `${ROUNDS} times: nothing acknowledged is lost, no instance is doubled, and never do two write`,
  async () => {
    const random = seededRandom(5);
    const home = mkdtempSync(join(tmpdir(), 'aurora-leaders-'));
    const mesos = await startSimulatedMesos();
    const zooKeeper = await startZooKeeper({ tickMs: TICK_MS, heapMb: 256 });
    const session = openSession({
      servers: [{ host: '127.0.0.1', port: zooKeeper.port }],
      clock: systemClock,
      random: systemRandom,
      log: silentLogger,
    });
    const flags = [
      `-mesos_master_address=${mesos.master}`,
      `-zk_endpoints=${zooKeeper.address}`,
      `-zk_session_timeout=${SESSION_MS}ms`,
      `-serverset_path=${ELECTION}`,
      `-native_log_zk_group_path=${LOG}`,
      `-data_dir=${join(home, 'data')}`,
      '-thermos_executor_path=/executor',
      '-initial_task_kill_retry_interval=1secs',
      '-history_max_per_job_threshold=0',
      '-history_min_retention_threshold=0secs',
    ];
    const schedulers = [supervise(await freePort(), flags), supervise(await freePort(), flags)];
    const api = schedulerApi(schedulers.map(({ port }) => port));
    const load = changingLoad(api, random);
    const terms = logTerms(session, LOG);
    let kills = 0;
    let freezes = 0;
    const killLeader = async (longestMs: number) => {
      const leader = await nextLeader(schedulers);
      await pause(randomBelow(random, longestMs));
      await leader.kill9();
      kills++;
    };
    /** The leader comes back when another one has written, and must find that it leads no more. */
    const freezeLeader = async () => {
      const leader = await nextLeader(schedulers);
      const frozen = leader.life();
      await pause(randomBelow(random, LONGEST_LEAD_MS));
      const thaw = leader.freeze();
      await load.nextAcknowledgement();
      thaw();
      assert.is(await frozen.ended, 1);
      freezes++;
    };
    try {
      await load.nextAcknowledgement();
      for (let round = 1; round <= ROUNDS; round++) {
        if (round % FROZEN === 0) await freezeLeader();
        else await killLeader(LONGEST_LEAD_MS);
        if (round % SUCCESSOR_TOO === 0) await killLeader(LONGEST_TAKEOVER_MS);
        await load.nextAcknowledgement();
        await assertNothingLost(api, load, mesos.master);
        await terms.look();
      }
      await load.stop();
      await assertNothingLost(api, load, mesos.master);
      await until('every job running, and nothing else', () => isSettled(api, load, mesos.master), 60_000);
      await terms.look();
      assert.ok(terms.leaders() > ROUNDS, `${terms.leaders()} leaders wrote`);

      // A person's client finds the leader, too.
      const [name] = [...load.jobs].find(([, state]) => state === 'there') ?? [];
      writeFileSync(
        join(home, 'clusters.json'),
        JSON.stringify([
          { name: 'west', zk: '127.0.0.1', zk_port: zooKeeper.port, scheduler_zk_path: ELECTION },
        ]),
      );
      const status = await runProgram(home, 'job', 'status', `west/load/prod/${name}`);
      assert.is(status.code, 0, status.stderr);
      assert.match(status.stdout, 'RUNNING');

      count('kill -9 of the leader, kills', kills);
      count('kill -9 of the leader, acknowledged writes', load.acknowledged());
      count('a leader that hangs and comes back', freezes);
      count('kill -9 of the leader, log entries whose terms never go back', terms.entries());
      count(
        'kill -9 of the leader, schedulers that ended by themselves',
        schedulers.flatMap((one) => one.deaths).length,
      );
    } catch (error) {
      for (const scheduler of schedulers)
        console.error(scheduler.port, scheduler.deaths.join('\n'), scheduler.life().log().slice(-6_000));
      throw error;
    } finally {
      await load.stop().catch(() => {});
      await Promise.all(schedulers.map((scheduler) => scheduler.stop()));
      await session.close();
      await zooKeeper.stop();
      await mesos.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
  60_000 + ROUNDS * ROUND_LIMIT_MS,
);

test.run();
