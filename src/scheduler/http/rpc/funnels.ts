import type { Wire } from '../../../api/index.ts';
import { type Funnel, funnelText, lackText } from '../../scheduling/nearest-fit-funnel.ts';

/** A funnel in the API's form. `taskIds` are the tasks it is for; empty for tasks that do not exist yet. */
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
