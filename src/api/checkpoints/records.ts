/**
 * Records of a checkpoint file: four bytes of length, big-endian, then one `thermos.RunnerCkpt` in TBinary without a
 * message envelope. Source: the original's recordio.
 */
import { AuroraError, messageOf } from '../../base/errors.ts';
import { decodeStruct } from '../binary/decode.ts';
import { encodeStruct } from '../binary/encode.ts';
import type { WireStruct } from '../types.ts';

export type CheckpointRecord = WireStruct<'thermos.RunnerCkpt'>;
export type RunnerHeader = WireStruct<'thermos.RunnerHeader'>;
export type ProcessStatus = WireStruct<'thermos.ProcessStatus'>;
export type RecordedTaskStatus = WireStruct<'thermos.TaskStatus'>;

const LENGTH_BYTES = 4;
/** The original refuses longer records. */
export const LONGEST_RECORD_BYTES = 64 * 2 ** 20;

/** One record, preceded by its length. */
export function encodeCheckpoint(record: CheckpointRecord): Uint8Array {
  const body = encodeStruct('thermos.RunnerCkpt', record);
  const framed = Buffer.allocUnsafe(LENGTH_BYTES + body.length);
  framed.writeUInt32BE(body.length);
  framed.set(body, LENGTH_BYTES);
  return framed;
}

export interface ReadRecords {
  readonly records: readonly CheckpointRecord[];
  /** Total size of the whole records; what follows is an incomplete record, or damaged. */
  readonly usedBytes: number;
  /** What is wrong at `usedBytes`; undefined when the rest may still become a record. */
  readonly damage: string | undefined;
}

/**
 * Reads the whole records at the beginning of `bytes`. An incomplete last record is no damage: its writer may still be
 * writing it, or died while writing. Nothing after a damaged record is read, because the start of the next one is unknown.
 */
export function readCheckpoints(bytes: Uint8Array): ReadRecords {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records: CheckpointRecord[] = [];
  let at = 0;
  while (at + LENGTH_BYTES <= view.length) {
    const length = view.readUInt32BE(at);
    if (length > LONGEST_RECORD_BYTES)
      return { records, usedBytes: at, damage: `the record at byte ${at} says it has ${length} bytes` };
    const from = at + LENGTH_BYTES;
    if (length === 0 || from + length > view.length) break;
    try {
      records.push(decodeStruct('thermos.RunnerCkpt', view.subarray(from, from + length)));
    } catch (error) {
      const damage = `the record at byte ${at} cannot be read: ${messageOf(error)}`;
      return { records, usedBytes: at, damage };
    }
    at = from + length;
  }
  return { records, usedBytes: at, damage: undefined };
}

/** Reads a complete file. @throws AuroraError CODEC when it is not a sequence of whole records */
export function readWholeCheckpoints(bytes: Uint8Array): readonly CheckpointRecord[] {
  const { records, usedBytes, damage } = readCheckpoints(bytes);
  if (damage !== undefined) throw new AuroraError('CODEC', damage);
  if (usedBytes === bytes.length) return records;
  throw new AuroraError('CODEC', `the record at byte ${usedBytes} is not complete`);
}
