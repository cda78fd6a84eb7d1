import type { QuotaReply, QuotaRow } from '../../api/views/quota.ts';
import type { Can, Viewed } from '../../api/views/shared.ts';
import { session } from '../data/first-view.ts';
import { Bar } from '../parts/bar.tsx';
import { Command } from '../parts/copy.tsx';
import { Filter } from '../parts/filter.tsx';
import { Empty, Section } from '../parts/layout.tsx';
import { Pages } from '../parts/pages.tsx';
import { Table, type TableColumn } from '../parts/table.tsx';
import { WriteButtons } from '../parts/write-buttons.tsx';
import { amountsText, megabytesText, numberText } from '../text/amounts.ts';
import { rolePath } from '../text/paths.ts';
import { quotaWrite } from '../writes/quota-writes.ts';
import type { ScreenProps } from './screen-props.ts';

const share = (
  head: string,
  sort: string,
  of: 'cpus' | 'ramMb' | 'diskMb',
  text: (amount: number) => string,
): TableColumn<QuotaRow> => ({
  head,
  sort,
  cell: ({ quota, used }) => (
    <span class="progress">
      <Bar value={used[of]} of={quota?.[of] ?? 0} label={`${text(used[of])} of ${text(quota?.[of] ?? 0)}`} />
      <span class="number">
        {text(used[of])} <span class="faint">of {quota ? text(quota[of]) : 'none'}</span>
      </span>
    </span>
  ),
});

const columnsFor = (can: Can): readonly TableColumn<QuotaRow>[] => [
  { head: 'Role', sort: 'role', cell: ({ role }) => <a href={rolePath(role)}>{role}</a> },
  share('Cores', 'cpus', 'cpus', numberText),
  share('Memory', 'ram', 'ramMb', megabytesText),
  share('Disk', 'disk', 'diskMb', megabytesText),
  {
    head: 'Beyond the quota',
    wide: true,
    minor: true,
    cell: ({ others: { shared } }) =>
      shared.cpus > 0 ? <span class="faint">{amountsText(shared)}</span> : null,
  },
  { head: 'Change', cell: (row) => <WriteButtons can={can} writes={[quotaWrite(session.cluster, row)]} /> },
];

/** The screen of quotas: what roles may use, and what they use. */
export function QuotaScreen({ at, view: { can, rows, total } }: ScreenProps<QuotaReply & Viewed>) {
  return (
    <Section title="Quota of production jobs" aside={<Filter label="filter: role" />}>
      {rows.length > 0 ? (
        <Table
          label="quotas"
          rows={rows}
          columns={columnsFor(can)}
          keyOf={({ role }) => role}
          sorted={['role', 'asc']}
        />
      ) : at.query.q ? (
        <Empty>No role has “{at.query.q}” in its name.</Empty>
      ) : (
        <Empty>
          <p>No role has a quota or a job. Production jobs need a quota:</p>
          <Command text={`aurora_admin set_quota ${session.cluster} ROLE 10 16GB 100GB`} />
        </Empty>
      )}
      <Pages total={total} shown={rows.length} noun={total === 1 ? 'role' : 'roles'} />
    </Section>
  );
}
