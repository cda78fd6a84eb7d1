import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { type ByteReader, byteReader } from '../../../src/scheduler/storage/bytes.ts';
import { type Log, openLocalLog } from '../../../src/scheduler/storage/index.ts';
import { KIND, RECORD_FORMAT, readHead } from '../../../src/scheduler/storage/record-format.ts';
import { OP } from '../../../src/scheduler/storage/store-table.ts';
import { readTask } from '../../../src/scheduler/storage/task-codec.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { OPS_ADDED, writeFixture } from './fixtures/write.ts';
import { contents, sampleConfig, sampleTask, storageOn } from './sample.ts';

const test = suite('formats of the log, old and present');

const FIXTURES = join(import.meta.dirname, 'fixtures');
const formats = (await readdir(FIXTURES)).filter((name) => name.startsWith('format-'));
/** Has every op of this version. */
const PRESENT = `format-${RECORD_FORMAT}.${OPS_ADDED}`;

async function onCopy<T>(format: string, use: (log: Log) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-format-'));
  try {
    await cp(join(FIXTURES, format), directory, { recursive: true });
    return await use(await openLocalLog({ directory, clock: manualClock(), logger: silentLogger }));
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('the log of every format is opened by this version, and goes on', async () => {
  assert.ok(formats.includes(PRESENT), 'this format has its fixture');
  for (const format of formats) {
    const expected = JSON.parse(await readFile(join(FIXTURES, format, 'expected.json'), 'utf8'));
    await onCopy(format, async (log) => {
      const storage = await storageOn(log);
      const held = JSON.parse(JSON.stringify(storage.read(contents)));
      // What an earlier version had no table for stands in another one there.
      for (const table of Object.keys(held)) if (!(table in expected)) delete held[table];
      assert.equal(held, expected, format);
      await storage.write((tx) => tx.tasks.save(sampleTask('new', 0)));
      await storage.snapshot();
      await storage.close();
    });
  }
  count('formats of the log opened', formats.length);
});

const keyed = (op: ByteReader) => {
  op.text();
  op.bytes();
};
const byText = (op: ByteReader) => void op.text();

/** What follows the number of each op, by a second hand. */
const BODIES: Readonly<Record<keyof typeof OP, (op: ByteReader) => void>> = {
  defineConfig(op) {
    op.int();
    op.bytes();
  },
  saveTask: (op) => {
    const taskId = op.text();
    const before = sampleTask(taskId, 0);
    readTask(
      op,
      taskId,
      before,
      () => sampleConfig(),
      (text) => text,
    );
  },
  deleteTask: byText,
  saveCronJob: keyed,
  deleteCronJob: byText,
  saveQuota: keyed,
  deleteQuota: byText,
  saveMaintenance: keyed,
  deleteMaintenance: byText,
  saveFrameworkId: keyed,
  deleteFrameworkId: byText,
  saveUpdate: keyed,
  deleteUpdate: byText,
  addUpdateEvent: keyed,
  addInstanceEvent: keyed,
  saveAgent: keyed,
  deleteAgent: byText,
  saveRestoration: keyed,
  deleteRestoration: byText,
  saveMode: keyed,
  deleteMode: byText,
  saveUpdateProgress(op) {
    op.text();
    op.u8();
    for (let number = 0; number < 3; number++) op.int();
  },
  saveUpdatePulse(op) {
    op.text();
    op.int();
  },
  addUpdateFailure(op) {
    op.text();
    op.int();
  },
  saveCronProgress: keyed,
  deleteCronProgress: byText,
};
/** A framework id is never taken back; its table could. */
const NEVER_WRITTEN = ['deleteFrameworkId'];

function opsOf(bytes: Uint8Array): { kind: number; names: string[] } {
  const reader = byteReader(bytes);
  const { kind } = readHead(reader);
  const ops = kind === KIND.snapshot ? byteReader(inflateRawSync(reader.rest())) : reader;
  const names: string[] = [];
  while (!ops.done()) {
    const number = ops.u8();
    const name = Object.entries(OP).find(([, op]) => op === number)?.[0] as keyof typeof OP;
    BODIES[name](ops);
    names.push(name);
  }
  return { kind, names };
}

test('what this version writes has a snapshot, and records of every op', async () => {
  const seen = { [KIND.snapshot]: new Set<string>(), [KIND.changes]: new Set<string>() };
  const directory = await mkdtemp(join(tmpdir(), 'aurora-format-'));
  await writeFixture(directory);
  const log = await openLocalLog({ directory, clock: manualClock(), logger: silentLogger });
  await log.recover({
    restart: () => {},
    apply(bytes) {
      const { kind, names } = opsOf(bytes);
      for (const name of names) seen[kind as keyof typeof seen].add(name);
    },
  });
  await log.close();
  await rm(directory, { recursive: true });
  assert.equal(
    Object.keys(OP).filter((name) => !seen[KIND.changes].has(name)),
    NEVER_WRITTEN,
  );
  for (const name of Object.keys(OP).filter((op) => /^(save|add|define)/.test(op)))
    assert.ok(seen[KIND.snapshot].has(name), `${name} in the snapshot`);
});

test('the fixture of this format is what this version writes', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'aurora-format-'));
  const held = await writeFixture(directory);
  const expected = await readFile(join(FIXTURES, PRESENT, 'expected.json'), 'utf8');
  assert.equal(JSON.parse(JSON.stringify(held)), JSON.parse(expected));
  await rm(directory, { recursive: true });
});

test.run();
