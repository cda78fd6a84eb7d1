import type { AgentsReply } from '../api/views/agents.ts';
import { AuroraError } from '../base/errors.ts';
import { type Grouping, groupingBy, groupingNamed } from './host-groups.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { openView, wholeBody } from './view-transport.ts';

/** A cluster of 100,000 agents fits well. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The grouping of that name. `by_rack` asks the scheduler where hosts stand; one without a rack goes alone.
 * @throws AuroraError BAD_PARAMETER for a name that is none, COMMAND_FAILED when the scheduler does not tell racks
 */
export async function groupingOf(session: Session, cluster: string, name: string): Promise<Grouping> {
  if (name !== 'by_rack') return groupingNamed(name);
  const base = await schedulerOf(session, cluster).leader();
  const view = await openView(`${new URL('api/view/agents?limit=1', base)}`, session);
  const body = await wholeBody(view, MOST_BYTES);
  const racks = view.status === 200 ? racksIn(body.toString('utf8')) : undefined;
  if (!racks)
    throw new AuroraError(
      'COMMAND_FAILED',
      `the scheduler of ${cluster} does not tell the racks of its hosts`,
      {
        next: 'use --grouping by_host or none',
      },
    );
  return groupingBy((host) => racks.get(host) ?? `host ${host}`);
}

function racksIn(text: string): ReadonlyMap<string, string> | undefined {
  try {
    const { racks } = JSON.parse(text) as AgentsReply;
    return new Map(
      racks.flatMap(({ rack, hosts }) =>
        rack === '' ? [] : hosts.map(([host]) => [host, `rack ${rack}`] as const),
      ),
    );
  } catch {
    return undefined;
  }
}
