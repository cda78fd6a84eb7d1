import type { ScheduleStatus } from '../../api/index.ts';

/** DELETED stands for a task that is not stored. */
export type StatusOrDeleted = ScheduleStatus | 'DELETED';

/** What a transition asks for; always in this order. */
export type Effect =
  | 'INCREMENT_FAILURES'
  | 'SAVE_STATE'
  | 'RESCHEDULE'
  | 'TRANSITION_TO_LOST'
  | 'KILL'
  | 'DELETE';

/**
 * What each cell of the table means: whether the transition is legal, and its effects. `s`, `m` and `u` are conditions
 * on the reschedule: the task is a service; the max-failures rule allows it; the task was not being killed.
 */
const CELLS = {
  /** Not a transition. */
  '.': { legal: false, effects: [] },
  /** Not a transition, but the task must not run. */
  xK: { legal: false, effects: ['KILL'] },
  save: { legal: true, effects: ['SAVE_STATE'] },
  s: { legal: true, effects: ['SAVE_STATE', 'RESCHEDULE'], reschedule: 'service' },
  Fm: { legal: true, effects: ['INCREMENT_FAILURES', 'SAVE_STATE', 'RESCHEDULE'], reschedule: 'failures' },
  R: { legal: true, effects: ['SAVE_STATE', 'RESCHEDULE'] },
  Ru: { legal: true, effects: ['SAVE_STATE', 'RESCHEDULE'], reschedule: 'unlessKilled' },
  RK: { legal: true, effects: ['SAVE_STATE', 'RESCHEDULE', 'KILL'] },
  RuK: { legal: true, effects: ['SAVE_STATE', 'RESCHEDULE', 'KILL'], reschedule: 'unlessKilled' },
  K: { legal: true, effects: ['SAVE_STATE', 'KILL'] },
  L: { legal: true, effects: ['SAVE_STATE', 'TRANSITION_TO_LOST'] },
  D: { legal: true, effects: ['DELETE'] },
} as const satisfies Record<string, Cell>;

interface Cell {
  readonly legal: boolean;
  readonly effects: readonly Effect[];
  /** When RESCHEDULE applies; always, if absent. */
  readonly reschedule?: 'service' | 'failures' | 'unlessKilled';
}

/**
 * Every edge: a row for the present state, a column for the wanted one; the diagonal is handled before (NOOP).
 * Source: the original's TaskStateMachine, but for two cells: a service that FINISHED while PARTITIONED comes back, and
 * a task that was KILLED while PARTITIONED is believed (the original forgets the one and never ends the other).
 */
const TABLE = `
  from        PENDING THROTTLED ASSIGNED STARTING RUNNING FINISHED FAILED KILLED LOST KILLING RESTARTING DRAINING PREEMPTING PARTITIONED DELETED
  INIT        save    save      .        .        .       .        .      .      .    .       .          .        .          .           .
  PENDING     .       .         save     .        .       .        .      .      .    D       .          .        .          .           .
  THROTTLED   save    .         .        .        .       .        .      .      .    D       .          .        .          .           .
  ASSIGNED    .       .         .        save     save    s        Fm     R      RK   K       K          K        K          .           .
  STARTING    .       .         .        .        save    s        Fm     R      R    K       K          K        K          save        .
  RUNNING     .       .         .        .        .       s        Fm     R      R    K       K          K        K          save        .
  PARTITIONED .       .         save     save     save    s        Fm     Ru     RuK  L       L          L        L          .           .
  RESTARTING  .       .         xK       xK       xK      R        R      R      RK   save    .          .        .          L           .
  DRAINING    .       .         xK       xK       xK      R        R      R      RK   save    .          .        .          L           .
  PREEMPTING  .       .         xK       xK       xK      R        R      R      RK   save    .          .        .          L           .
  KILLING     .       .         xK       xK       xK      save     save   save   save .       .          .        .          L           D
  FINISHED    .       .         xK       xK       xK      .        .      .      .    .       .          .        .          .           D
  FAILED      .       .         xK       xK       xK      .        .      .      .    .       .          .        .          .           D
  KILLED      .       .         xK       xK       xK      .        .      .      .    .       .          .        .          .           D
  LOST        .       .         xK       xK       xK      .        .      .      .    .       .          .        .          .           D
  DELETED     .       .         xK       xK       xK      .        .      .      .    .       .          .        .          .           .
`;

type CellName = keyof typeof CELLS;

function readTable(text: string): ReadonlyMap<string, Cell> {
  const [head = [], ...rows] = text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/ +/));
  return new Map(
    rows.flatMap(([from, ...cells]) =>
      cells.map((cell, column) => [`${from} ${head[column + 1]}`, CELLS[cell as CellName]] as const),
    ),
  );
}

const EDGES = readTable(TABLE);

/** What the rules look at. */
export interface TaskFacts {
  readonly isService: boolean;
  /** Attempts that may fail before the task is given up; -1 means any number. */
  readonly maxTaskFailures: number;
  /** Failures before this transition. */
  readonly failureCount: number;
  /** A KILLING event is in the task's history. */
  readonly wasKilled: boolean;
}

const RESCHEDULE_RULES: Readonly<Record<NonNullable<Cell['reschedule']>, (facts: TaskFacts) => boolean>> = {
  service: ({ isService }) => isService,
  failures: ({ isService, maxTaskFailures, failureCount }) =>
    isService || maxTaskFailures === -1 || failureCount < maxTaskFailures - 1,
  unlessKilled: ({ wasKilled }) => !wasKilled,
};

export interface Transition {
  readonly result: 'SUCCESS' | 'NOOP' | 'ILLEGAL' | 'ILLEGAL_WITH_SIDE_EFFECTS';
  readonly effects: readonly Effect[];
}

const NOOP: Transition = { result: 'NOOP', effects: [] };
const ILLEGAL: Transition = { result: 'ILLEGAL', effects: [] };

/** What happens when a task in `from` is to be in `to`. */
export function transition(from: StatusOrDeleted, to: StatusOrDeleted, facts: TaskFacts): Transition {
  if (from === to) return NOOP;
  const cell = EDGES.get(`${from} ${to}`);
  if (!cell) return ILLEGAL;
  if (!cell.legal)
    return cell.effects.length === 0
      ? ILLEGAL
      : { result: 'ILLEGAL_WITH_SIDE_EFFECTS', effects: cell.effects };
  const stays = cell.reschedule && !RESCHEDULE_RULES[cell.reschedule](facts);
  const effects = stays ? cell.effects.filter((effect) => effect !== 'RESCHEDULE') : cell.effects;
  return { result: 'SUCCESS', effects };
}
