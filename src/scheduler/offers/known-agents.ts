import type { Attribute as HostAttribute } from '../../api/index.ts';
import { isSameJson } from '../../base/same-json.ts';
import type { Offer, Resource } from '../../mesos/index.ts';
import type { AgentAttributes } from '../storage/index.ts';
import { offeredValues } from './attribute-values.ts';
import { boundsOf, PackedRanges } from './ports.ts';

/** An offer of an agent, and what is stored about the agent. */
export interface OfferAndAgent {
  readonly offer: Offer;
  readonly stored: AgentAttributes;
}

/** Agents by what they say of themselves in every offer. */
export interface KnownAgents {
  /**
   * The same offer, in which everything that does not change from one offer of the agent to the next is the object of its
   * first offer, and ranges are packed: offers come for every task, and stay long enough to be expensive garbage.
   */
  know(offer: Offer): OfferAndAgent;
  /** Call when the agent has left the cluster. */
  forget(agentId: string): void;
  clear(): void;
}

const storedOf = (offer: Offer): AgentAttributes => ({
  host: offer.hostname,
  attributes: [...offeredValues(offer)].map(
    ([name, values]): HostAttribute => ({ name, values: [...values] }),
  ),
  slaveId: offer.agent_id.value,
});

const packed = (resource: Resource): Resource =>
  resource.ranges === undefined
    ? resource
    : { ...resource, ranges: new PackedRanges(boundsOf(resource.ranges)) };

export function knownAgents(): KnownAgents {
  const byId = new Map<string, OfferAndAgent>();
  const agentOf = (offer: Offer): OfferAndAgent => {
    const id = offer.agent_id.value;
    const known = byId.get(id);
    if (known?.offer.hostname === offer.hostname && isSameJson(known.offer.attributes, offer.attributes))
      return known;
    // Without its resources, which nobody needs once it is used.
    const { resources: _resources, ...lasting } = offer;
    const agent = { offer: lasting, stored: storedOf(offer) };
    byId.set(id, agent);
    return agent;
  };
  return {
    know(offer) {
      const { offer: before, stored } = agentOf(offer);
      const shared: { -readonly [K in keyof Offer]: Offer[K] } = { ...offer };
      if (offer.resources) shared.resources = offer.resources.map(packed);
      shared.agent_id = before.agent_id;
      shared.hostname = before.hostname;
      if (before.attributes) shared.attributes = before.attributes;
      if (isSameJson(before.framework_id, offer.framework_id)) shared.framework_id = before.framework_id;
      if (before.url && isSameJson(before.url, offer.url)) shared.url = before.url;
      return { offer: shared, stored };
    },
    forget: (agentId) => void byId.delete(agentId),
    clear: () => byId.clear(),
  };
}
