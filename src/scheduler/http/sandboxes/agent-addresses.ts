import type { Offer } from '../../../mesos/index.ts';
import { addressFrom, DEFAULT_AGENT, type ServerAddresses } from '../../../sandbox/remote-task.ts';

/** Addresses of agents and their observers, as far as this scheduler knows them. */
export interface AgentAddresses extends ServerAddresses {
  /** Learns the addresses of agents from their offers. */
  offered(offers: readonly Offer[]): void;
}

/** Most agents to remember. When there are more, all are forgotten, and new offers fill the map again. */
const MOST_AGENTS = 100_000;

/**
 * An observer's address comes from the template. An agent's comes from its last offer, or else is its host with Mesos'
 * default port.
 */
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
