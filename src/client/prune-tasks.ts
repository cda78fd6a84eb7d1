import { AuroraError } from '../base/errors.ts';
import { parseStates } from './admin-states.ts';
import { joinedMessages } from './response.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';

export interface PruneTasks {
  readonly cluster: string;
  /** Nothing means all states that tasks end in. */
  readonly states?: string | undefined;
  readonly role?: string | undefined;
  readonly environment?: string | undefined;
  readonly limit?: number | undefined;
}

/** Takes tasks that are over out of the scheduler's memory. Throws BAD_PARAMETER, API. */
export async function pruneTasks(
  session: Session,
  { cluster, states, role, environment, limit }: PruneTasks,
): Promise<void> {
  const query = {
    ...(states === undefined ? {} : { statuses: [...parseStates(states)] }),
    role,
    environment,
    limit,
  };
  const response = await schedulerOf(session, cluster).once('pruneTasks', { query });
  if (response.responseCode !== 'OK')
    throw new AuroraError('API', `Failed to prune tasks: ${joinedMessages(response)}`);
  session.print('Tasks pruned.\n');
  session.give?.({ pruned: true });
}
