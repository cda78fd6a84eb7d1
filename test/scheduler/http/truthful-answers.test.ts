/**
 * Fault 1 of the second round: a write that happened was answered "nothing happened". Clients repeat a call that was
 * answered ERROR_TRANSIENT without asking anybody, so here every call that changes something meets every point of
 * failure, and ERROR_TRANSIENT may come only where the stores, the log, Mesos and the backups are as they were.
 */
import {
  CALLS,
  type CallName,
  callOf,
  decodeMessage,
  encodeMessage,
  isReadCall,
  type Wire,
} from '../../../src/api/index.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { seededRandom } from '../../../src/base/random.ts';
import { parseSchedulerFlags } from '../../../src/scheduler/flags/parse.ts';
import type { Leader } from '../../../src/scheduler/http/leader-redirect.ts';
import { siteRules } from '../../../src/scheduler/http/site-rules.ts';
import { executors } from '../../../src/scheduler/launch/executors.ts';
import { lifecycle } from '../../../src/scheduler/lifecycle.ts';
import type { MesosCalls } from '../../../src/scheduler/mesos/mesos-calls.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { offerOrder } from '../../../src/scheduler/offers/offer-order.ts';
import { loadPageLinks } from '../../../src/scheduler/page-links.ts';
import { schedulerParts } from '../../../src/scheduler/parts/parts.ts';
import { openStorage } from '../../../src/scheduler/storage/index.ts';
import { loadTiers } from '../../../src/scheduler/tiers.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { memoryDisk } from '../backup/memory-disk.ts';
import { taskConfig } from '../builders.ts';
import { type MemoryLog, memoryLog } from '../storage/memory-log.ts';
import { deflateNow, sampleTask } from '../storage/sample.ts';
import { argsOf, RUNNING } from './sample-args.ts';

const test = suite('truthful answers');

const MUTATING = (Object.keys(CALLS) as CallName[]).filter((method) => !isReadCall(method));
interface Scene {
  readonly log: MemoryLog;
  leader: Leader;
  /** What the next append, or the next snapshot, does. */
  failing: 'nothing' | 'lost' | 'kept' | 'snapshot lost' | 'snapshot kept';
  /** Called when an append is under way. */
  onAppend: () => void;
  call(method: CallName): Promise<Wire<'Response'>>;
  close(): Promise<void>;
  /** All that a call may have changed: stores, log, calls of Mesos, backups, what is staged. */
  trace(): Promise<string>;
  closeStorage(): Promise<void>;
  die(): void;
}

async function scene(): Promise<Scene> {
  const clock = manualClock();
  const inner = memoryLog([], {}, clock.nowMs);
  const options = { ...parseSchedulerFlags([]), backupDir: '/backups' };
  const count = counters(clock);
  const life = lifecycle(count, silentLogger);
  for (const state of [
    'PREPARING_STORAGE',
    'STORAGE_PREPARED',
    'LEADER_AWAITING_REGISTRATION',
    'ACTIVE',
  ] as const)
    life.to(state);
  const disk = memoryDisk();
  const told: string[] = [];
  const tell = (what: string) => told.push(what);
  const calls: MesosCalls = {
    accept: (_offers, _tasks, settled) => queueMicrotask(() => settled(true)),
    decline: () => {},
    kill: ({ taskId }) => void tell(`kill ${taskId}`),
    acknowledge: () => {},
    reconcile: (tasks) => void tell(`reconcile ${tasks.length}`),
    suppress: async () => true,
    revive: async () => true,
    acceptInverseOffers: () => {},
    declineInverseOffers: () => {},
  };
  const made: Partial<Scene> & { leader: Leader; failing: Scene['failing']; onAppend: () => void } = {
    leader: 'self',
    failing: 'nothing',
    onAppend: () => {},
  };
  const failed = () => new AuroraError('STORAGE', 'the disk is gone');
  const log: typeof inner = {
    ...inner,
    async append(record) {
      made.onAppend();
      if (made.failing === 'kept') await inner.append(record);
      if (made.failing === 'kept' || made.failing === 'lost') throw failed();
      await inner.append(record);
    },
    async writeSnapshot(chunks, about) {
      if (made.failing === 'snapshot lost') throw failed();
      await inner.writeSnapshot(chunks, about);
      if (made.failing === 'snapshot kept') throw failed();
    },
  };
  const storage = await openStorage({
    log,
    clock,
    logger: silentLogger,
    onFatal: () => {},
    deflate: deflateNow,
  });
  await storage.write((tx) => {
    tx.tasks.save(sampleTask(RUNNING, 0, 'RUNNING', taskConfig()));
    tx.tasks.save(sampleTask('done', 1, 'FINISHED', taskConfig()));
  });
  const parts = schedulerParts({
    options,
    hostname: 'scheduler.example.com',
    sites: siteRules(options, 'scheduler.example.com'),
    tiers: loadTiers(undefined),
    links: loadPageLinks(undefined),
    executors: executors({ ...options, thermosExecutorPath: 'http://files/executor' }),
    order: offerOrder(options.offerOrder),
    clock,
    random: seededRandom(1),
    log: silentLogger,
    counters: count,
    storage,
    calls,
    life,
    leader: () => made.leader,
    version: undefined,
    backupDisk: disk,
    end: (reason) => void tell(`end ${reason}`),
  });
  const call = async (method: CallName) => {
    const type = 'application/vnd.apache.thrift.binary';
    const response = await parts.http.fetch(
      new Request('http://scheduler.example.com/api', {
        method: 'POST',
        headers: { 'Content-Type': type, Accept: type, 'Bypass-Leader-Redirect': '1' },
        body: encodeMessage(callOf(method, argsOf(method) as never), 'binary') as Uint8Array<ArrayBuffer>,
      }),
    );
    const reply = decodeMessage(new Uint8Array(await response.arrayBuffer()), 'binary');
    if (reply.kind !== 'reply') throw new Error(`${method}: ${JSON.stringify(reply)}`);
    return reply.response;
  };
  const scene = Object.assign(made, {
    log: inner,
    call,
    die: () => void life.to('DEAD'),
    closeStorage: storage.close,
    async close() {
      parts.close();
      await storage.close();
    },
    async trace() {
      const recovered: string[] = [];
      await inner.again().recover({
        restart: () => recovered.splice(0),
        apply: (bytes) => void recovered.push(Buffer.from(bytes).toString('base64')),
      });
      const tasks = storage.read(({ tasks }) =>
        tasks.find({}).map(({ assignedTask, status }) => `${assignedTask.taskId} ${status}`),
      );
      return JSON.stringify([
        recovered,
        tasks,
        told,
        disk.calls.filter((one) => /^(write|rename|remove)/.test(one)),
      ]);
    },
  });
  return scene as Scene;
}

