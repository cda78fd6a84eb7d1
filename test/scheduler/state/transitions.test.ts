import type { ScheduleStatus } from '../../../src/api/index.ts';
import {
  type StatusOrDeleted,
  type TaskFacts,
  transition,
} from '../../../src/scheduler/state/transitions.ts';
import { assert, count, suite } from '../../harness/index.ts';

const test = suite('task state machine');

/** The original's table as its users know it. R reschedules, K kills, F counts a failure, D deletes, L goes on to LOST. */
const EXPECTED = `
| from \\ to | PENDING | THROTTLED | ASSIGNED | STARTING | RUNNING | FINISHED | FAILED | KILLED | LOST | KILLING | RESTARTING | DRAINING | PREEMPTING | PARTITIONED | DELETED |
| INIT | save | save | | | | | | | | | | | | | |
| PENDING | – | | save | | | | | | | D | | | | | |
| THROTTLED | save | – | | | | | | | | D | | | | | |
| ASSIGNED | | | – | save | save | s | F+m | R | R+K | K | K | K | K | | |
| STARTING | | | | – | save | s | F+m | R | R | K | K | K | K | save | |
| RUNNING | | | | | – | s | F+m | R | R | K | K | K | K | save | |
| PARTITIONED | | | save | save | save | s | F+m | u | u+K | L | L | L | L | – | |
| RESTARTING | | | ✗K | ✗K | ✗K | R | R | R | R+K | save | – | | | L | |
| DRAINING | | | ✗K | ✗K | ✗K | R | R | R | R+K | save | | – | | L | |
| PREEMPTING | | | ✗K | ✗K | ✗K | R | R | R | R+K | save | | | – | L | |
| KILLING | | | ✗K | ✗K | ✗K | save | save | save | save | – | | | | L | D |
| FINISHED | | | ✗K | ✗K | ✗K | – | | | | | | | | | D |
| FAILED | | | ✗K | ✗K | ✗K | | – | | | | | | | | D |
| KILLED | | | ✗K | ✗K | ✗K | | | – | | | | | | | D |
| LOST | | | ✗K | ✗K | ✗K | | | | – | | | | | | D |
| DELETED | | | ✗K | ✗K | ✗K | | | | | | | | | | – |
`;

/** The cells that differ from the original on purpose; see docs/differences.md. */
const BETTER = new Set(['PARTITIONED FINISHED', 'PARTITIONED KILLED']);

const cellsOf = (row: string) =>
  row
    .slice(1, row.lastIndexOf('|'))
    .split('|')
    .map((cell) => cell.trim());
const [head = [], ...rows] = EXPECTED.trim().split('\n').map(cellsOf);

const someFacts: TaskFacts[] = [true, false].flatMap((isService) =>
  [-1, 0, 1, 2, 3].flatMap((maxTaskFailures) =>
    [0, 1, 2, 3].flatMap((failureCount) =>
      [true, false].map((wasKilled) => ({ isService, maxTaskFailures, failureCount, wasKilled })),
    ),
  ),
);

/** What a cell means for a task, worked out letter by letter. */
function expected(cell: string, facts: TaskFacts) {
  if (cell === '–') return { result: 'NOOP', effects: [] };
  if (cell === '') return { result: 'ILLEGAL', effects: [] };
  if (cell === '✗K') return { result: 'ILLEGAL_WITH_SIDE_EFFECTS', effects: ['KILL'] };
  const letters = cell.split('+');
  const again =
    letters.includes('R') ||
    (letters.includes('s') && facts.isService) ||
    (letters.includes('u') && !facts.wasKilled) ||
    (letters.includes('m') &&
      (facts.isService || facts.maxTaskFailures === -1 || facts.failureCount + 1 < facts.maxTaskFailures));
  const effects = [
    ...(letters.includes('F') ? ['INCREMENT_FAILURES'] : []),
    ...(letters.includes('D') ? [] : ['SAVE_STATE']),
    ...(again ? ['RESCHEDULE'] : []),
    ...(letters.includes('L') ? ['TRANSITION_TO_LOST'] : []),
    ...(letters.includes('K') ? ['KILL'] : []),
    ...(letters.includes('D') ? ['DELETE'] : []),
  ];
  return { result: 'SUCCESS', effects };
}

test('every cell, for services and others, below, at and above the failure limit', () => {
  let cells = 0;
  for (const [from, ...row] of rows) {
    assert.is(row.length, head.length - 1, from);
    for (const [column, cell] of row.entries()) {
      const to = head[column + 1] as StatusOrDeleted;
      for (const facts of someFacts) {
        const what = `${from} -> ${to} ${JSON.stringify(facts)}`;
        assert.equal(transition(from as StatusOrDeleted, to, facts), expected(cell, facts), what);
      }
      cells++;
    }
  }
  assert.is(cells, 16 * 15);
  count('task state machine cells', cells);
});

test('nothing leads back to INIT', () => {
  for (const [from] of rows) {
    const { result } = transition(from as StatusOrDeleted, 'INIT', someFacts[0]!);
    assert.is(result, from === 'INIT' ? 'NOOP' : 'ILLEGAL', from);
  }
});

test('a failure limit of n gives n attempts, 0 counts as 1, and -1 is no limit', () => {
  const attempts = (maxTaskFailures: number) => {
    for (let failureCount = 0; failureCount < 10; failureCount++) {
      const facts = { isService: false, maxTaskFailures, failureCount, wasKilled: false };
      if (!transition('RUNNING', 'FAILED', facts).effects.includes('RESCHEDULE')) return failureCount + 1;
    }
    return Number.POSITIVE_INFINITY;
  };
  assert.equal([0, 1, 2, 5, -1].map(attempts), [1, 1, 2, 5, Number.POSITIVE_INFINITY]);
});

test('a partitioned service that finishes, or is killed by somebody else, comes back', () => {
  const facts = { isService: true, maxTaskFailures: 1, failureCount: 0, wasKilled: false };
  for (const edge of BETTER) {
    const [from, to] = edge.split(' ') as [ScheduleStatus, ScheduleStatus];
    assert.equal(transition(from, to, facts).effects, ['SAVE_STATE', 'RESCHEDULE'], edge);
  }
});

test.run();
