import type { PendingReply } from '../../api/views/pending.ts';
import { Filter } from '../parts/filter.tsx';
import { Funnel } from '../parts/funnel.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { Pages } from '../parts/pages.tsx';
import { Since } from '../parts/time.tsx';
import { countText } from '../text/amounts.ts';
import { durationText } from '../text/durations.ts';
import { jobPath } from '../text/paths.ts';
import type { ScreenProps } from './screen-props.ts';

const PAGE = 20;

/** The screen of pending tasks, with the reasons why they wait now. */
export function PendingScreen({ at, view: { rows, tasks, total } }: ScreenProps<PendingReply>) {
  if (total === 0)
    return (
      <Section title="Pending" aside={<Filter label="filter: job" />}>
        <Empty>
          {at.query.q
            ? `No pending task belongs to a job with “${at.query.q}” in its key.`
            : 'No task waits for a place. One that does appears here with what every agent lacks for it.'}
        </Empty>
      </Section>
    );
  return (
    <>
      <Section
        title={`${countText(tasks, 'task')} in ${countText(total, 'group')}`}
        aside={<Filter label="filter: job" />}
      >
        {rows.map((row) => (
          <article key={`${row.job} ${row.instances}`} class="card">
            <h3>
              <a href={jobPath(row.job)}>{row.job}</a>{' '}
              <span class="faint">
                {countText(row.count, 'instance')} ({row.instances})
              </span>
            </h3>
            <p>
              Waiting for <Since atMs={row.sinceMs} />
              {row.penaltyMs > 0 && `, tried every ${durationText(row.penaltyMs)} at the longest`}.
            </p>
            <Funnel funnel={row.funnel} />
          </article>
        ))}
      </Section>
      <Pages total={total} shown={rows.length} noun="groups" size={PAGE} />
    </>
  );
}
