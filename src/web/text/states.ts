/** What a state means to the reader; decides its colour. */
type Tone = 'good' | 'busy' | 'waiting' | 'bad' | 'quiet';

interface Sign {
  readonly shape: string;
  readonly tone: Tone;
}

/** Signs of task states; the shapes differ, so that nobody depends on colours. */
const TASKS: Readonly<Record<string, Sign>> = {
  RUNNING: { shape: '●', tone: 'good' },
  PENDING: { shape: '◔', tone: 'waiting' },
  ASSIGNED: { shape: '◑', tone: 'busy' },
  STARTING: { shape: '◑', tone: 'busy' },
  THROTTLED: { shape: '◴', tone: 'bad' },
  KILLING: { shape: '◐', tone: 'busy' },
  RESTARTING: { shape: '◐', tone: 'busy' },
  PREEMPTING: { shape: '◐', tone: 'busy' },
  DRAINING: { shape: '◐', tone: 'busy' },
  PARTITIONED: { shape: '◌', tone: 'bad' },
  FINISHED: { shape: '✓', tone: 'quiet' },
  FAILED: { shape: '✕', tone: 'bad' },
  LOST: { shape: '?', tone: 'bad' },
  KILLED: { shape: '■', tone: 'quiet' },
};

const UPDATES: Readonly<Record<string, Sign>> = {
  ROLLING_FORWARD: { shape: '▶', tone: 'busy' },
  ROLLING_BACK: { shape: '◀', tone: 'bad' },
  ROLL_FORWARD_PAUSED: { shape: '‖', tone: 'waiting' },
  ROLL_BACK_PAUSED: { shape: '‖', tone: 'waiting' },
  ROLL_FORWARD_AWAITING_PULSE: { shape: '◴', tone: 'waiting' },
  ROLL_BACK_AWAITING_PULSE: { shape: '◴', tone: 'waiting' },
  ROLLED_FORWARD: { shape: '✓', tone: 'good' },
  ROLLED_BACK: { shape: '↺', tone: 'bad' },
  ABORTED: { shape: '■', tone: 'quiet' },
  FAILED: { shape: '✕', tone: 'bad' },
  ERROR: { shape: '✕', tone: 'bad' },
};

/** Maintenance modes and outcomes of cron runs. */
const OTHERS: Readonly<Record<string, Sign>> = {
  NONE: { shape: '●', tone: 'good' },
  SCHEDULED: { shape: '◔', tone: 'waiting' },
  DRAINED: { shape: '■', tone: 'quiet' },
  STARTED: { shape: '▶', tone: 'good' },
  WAITING: { shape: '◴', tone: 'waiting' },
  CANCELLED: { shape: '■', tone: 'quiet' },
  IGNORED: { shape: '■', tone: 'quiet' },
  MISSED: { shape: '✕', tone: 'bad' },
};

const UNKNOWN: Sign = { shape: '·', tone: 'quiet' };

/** The sign of a state of tasks, updates, maintenance or cron runs. FAILED is a state of tasks and of updates. */
export const signOf = (state: string): Sign => TASKS[state] ?? UPDATES[state] ?? OTHERS[state] ?? UNKNOWN;

/** The word shown for a state: `ROLL_FORWARD_PAUSED` becomes `roll forward paused`; task states stay as they are. */
export const stateWord = (state: string): string =>
  UPDATES[state] && !TASKS[state] ? state.replaceAll('_', ' ').toLowerCase() : state;

/** Task states from the worst to the best; all others come after them. */
const WORST_FIRST = [
  'LOST',
  'FAILED',
  'THROTTLED',
  'PARTITIONED',
  'PENDING',
  'PREEMPTING',
  'DRAINING',
  'KILLING',
  'RESTARTING',
  'ASSIGNED',
  'STARTING',
  'RUNNING',
];

export const badness = (state: string): number => {
  const at = WORST_FIRST.indexOf(state);
  return at < 0 ? WORST_FIRST.length : at;
};

/** True for the states of updates that are going on or waiting. */
export const isActiveUpdate = (state: string): boolean => /^ROLL(ING)?_/.test(state);
