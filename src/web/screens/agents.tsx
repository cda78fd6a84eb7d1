import type { AgentsReply } from '../../api/views/agents.ts';
import { AGENT_COLUMNS } from '../parts/agent-columns.tsx';
import { Choices, Filter } from '../parts/filter.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { Pages } from '../parts/pages.tsx';
import { Table } from '../parts/table.tsx';
import { Topology } from '../parts/topology.tsx';
import type { ScreenProps } from './screen-props.ts';

const MODES = [
  ['', 'all'],
  ['NONE', 'in service'],
  ['SCHEDULED', 'scheduled'],
  ['DRAINING', 'draining'],
  ['DRAINED', 'drained'],
] as const;

/** The screen of all agents. */
export function AgentsScreen({ view: { racks, rows, total } }: ScreenProps<AgentsReply>) {
  if (racks.length === 0)
    return (
      <Empty>
        <h2>No agent is known</h2>
        <p>
          An agent appears here when Mesos first offers what it has. With agents running, look at{' '}
          <a href="/state/view">whether this scheduler is registered</a>.
        </p>
      </Empty>
    );
  return (
    <>
      <Section
        title="Racks"
        aside={
          <span class="legend faint">a cell is an agent, the darker the fuller; framed: in maintenance</span>
        }
      >
        <Topology racks={racks} />
      </Section>
      <Section
        title="Agents"
        aside={
          <>
            <Choices name="mode" label="maintenance" values={MODES} />
            <Filter label="filter: host" />
          </>
        }
      >
        {rows.length > 0 ? (
          <Table
            label="agents"
            rows={rows}
            keyOf={({ agentId, host }) => `${host} ${agentId}`}
            columns={AGENT_COLUMNS}
            sorted={['host', 'asc']}
          />
        ) : (
          <Empty>No agent fits the filter.</Empty>
        )}
        <Pages total={total} shown={rows.length} noun={total === 1 ? 'agent' : 'agents'} />
      </Section>
    </>
  );
}
