import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  applyCheckpoint,
  emptyCheckpoint,
  readWholeCheckpoints,
  runnerFile,
  taskFile,
} from '../../../src/api/checkpoints/index.ts';
import { type Logger, silentLogger } from '../../../src/base/log.ts';
import { type ManualClock, manualClock } from '../../../src/base/manual-clock.ts';
import { taskJournal } from '../../../src/executor/checkpoints/journal.ts';
import { type JournalDisk, machineDisk } from '../../../src/executor/checkpoints/journal-file.ts';
import { decodeByChapterFour } from '../../api/checkpoints/chapter-four.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('checkpoint journal');

interface Setup {
  readonly root: string;
  readonly clock: ManualClock;
  readonly open: (disk?: JournalDisk, log?: Logger) => ReturnType<typeof taskJournal>;
}

async function inDirectory(body: (setup: Setup) => void | Promise<void>): Promise<void> {
  const root = join(mkdtempSync(join(tmpdir(), 'aurora-journal-')), 'checkpoints');
  const clock = manualClock();
  const open: Setup['open'] = (disk, log = silentLogger) =>
    taskJournal({
      root,
      taskId: 't-1',
      taskJson: '{"name":"t"}',
      header: {
        sandbox: '/s',
        hostname: 'h',
        user: 'u',
        uid: 7,
        ports: { http: 31_000 },
        log_dir: '/s/.logs',
      },
      clock,
      log,
      pid: 10,
      uid: 0,
      ...(disk ? { disk } : {}),
    });
  try {
    await body({ root, clock, open });
  } finally {
    rmSync(join(root, '..'), { recursive: true, force: true });
  }
}

const raw = (root: string) => readFileSync(runnerFile(root, 't-1'));
const finish = (journal: ReturnType<typeof taskJournal>, state: 'SUCCESS' | 'KILLED' = 'SUCCESS') =>
  new Promise<void>((done) => journal.finish(state, done));

test('a run of a task is the sequence of records that the format asks for, header second', () =>
  inDirectory(async ({ root, clock, open }) => {
    const journal = open();
    assert.is(readFileSync(taskFile(root, 'active', 't-1'), 'utf8'), '{"name":"t"}');
    journal.started('p', 71, 71);
    clock.advance(1500);
    journal.ended('p', { state: 'FAILED', returnCode: 3 });
    journal.notStarted('p');
    journal.started('q', 72, 72);
    journal.task('CLEANING');
    await finish(journal, 'KILLED');
    const records = decodeByChapterFour(raw(root));
    const told = records.map((record) => {
      const [[kind, fields]] = Object.entries(record) as [[string, Record<string, unknown>]];
      return `${kind} ${fields.process ?? ''}${fields.seq ?? ''} ${fields.state ?? ''}`.replace(/ +/g, ' ');
    });
    assert.equal(told, [
      'task_status ACTIVE',
      'runner_header ',
      'process_status p0 WAITING',
      'process_status p1 FORKED',
      'process_status p2 RUNNING',
      'process_status p3 FAILED',
      'process_status p4 WAITING',
      'process_status p5 FAILED',
      'process_status q0 WAITING',
      'process_status q1 FORKED',
      'process_status q2 RUNNING',
      'task_status CLEANING',
      'process_status q3 LOST',
      'task_status KILLED',
    ]);
    assert.equal(records[1]?.runner_header, {
      task_id: 't-1',
      launch_time_ms: clock.nowMs() - 1500,
      sandbox: '/s',
      hostname: 'h',
      user: 'u',
      uid: 7,
      ports: { http: 31_000 },
      log_dir: '/s/.logs',
    });
    assert.not.ok(existsSync(taskFile(root, 'active', 't-1')));
    assert.ok(existsSync(taskFile(root, 'finished', 't-1')));
  }));

test('a full disk takes nothing half-way and loses nothing that fits later', () =>
  inDirectory(async ({ root, clock, open }) => {
    let room = Number.POSITIVE_INFINITY;
    const warnings: string[] = [];
    const small: JournalDisk = {
      ...machineDisk,
      open(path) {
        const file = machineDisk.open(path);
        return {
          get bytes() {
            return file.bytes;
          },
          append(records) {
            if (file.bytes + records.length > room) throw new Error('ENOSPC: no space left on device');
            file.append(records);
          },
          sync: file.sync,
          close: file.close,
        };
      },
    };
    const journal = open(small, { ...silentLogger, warn: (_, text) => void warnings.push(text) });
    room = raw(root).length + 10;
    journal.started('p', 71, 71);
    journal.ended('p', { state: 'SUCCESS', returnCode: 0 });
    assert.ok(warnings.some((text) => text.includes('could not be written')));
    assert.is(decodeByChapterFour(raw(root)).length, 2);
    room = Number.POSITIVE_INFINITY;
    clock.advance(10_000);
    assert.is(decodeByChapterFour(raw(root)).length, 6);
    await finish(journal);
  }));

test(
  'the file of a daemon that restarts for ever stays small, and keeps its numbers',
  () =>
    inDirectory(async ({ root, open }) => {
      const journal = open();
      const rounds = 25_000;
      for (let run = 0; run < rounds; run++) {
        journal.started('daemon', 100, 100);
        journal.ended('daemon', { state: 'SUCCESS', returnCode: 0 });
      }
      journal.started('daemon', 100, 100);
      await new Promise<void>((done) => journal.whenDurable(done));
      assert.ok(statSync(runnerFile(root, 't-1')).size < 4.1 * 2 ** 20);
      const state = emptyCheckpoint();
      for (const record of readWholeCheckpoints(raw(root))) applyCheckpoint(state, record);
      const runs = state.processes.get('daemon') ?? [];
      const dropped = Number(state.header?.dropped_runs?.daemon ?? 0);
      assert.is(dropped + runs.length, rounds + 1);
      assert.is(runs.at(-1)?.state, 'RUNNING');
      assert.is(Number(runs.at(-1)?.seq), rounds * 4 + 2);
      assert.is(runs.at(-1)?.pid, 100);
      await finish(journal);
    }),
  60_000,
);

test('a directory that cannot be written to is named, with what to do', () =>
  inDirectory(({ root, open }) => {
    writeFileSync(root, 'in the way');
    assert.throws(open, /checkpoint of the task cannot be written.*work_dir writable/);
  }));

test.run();
