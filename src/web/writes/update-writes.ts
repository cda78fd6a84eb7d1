import type { UpdateRow } from '../../api/views/updates.ts';
import { type Answers, type Asked, MESSAGE, messageArg, messageFlag, type Write } from './write.ts';

const keyOf = ({ id, job }: UpdateRow) => {
  const [role = '', environment = '', name = ''] = job.split('/');
  return { job: { role, environment, name }, id };
};

const asked =
  (cluster: string, row: UpdateRow, verb: string, effect: string, withMessage = true) =>
  (answers: Answers): Asked => ({
    effect,
    command: `aurora update ${verb} ${cluster}/${row.job}${withMessage ? messageFlag(answers) : ''}`,
    args: { key: keyOf(row), ...(withMessage ? messageArg(answers) : {}) },
  });

const isPaused = (status: string): boolean => status.endsWith('_PAUSED');
const isForward = (status: string): boolean =>
  status.startsWith('ROLL_FORWARD') || status === 'ROLLING_FORWARD';

/** What can be done with an update in its present state, the most usual first; nothing once it is over. */
export function updateWrites(cluster: string, row: UpdateRow, isActive: boolean): readonly Write[] {
  if (!isActive) return [];
  const { done, job, status, total } = row;
  const pause: Write = {
    call: 'pauseJobUpdate',
    verb: 'Pause',
    title: `Pause the update of ${job}`,
    atOnce: true,
    ask: asked(cluster, row, 'pause', 'No further instance is touched until it is resumed.'),
  };
  const resume: Write = {
    call: 'resumeJobUpdate',
    verb: 'Resume',
    title: `Resume the update of ${job}`,
    atOnce: true,
    ask: asked(cluster, row, 'resume', 'It goes on where it stopped.'),
  };
  const pulse: Write = {
    call: 'pulseJobUpdate',
    verb: 'Send a pulse',
    title: `Send a pulse to the update of ${job}`,
    atOnce: true,
    ask: asked(cluster, row, 'pulse', 'It goes on until the next pulse is due.', false),
  };
  const rollback: Write = {
    call: 'rollbackJobUpdate',
    verb: 'Roll back',
    title: `Roll back the update of ${job}`,
    stops: true,
    fields: [MESSAGE],
    ask: asked(
      cluster,
      row,
      'rollback',
      `${done} of ${total} instances have what it brings; they get back what they had, step by step.`,
    ),
  };
  const abort: Write = {
    call: 'abortJobUpdate',
    verb: 'Abort',
    title: `Abort the update of ${job}`,
    stops: true,
    fields: [MESSAGE],
    ask: asked(
      cluster,
      row,
      'abort',
      `It ends as it is: ${done} of ${total} instances keep what it brought, ${total - done} what they had.`,
    ),
  };
  return [
    ...(status.endsWith('_AWAITING_PULSE') ? [pulse] : []),
    isPaused(status) ? resume : pause,
    ...(isForward(status) ? [rollback] : []),
    abort,
  ];
}
