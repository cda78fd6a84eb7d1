import type { SchedulerReply } from '../../api/views/scheduler.ts';
import { session } from '../data/first-view.ts';
import { Command } from '../parts/copy.tsx';
import { Empty, Facts, Section } from '../parts/layout.tsx';
import { Table } from '../parts/table.tsx';
import { ExactTime, Since, Time } from '../parts/time.tsx';
import { bytesText, countText, wholeText } from '../text/amounts.ts';
import type { ScreenProps } from './screen-props.ts';

const STATES: Readonly<Record<string, string>> = {
  ACTIVE: 'leads, and is registered with Mesos',
  LEADER_AWAITING_REGISTRATION: 'leads, and waits for Mesos to accept it: nothing is placed meanwhile',
  DEAD: 'is stopping',
};

const PAGES = [
  ['/vars', 'metrics'],
  ['/metrics', 'metrics for Prometheus'],
  ['/health', 'health'],
  ['/leaderhealth', 'leader health'],
  ['/agents', 'agents as a table'],
  ['/offers', 'offers'],
  ['/tiers', 'tiers'],
  ['/utilization', 'utilization'],
  ['/unknowntasks', 'unknown tasks'],
] as const;

/** The screen about the scheduler process that answers. */
export function SchedulerScreen({ view }: ScreenProps<SchedulerReply>) {
  const { address, backups, cluster, frameworkId, log, restored, startedMs, state, tasks, version } = view;
  return (
    <>
      <p class="sentence">
        {address} {STATES[state] ?? `is ${state}`}.
      </p>
      {restored && (
        <div class="notice waiting">
          <p>
            The state was restored <Time atMs={restored.restoredMs} /> from {restored.backup}, taken{' '}
            <Time atMs={restored.takenMs} />: Mesos may know of tasks that are not in it.
          </p>
        </div>
      )}
      <Facts
        facts={[
          ['Cluster', cluster],
          ['Version', version ?? 'unknown'],
          ['Up for', <Since key="up" atMs={startedMs} />],
          ['Framework id', frameworkId ? <code key="id">{frameworkId}</code> : 'none yet'],
          ['Tasks stored', wholeText(tasks)],
          [
            'Log',
            `${countText(log.writes, 'record')} written since the start${log.bytes ? ` (${bytesText(log.bytes)})` : ''}, ${countText(log.snapshots, 'snapshot')}`,
          ],
        ]}
      />
      <Section title="Backups">
        {backups.length > 0 ? (
          <Table
            label="backups"
            rows={backups}
            keyOf={({ name }) => name}
            columns={[
              { head: 'Name', wide: true, cell: ({ name }) => <code>{name}</code> },
              {
                head: 'Taken',
                cell: ({ takenMs }) => (takenMs === undefined ? '' : <ExactTime atMs={takenMs} />),
              },
            ]}
          />
        ) : (
          <Empty>
            <p>
              No backup has been taken yet. The scheduler takes one from time to time; this takes one now:
            </p>
            <Command text={`aurora_admin scheduler_backup_now ${session.cluster}`} />
          </Empty>
        )}
      </Section>
      <Section title="For monitors and programs">
        <ul class="plain columns">
          {PAGES.map(([href, name]) => (
            <li key={href}>
              <a href={href}>{name}</a> <span class="faint">{href}</span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}
