import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { launchCluster, stopCluster } from '../../src/local/index.ts';
import { recordReader, type SchedulerCall, type SchedulerEvent } from '../../src/mesos/index.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('the embedded cluster after kill -9');

async function until<T>(look: () => T | undefined, what: string): Promise<T> {
  const endMs = performance.now() + 15_000;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > endMs) throw new Error(`did not come: ${what}`);
    await pause(20);
  }
}

/** Whether a process runs; one that nobody has waited for yet does not. */
const runs = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** Subscribes, as a new framework or as one that was here before. */
async function subscribe(master: string, id?: string) {
  const events: SchedulerEvent[] = [];
  const url = `http://${master}/api/v1/scheduler`;
  const headers = { 'Content-Type': 'application/json', Accept: 'application/json' };
  const member = id === undefined ? {} : { id: { value: id } };
  const framework_info = { user: '', name: 'test', checkpoint: true, failover_timeout: 600, ...member };
  const stream = request(url, { method: 'POST', headers, agent: false });
  stream.on('error', () => {});
  stream.end(
    JSON.stringify({
      type: 'SUBSCRIBE',
      ...(id === undefined ? {} : { framework_id: { value: id } }),
      subscribe: { framework_info },
    }),
  );
  const [answer] = await once(stream, 'response');
  const records = recordReader();
  answer.on('data', (bytes: Buffer) => {
    for (const record of records.feed(bytes)) events.push(JSON.parse(record.toString()) as SchedulerEvent);
  });
  answer.on('error', () => {});
  const first = await until(() => events.find(({ type }) => type === 'SUBSCRIBED'), 'SUBSCRIBED');
  const frameworkId = first.subscribed?.framework_id.value ?? '';
  return {
    events,
    frameworkId,
    async call(body: SchedulerCall) {
      const sent = request(url, {
        method: 'POST',
        headers: { ...headers, 'Mesos-Stream-Id': answer.headers['mesos-stream-id'] },
        agent: false,
      });
      sent.end(JSON.stringify({ framework_id: { value: frameworkId }, ...body }));
      const [reply] = await once(sent, 'response');
      reply.resume();
    },
    close: () => stream.destroy(),
  };
}

test('is started again with the same framework, agent and running task', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'aurora-survival-'));
  const pidFile = join(dataDir, 'pid');
  const launch = () => launchCluster({ dataDir, agentFlags: { executorShutdownGracePeriodMs: 200 } });
  try {
    const before = await launch();
    const first = await subscribe(before.master);
    const offer = await until(
      () => first.events.find(({ offers }) => offers)?.offers?.offers?.[0],
      'an offer',
    );
    const resources = [{ name: 'cpus', type: 'SCALAR' as const, scalar: { value: 0.1 } }];
    const value = `echo $$ > ${pidFile}; exec sleep 1000`;
    const { id, agent_id } = offer;
    const task = { name: 't', task_id: { value: 't' }, agent_id, resources, command: { value } };
    const operations = [{ type: 'LAUNCH' as const, launch: { task_infos: [task] } }];
    await first.call({ type: 'ACCEPT', accept: { offer_ids: [id], operations } });
    const pid = await until(
      () => (existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8'))) || undefined,
      'the task',
    );
    process.kill(before.pid, 'SIGKILL');
    await until(() => (runs(before.pid) ? undefined : true), 'the end of the process');
    first.close();

    const after = await launch();
    assert.ok(after.started);
    const second = await subscribe(after.master, first.frameworkId);
    assert.is(second.frameworkId, first.frameworkId);
    const back = await until(
      () => second.events.find(({ offers }) => offers)?.offers?.offers?.[0],
      'an offer of the agent',
    );
    assert.is(back.agent_id.value, agent_id.value);
    await second.call({ type: 'RECONCILE', reconcile: { tasks: [{ task_id: { value: 't' } }] } });
    const status = await until(
      () =>
        second.events.find(({ update }) => update?.status.reason === 'REASON_RECONCILIATION')?.update?.status,
      'the answer',
    );
    assert.match(status.state, /TASK_STARTING|TASK_RUNNING/);
    assert.ok(runs(pid), 'the same process still runs');
    second.close();
    await stopCluster({ dataDir });
    assert.not(runs(pid), 'a normal stop ends it');
  } finally {
    await stopCluster({ dataDir });
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 40_000);

test.run();
