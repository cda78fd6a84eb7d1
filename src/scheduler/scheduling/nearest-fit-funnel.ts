import type { HostOffer } from '../offers/host-offer.ts';
import { NEAR_ZERO, RESOURCE_TYPES } from '../offers/resource-bag.ts';
import type { AttributeCounts } from './constraints.ts';
import { type FilterContext, vetoes } from './filter.ts';
import type { TaskRequest } from './task-request.ts';
import { resourceVeto, type Veto, type VetoType } from './veto.ts';

/** The kind of the veto; RESERVED: the agent is reserved for other tasks, for which others were preempted there. */
type RuledOutBy = VetoType | 'RESERVED';

/** The agents that were ruled out by one kind of reason, with how many agents gave each reason of that kind. */
export interface RuledOut {
  readonly type: RuledOutBy;
  readonly agents: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** What an agent lacks: what is needed and what it has, as text for a person. */
export interface FitLack {
  /** In the words of getPendingReason. */
  readonly reason: string;
  readonly needs: string;
  readonly has: string;
}

/** How many agents are ruled out for a task at each stage; every agent with an offer is counted once. */
export interface Funnel {
  /** Agents that ever offered something, except those that are gone for good. */
  readonly knownAgents: number;
  /** Agents that have an unused offer now. */
  readonly offeringAgents: number;
  /** Agents that nothing rules out: the next attempt will use one of them, or the last one just did. */
  readonly fittingAgents: number;
  /** In the order in which the reasons are checked. */
  readonly ruledOut: readonly RuledOut[];
  /** The agent that is nearest to fitting; absent when one fits, and when none was judged. */
  readonly nearest?: { readonly host: string; readonly agentId: string; readonly lacks: readonly FitLack[] };
}

const STAGES: readonly RuledOutBy[] = [
  'RESERVED',
  'DEDICATED_CONSTRAINT_MISMATCH',
  'MAINTENANCE',
  'CONSTRAINT_MISMATCH',
  'LIMIT_NOT_SATISFIED',
  'INSUFFICIENT_RESOURCES',
];

const RESERVED = 'Kept for tasks that others were preempted for';

const rounded = (amount: number): string => String(Math.round(amount * 1000) / 1000);

const listed = (values: Iterable<string> | undefined): string => [...(values ?? [])].join(', ') || 'nothing';

/** The constraint behind the veto: what it asks for and what the agent has. */
function constraintLack(
  { constraints }: TaskRequest,
  offer: HostOffer,
  { reason, type }: Veto,
  counts: AttributeCounts,
): FitLack {
  const name = reason.slice(reason.indexOf(': ') + 2);
  const values = offer.attributes.get(name);
  const limit = constraints.limits.find(([named]) => named === name)?.[1].limit;
  if (type === 'LIMIT_NOT_SATISFIED' && limit !== undefined) {
    const there = [...(values ?? [])].map((value) => `${counts.count(name, value)} on ${value}`);
    return { reason, needs: `less than ${limit}`, has: there.join(', ') };
  }
  const rule = constraints.values.find(([named]) => named === name)?.[1];
  const wanted = rule ? `${rule.negated ? 'not ' : ''}${listed(rule.values)}` : 'any value';
  return { reason, needs: wanted, has: listed(values) };
}

function lacksOf(
  request: TaskRequest,
  offer: HostOffer,
  found: readonly Veto[],
  counts: AttributeCounts,
): FitLack[] {
  const [first] = found;
  switch (first?.type) {
    case 'CONSTRAINT_MISMATCH':
    case 'LIMIT_NOT_SATISFIED':
      return [constraintLack(request, offer, first, counts)];
    case 'INSUFFICIENT_RESOURCES': {
      const have = offer.pool.available(request.revocableTier);
      const need = request.total;
      return RESOURCE_TYPES.filter((type) => need[type] > have[type] + NEAR_ZERO).map((type) => ({
        reason: resourceVeto(type, need[type] - have[type]).reason,
        needs: rounded(need[type]),
        has: rounded(have[type]),
      }));
    }
    case 'DEDICATED_CONSTRAINT_MISMATCH':
      return [{ reason: first.reason, needs: 'a dedicated constraint', has: 'none' }];
    default:
      return found.map(({ reason }) => ({ reason, needs: 'no maintenance', has: offer.mode }));
  }
}

/** Builds a funnel offer by offer, so that a long walk can be split into slices. */
export interface FunnelWalk {
  /** @param reserved whether the agent is reserved for other tasks; if so, it is not judged. */
  look(offer: HostOffer, reserved?: boolean): void;
  result(knownAgents: number): Funnel;
}

/** Judges offers by the same filter as scheduling attempts; keeps no state about them. */
export function funnelWalk(request: TaskRequest, filter: FilterContext): FunnelWalk {
  const agents = new Map<RuledOutBy, number>();
  const reasons = new Map<RuledOutBy, Map<string, number>>();
  let offering = 0;
  let fitting = 0;
  let nearest:
    | { readonly offer: HostOffer; readonly found: readonly Veto[]; readonly score: number }
    | undefined;
  const ruleOut = (by: RuledOutBy, found: readonly string[]) => {
    const byReason = reasons.get(by) ?? new Map<string, number>();
    reasons.set(by, byReason);
    agents.set(by, (agents.get(by) ?? 0) + 1);
    for (const reason of found) byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  };
  return {
    look(offer, reserved = false) {
      offering++;
      if (reserved) return ruleOut('RESERVED', [RESERVED]);
      const found = vetoes(request, offer, filter);
      const [first] = found;
      if (!first) {
        fitting++;
        return;
      }
      ruleOut(
        first.type,
        found.map(({ reason }) => reason),
      );
      const score = found.reduce((sum, veto) => sum + veto.score, 0);
      if (!nearest || score < nearest.score) nearest = { offer, found, score };
    },
    result(knownAgents) {
      const ruledOut = STAGES.flatMap((type): RuledOut[] => {
        const count = agents.get(type);
        return count === undefined
          ? []
          : [{ type, agents: count, reasons: Object.fromEntries(reasons.get(type) ?? []) }];
      });
      const counted = {
        knownAgents: Math.max(knownAgents, offering),
        offeringAgents: offering,
        fittingAgents: fitting,
        ruledOut,
      };
      if (!nearest || fitting > 0) return counted;
      const { offer, found } = nearest;
      const lacks = lacksOf(request, offer, found, filter.counts);
      return { ...counted, nearest: { host: offer.hostname, agentId: offer.agentId, lacks } };
    },
  };
}

const agentsText = (count: number): string => (count === 1 ? '1 agent' : `${count} agents`);

const reasonsText = ({ reasons }: RuledOut): string => {
  const all = Object.entries(reasons);
  return all.length === 1
    ? (all[0]?.[0] as string)
    : all.map(([reason, count]) => `${reason} (${count})`).join(', ');
};

export const lackText = ({ reason, needs, has }: FitLack): string => `${reason} (needs ${needs}, has ${has})`;

/** The funnel as lines of text for a person. */
export function funnelText(funnel: Funnel): string {
  const { fittingAgents, knownAgents, nearest, offeringAgents, ruledOut } = funnel;
  const lines = [`${agentsText(knownAgents)} known, ${offeringAgents} with an offer`];
  for (const stage of ruledOut) lines.push(`${agentsText(stage.agents)} ruled out: ${reasonsText(stage)}`);
  lines.push(fittingAgents === 0 ? 'none fits' : `${agentsText(fittingAgents)} fit`);
  if (nearest) lines.push(`nearest: ${nearest.host}: ${nearest.lacks.map(lackText).join(', ')}`);
  return lines.join('\n');
}
