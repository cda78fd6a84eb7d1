import { readSync } from 'node:fs';
import {
  applyCheckpoint,
  type CheckpointState,
  emptyCheckpoint,
  readCheckpoints,
} from '../../api/checkpoints/index.ts';
import { messageOf } from '../../base/errors.ts';
import { openFileInside } from '../files/inside.ts';

/** A checkpoint that is followed as it grows. */
export interface CheckpointFile {
  /** Reads what is new since the last call. */
  refresh(): void;
  /** The state that the records so far lead to. It stays the same object until the file is replaced or gets shorter. */
  state(): CheckpointState;
  /** How many runs of a process came before the first one in `state`. */
  runsBefore(process: string): number;
  /** Tells people why nothing more is read; undefined for a sound file. */
  damage(): string | undefined;
}

/** How much is read at once; for a longer record, more. */
const BLOCK_BYTES = 256 * 1024;
/** How many runs of a process are kept in memory at least (up to twice as many). */
const MOST_RUNS = 200;

function readBlock(file: number, from: number, length: number): Buffer {
  const block = Buffer.allocUnsafe(length);
  let size = 0;
  for (let read = -1; size < length && read !== 0; size += read)
    read = readSync(file, block, size, length - size, from + size);
  return block.subarray(0, size);
}

/**
 * Follows the checkpoint at `path` below `directory`; the file need not exist yet. An incomplete last record is read
 * again when the file has grown. A file that was replaced (see the executor's compaction) or has become shorter is read
 * from its beginning.
 */
export function checkpointFile(directory: string, path: string): CheckpointFile {
  let state = emptyCheckpoint();
  let dropped = new Map<string, number>();
  let damage: string | undefined;
  let inode = 0;
  let seenBytes = 0;
  let usedBytes = 0;

  const reset = () => {
    state = emptyCheckpoint();
    dropped = new Map();
    damage = undefined;
    seenBytes = 0;
    usedBytes = 0;
  };

  const prune = () => {
    for (const [process, runs] of state.processes) {
      if (runs.length < MOST_RUNS * 2) continue;
      dropped.set(process, (dropped.get(process) ?? 0) + runs.length - MOST_RUNS);
      runs.splice(0, runs.length - MOST_RUNS);
    }
  };

  const take = (block: Buffer): number => {
    const read = readCheckpoints(block);
    try {
      for (const record of read.records) applyCheckpoint(state, record, { recovery: true });
      damage = read.damage;
    } catch (error) {
      damage = messageOf(error);
    }
    prune();
    return read.usedBytes;
  };

  const readOn = (file: number, size: number) => {
    let length = BLOCK_BYTES;
    while (usedBytes < size && damage === undefined) {
      const used = take(readBlock(file, usedBytes, Math.min(length, size - usedBytes)));
      usedBytes += used;
      if (used > 0) continue;
      if (length >= size - usedBytes) break;
      length *= 4;
    }
  };

  return {
    refresh() {
      const opened = openFileInside(directory, path);
      if (!opened) return;
      try {
        const { ino, size } = opened.stats;
        if (ino !== inode || size < seenBytes) reset();
        inode = ino;
        if (size === seenBytes) return;
        readOn(opened.file, size);
        seenBytes = size;
      } finally {
        opened.close();
      }
    },
    state: () => state,
    runsBefore: (process) => (dropped.get(process) ?? 0) + Number(state.header?.dropped_runs?.[process] ?? 0),
    damage: () => damage,
  };
}
