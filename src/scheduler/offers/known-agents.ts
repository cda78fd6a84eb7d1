import type { Attribute as HostAttribute } from '../../api/index.ts';
import type { Offer } from '../../mesos/index.ts';
import type { AgentAttributes } from '../storage/index.ts';
import { offeredValues } from './attribute-values.ts';

/** An offer of an agent, and what is stored about the agent. */
export interface OfferAndAgent {
  readonly offer: Offer;
  readonly stored: AgentAttributes;
}

/** Agents by what they say of themselves in every offer. */
export interface KnownAgents {
  /**
   * The same offer, in which everything that does not change from one offer of the agent to the next is the object of its
   * first offer: offers come for every task, and stay long enough to be expensive garbage.
   */
  know(offer: Offer): OfferAndAgent;
  /** Call when the agent has left the cluster. */
  forget(agentId: string): void;
  clear(): void;
}

/** Whether two values that were read from JSON are the same, members in the same order. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [mine, others] = [Object.keys(one), Object.keys(other)];
  return (
    mine.length === others.length &&
    mine.every(
      (key, at) =>
        key === others[at] &&
        same((one as Record<string, unknown>)[key], (other as Record<string, unknown>)[key]),
    )
  );
}

const storedOf = (offer: Offer): AgentAttributes => ({
  host: offer.hostname,
  attributes: [...offeredValues(offer)].map(
    ([name, values]): HostAttribute => ({ name, values: [...values] }),
  ),
  slaveId: offer.agent_id.value,
});

export function knownAgents(): KnownAgents {
  const byId = new Map<string, OfferAndAgent>();
  return {
    know(offer) {
      const known = byId.get(offer.agent_id.value);
      const { attributes, framework_id, hostname, url } = offer;
      if (known?.offer.hostname !== hostname || !same(known.offer.attributes, attributes)) {
        // Without its resources, which nobody needs once it is used.
        const { resources: _resources, ...lasting } = offer;
        const stored = storedOf(offer);
        byId.set(offer.agent_id.value, { offer: lasting, stored });
        return { offer, stored };
      }
      const shared: { -readonly [K in keyof Offer]: Offer[K] } = { ...offer };
      const before = known.offer;
      shared.agent_id = before.agent_id;
      shared.hostname = before.hostname;
      if (before.attributes) shared.attributes = before.attributes;
      if (same(before.framework_id, framework_id)) shared.framework_id = before.framework_id;
      if (before.url && same(before.url, url)) shared.url = before.url;
      return { offer: shared, stored: known.stored };
    },
    forget: (agentId) => void byId.delete(agentId),
    clear: () => byId.clear(),
  };
}
