import type { AgentRow } from '../../api/views/agents.ts';
import type { Amounts } from '../../api/views/shared.ts';
import { megabytesText, numberText } from '../text/amounts.ts';
import { agentPath } from '../text/paths.ts';
import { Bar } from './bar.tsx';
import { State } from './state.tsx';
import type { TableColumn } from './table.tsx';

/** How much of a resource tasks have, and of how much in all if that is known. */
export function Share({
  free,
  of,
  text,
  used,
}: {
  readonly used: Amounts;
  readonly free: Amounts | undefined;
  readonly of: 'cpus' | 'ramMb' | 'diskMb';
  readonly text: (amount: number) => string;
}) {
  const value = used[of];
  if (!free) return <>{text(value)}</>;
  const whole = value + free[of];
  return (
    <span class="progress">
      <Bar value={value} of={whole} label={`${text(value)} of ${text(whole)}`} />
      <span class="number">
        {text(value)} <span class="faint">of {text(whole)}</span>
      </span>
    </span>
  );
}

export const AGENT_COLUMNS: readonly TableColumn<AgentRow>[] = [
  { head: 'Host', sort: 'host', wide: true, cell: ({ host }) => <a href={agentPath(host)}>{host}</a> },
  { head: 'Rack', sort: 'rack', minor: true, cell: ({ rack }) => rack },
  {
    head: 'Maintenance',
    sort: 'mode',
    cell: ({ mode }) => (mode === 'NONE' ? <span class="faint">none</span> : <State state={mode} />),
  },
  { head: 'Dedicated to', minor: true, cell: ({ dedicated }) => dedicated },
  { head: 'Tasks', sort: 'tasks', number: true, cell: ({ tasks }) => tasks },
  {
    head: 'Cores allocated',
    sort: 'cpus',
    cell: ({ free, used }) => <Share used={used} free={free} of="cpus" text={numberText} />,
  },
  {
    head: 'Memory allocated',
    sort: 'ram',
    cell: ({ free, used }) => <Share used={used} free={free} of="ramMb" text={megabytesText} />,
  },
];
