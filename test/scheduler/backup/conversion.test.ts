/** What stands in a backup file, and what our stores make of it. */
import { createRequire } from 'node:module';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  decodeStruct,
  encodeStruct,
  normalise,
  type TaskConfig,
  toNumber,
  type Wire,
} from '../../../src/api/index.ts';
import { AuroraError } from '../../../src/base/errors.ts';
import { encodeSnapshot, snapshotView } from '../../../src/scheduler/backup/backup-writer.ts';
import { loadBackup } from '../../../src/scheduler/backup/load-backup.ts';
import { readBackup } from '../../../src/scheduler/backup/read-backup.ts';
import { wireUpdate } from '../../../src/scheduler/backup/stored-update.ts';
import type { ReadStores, Storage } from '../../../src/scheduler/storage/index.ts';
import { typeInMemory, VECTORS } from '../../api/golden-values.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { memoryLog } from '../storage/memory-log.ts';
import { applyAll, someChanges } from '../storage/random-changes.ts';
import { contents, sampleConfig, sampleTask, storageOn } from '../storage/sample.ts';
import { diskWith } from './memory-disk.ts';

const test = suite('backup format');

type Snapshot = Wire<'storage.Snapshot'>;
const FACTS = { takenMs: 1_700_000_000_000, details: { 'build.version': '1' } };

const encoded = (stores: ReadStores): Buffer =>
  Buffer.concat([...encodeSnapshot(snapshotView(stores), FACTS)]);

const loaded = (bytes: Uint8Array) => loadBackup(diskWith('backup', bytes), '/backup');

const snapshotBytes = (snapshot: Snapshot): Uint8Array => encodeStruct('storage.Snapshot', snapshot);

/** The snapshot that the stores amount to, as one value of the API's table. */
function wholeSnapshot({
  tasks,
  hosts,
  modes,
  cronJobs,
  framework,
  quotas,
  jobUpdates,
  maintenance,
}: ReadStores): Snapshot {
  const id = framework.id();
  return {
    timestamp: FACTS.takenMs,
    hostAttributes: [...hosts.all()]
      .filter(({ slaveId }) => slaveId !== undefined)
      .map((agent) => ({ ...agent, mode: modes.of(agent.host) })),
    tasks: [...tasks.all()],
    cronJobs: [...cronJobs.all()].map((jobConfiguration) => ({ jobConfiguration })),
    schedulerMetadata: { ...(id === undefined ? {} : { frameworkId: id }), details: FACTS.details },
    quotaConfigurations: [...quotas.all()].map(([role, quota]) => ({ role, quota })),
    jobUpdateDetails: jobUpdates.view().map((updateThen) => wireUpdate(updateThen())),
    hostMaintenanceRequests: [...maintenance.all()],
  };
}

/** Quotas whole and strategies set, as a scheduler stores them; a backup does not tell of an earlier restoration. */
const asStored = (storage: Storage) =>
  storage.write((tx) => {
    tx.restoration.clear();
    // A backup has the mode in the entries of the host's agents.
    for (const [host] of [...tx.modes.all()]) if (!tx.hosts.get(host)) tx.modes.set(host, 'NONE');
    for (const [role] of [...tx.quotas.all()])
      tx.quotas.save(role, { resources: [{ numCpus: 1.5 }, { ramMb: 128 }, { diskMb: 64 }] });
    for (const { key } of [...tx.jobUpdates.summaries()]) {
      const { summary, instructions } = tx.jobUpdates.get(key)!.update;
      const { state: _, ...rest } = summary;
      const settings = { ...instructions.settings, updateStrategy: { queueStrategy: { groupSize: 1 } } };
      tx.jobUpdates.save({ summary: rest, instructions: { ...instructions, settings } });
    }
  });

const RUNS = 60;

