import type { Offer } from '../../../mesos/index.ts';
import { addressFrom, DEFAULT_AGENT, type ServerAddresses } from '../../../sandbox/remote-task.ts';

/** Where observers and agents listen, as far as this scheduler knows. */
export interface AgentAddresses extends ServerAddresses {
  /** Offers name the agents that they are of. */
  offered(offers: readonly Offer[]): void;
}

/** Agents that are remembered; all are forgotten when there are more, and offers name those that are there again. */
const MOST_AGENTS = 100_000;

/** The observer's address is the template's; an agent's is what its last offer said, or Mesos' own port. */
export function agentAddresses(observerUrl: string): AgentAddresses {
  const agents = new Map<string, string>();
  return {
    observer: ({ host }) => addressFrom(observerUrl, host),
    agent: ({ agentId, host }) =>
      (agentId === undefined ? undefined : agents.get(agentId)) ?? addressFrom(DEFAULT_AGENT, host),
    offered(offers) {
      if (agents.size >= MOST_AGENTS) agents.clear();
      for (const { agent_id, url } of offers) {
        const { hostname, ip, port } = url?.address ?? {};
        const host = url?.scheme === 'https' ? hostname : (ip ?? hostname);
        if (host !== undefined && port !== undefined)
          agents.set(agent_id.value, addressFrom(`${url?.scheme ?? 'http'}://{host}:${port}`, host));
      }
    },
  };
}
