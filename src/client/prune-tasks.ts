import { TERMINAL_STATES } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { parseStates } from './admin-states.ts';
import { confirm } from './confirm.ts';
import { joinedMessages, requireOk } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { tasksIn } from './tasks.ts';

export interface PruneTasks {
  readonly cluster: string;
  /** Undefined means all terminal states. */
  readonly states?: string | undefined;
  readonly role?: string | undefined;
  readonly environment?: string | undefined;
  readonly limit?: number | undefined;
  readonly yes: boolean;
}

/** Removes terminal tasks from the scheduler's memory. Throws BAD_PARAMETER, API. */
export async function pruneTasks(
  session: Session,
  { cluster, states, role, environment, limit, yes }: PruneTasks,
): Promise<void> {
  const query = {
    ...(states === undefined ? {} : { statuses: [...parseStates(states)] }),
    role,
    environment,
    limit,
  };
  const scheduler = schedulerOf(session, cluster);
  await confirm(session, {
    yes,
    question: async () => {
      const statuses = query.statuses ?? [...TERMINAL_STATES];
      const found = await scheduler.query('getTasksWithoutConfigs', {
        query: { ...query, limit: undefined, statuses },
      });
      const count = tasksIn(requireOk(found, session.log)).length;
      const pruned = Math.min(count, limit ?? count);
      return `${pruned} of the ended tasks of ${cluster} will be forgotten. Go on?`;
    },
  });
  const response = await scheduler.once('pruneTasks', { query });
  if (response.responseCode !== 'OK')
    throw new AuroraError('API', `Failed to prune tasks: ${joinedMessages(response)}`);
  session.print('Tasks pruned.\n');
  session.give?.({ pruned: true });
}
