/**
 * Fault 3 of the second round: ZooKeeper stalls for longer than the session, a supervisor restarts the scheduler that
 * ended over it, and the new life must lead again soon after the server's return. All of it at full length:
 * AURORA_STALL_ROUNDS=10 AURORA_STALLS=4,6,9,13 npm test -- zookeeper-stall
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { freePort, until } from './product.ts';
import { schedulerApi } from './scheduler-api.ts';
import { supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

const ROUNDS = Number(process.env.AURORA_STALL_ROUNDS ?? 1);
const STALLS_S = (process.env.AURORA_STALLS ?? '6,13').split(',').map(Number);
const SESSION_MS = 5_000;
/** From the server's return to an answer of the leader. */
const LIMIT_MS = SESSION_MS + 5_000;
/** In the short form, which shares its machine with other tests, so many times what a first start takes is added. */
const STARTS_ALLOWED = process.env.AURORA_STALL_ROUNDS === undefined ? 2 : 0;
const LONGEST_START_MS = 30_000;

const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

const test = suite('a ZooKeeper that stalls');

test(
  `${ROUNDS} times for each of ${STALLS_S.join(', ')} s, session ${SESSION_MS / 1000} s: the scheduler leads again in time`,
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'aurora-stall-'));
    const mesos = await startSimulatedMesos();
    const zooKeeper = await startZooKeeper({ heapMb: 128 });
    const scheduler = supervise(await freePort(), [
      `-mesos_master_address=${mesos.master}`,
      `-zk_endpoints=${zooKeeper.address}`,
      `-zk_session_timeout=${SESSION_MS}ms`,
      '-serverset_path=/aurora/scheduler',
      '-native_log_zk_group_path=/aurora/log',
      `-data_dir=${join(home, 'data')}`,
      '-thermos_executor_path=/executor',
    ]);
    const api = schedulerApi([scheduler.port], 1_000);
    /** Answered from the state by whoever leads. */
    const leads = () => api.call('getQuota', { ownerRole: 'web' });
    const longest = new Map<number, number>();
    try {
      const startedMs = performance.now();
      await leads();
      const limitMs = LIMIT_MS + STARTS_ALLOWED * Math.min(LONGEST_START_MS, performance.now() - startedMs);
      for (let round = 1; round <= ROUNDS; round++)
        for (const stallS of STALLS_S) {
          zooKeeper.freeze();
          await pause(stallS * 1_000);
          const startMs = performance.now();
          zooKeeper.resume();
          await leads();
          // An answer may have come from a life that does not know yet that its session is over.
          await until('a leader that stays', async () => {
            const { port } = scheduler;
            const health = await fetch(`http://127.0.0.1:${port}/leaderhealth`).catch(() => undefined);
            return health?.status === 200;
          });
          const ms = performance.now() - startMs;
          longest.set(stallS, Math.max(longest.get(stallS) ?? 0, ms));
          assert.ok(ms < limitMs, `round ${round}, ${stallS} s: ${Math.round(ms)} ms after the return`);
          // What it leads with is whole: a write goes through, too.
          const quota = { resources: [{ numCpus: round }, { ramMb: 1n }, { diskMb: 1n }] };
          const { response } = await api.call('setQuota', { ownerRole: 'web', quota });
          assert.is(response.responseCode, 'OK', JSON.stringify(response.details));
        }
      count('ZooKeeper stalls survived', ROUNDS * STALLS_S.length);
      for (const [stallS, ms] of longest)
        count(`ZooKeeper stalled ${stallS} s: longest time to lead again, ms`, Math.round(ms));
    } catch (error) {
      console.error(scheduler.deaths.join('\n').slice(-4_000), scheduler.life().log().slice(-4_000));
      throw error;
    } finally {
      zooKeeper.resume();
      await scheduler.stop();
      await zooKeeper.stop();
      await mesos.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
  30_000 +
    ROUNDS *
      STALLS_S.reduce(
        (sum, stallS) => sum + stallS * 1_000 + LIMIT_MS + 5_000 + STARTS_ALLOWED * LONGEST_START_MS,
        0,
      ),
);

test.run();