/** What goes wrong, and whether it is known before the call has begun. */
const POINTS: Readonly<Record<string, { readonly before: boolean; set(scene: Scene): unknown }>> = {
  'the scheduler is stopping': { before: true, set: (scene) => scene.die() },
  'the state is closed': { before: true, set: (scene) => scene.closeStorage() },
  'another one leads': {
    before: true,
    set(scene) {
      scene.leader = 'nobody';
    },
  },
  'the append fails and leaves nothing': {
    before: false,
    set(scene) {
      scene.failing = 'lost';
    },
  },
  'the append fails but the record is there': {
    before: false,
    set(scene) {
      scene.failing = 'kept';
    },
  },
  'the snapshot fails': {
    before: false,
    set(scene) {
      scene.failing = 'snapshot lost';
    },
  },
  'the snapshot fails but is there': {
    before: false,
    set(scene) {
      scene.failing = 'snapshot kept';
    },
  },
  'the lead is lost while the record is written': {
    before: false,
    set(scene) {
      scene.onAppend = () => {
        scene.leader = 'nobody';
      };
    },
  },
  'the lead is lost right after the call has begun': {
    before: false,
    set(scene) {
      let asked = 0;
      Object.defineProperty(scene, 'leader', { get: () => (asked++ === 0 ? 'self' : 'nobody') });
    },
  },
  'the scheduler stops while the record is written': {
    before: false,
    set(scene) {
      scene.onAppend = () => {
        scene.die();
        void scene.closeStorage();
      };
    },
  },
};

const RECOVERY: readonly CallName[] = ['deleteRecoveryTasks', 'commitRecovery', 'unloadRecovery'];

const NEEDS_BACKUP = new Set<CallName>([...RECOVERY, 'stageRecovery', 'restoreJob']);

/** The scene in which the call does something. */
async function readyFor(method: CallName): Promise<Scene> {
  const made = await scene();
  if (NEEDS_BACKUP.has(method)) assert.is((await made.call('performBackup')).responseCode, 'OK');
  if (RECOVERY.includes(method)) assert.is((await made.call('stageRecovery')).responseCode, 'OK');
  return made;
}

test('undisturbed, calls that are built do what they say', async () => {
  const done: string[] = [];
  for (const method of MUTATING) {
    const made = await readyFor(method);
    const { responseCode, details } = await made.call(method);
    const text = details?.map(({ message }) => message).join() ?? '';
    if (responseCode === 'OK') done.push(method);
    else if (!/not supported by this version/.test(text))
      assert.not.equal(responseCode, 'ERROR_TRANSIENT', `${method}: ${text}`);
    await made.close();
  }
  for (const method of [
    'createJob',
    'addInstances',
    'killTasks',
    'restartShards',
    'setQuota',
    'forceTaskState',
    'restoreJob',
    'commitRecovery',
    'pruneTasks',
    'snapshot',
  ])
    assert.ok(done.includes(method), `${method} does not work here, so what follows says nothing about it`);
}, 30_000);

let checked = 0;
for (const [point, { before, set }] of Object.entries(POINTS)) {
  test(`when ${point}: ERROR_TRANSIENT means that nothing happened`, async () => {
    for (const method of MUTATING) {
      const made = await readyFor(method);
      const was = await made.trace();
      await set(made);
      const { responseCode, details } = await made.call(method);
      const text = details?.map(({ message }) => message).join() ?? '';
      const isBuilt = !/not supported by this version/.test(text);
      if (responseCode === 'ERROR_TRANSIENT')
        assert.is(await made.trace(), was, `${method} was carried out: ${text}`);
      if (before && isBuilt) assert.is(responseCode, 'ERROR_TRANSIENT', `${method}: ${text}`);
      if (!before && responseCode === 'ERROR' && isBuilt && (await made.trace()) !== was)
        assert.match(text, /may or may not|see what became/, method);
      checked++;
      await made.close();
    }
    count('mutating calls x points of failure', checked);
  }, 30_000);
}

test('a change that is in the log is told as done, whoever leads by then', async () => {
  const made = await scene();
  made.onAppend = () => {
    made.leader = 'nobody';
  };
  assert.is((await made.call('addInstances')).responseCode, 'OK');
  await made.close();
});

test('a change whose append failed is told as doubtful, with a hint to look first', async () => {
  const made = await scene();
  made.failing = 'kept';
  const { responseCode, details } = await made.call('addInstances');
  assert.is(responseCode, 'ERROR');
  assert.match(
    details?.[0]?.message ?? '',
    /^addInstances may or may not have been carried out: the log failed: the disk is gone; see what became of it/,
  );
  await made.close();
});

test.run();
