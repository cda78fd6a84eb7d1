/**
 * Clients that take what they can: 2,000 connections that say nothing, 200 that send a byte a second, 50 that read
 * nothing of what they ask for, bodies of 10 GB that are announced. The scheduler works on beside them.
 * Longer: AURORA_HOSTILE_SECONDS=120 npm test -- hostile-clients
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';
import { exchange, rawRequest } from '../harness/raw-exchange.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { freePort, until } from './product.ts';
import { schedulerApi } from './scheduler-api.ts';
import { supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

/** Longer than a session: a scheduler that did not speak to ZooKeeper meanwhile is no leader any more. */
const SECONDS = Number(process.env.AURORA_HOSTILE_SECONDS ?? 12);
const SESSION_MS = 8_000;
const SILENT = 2_000;
const DRIPPING = 200;
const NOT_READING = 50;
const ANNOUNCING = 20;
const MOST_GROWTH_MB = 100;
/** Of one job, on agents that have no room for it: a reply is some 800 KB. */
const INSTANCES = 1_000;

const HOST = 'Host: 127.0.0.1';
const pause = (ms: number) => new Promise((next) => setTimeout(next, ms));

const residentMb = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

const allTasks = (extra: readonly string[] = []): string =>
  rawRequest('POST /apibeta/getTasksStatus HTTP/1.1', [HOST, ...extra], '{"query":{}}');

async function varsOf(port: number): Promise<Record<string, number>> {
  const answer = await fetch(`http://127.0.0.1:${port}/vars.json`, { headers: { Connection: 'close' } });
  return (await answer.json()) as Record<string, number>;
}

const test = suite('clients that take what they can');

test(
  `for ${SECONDS} s: Mesos and ZooKeeper keep this leader, calls are answered, memory grows by ${MOST_GROWTH_MB} MB at most`,
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'aurora-hostile-'));
    const mesos = await startSimulatedMesos();
    const zooKeeper = await startZooKeeper({ heapMb: 256, tickMs: 500 });
    const scheduler = supervise(await freePort(), [
      `-mesos_master_address=${mesos.master}`,
      `-zk_endpoints=${zooKeeper.address}`,
      `-zk_session_timeout=${SESSION_MS}ms`,
      '-serverset_path=/aurora/scheduler',
      '-native_log_zk_group_path=/aurora/log',
      `-data_dir=${join(home, 'data')}`,
      '-thermos_executor_path=/executor',
    ]);
    const { port } = scheduler;
    const sockets = new Set<Socket>();
    const open = (): Socket => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      sockets.add(socket);
      return socket;
    };
    let dripping: NodeJS.Timeout | undefined;
    try {
      const api = schedulerApi([port], 10_000);
      const job = { role: 'www', environment: 'prod', name: 'big' };
      const quota = { resources: [{ numCpus: 1e6 }, { ramMb: 10_000_000n }, { diskMb: 10_000_000n }] };
      await api.call('setQuota', { ownerRole: 'www', quota });
      const created = await api.call('createJob', {
        description: {
          key: job,
          owner: { user: 'www' },
          instanceCount: INSTANCES,
          taskConfig: {
            job,
            owner: { user: 'www' },
            isService: true,
            production: true,
            maxTaskFailures: 1,
            resources: [{ numCpus: 1000 }, { ramMb: 64n }, { diskMb: 64n }],
            metadata: [{ key: 'note', value: 'x'.repeat(200) }],
            executorConfig: { name: 'AuroraExecutor', data: '{}' },
          },
        },
      });
      assert.is(created.response.responseCode, 'OK', JSON.stringify(created.response.details));
      // What is loaded and grown once is there before: as many clients that read what they ask for.
      for (let round = 0; round < 3; round++)
        await Promise.all(
          Array.from({ length: NOT_READING }, async () => {
            const socket = open();
            assert.is((await exchange(socket, allTasks(['Connection: close']))).status, 200);
            socket.destroy();
          }),
        );
      const { pid } = scheduler.life();
      const before = residentMb(pid);
      const attempts = (await varsOf(port)).mesos_scheduler_subscription_attempts;

      for (let made = 0; made < SILENT; made++) open();
      const slow = Array.from({ length: DRIPPING }, (_, at) => {
        const socket = open();
        const head = `POST /api HTTP/1.1\r\n${HOST}\r\n`;
        // Half of them never end their head, half never end their body.
        socket.write(at % 2 === 0 ? head : `${head}Content-Length: 1000000\r\n\r\n`);
        return socket;
      });
      dripping = setInterval(() => {
        for (const socket of slow) socket.write('x');
      }, 1000);
      for (let made = 0; made < NOT_READING; made++) {
        const socket = open();
        socket.pause();
        socket.write(made % 5 === 0 ? rawRequest('GET /events HTTP/1.1', [HOST]) : allTasks().repeat(20));
      }
      for (let made = 0; made < ANNOUNCING; made++) {
        const socket = open();
        const head = rawRequest('POST /api HTTP/1.1', [HOST, `Content-Length: ${10 * 2 ** 30}`]);
        const answer = await exchange(socket, head);
        assert.is(answer.status, 413);
      }

      let most = before;
      let longestMs = 0;
      const untilMs = performance.now() + SECONDS * 1000;
      for (let round = 0; performance.now() < untilMs; round++) {
        const startMs = performance.now();
        const ownerRole = `role-${round % 10}`;
        const { response } = await api.call('setQuota', { ownerRole, quota });
        assert.is(response.responseCode, 'OK', JSON.stringify(response.details));
        longestMs = Math.max(longestMs, performance.now() - startMs);
        most = Math.max(most, residentMb(pid));
        await pause(250);
      }
      const vars = await varsOf(port);
      assert.ok(
        vars.http_connections_open! >= SILENT + DRIPPING,
        `${vars.http_connections_open} connections`,
      );
      assert.is(vars.framework_registered, 1);
      assert.is(vars.mesos_scheduler_subscription_attempts, attempts, 'Mesos was lost');
      assert.is(scheduler.life().pid, pid, scheduler.deaths.join('\n').slice(-3_000));
      await until('the leader', async () => {
        const health = await fetch(`http://127.0.0.1:${port}/leaderhealth`, {
          headers: { Connection: 'close' },
        });
        return health.status === 200;
      });
      count('hostile clients: growth, MB', Math.round(most - before));
      count('hostile clients: longest write, ms', Math.round(longestMs));
      assert.ok(most - before <= MOST_GROWTH_MB, `${Math.round(before)} MB became ${Math.round(most)} MB`);
    } catch (error) {
      console.error(scheduler.life().log().slice(-3_000));
      throw error;
    } finally {
      clearInterval(dripping);
      for (const socket of sockets) socket.destroy();
      await scheduler.stop();
      await zooKeeper.stop();
      await mesos.stop();
      rmSync(home, { recursive: true, force: true });
    }
  },
  180_000 + SECONDS * 2_000,
);

test.run();