test('any state is the same after a backup and its return', async () => {
  const state = fc.array(someChanges, { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(state, async (writes) => {
      const storage = await storageOn(memoryLog());
      for (const changes of writes) await storage.write((tx) => applyAll(tx, changes));
      await asStored(storage);
      const bytes = storage.read(encoded);
      const whole = storage.read(wholeSnapshot);
      assert.equal(bytes, Buffer.from(snapshotBytes(whole)), 'bytes as of the table');
      const { tables, takenMs, doubled } = await loaded(bytes);
      assert.equal(contents(tables.stores), storage.read(contents));
      assert.is(takenMs, FACTS.takenMs);
      assert.equal(doubled, []);
    }),
    { numRuns: RUNS },
  );
  count('backup: random states there and back', RUNS);
}, 60_000);

/** The golden value with enums and quotas that mean something; the vectors hold arbitrary numbers. */
function meaningful(): Snapshot {
  const vector = VECTORS.find(({ id }) => id === 'storage/snapshot')!;
  const text = JSON.stringify(vector.value).replace(
    /"(mode|status|action|cronCollisionPolicy)":\d+/g,
    '"$1":1',
  );
  const { snapshot } = typeInMemory('storage.LogEntry', JSON.parse(text)) as { snapshot: Snapshot };
  const { details } = snapshot.jobUpdateDetails![0]!;
  const quota = { resources: [{ numCpus: 4 }, { ramMb: 1024 }, { diskMb: 2048 }] };
  return {
    ...snapshot,
    quotaConfigurations: [{ role: 'shop', quota }],
    jobUpdateDetails: [
      {
        details: {
          ...details,
          updateEvents: [
            { status: 'ROLLED_FORWARD', timestampMs: 20 },
            { status: 'ROLLING_FORWARD', timestampMs: 10 },
          ],
          instanceEvents: [{ instanceId: 0, timestampMs: 15, action: 'INSTANCE_UPDATED' }],
        },
      },
    ],
  };
}

test('a snapshot of the reference data is read, whole or deduplicated, plain or compressed', async () => {
  const snapshot = meaningful();
  const task = snapshot.tasks![0]!;
  const { task: config, ...assigned } = task.assignedTask!;
  const partial = { ...task, assignedTask: assigned };
  const entry = encodeStruct('storage.LogEntry', { snapshot });
  const deduplicated = encodeStruct('storage.LogEntry', {
    deduplicatedSnapshot: {
      partialSnapshot: { ...snapshot, tasks: [] },
      partialTasks: [{ partialScheduledTask: partial, taskConfigId: 0 }],
      taskConfigs: [config as Wire<'TaskConfig'>],
    },
  });
  const plain = snapshotBytes(snapshot);
  const deflated = (bytes: Uint8Array) =>
    encodeStruct('storage.LogEntry', { deflatedEntry: new Uint8Array(deflateSync(bytes)) });
  const forms = [plain, gzipSync(plain), entry, deflated(entry), deduplicated, deflated(deduplicated)];
  const expected = contents((await loaded(plain)).tables.stores);
  for (const form of forms) assert.equal(contents((await loaded(form)).tables.stores), expected);
  const { stores } = (await loaded(plain)).tables;
  assert.equal([...stores.tasks.all()], [normalise('ScheduledTask', task)]);
  const { mode, ...agent } = normalise('HostAttributes', snapshot.hostAttributes![0]!);
  assert.equal(stores.hosts.get('agent1.example.test'), agent);
  assert.is(stores.modes.of('agent1.example.test'), mode);
  assert.is(stores.framework.id(), 'fw-0001');
  assert.is([...stores.cronJobs.all()].length, 1);
  assert.is([...stores.maintenance.all()].length, 1);
  count('golden/thrift stored snapshots', forms.length);
});

test('empty sets are read, and nothing is made of them', async () => {
  const vector = VECTORS.find(({ id }) => id === 'storage/snapshot-empty-sets')!;
  const { tables, takenMs } = await loaded(Buffer.from(vector.binaryStrictBase64 as string, 'base64'));
  assert.is(takenMs, 0);
  assert.is(tables.stores.tasks.size, 0);
  assert.is(tables.stores.framework.id(), undefined);
});

test("an update's state is what its events say, in the order of their times", async () => {
  const snapshot = meaningful();
  const { key } = snapshot.jobUpdateDetails![0]!.details!.update!.summary!;
  const { stores } = (await loaded(snapshotBytes(snapshot))).tables;
  const summary = stores.jobUpdates.summary(key as never);
  assert.equal(summary?.state, {
    status: 'ROLLED_FORWARD',
    createdTimestampMs: 10,
    lastModifiedTimestampMs: 20,
  });
});

test('updates from before strategies get the one that their settings meant', async () => {
  for (const waits of [true, false]) {
    const snapshot = meaningful();
    const { details } = snapshot.jobUpdateDetails![0]!;
    const { instructions } = details!.update!;
    const { updateStrategy: _, ...settings } = instructions!.settings!;
    const old = { ...settings, waitForBatchCompletion: waits, updateGroupSize: 7 };
    const update = { ...details!.update!, instructions: { ...instructions!, settings: old } };
    const bytes = snapshotBytes({ ...snapshot, jobUpdateDetails: [{ details: { ...details!, update } }] });
    const [summary] = [...(await loaded(bytes)).tables.stores.jobUpdates.view()];
    assert.equal(
      summary?.().details.update.instructions.settings.updateStrategy,
      waits
        ? { batchStrategy: { groupSize: 7, autopauseAfterBatch: false } }
        : { queueStrategy: { groupSize: 7 } },
    );
  }
});

test('hosts without an agent are dropped', async () => {
  const hosts = [
    { host: 'a', attributes: [], slaveId: 's' },
    { host: 'b', attributes: [] },
  ];
  const { stores } = (await loaded(snapshotBytes({ hostAttributes: hosts }))).tables;
  assert.equal(
    [...stores.hosts.all()].map(({ host }) => host),
    ['a'],
  );
});

/** A struct's bytes with further fields, whose ids follow. */
const withFields = (struct: Uint8Array, ...fields: Buffer[]): Buffer =>
  Buffer.concat([struct.subarray(0, -1), ...fields, Buffer.from([0])]);

const i64Field = (id: number, value: number): Buffer => {
  const bytes = Buffer.alloc(11);
  bytes.writeUInt8(10);
  bytes.writeInt16BE(id, 1);
  bytes.writeBigInt64BE(BigInt(value), 3);
  return bytes;
};

test('what a later version wrote and this one does not know is named, wherever it stands', async () => {
  const snapshot = meaningful();
  const [task] = snapshot.tasks!;
  const { task: config, ...assigned } = task!.assignedTask!;
  const newer = i64Field(99, 7);
  const struct = (id: number, bytes: Uint8Array) => Buffer.concat([Buffer.from([12, 0, id]), bytes]);
  const config99 = withFields(encodeStruct('TaskConfig', config!), newer);
  const assigned99 = withFields(encodeStruct('AssignedTask', assigned), struct(4, config99), newer);
  const { assignedTask: _, status: __, ...rest } = task!;
  // Status 77 has no name; the field of that name follows with a known one, so that the task can be read.
  const status = (value: number) => Buffer.from([8, 0, 2, 0, 0, 0, value]);
  const task99 = withFields(
    encodeStruct('ScheduledTask', rest),
    struct(1, assigned99),
    status(77),
    status(2),
  );
  const set = (id: number, element: Uint8Array) =>
    Buffer.concat([Buffer.from([14, 0, id, 12, 0, 0, 0, 1]), element]);
  const empty = Buffer.from([14, 0, 9, 12, 0, 0, 0, 0]);
  const bytes = withFields(snapshotBytes({ timestamp: 1 }), set(4, task99), newer, empty);
  const leftOut: string[] = [];
  await loadBackup(diskWith('backup', bytes), '/backup', (path) => leftOut.push(path));
  assert.equal(leftOut.sort(), [
    'ScheduledTask.assignedTask.field 99',
    'ScheduledTask.assignedTask.task.field 99',
    'ScheduledTask.status',
    'Snapshot.field 99',
  ]);
  const known: string[] = [];
  await loadBackup(diskWith('backup', snapshotBytes(snapshot)), '/backup', (path) => known.push(path));
  assert.equal(known, []);
});

test('configurations from before resources and tiers are understood', async () => {
  const { resources: _, tier: __, ...bare } = sampleConfig();
  const cpus = Buffer.alloc(11);
  cpus.set([4, 0, 8]);
  cpus.writeDoubleBE(1.5, 3);
  const ports = Buffer.concat([Buffer.from([14, 0, 21, 11, 0, 0, 0, 1, 0, 0, 0, 4]), Buffer.from('http')]);
  const read = async (production: boolean): Promise<TaskConfig> => {
    const config = withFields(
      encodeStruct('TaskConfig', { ...bare, production }),
      cpus,
      i64Field(9, 128),
      i64Field(10, 64),
      ports,
    );
    const assigned = withFields(
      encodeStruct('AssignedTask', { taskId: 't' }),
      Buffer.from([12, 0, 4]),
      config,
    );
    const task = withFields(
      encodeStruct('ScheduledTask', {}),
      Buffer.from([12, 0, 1]),
      assigned,
      encodeStruct('ScheduledTask', { status: 'PENDING' }).subarray(0, -1) as Buffer,
    );
    const snapshot = withFields(
      encodeStruct('storage.Snapshot', {}),
      Buffer.from([14, 0, 4, 12, 0, 0, 0, 1]),
      task,
    );
    return (await loaded(snapshot)).tables.stores.tasks.get('t')!.assignedTask.task;
  };
  const old = await read(true);
  assert.equal(old.resources, [{ numCpus: 1.5 }, { ramMb: 128 }, { diskMb: 64 }, { namedPort: 'http' }]);
  assert.is(old.tier, 'preferred');
  assert.is((await read(false)).tier, 'preemptible');
});

test('of two active tasks of an instance the newer is taken, and the other named', async () => {
  const at = (taskId: string, timestamp: number) => ({
    ...sampleTask(taskId, 0, 'RUNNING'),
    taskEvents: [{ timestamp, status: 'RUNNING' as const }],
  });
  const pairs = [
    [at('old', 1), at('new', 2)],
    [at('new', 2), at('old', 1)],
  ];
  for (const tasks of pairs) {
    const { tables, doubled } = await loaded(snapshotBytes({ tasks }));
    assert.equal(
      [...tables.stores.tasks.all()].map(({ assignedTask }) => assignedTask.taskId),
      ['new'],
    );
    assert.equal(doubled, ['old']);
  }
});

const refusal = async (bytes: Uint8Array): Promise<AuroraError> => {
  try {
    await loaded(bytes);
  } catch (error) {
    if (error instanceof AuroraError) return error;
    throw error;
  }
  throw new Error('it was read');
};

test('a quota of other resources is refused, naming its role', async () => {
  const quota = { resources: [{ numCpus: 1 }, { ramMb: 1 }] };
  const { message, code } = await refusal(snapshotBytes({ quotaConfigurations: [{ role: 'web', quota }] }));
  assert.is(code, 'BACKUP');
  assert.match(message, /quota of role web .*numCpus, ramMb and diskMb.*\/backup/);
});

test('a backup cut off anywhere is refused, never half taken', async () => {
  const bytes = snapshotBytes(meaningful());
  for (let length = 0; length < bytes.length; length++) {
    const { message } = await refusal(bytes.subarray(0, length));
    assert.match(message, /the input ends at byte \d+, inside a value/, `${length} bytes`);
  }
  const zipped = gzipSync(bytes);
  for (const length of [1, 12, 100, zipped.length - 1])
    assert.is((await refusal(zipped.subarray(0, length))).code, 'BACKUP');
  count('backup: cut off at every byte', bytes.length);
}, 30_000);

test('what is no backup is refused', async () => {
  const deep = Buffer.concat([
    Buffer.from([10, 0, 1]),
    Buffer.alloc(8),
    Buffer.alloc(3 * 5000, Buffer.from([12, 0, 4])),
  ]);
  const minus = Buffer.from([14, 0, 4, 12, 0xff, 0xff, 0xff, 0xff]);
  const texts = Buffer.from([14, 0, 4, 11, 0, 0, 0, 1, 0, 0, 0, 0, 0]);
  const noType = Buffer.from([9, 0, 1, 0, 0, 0]);
  for (const bytes of [deep, minus, texts, noType, Buffer.from('hello, this is a text\n')])
    assert.is((await refusal(bytes)).code, 'BACKUP');
});

test('it does not matter in which pieces a backup comes', async () => {
  const bytes = Buffer.from(snapshotBytes(meaningful()));
  const items = async (size: number) => {
    const taken: unknown[] = [];
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    await readBackup(pieces(), (item) => taken.push(item));
    return taken;
  };
  const whole = await items(bytes.length);
  for (const size of [1, 2, 3, 7, 64, 1000]) assert.equal(await items(size), whole);
});

test('the thrift package reads what we write, to the last byte', async () => {
  const { stores } = (await loaded(snapshotBytes(meaningful()))).tables;
  const bytes = encoded(stores);
  const thrift = createRequire(import.meta.url)('thrift');
  const transport = new thrift.TBufferedTransport();
  transport.inBuf = bytes;
  transport.writeCursor = bytes.length;
  new thrift.TBinaryProtocol(transport).skip(thrift.Thrift.Type.STRUCT);
  assert.is(transport.readCursor, bytes.length);
  const back = decodeStruct('storage.Snapshot', bytes);
  assert.is(toNumber(back.timestamp ?? 0), FACTS.takenMs);
  assert.equal(back.schedulerMetadata, { frameworkId: 'fw-0001', details: FACTS.details });
});

test('a large state is written and read in pieces that hold nobody up', async () => {
  const storage = await storageOn(memoryLog());
  const configs = Array.from({ length: 100 }, (_, at) => sampleConfig(`job-${at}`));
  await storage.write((tx) => {
    for (let at = 0; at < 10_000; at++)
      tx.tasks.save(sampleTask(`task-${at}`, Math.floor(at / 100), 'RUNNING', configs[at % 100]));
  });
  const chunks = [...storage.read((stores) => encodeSnapshot(snapshotView(stores), FACTS))];
  const sizes = chunks.map(({ length }) => length);
  assert.ok(Math.max(...sizes) < 128 * 1024, `chunks of ${Math.max(...sizes)} bytes`);
  const disk = diskWith('backup', Buffer.concat(chunks));
  let turns = 0;
  let reading = true;
  const turn = () => {
    turns++;
    if (reading) setImmediate(turn);
  };
  setImmediate(turn);
  const { tables } = await loadBackup(disk, '/backup');
  reading = false;
  assert.is(tables.stores.tasks.size, 10_000);
  assert.ok(turns >= sizes.length / 2, `${turns} turns for ${sizes.length} chunks`);
}, 20_000);

test.run();
