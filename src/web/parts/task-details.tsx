import type { TaskEventShown, TaskShown } from '../../api/views/tasks.ts';
import { durationText } from '../text/durations.ts';
import { agentPath, taskPath } from '../text/paths.ts';
import { Config } from './configs.tsx';
import { Copy } from './copy.tsx';
import { ExternalLink } from './external-link.tsx';
import { Funnel } from './funnel.tsx';
import { Facts, Section } from './layout.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';
import { ExactTime, Since } from './time.tsx';

/** The events of a task, and how long each state lasted. */
function Events({
  active,
  events,
}: {
  readonly events: readonly TaskEventShown[];
  readonly active: boolean;
}) {
  const rows = events.map((event, at) => ({ ...event, at, untilMs: events[at + 1]?.atMs }));
  return (
    <Table
      label="events"
      rows={rows}
      keyOf={({ at }) => String(at)}
      columns={[
        { head: 'State', cell: ({ status }) => <State state={status} /> },
        { head: 'At', cell: ({ atMs }) => <ExactTime atMs={atMs} /> },
        {
          head: 'For',
          number: true,
          cell: ({ atMs, untilMs }) =>
            untilMs !== undefined ? durationText(untilMs - atMs) : active ? <Since atMs={atMs} /> : '',
        },
        { head: 'Message', wide: true, cell: ({ message }) => message },
        { head: 'Scheduler', minor: true, cell: ({ scheduler }) => <span class="faint">{scheduler}</span> },
      ]}
    />
  );
}

/** Everything about a task. */
export function TaskDetails({ job, task }: { readonly job: string; readonly task: TaskShown }) {
  const {
    active,
    agentId,
    ancestorId,
    config,
    events,
    failures,
    host,
    links,
    ports,
    processes,
    status,
    taskId,
    waits,
  } = task;
  const last = events.at(-1);
  const shownPorts = Object.entries(ports);
  const shownLinks = Object.entries(links);
  return (
    <>
      <p class="sentence">
        <State state={status} /> {last && <>for {active ? <Since atMs={last.atMs} /> : null}</>}
        {!active && last && (
          <>
            since <ExactTime atMs={last.atMs} />
          </>
        )}
        {last?.message && <>: {last.message}</>}
      </p>
      <Facts
        facts={[
          [
            'Task',
            <span key="id" class="row">
              <a href={taskPath(job, taskId)}>
                <code>{taskId}</code>
              </a>
              <Copy text={taskId} what="the task id" />
            </span>,
          ],
          host !== undefined && [
            'Host',
            <span key="host" class="row">
              <a href={agentPath(host)}>{host}</a>
              <Copy text={host} what="the host" />
            </span>,
          ],
          agentId !== undefined && ['Agent', <code key="agent">{agentId}</code>],
          shownPorts.length > 0 && [
            'Ports',
            shownPorts.map(([name, port]) => (
              <span key={name} class="row">
                {name} {port}
              </span>
            )),
          ],
          shownLinks.length > 0 && [
            'Links',
            shownLinks.map(([name, href]) => <ExternalLink key={name} name={name} href={href} />),
          ],
          failures > 0 && ['Failures before', String(failures)],
          ancestorId !== undefined && [
            'In the place of',
            <a key="ancestor" href={taskPath(job, ancestorId)}>
              <code>{ancestorId}</code>
            </a>,
          ],
          [
            'As stored',
            <a key="dump" href={`/structdump/task/${encodeURIComponent(taskId)}`}>
              structdump
            </a>,
          ],
        ]}
      />
      {waits && (
        <Section title="Why it is pending">
          <Funnel funnel={waits.funnel} />
        </Section>
      )}
      <Section title="Events">
        <Events events={events} active={active} />
      </Section>
      {processes.length > 0 && (
        <Section title="Processes">
          <Table
            label="processes"
            rows={processes}
            keyOf={({ name }) => name}
            columns={[
              { head: 'Name', cell: ({ name }) => name },
              { head: 'Kind', minor: true, cell: ({ traits }) => traits.join(', ') },
              { head: 'Command', wide: true, cell: ({ command }) => <pre class="lines">{command}</pre> },
            ]}
          />
        </Section>
      )}
      <Section title="Configuration">
        <Config config={config} />
      </Section>
    </>
  );
}
