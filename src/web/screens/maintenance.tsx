import type { MaintenanceReply } from '../../api/views/agents.ts';
import type { Viewed } from '../../api/views/shared.ts';
import { session } from '../data/first-view.ts';
import { Command } from '../parts/copy.tsx';
import { HostTasks } from '../parts/host-tasks.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { State } from '../parts/state.tsx';
import { Time } from '../parts/time.tsx';
import { WriteButtons } from '../parts/write-buttons.tsx';
import { countText } from '../text/amounts.ts';
import { agentPath } from '../text/paths.ts';
import { activateWrite, drainSeveralWrite } from '../writes/host-writes.ts';
import type { ScreenProps } from './screen-props.ts';

/** The screen of hosts that are out of service or about to be. */
export function MaintenanceScreen({ view: { can, hosts } }: ScreenProps<MaintenanceReply & Viewed>) {
  const drain = <WriteButtons can={can} writes={[drainSeveralWrite(session.cluster)]} />;
  if (hosts.length === 0)
    return (
      <Empty>
        <h2>Every host is in service</h2>
        <p>This takes one out of service; its tasks go elsewhere first, as their promises allow:</p>
        <Command text={`aurora_admin host_drain ${session.cluster} --hosts HOST`} />
        {drain}
      </Empty>
    );
  return (
    <Section title={countText(hosts.length, 'host')} aside={drain}>
      {hosts.map(({ deadlineMs, host, mode, policy, sinceMs, tasks }) => (
        <article key={host} class="card">
          <h3>
            <a href={agentPath(host)}>{host}</a> <State state={mode} />
          </h3>
          <p>
            {mode === 'DRAINED'
              ? 'Nothing of this scheduler is left on it.'
              : `${countText(tasks.length, 'task is', 'tasks are')} still there.`}
            {sinceMs !== undefined && (
              <>
                {' '}
                Asked for <Time atMs={sinceMs} />
                {policy && `; tasks may wait for ${policy}`}
                {deadlineMs !== undefined && (
                  <>
                    , at most until <Time atMs={deadlineMs} />
                  </>
                )}
                .
              </>
            )}
          </p>
          <WriteButtons can={can} writes={[activateWrite(session.cluster, host)]} />
          {tasks.length > 0 && <HostTasks tasks={tasks} />}
        </article>
      ))}
    </Section>
  );
}
