import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../../src/base/log.ts';
import { manualClock } from '../../../src/base/manual-clock.ts';
import { openAuditFile } from '../../../src/scheduler/audit/audit-file.ts';
import { type AuditSettings, auditLog } from '../../../src/scheduler/audit/audit-log.ts';
import { counters } from '../../../src/scheduler/metrics/counters.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('audit log');

const entry = (what: string) => ({ kind: 'write', user: 'sally', by: 'basic', what, result: 'OK' }) as const;

function setUp(change: Partial<AuditSettings> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-audit-'));
  const path = join(folder, 'logs', 'audit.log');
  const clock = manualClock();
  const counted = counters(clock);
  const open = () =>
    auditLog({
      open: openAuditFile(path),
      sync: true,
      maxBytes: 1e6,
      clock,
      log: silentLogger,
      counters: counted,
      ...change,
    });
  /** What all files say, in the order of their names; `cut` for a line that cannot be read. */
  const said = () =>
    readdirSync(join(folder, 'logs'))
      .sort((a, b) => (a === 'audit.log' ? 1 : b === 'audit.log' ? -1 : a < b ? -1 : 1))
      .flatMap((name) => readFileSync(join(folder, 'logs', name), 'utf8').split('\n'))
      .filter((line) => line !== '')
      .map((line) => {
        try {
          const { what, entries } = JSON.parse(line);
          return what ?? entries;
        } catch {
          return 'cut';
        }
      });
  return { folder, path, clock, counted, open, said, remove: () => rmSync(folder, { recursive: true }) };
}

test('entries are lines in the order in which they came, for the owner alone', async () => {
  const { open, path, remove, said } = setUp();
  const audit = open();
  await Promise.all(['a', 'b', 'c'].map((what) => audit.note(entry(what))));
  assert.equal(said(), ['a', 'b', 'c'], 'the answer leaves when the entry is there');
  assert.is(statSync(path).mode & 0o777, 0o600);
  const { at, ...rest } = JSON.parse(readFileSync(path, 'utf8').split('\n')[0] as string);
  assert.equal(rest, entry('a'));
  assert.match(at, /^\d{4}-.*Z$/);
  await audit.close();
  const next = open();
  await next.note(entry('d'));
  await next.close();
  assert.equal(said(), ['a', 'b', 'c', 'd']);
  remove();
});

test('without sync answers do not wait, and the end of the process writes what is left', async () => {
  const { open, remove, said } = setUp({ sync: false });
  const audit = open();
  for (const what of ['a', 'b']) await audit.note(entry(what));
  await audit.close();
  assert.equal(said(), ['a', 'b']);
  remove();
});

test('without sync entries are gathered for a moment, and written together', async () => {
  const written: string[] = [];
  let looks = 0;
  const file = {
    follow: async () => void looks++,
    append: async (lines: string) => void written.push(lines),
    bytes: () => 0,
    putAside: async () => {},
    close: async () => {},
  };
  const { clock, open, remove } = setUp({ sync: false, open: async () => file });
  const audit = open();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  for (const what of ['a', 'b', 'c']) {
    await audit.note(entry(what));
    await turn();
  }
  assert.equal(written, []);
  clock.advance(20);
  while (written.length === 0) await turn();
  assert.equal(whats(written.join('')), ['a', 'b', 'c']);
  for (let round = 0; round < 3; round++) {
    await turn();
    await audit.note(entry('d'));
    clock.advance(20);
    while (written.length < 2 + round) await turn();
  }
  assert.is(looks, 1, 'whether the file was put aside is looked at once a second');
  await audit.close();
  remove();
});

test('a file that is large is put aside, and nothing is lost or deleted', async () => {
  const { folder, open, remove, said } = setUp({ maxBytes: 500 });
  const audit = open();
  const all = Array.from({ length: 40 }, (_, at) => `call${at}`);
  for (const what of all) await audit.note(entry(what));
  await audit.close();
  const names = readdirSync(join(folder, 'logs'));
  assert.ok(names.length > 5, `${names.length} files`);
  assert.equal([...said()].sort(), [...all].sort());
  remove();
});

test('a line that a crash has cut spoils no other', async () => {
  const { open, path, remove, said } = setUp();
  const audit = open();
  await audit.note(entry('a'));
  await audit.close();
  appendFileSync(path, '{"at":"2026');
  const next = open();
  await next.note(entry('b'));
  await next.close();
  assert.equal(said(), ['a', 'cut', 'b']);
  remove();
});

test('a file that somebody else has put aside is left to them', async () => {
  const { folder, open, path, remove } = setUp();
  const audit = open();
  await audit.note(entry('a'));
  renameSync(path, join(folder, 'old'));
  await audit.note(entry('b'));
  rmSync(path);
  writeFileSync(path, '');
  await audit.note(entry('c'));
  await audit.close();
  assert.match(readFileSync(join(folder, 'old'), 'utf8'), /"a"/);
  assert.match(readFileSync(path, 'utf8'), /^[^\n]*"c"[^\n]*\n$/);
  remove();
});

/** A disk that takes nothing while it is `full`, cutting what is written. */
function failingDisk() {
  const disk = { full: true, text: '' };
  return {
    disk,
    open: async () => ({
      follow: async () => {},
      async append(lines: string) {
        if (disk.full) throw new Error('no space left');
        disk.text += lines;
      },
      bytes: () => 0,
      putAside: async () => {},
      close: async () => {},
    }),
  };
}
const whats = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).what);

test('with sync a change is refused while it could not be written down, and nothing of before is lost', async () => {
  const { disk, open: openFailing } = failingDisk();
  const { clock, counted, open, remove } = setUp({ open: openFailing });
  const audit = open();
  assert.is(audit.obstacle(), undefined);
  await audit.note(entry('a'));
  assert.is(audit.obstacle(), 'no space left');
  await audit.note(entry('b'));
  clock.advance(1000);
  disk.full = false;
  await audit.note(entry('c'));
  // The next try is the clock's, and what waits goes first.
  while (audit.obstacle() !== undefined) {
    clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await audit.note(entry('d'));
  assert.equal(whats(disk.text), ['a', 'b', 'c', 'd']);
  assert.ok((counted.values().counts.get('audit_failures') ?? 0) >= 1);
  await audit.close();
  remove();
});

test('a disk that never takes anything costs no more memory than it may, and the gap is written down', async () => {
  const { disk, open: openFailing } = failingDisk();
  const { open, counted, remove } = setUp({ open: openFailing, sync: false });
  const audit = open();
  for (let at = 0; at < 10_050; at++) await audit.note(entry(`${at}`));
  assert.is(audit.obstacle(), undefined, 'without sync the work goes on');
  const lost = counted.values().counts.get('audit_entries_lost') ?? 0;
  assert.ok(lost >= 40 && lost <= 60, `${lost}`);
  disk.full = false;
  await audit.close();
  const lines = disk.text.trim().split('\n');
  assert.is(lines.length, 10_050 - lost + 1);
  assert.match(lines.at(-1) ?? '', new RegExp(`"kind":"lost","entries":${lost}`));
  remove();
});

test.run();
