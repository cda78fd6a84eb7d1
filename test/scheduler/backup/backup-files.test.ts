import { AuroraError } from '../../../src/base/errors.ts';
import { silentLogger } from '../../../src/base/log.ts';
import { type BackupFiles, backupFiles } from '../../../src/scheduler/backup/backup-files.ts';
import { backupName, checkedBackupId, takenMsOf } from '../../../src/scheduler/backup/backup-name.ts';
import { encodeSnapshot, snapshotView } from '../../../src/scheduler/backup/backup-writer.ts';
import { memoryTables } from '../../../src/scheduler/storage/tables.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { type MemoryDisk, memoryDisk } from './memory-disk.ts';

const test = suite('backup files');

const MINUTE_MS = 60_000;
const NOON_MS = new Date(2026, 2, 4, 12, 0).getTime();
const chunks = () => encodeSnapshot(snapshotView(memoryTables().stores), { takenMs: NOON_MS, details: {} });

const filesOn = (disk: MemoryDisk, most = 48): BackupFiles =>
  backupFiles({ directory: '/backups', disk, log: silentLogger, most });

const rejection = async (promise: Promise<unknown>): Promise<Error> => {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
};

test('a name says the local minute, and the minute can be read off it', () => {
  assert.is(backupName(NOON_MS), 'scheduler-backup-2026-03-04-12-00');
  assert.is(backupName(NOON_MS + 59_999), 'scheduler-backup-2026-03-04-12-00');
  assert.is(takenMsOf('scheduler-backup-2026-03-04-12-00'), NOON_MS);
  assert.is(takenMsOf('scheduler-backup-2026-03-04'), undefined);
  assert.is(takenMsOf('temp_scheduler-backup-2026-03-04-12-00'), undefined);
});

test('a backup is written under another name, made durable, then renamed', async () => {
  const disk = memoryDisk();
  const name = await filesOn(disk).write(chunks(), NOON_MS);
  assert.is(name, 'scheduler-backup-2026-03-04-12-00');
  assert.equal(disk.calls, [
    'makeDirectory backups',
    `remove temp_${name}`,
    `open temp_${name}`,
    `write temp_${name}`,
    `datasync temp_${name}`,
    `close temp_${name}`,
    `rename temp_${name}`,
    'syncDirectory backups',
    'list backups',
  ]);
  assert.equal([...disk.files.keys()], [`/backups/${name}`]);
});

test('whichever call fails, the backup fails, what was there stays and nothing half is left', async () => {
  const whole = memoryDisk();
  await filesOn(whole).write(chunks(), NOON_MS);
  const old = '/backups/scheduler-backup-2026-03-04-11-00';
  const steps = ['makeDirectory', 'open', 'write', 'datasync', 'close', 'rename'];
  for (const step of steps) {
    const disk = memoryDisk();
    disk.files.set(old, Buffer.from('old'));
    disk.fail = (call) => {
      if (call === step)
        throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    };
    const { message } = await rejection(filesOn(disk).write(chunks(), NOON_MS));
    assert.match(message, /no space left/, step);
    assert.equal([...disk.files.keys()], [old], step);
    disk.fail = () => {};
    await filesOn(disk).write(chunks(), NOON_MS);
    assert.is(disk.files.size, 2, `${step}: the next one works`);
  }
  count('backup: failing calls of the disk', steps.length);
});

test('old backups that cannot be removed do not make the new one fail', async () => {
  const disk = memoryDisk();
  const files = filesOn(disk, 1);
  await files.write(chunks(), NOON_MS);
  disk.fail = (call, path) => {
    if (call === 'remove' && !path.includes('temp_')) throw new Error('EACCES');
  };
  assert.is(await files.write(chunks(), NOON_MS + MINUTE_MS), 'scheduler-backup-2026-03-04-12-01');
  assert.is((await files.list()).length, 2);
});

test('the oldest go when there are more than are kept; what is named otherwise stays', async () => {
  const disk = memoryDisk();
  const files = filesOn(disk, 3);
  disk.files.set('/backups/scheduler-backup-2020-before-the-move', Buffer.from(''));
  disk.files.set('/backups/notes.txt', Buffer.from(''));
  for (let minute = 0; minute < 5; minute++) await files.write(chunks(), NOON_MS + minute * MINUTE_MS);
  assert.equal(await files.list(), [
    'scheduler-backup-2020-before-the-move',
    'scheduler-backup-2026-03-04-12-02',
    'scheduler-backup-2026-03-04-12-03',
    'scheduler-backup-2026-03-04-12-04',
  ]);
  assert.ok(disk.files.has('/backups/notes.txt'));
});

test('a second backup of one minute takes the place of the first', async () => {
  const disk = memoryDisk();
  const files = filesOn(disk);
  await files.write([Buffer.from('first')], NOON_MS);
  await files.write(chunks(), NOON_MS + 1);
  assert.is((await files.list()).length, 1);
  assert.is((await files.load('scheduler-backup-2026-03-04-12-00')).takenMs, NOON_MS);
});

test('what a crash left is removed at the next start', async () => {
  const disk = memoryDisk();
  disk.files.set('/backups/temp_scheduler-backup-2026-03-04-11-00', Buffer.from('half'));
  disk.files.set('/backups/temp_of-somebody', Buffer.from('his'));
  const files = filesOn(disk);
  assert.equal(await files.list(), []);
  await files.tidy();
  assert.equal([...disk.files.keys()], ['/backups/temp_of-somebody']);
});

test('a directory that is not there has no backups', async () => {
  const disk = memoryDisk();
  disk.list = async () => {
    throw Object.assign(new Error('ENOENT'), { code: 'ENOENT' });
  };
  assert.equal(await filesOn(disk).list(), []);
  await filesOn(disk).tidy();
});

test('an id names a file of the directory and nothing else', async () => {
  const ids = ['../secret', '/etc/passwd', 'a/b', 'a\\b', '.', '..', '', 'a\0b', 'temp_scheduler-backup-x'];
  for (const id of [...ids, undefined]) {
    const error = await rejection(filesOn(memoryDisk()).load(id));
    assert.instance(error, AuroraError);
    assert.is((error as AuroraError).code, 'BACKUP');
  }
  assert.is(checkedBackupId('scheduler-backup-2026-03-04-12-00'), 'scheduler-backup-2026-03-04-12-00');
  const { message } = await rejection(filesOn(memoryDisk()).load('nope'));
  assert.is(message, 'Backup /backups/nope does not exist.');
});

test.run();
