import type { AgentReply } from '../../api/views/agents.ts';
import type { Viewed } from '../../api/views/shared.ts';
import { session } from '../data/first-view.ts';
import { Share } from '../parts/agent-columns.tsx';
import { Copy } from '../parts/copy.tsx';
import { EndedTasks } from '../parts/ended-tasks.tsx';
import { HostTasks } from '../parts/host-tasks.tsx';
import { Empty, Facts, Section } from '../parts/layout.tsx';
import { State } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { WriteButtons } from '../parts/write-buttons.tsx';
import { megabytesText, numberText } from '../text/amounts.ts';
import { activateWrite, drainWrite } from '../writes/host-writes.ts';
import type { ScreenProps } from './screen-props.ts';

/** The screen of one host. */
export function AgentScreen({
  view: { attributes, can, ended, request, row, tasks },
}: ScreenProps<AgentReply & Viewed>) {
  const { agentId, free, mode, used } = row;
  const writes = [
    ...(mode === 'NONE' || mode === 'SCHEDULED' ? [drainWrite(session.cluster, row.host, tasks.length)] : []),
    ...(mode === 'NONE' ? [] : [activateWrite(session.cluster, row.host)]),
  ];
  return (
    <>
      <WriteButtons can={can} writes={writes} />
      <Facts
        facts={[
          ['Maintenance', mode === 'NONE' ? 'in service' : <State key="mode" state={mode} />],
          request && [
            'Asked for',
            <>
              <Time atMs={request.sinceMs} />; tasks may wait for {request.policy} until{' '}
              <Time atMs={request.sinceMs + request.timeoutMs} />
            </>,
          ],
          [
            'Agent',
            <span key="agent" class="row">
              <code>{agentId}</code>
              <Copy text={agentId} what="the agent id" />
            </span>,
          ],
          ['Cores', <Share key="cpus" used={used} free={free} of="cpus" text={numberText} />],
          ['Memory', <Share key="ram" used={used} free={free} of="ramMb" text={megabytesText} />],
          ['Disk', <Share key="disk" used={used} free={free} of="diskMb" text={megabytesText} />],
          ...attributes.map(([name, values]) => [name, values.join(', ')] as const),
        ]}
      />
      {!free && <p class="faint">Nothing is offered of this agent now, so only what tasks have is known.</p>}
      <Section title={`Tasks (${tasks.length})`}>
        {tasks.length > 0 ? <HostTasks tasks={tasks} /> : <Empty>No task of this scheduler runs here.</Empty>}
      </Section>
      {ended.length > 0 && (
        <Section title="Ended here">
          <EndedTasks rows={ended} />
        </Section>
      )}
    </>
  );
}
