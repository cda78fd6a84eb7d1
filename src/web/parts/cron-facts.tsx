import type { CronShown } from '../../api/views/job.ts';
import { Facts } from './layout.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';
import { ExactTime, Time } from './time.tsx';

/** When a cron job ran, and when it runs next. */
export function CronFacts({ cron }: { readonly cron: CronShown }) {
  const { collision, missed, nextMs, problem, runs, schedule, zone } = cron;
  return (
    <>
      {problem && <p class="bad">{problem}</p>}
      <Facts
        facts={[
          ['Schedule', <code key="schedule">{schedule}</code>],
          ['Time zone', zone],
          ['When the last run still goes on', collision.toLowerCase().replaceAll('_', ' ')],
          missed > 0 && ['Missed', String(missed)],
          [
            'Next',
            nextMs.length === 0 ? (
              'never'
            ) : (
              <>
                <Time atMs={nextMs[0]} /> (<ExactTime atMs={nextMs[0] as number} />)
              </>
            ),
          ],
        ]}
      />
      {runs.length > 0 && (
        <Table
          label="last runs"
          rows={runs}
          keyOf={({ atMs, outcome }) => `${atMs} ${outcome}`}
          columns={[
            { head: 'Run', number: true, cell: ({ atMs }) => <Time atMs={atMs} /> },
            { head: 'Outcome', cell: ({ outcome }) => <State state={outcome} /> },
            { head: 'Asked for by', cell: ({ user }) => user ?? <span class="faint">the schedule</span> },
            { head: 'Why', wide: true, cell: ({ reason }) => reason },
          ]}
        />
      )}
    </>
  );
}
