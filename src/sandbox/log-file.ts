/**
 * Follows one file that grows, is rotated (renamed to `.1`, `.2` and so on) or is emptied, by reading parts of it.
 * Every read repeats the last bytes that are known already; by them the file is recognised, whatever its name is now.
 */
import { createHash } from 'node:crypto';
import type { LogOffset } from '../api/views/log-event.ts';
import type { FilePart, Wanted } from './sandbox-reader.ts';
import { unfinishedBytes } from './utf8-tail.ts';

/** Reads a part of a file; undefined when there is no such file. */
export type ReadPart = (path: string, wanted: Wanted) => Promise<FilePart | undefined>;

/** The outcome of one look at the file. */
export type LogStep =
  /** New text; `more`: more can be read at once. */
  | { readonly kind: 'data'; readonly text: string; readonly position: LogOffset; readonly more: boolean }
  /** The next file of this name has begun; `lost`: what was written in between could not be found. */
  | {
      readonly kind: 'rotated';
      readonly lost: boolean;
      readonly text: string;
      readonly position: LogOffset;
      readonly more: boolean;
    }
  /** Nothing new; `seeking`: the file has been moved, and the next look may find it. */
  | { readonly kind: 'idle'; readonly seeking: boolean }
  | { readonly kind: 'absent' };

const CHUNK_BYTES = 64 * 1024;
const CHECK_BYTES = 64;
/** The highest number of a rotated file that is looked for. */
const MOST_BACKUPS = 32;
/** How many looks must miss a file before it is given up: during a rotation it may be between two names. */
const LOOKS_BEFORE_LOST = 3;
/** How many bytes at the end are searched for the start of the last lines; tried one after the other. */
const TAIL_BLOCKS = [64 * 1024, 512 * 1024, 3 * 1024 * 1024];

export const FILE_START: LogOffset = { offset: 0, check: '' };

const checkOf = (bytes: Uint8Array): string =>
  bytes.length === 0 ? '' : createHash('sha1').update(bytes).digest('base64').slice(0, 12);

const positionAt = (before: Uint8Array, offset: number, generation: string | undefined): LogOffset => ({
  offset,
  check: checkOf(before.subarray(Math.max(0, before.length - Math.min(CHECK_BYTES, offset)))),
  ...(generation === undefined ? {} : { generation }),
});

/** The end of a file as it was read at one moment. */
interface Tail {
  /** Where the last lines begin. */
  readonly position: LogOffset;
  /** The size in bytes. */
  readonly end: number;
  readonly modifiedMs: number | undefined;
}

/** Where the last `lines` lines of a file begin; undefined for no file. An unfinished last line counts, too. */
export async function tailPosition(read: ReadPart, path: string, lines: number): Promise<Tail | undefined> {
  for (const [at, block] of TAIL_BLOCKS.entries()) {
    const part = await read(path, { last: block });
    if (!part) return undefined;
    const { bytes, generation, modifiedMs, offset } = part;
    let begin = bytes.length;
    // Start before a newline at the very end: it ends the last line and begins no further one.
    let from = bytes.length - 2;
    for (let left = lines; left > 0; left--) {
      const newline = from < 0 ? -1 : bytes.lastIndexOf(10, from);
      begin = newline + 1;
      if (newline < 0) break;
      from = newline - 1;
    }
    const isEnough = begin >= CHECK_BYTES || offset === 0;
    if (!isEnough && at < TAIL_BLOCKS.length - 1) continue;
    const start = isEnough ? begin : Math.max(begin, CHECK_BYTES);
    const position = positionAt(bytes.subarray(0, start), offset + start, generation);
    return { position, end: offset + bytes.length, modifiedMs };
  }
  return undefined;
}

export interface LogFileFollower {
  position(): LogOffset;
  /** Looks once. If `read` throws, this throws the same, and the next call looks again. */
  next(): Promise<LogStep>;
  /** Like `next`, for a file that no longer grows: an incomplete character at its end is given, too. */
  last(): Promise<LogStep>;
}

