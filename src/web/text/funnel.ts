import type { FunnelShown } from '../../api/views/pending.ts';

export interface FunnelStep {
  readonly kind: 'all' | 'out' | 'fit';
  readonly text: string;
  readonly agents: number;
  /** Share of all agents, 0 to 1. */
  readonly share: number;
  readonly reasons: string;
}

/** What each kind of obstacle is called. */
const KINDS: Readonly<Record<string, string>> = {
  RESERVED: 'kept for other tasks',
  DEDICATED_CONSTRAINT_MISMATCH: 'dedicated to others',
  MAINTENANCE: 'in maintenance',
  CONSTRAINT_MISMATCH: 'without what the constraints ask for',
  LIMIT_NOT_SATISFIED: 'full by the limits of the job',
  INSUFFICIENT_RESOURCES: 'with too little room',
};

const reasonsText = (reasons: Readonly<Record<string, number>>): string =>
  Object.entries(reasons)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} (${count})`)
    .join(', ');

/** The steps from all agents to those that fit. */
export function funnelSteps({ fitting, known, offering, ruledOut }: FunnelShown): readonly FunnelStep[] {
  const share = (agents: number): number => (known > 0 ? agents / known : 0);
  const step = (kind: FunnelStep['kind'], agents: number, text: string, reasons = ''): FunnelStep => ({
    ...{ kind, agents, text, reasons },
    share: share(agents),
  });
  return [
    step('all', known, known === 1 ? 'agent is known' : 'agents are known'),
    step('all', offering, 'with an unused offer now'),
    ...ruledOut.map(({ agents, kind, reasons }) =>
      step('out', agents, KINDS[kind] ?? kind.toLowerCase(), reasonsText(reasons)),
    ),
    step('fit', fitting, fitting === 0 ? 'none fits' : 'fit: the next attempt uses one'),
  ];
}

export const nearestText = ({ host, lacks }: NonNullable<FunnelShown['nearest']>): string =>
  `The nearest is ${host}: ${lacks.join(', ')}.`;

/** The funnel in one phrase, for the sentence at the top of a job's screen. */
export function funnelSentence({ fitting, known, offering, ruledOut }: FunnelShown): string {
  if (known === 0) return 'no agent is known';
  if (fitting > 0) return `${fitting} of ${known} agents fit, a place is being taken`;
  const [worst] = [...ruledOut].sort((a, b) => b.agents - a.agents);
  if (!worst) return offering === 0 ? `none of ${known} agents offers anything now` : 'no agent fits';
  const [reason] = Object.entries(worst.reasons).sort(([, a], [, b]) => b - a)[0] ?? [];
  return `${reason ?? KINDS[worst.kind] ?? worst.kind} on ${worst.agents} of ${known} agents`;
}
