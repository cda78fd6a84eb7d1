import type { Wire } from '../../../api/index.ts';
import { type Funnel, funnelText, lackText } from '../../scheduling/nearest-fit-funnel.ts';

/** A funnel as the API has it, of these tasks; none for tasks that are not there yet. */
export function wireFunnel(funnel: Funnel, taskIds: string[]): Wire<'PendingFunnel'> {
  const { fittingAgents, knownAgents, nearest, offeringAgents, ruledOut } = funnel;
  return {
    taskIds,
    knownAgents,
    offeringAgents,
    fittingAgents,
    ruledOut: Object.fromEntries(ruledOut.map(({ type, agents }) => [type, agents])),
    reasons: Object.fromEntries(ruledOut.flatMap(({ reasons }) => Object.entries(reasons))),
    ...(nearest ? { nearestHost: nearest.host } : {}),
    lacks: nearest?.lacks.map(lackText) ?? [],
    text: funnelText(funnel),
  };
}
