/**
 * A decoder of checkpoint files written from the format's description alone (lengths, field numbers, types), sharing
 * nothing with the product: the judge of what we write and of what we read.
 */
type Fields = Record<string, unknown>;
type Kind = 'string' | 'i64' | 'i32' | 'double' | 'ports' | readonly string[];

const PROCESS_STATES = ['WAITING', 'FORKED', 'RUNNING', 'SUCCESS', 'KILLED', 'FAILED', 'LOST'];
const TASK_STATES = ['ACTIVE', 'SUCCESS', 'FAILED', 'KILLED', 'LOST', 'CLEANING', 'FINALIZING'];

const STRUCTS: Record<number, { name: string; fields: Record<number, [string, Kind]> }> = {
  1: {
    name: 'runner_header',
    fields: {
      1: ['task_id', 'string'],
      2: ['launch_time_ms', 'i64'],
      3: ['sandbox', 'string'],
      7: ['log_dir', 'string'],
      4: ['hostname', 'string'],
      5: ['user', 'string'],
      8: ['uid', 'i32'],
      6: ['ports', 'ports'],
    },
  },
  2: {
    name: 'process_status',
    fields: {
      1: ['seq', 'i64'],
      3: ['process', 'string'],
      5: ['state', PROCESS_STATES],
      10: ['coordinator_pid', 'i32'],
      11: ['fork_time', 'double'],
      6: ['start_time', 'double'],
      7: ['pid', 'i32'],
      8: ['stop_time', 'double'],
      9: ['return_code', 'i32'],
    },
  },
  3: {
    name: 'task_status',
    fields: {
      1: ['state', TASK_STATES],
      2: ['timestamp_ms', 'i64'],
      3: ['runner_pid', 'i32'],
      4: ['runner_uid', 'i32'],
    },
  },
};

class Cursor {
  at = 0;
  readonly bytes: DataView;
  constructor(bytes: Uint8Array) {
    this.bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  take(size: number): number {
    const at = this.at;
    if (size < 0 || at + size > this.bytes.byteLength) throw new Error(`short at ${at}`);
    this.at += size;
    return at;
  }
  byte = () => this.bytes.getUint8(this.take(1));
  i16 = () => this.bytes.getInt16(this.take(2));
  i32 = () => this.bytes.getInt32(this.take(4));
  i64 = () => Number(this.bytes.getBigInt64(this.take(8)));
  double = () => this.bytes.getFloat64(this.take(8));
  string = () => {
    const size = this.i32();
    const at = this.take(size);
    return new TextDecoder('utf-8', { fatal: true }).decode(
      new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + at, size),
    );
  };
}

const CODES: Record<string, number> = { string: 11, i64: 10, i32: 8, double: 4, ports: 13 };

function value(cursor: Cursor, kind: Kind): unknown {
  if (typeof kind !== 'string') return kind[cursor.i32()];
  if (kind !== 'ports') return cursor[kind]();
  if (cursor.byte() !== 11 || cursor.byte() !== 10) throw new Error('ports are no map of string to i64');
  return Object.fromEntries(Array.from({ length: cursor.i32() }, () => [cursor.string(), cursor.i64()]));
}

function struct(cursor: Cursor, fields: Record<number, [string, Kind]>): Fields {
  const found: Fields = {};
  for (let code = cursor.byte(); code !== 0; code = cursor.byte()) {
    const id = cursor.i16();
    const [name, kind] = fields[id] ?? [];
    // Our own fields have ids above 100; a reader that does not know them skips them by their type.
    if (id > 100 && code === CODES.i64) cursor.i64();
    else if (id > 100 && code === CODES.string) cursor.string();
    if (id > 100) continue;
    if (!name || !kind) throw new Error('an unknown field');
    if (code !== (typeof kind === 'string' ? CODES[kind] : 8)) throw new Error(`type ${code} of ${name}`);
    found[name] = value(cursor, kind);
  }
  return found;
}

/** Records as `{ runner_header: ... }`, `{ process_status: ... }` or `{ task_status: ... }`. Throws for anything else. */
export function decodeByChapterFour(bytes: Uint8Array): Fields[] {
  const cursor = new Cursor(bytes);
  const records: Fields[] = [];
  while (cursor.at < bytes.length) {
    const size = cursor.i32();
    const body = new Cursor(bytes.subarray(cursor.at, cursor.at + size));
    cursor.take(size);
    if (body.byte() !== 12) throw new Error('a record is no struct');
    const member = STRUCTS[body.i16()];
    if (!member) throw new Error('an unknown member');
    records.push({ [member.name]: struct(body, member.fields) });
    if (body.byte() !== 0 || body.at !== size) throw new Error('a record goes on');
  }
  return records;
}
