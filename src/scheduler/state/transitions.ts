import type { ScheduleStatus } from '../../api/index.ts';

/** DELETED means that the task is not stored. */
export type StatusOrDeleted = ScheduleStatus | 'DELETED';

/** The effects of a transition, always applied in this order. */
export type Effect =
  | 'INCREMENT_FAILURES'
  | 'SAVE_STATE'
  | 'RESCHEDULE'
  | 'TRANSITION_TO_LOST'
  | 'KILL'
  | 'DELETE';

/**
 * The meaning of the table's cells: whether the transition is legal, and its effects. `s`, `m` and `u` restrict the
 * reschedule: the task is a service; its failures do not exceed the maximum; it was not being killed.
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
  /** The condition of RESCHEDULE; undefined means always. */
  readonly reschedule?: 'service' | 'failures' | 'unlessKilled';
}

/**
 * All transitions: rows are current statuses, columns the wanted ones. Equal statuses are handled before (NOOP).
 * Source: the original's TaskStateMachine, except for two cells: a service that FINISHED while PARTITIONED is
 * rescheduled, and a KILLED is accepted while PARTITIONED (the original loses the former and never ends the latter).
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

/** The facts about a task that the rules depend on. */
export interface TaskFacts {
  readonly isService: boolean;
  /** The number of failures after which the task is given up; -1 means never. */
  readonly maxTaskFailures: number;
  /** The number of failures before this transition. */
  readonly failureCount: number;
  /** Whether the task's history has a KILLING event. */
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

/** The result and effects of moving a task from `from` to `to`. */
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
