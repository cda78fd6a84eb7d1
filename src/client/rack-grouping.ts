import type { AgentsReply } from '../api/views/agents.ts';
import { AuroraError } from '../base/errors.ts';
import { type Grouping, groupingBy, groupingNamed } from './host-groups.ts';
import { schedulerOf } from './scheduler-client.ts';
import type { Session } from './session.ts';
import { openView, wholeBody } from './view-transport.ts';

/** The size limit of an answer; one for 100,000 agents is well below it. */
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * The grouping of that name. For `by_rack` the scheduler is asked for the racks of hosts; a host without a rack forms a
 * group of its own.
 * @throws AuroraError BAD_PARAMETER for an unknown name, COMMAND_FAILED when the scheduler does not tell racks
 */
export async function groupingOf(session: Session, cluster: string, name: string): Promise<Grouping> {
  if (name !== 'by_rack') return groupingNamed(name);
  const base = await schedulerOf(session, cluster).leader();
  const view = await openView(`${new URL('api/view/agents?cells=all&size=1', base)}`, session);
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
      racks.flatMap(({ rack, hosts = [] }) =>
        rack === '' ? [] : hosts.map(([host]) => [host, `rack ${rack}`] as const),
      ),
    );
  } catch {
    return undefined;
  }
}
