import type { FunnelShown } from '../../../api/views/pending.ts';
import { type Funnel, lackText } from '../../scheduling/nearest-fit-funnel.ts';

export function funnelShown(funnel: Funnel): FunnelShown {
  const { fittingAgents, knownAgents, nearest, offeringAgents, ruledOut } = funnel;
  return {
    known: knownAgents,
    offering: offeringAgents,
    fitting: fittingAgents,
    ruledOut: ruledOut.map(({ type, agents, reasons }) => ({ kind: type, agents, reasons })),
    ...(nearest ? { nearest: { host: nearest.host, lacks: nearest.lacks.map(lackText) } } : {}),
  };
}