/** Follows a file from `start`; with `until` only to this offset, whatever is written meanwhile. */
export function logFileFollower(
  read: ReadPart,
  path: string,
  start: LogOffset,
  until = Number.POSITIVE_INFINITY,
): LogFileFollower {
  let position = start;
  /** The number in the file's name now; 0 for its own name. */
  let name = 0;
  let misses = 0;
  let isFresh = start.offset === 0 && start.check === '' && start.generation === undefined;

  const nameOf = (number: number): string => (number === 0 ? path : `${path}.${number}`);
  const overlap = (): number => Math.min(CHECK_BYTES, position.offset);
  const look = (number: number): Promise<FilePart | undefined> =>
    read(nameOf(number), { offset: position.offset - overlap(), length: overlap() + CHUNK_BYTES });
  const hasOurBytes = ({ bytes, size }: FilePart): boolean =>
    size >= position.offset &&
    bytes.length >= overlap() &&
    checkOf(bytes.subarray(0, overlap())) === position.check;
  const isSameFile = ({ generation }: FilePart): boolean =>
    generation === undefined || position.generation === undefined || generation === position.generation;
  const isOurs = (part: FilePart): boolean => hasOurBytes(part) && isSameFile(part);

  /** Takes what a part has beyond the position: whole characters, except at the end of a file that no longer grows. */
  function take(part: FilePart, known: number, isLast: boolean) {
    const size = Math.min(part.size, until);
    const bytes = part.bytes.subarray(0, Math.max(known, size - part.offset));
    const fresh = bytes.subarray(known);
    const cut = isLast && part.offset + bytes.length >= size ? 0 : unfinishedBytes(fresh);
    const whole = fresh.subarray(0, fresh.length - cut);
    if (whole.length === 0) return undefined;
    const offset = part.offset + known + whole.length;
    position = positionAt(bytes.subarray(0, known + whole.length), offset, part.generation);
    return { text: whole.toString('utf8'), position, more: offset + cut < size };
  }

  /**
   * The number under which the file is found now, with a part of it; undefined when it is not found. If the file was
   * emptied in place, a copy is looked for: another file with the same bytes.
   */
  async function found(emptied: boolean): Promise<{ number: number; part: FilePart } | undefined> {
    for (let number = 1; number <= MOST_BACKUPS; number++) {
      const part = await look(number);
      if (!part) return undefined;
      if (hasOurBytes(part) && (emptied ? position.offset > 0 : isSameFile(part))) return { number, part };
    }
    return undefined;
  }

  /** Goes on to the next newer file after a rotated one was read to its end. */
  async function successor(isLast: boolean): Promise<LogStep> {
    let next = name - 1;
    let part = await read(nameOf(next), { offset: 0, length: CHUNK_BYTES });
    // Skip files that were rotated while they were empty.
    while (next > 0 && part?.bytes.length === 0)
      part = await read(nameOf(--next), { offset: 0, length: CHUNK_BYTES });
    if (!part || part.bytes.length === 0) return { kind: 'idle', seeking: false };
    // If a rotation happened between these two reads, `part` is from the file after the next one; then look again.
    const again = await look(name);
    if (!again || !isOurs(again) || again.size > position.offset) return { kind: 'idle', seeking: true };
    const taken = take(part, 0, isLast || next > 0);
    if (!taken) return { kind: 'idle', seeking: false };
    name = next;
    return { kind: 'rotated', lost: false, ...taken, more: taken.more || name > 0 };
  }

  async function moved(isLast: boolean, inItsPlace: FilePart | undefined): Promise<LogStep> {
    const { generation } = position;
    const elsewhere = await found(generation !== undefined && generation === inItsPlace?.generation);
    if (!elsewhere) {
      if (++misses < LOOKS_BEFORE_LOST) return { kind: 'idle', seeking: true };
      // What is in the file now was written after the moment that `until` stands for.
      if (Number.isFinite(until)) return { kind: 'absent' };
      const part = await read(path, { offset: 0, length: CHUNK_BYTES });
      if (!part) return { kind: 'absent' };
      misses = 0;
      name = 0;
      position = positionAt(Buffer.alloc(0), 0, part.generation);
      const taken = take(part, 0, isLast);
      return { kind: 'rotated', lost: true, text: '', more: false, position, ...taken };
    }
    misses = 0;
    name = elsewhere.number;
    position = { ...position, generation: elsewhere.part.generation };
    const taken = take(elsewhere.part, overlap(), true);
    return taken ? { kind: 'data', ...taken, more: true } : successor(isLast);
  }

  /** The first look, from the start: begins with the oldest file, so that files rotated before it are not left out. */
  async function begin(isLast: boolean): Promise<LogStep> {
    let part = await look(0);
    for (let number = 1; number <= MOST_BACKUPS; number++) {
      const older = await look(number);
      if (!older) break;
      if (older.bytes.length === 0) continue;
      name = number;
      part = older;
    }
    if (!part) return { kind: 'absent' };
    const taken = take(part, 0, isLast || name > 0);
    if (taken) {
      isFresh = false;
      return { kind: 'data', ...taken, more: taken.more || name > 0 };
    }
    isFresh = part.generation === undefined;
    position = positionAt(Buffer.alloc(0), 0, part.generation);
    return { kind: 'idle', seeking: false };
  }

  async function step(isLast: boolean): Promise<LogStep> {
    if (position.offset >= until) return { kind: 'idle', seeking: false };
    if (isFresh) return begin(isLast);
    const part = await look(name);
    if (!part && position.offset === 0 && name === 0) return { kind: 'absent' };
    if (!part || !isOurs(part)) return moved(isLast, part);
    misses = 0;
    const taken = take(part, overlap(), isLast || name > 0);
    if (taken) return { kind: 'data', ...taken, more: taken.more || name > 0 };
    return name > 0 ? successor(isLast) : { kind: 'idle', seeking: false };
  }

  return { position: () => position, next: () => step(false), last: () => step(true) };
}
