/** What a scheduler reads of its own from disks and ZooKeeper: damaged, it is refused, and never half taken. */
import { readFileSync } from 'node:fs';
import { deflateSync, gzipSync, inflateRawSync } from 'node:zlib';
import { AuroraError } from '../../../src/base/errors.ts';
import { encodeSnapshot, snapshotView } from '../../../src/scheduler/backup/backup-writer.ts';
import { loadBackup } from '../../../src/scheduler/backup/load-backup.ts';
import { byteReader, byteWriter } from '../../../src/scheduler/storage/bytes.ts';
import type { DiskFile } from '../../../src/scheduler/storage/log/disk.ts';
import {
  decodeHeader,
  encodeHeader,
  type FileKind,
  FRAME_BYTES,
  framed,
  frameReader,
  HEADER_BYTES,
} from '../../../src/scheduler/storage/log/frames.ts';
import { snapshotChunks } from '../../../src/scheduler/storage/log/snapshot-file.ts';
import { packer, sealed, unpacker } from '../../../src/scheduler/storage/log/zookeeper/entry.ts';
import { KIND, readHead, writeHead } from '../../../src/scheduler/storage/record-format.ts';
import { memoryTables } from '../../../src/scheduler/storage/tables.ts';
import { diskWith } from '../../scheduler/backup/memory-disk.ts';
import type { FuzzTarget } from '../target.ts';

const FIXTURE = new URL('../../scheduler/storage/fixtures/format-2/', import.meta.url);
const fixture = (name: string) => readFileSync(new URL(name, FIXTURE));
const SEGMENTS = ['segment-0000000001.log', 'segment-0000000002.log'].map(fixture);
const SNAPSHOT = fixture('snapshot-0000000002.snap');

const fileOf = (bytes: Buffer): DiskFile =>
  ({
    async read(into: Uint8Array, at: number) {
      const part = bytes.subarray(at, at + into.length);
      into.set(part);
      return part.length;
    },
    size: async () => bytes.length,
    close: async () => {},
  }) as unknown as DiskFile;

/** The frames of a file as they stand there, whatever their checksums say. */
function payloads(file: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = HEADER_BYTES; at + FRAME_BYTES <= file.length; ) {
    const length = file.readUInt32LE(at);
    if (length === 0) break;
    found.push(file.subarray(at + FRAME_BYTES, at + FRAME_BYTES + length));
    at += FRAME_BYTES + length;
  }
  return found;
}

/**
 * A file as its bytes are, or with its checksums made right again: then what is behind them is read, too. The first
 * byte says which.
 */
function fileIn(input: Buffer, kind: FileKind): Buffer {
  const file = input.subarray(1);
  if ((input[0] ?? 0) % 2 === 0) return file;
  const header = encodeHeader({ kind, number: 1, term: 1, startMs: 0, previousEnd: 0 });
  return Buffer.concat([header, framed(header, payloads(file)), framed(header, [new Uint8Array(0)])]);
}
const bothWays = (file: Buffer): Buffer[] => [0, 1].map((way) => Buffer.concat([Buffer.from([way]), file]));

const log: FuzzTarget = {
  samples: () => SEGMENTS.flatMap(bothWays),
  async run(input) {
    const file = fileIn(input, 'AURORLOG');
    const header = file.subarray(0, HEADER_BYTES);
    if (header.length < HEADER_BYTES) return false;
    const said = decodeHeader(header, 'AURORLOG', header.readUInt32LE(12));
    if (typeof said === 'string') throw new AuroraError('STORAGE', said);
    const reader = frameReader(fileOf(file), header);
    const tables = memoryTables();
    for (let record = await reader.next(); record; record = await reader.next()) {
      if (record.length > 0) tables.replay(record);
    }
    if (reader.position() > file.length) throw new Error('it read beyond its end');
    return reader.fault() === undefined;
  },
};

/** The chunks hold deflated ops: those are changed, too, and deflated again. */
const snapshots: FuzzTarget = {
  samples: () => bothWays(SNAPSHOT),
  async run(input) {
    const file = fileIn(input, 'AURORSNP');
    if (file.length < HEADER_BYTES) return false;
    const tables = memoryTables();
    const open = { file: fileOf(file), bytes: file.subarray(0, HEADER_BYTES) } as never;
    for await (const chunk of snapshotChunks('fuzz.snap', open)) tables.replay(chunk);
    [...tables.stores.tasks.all()].length;
    return true;
  },
};

function sampleEntries(): Buffer[] {
  const pack = packer(200);
  for (const length of [0, 3, 50, 700, 10]) pack.add(Buffer.alloc(length, length));
  const entries: Buffer[] = [];
  while (pack.waiting() > 0) entries.push(pack.take(1, entries.length + 1).entry);
  return entries;
}

/** Entries of the log in ZooKeeper, with their checksums made right again where the first byte says so. */
const entries: FuzzTarget = {
  samples: () => sampleEntries().flatMap(bothWays),
  run(input) {
    const entry = Buffer.from(input.subarray(1));
    if ((input[0] ?? 0) % 2 === 1) sealed(entry);
    const read = unpacker();
    const number = entry.length >= 9 ? entry.readUInt32LE(5) : 0;
    const found = read.feed(entry, number);
    if ('reason' in found) return false;
    const bytes = found.reduce((sum, record) => sum + record.length, 0);
    if (bytes > entry.length) throw new Error(`${bytes} bytes of records in an entry of ${entry.length}`);
    return true;
  },
};

function backupBytes(): Buffer {
  const tables = memoryTables();
  for (const segment of SEGMENTS)
    for (const record of payloads(segment)) {
      try {
        tables.replay(record);
      } catch {
        // The second begins at its own snapshot.
      }
    }
  const facts = { takenMs: 1_700_000_000_000, details: { 'build.version': '1' } };
  return Buffer.concat([...encodeSnapshot(snapshotView(tables.stores), facts)]);
}

const backups: FuzzTarget = {
  samples: () => {
    const plain = backupBytes();
    return [plain, gzipSync(plain), deflateSync(plain)];
  },
  async run(input) {
    const { tables } = await loadBackup(diskWith('backup', input), '/backup', () => {});
    [...tables.stores.tasks.all()].length;
    return true;
  },
};

/** The ops of a snapshot behind their compression, which changed bytes never get through; as a record of the log. */
const ops: FuzzTarget = {
  samples: () =>
    payloads(SNAPSHOT)
      .filter(({ length }) => length > 0)
      .map(opsOf),
  run(input) {
    const out = byteWriter();
    writeHead(out, { kind: KIND.changes, madeMs: 0, number: 1 });
    memoryTables().replay(Buffer.concat([out.take(), input]));
    return true;
  },
};

function opsOf(chunk: Buffer): Buffer {
  const reader = byteReader(chunk);
  readHead(reader);
  return inflateRawSync(reader.rest());
}

export const storageTargets: Readonly<Record<string, FuzzTarget>> = {
  log,
  snapshots,
  'snapshot-ops': ops,
  'zookeeper-entries': entries,
  backups,
};
