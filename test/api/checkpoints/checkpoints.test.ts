import { readdirSync, readFileSync } from 'node:fs';
import {
  applyCheckpoint,
  type CheckpointState,
  emptyCheckpoint,
  encodeCheckpoint,
  type ReduceMode,
  readCheckpoints,
  readWholeCheckpoints,
} from '../../../src/api/checkpoints/index.ts';
import { assert, count, suite } from '../../harness/index.ts';
import { decodeByChapterFour } from './chapter-four.ts';

const GOLDEN = 'test/golden/thermos';
const read = <T>(name: string): T => JSON.parse(readFileSync(`${GOLDEN}/${name}`, 'utf8')) as T;
const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64');

interface Run {
  readonly state?: string;
  readonly return_code?: number;
  readonly stop_time?: number;
}
interface Reduced {
  readonly state?: {
    readonly header: object | null;
    readonly statuses: readonly object[] | null;
    readonly processes: Readonly<Record<string, readonly Run[]>>;
  };
  readonly error_class?: string | null;
}
interface ReducerCase {
  readonly id: string;
  readonly what: string;
  readonly raw_base64: string;
  readonly strict: Reduced;
  readonly recovery: Reduced | 'same as strict';
  readonly truncate: Reduced | 'same as strict';
  readonly tolerant_reader: { readonly ends_with: string; readonly offset_after: number | null };
}

/** As the recordings show a state; of failed runs they lack what ours keeps. */
function shown(state: CheckpointState): unknown {
  const plain = (fields: object) => JSON.parse(JSON.stringify(fields)) as Record<string, unknown>;
  return {
    header: state.header ? plain(state.header) : null,
    statuses: state.statuses.map(plain),
    processes: Object.fromEntries(
      [...state.processes].map(([name, runs]) => [
        name,
        runs.map((run) => {
          const fields = plain(run);
          if (fields.state === 'FAILED' || fields.state === 'LOST') {
            delete fields.return_code;
            delete fields.stop_time;
          }
          return fields;
        }),
      ]),
    ),
  };
}

function reduced(bytes: Uint8Array, how: ReduceMode): CheckpointState {
  const state = emptyCheckpoint();
  for (const record of readWholeCheckpoints(bytes)) applyCheckpoint(state, record, how);
  return state;
}

const test = suite('checkpoints');

test('records add up as they did in the original; what it refuses is refused', () => {
  const cases = read<ReducerCase[]>('checkpoint-reducer.json');
  for (const { id, what, raw_base64, strict, ...others } of cases) {
    const modes: [string, ReduceMode, Reduced][] = [
      ['strict', {}, strict],
      ['recovery', { recovery: true }, others.recovery === 'same as strict' ? strict : others.recovery],
      ['truncate', { latestOnly: true }, others.truncate === 'same as strict' ? strict : others.truncate],
    ];
    for (const [mode, how, expected] of modes) {
      const name = `${id} ${what} (${mode})`;
      if (expected.error_class) {
        assert.throws(() => reduced(bytesOf(raw_base64), how), /makes no sense|record at byte/, name);
        continue;
      }
      const { header, statuses, processes } = expected.state as NonNullable<Reduced['state']>;
      const actual = shown(reduced(bytesOf(raw_base64), how));
      assert.equal(actual, { header: header ?? null, statuses: statuses ?? [], processes }, name);
    }
  }
  count('golden/thermos checkpoint-reducer', cases.length);
});

test('damage is named with its place, and a torn last record is left for later', () => {
  const cases = read<ReducerCase[]>('checkpoint-damage.json');
  for (const { id, what, raw_base64, tolerant_reader: expected } of cases) {
    const { usedBytes, damage } = readCheckpoints(bytesOf(raw_base64));
    if (expected.offset_after === null) assert.match(damage ?? '', /record at byte \d+/, `${id} ${what}`);
    else assert.equal([damage, usedBytes], [undefined, expected.offset_after], `${id} ${what}`);
  }
  count('golden/thermos checkpoint-damage', cases.length);
});

interface Scenario {
  readonly id: string;
  readonly raw_base64?: Readonly<Record<string, string>> | 'omitted';
  readonly trailing_bytes?: Readonly<Record<string, number>>;
}

/** Damaged on purpose in a way that no sequence of records has. */
const DAMAGED: readonly string[] = [
  'garbage-runner-body',
  'empty-union-runner',
  'dup-header-runner',
  'trunc-coordinator',
  'zero-length-runner',
];

test('every file that the original wrote is read whole and written again byte for byte', () => {
  let files = 0;
  for (const name of readdirSync(`${GOLDEN}/scenarios`)) {
    const { id, raw_base64 = 'omitted', trailing_bytes: torn = {} } = read<Scenario>(`scenarios/${name}`);
    if (raw_base64 === 'omitted' || DAMAGED.includes(id)) continue;
    for (const [file, text] of Object.entries(raw_base64)) {
      const bytes = bytesOf(text);
      const { records, usedBytes } = readCheckpoints(bytes);
      const whole = bytes.subarray(0, usedBytes);
      assert.is(bytes.length - usedBytes, torn[file] ?? 0, `${id} ${file}`);
      assert.ok(Buffer.concat(records.map(encodeCheckpoint)).equals(whole), `${id} ${file}`);
      assert.equal(JSON.parse(JSON.stringify(records)), decodeByChapterFour(whole), `${id} ${file}`);
      if (file === 'runner') reduced(whole, { recovery: true });
      files++;
    }
  }
  assert.ok(files > 300, `only ${files} files`);
  count('golden/thermos raw checkpoint files', files);
});

test('a failed run keeps its exit code and its end', () => {
  const state = reduced(
    Buffer.concat(
      [
        { seq: 0, process: 'p', state: 'WAITING' as const },
        { seq: 1, process: 'p', state: 'FORKED' as const, fork_time: 1.5, coordinator_pid: 7 },
        { seq: 2, process: 'p', state: 'RUNNING' as const, start_time: 2.5, pid: 7 },
        { seq: 3, process: 'p', state: 'FAILED' as const, stop_time: 3.5, return_code: 9 },
      ].map((process_status) => encodeCheckpoint({ process_status })),
    ),
    {},
  );
  const [run] = state.processes.get('p') ?? [];
  assert.equal([run?.return_code, run?.stop_time, run?.start_time], [9, 3.5, 2.5]);
});

test.run();
