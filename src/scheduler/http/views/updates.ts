import type { JobUpdateSummary } from '../../../api/index.ts';
import { toNumber } from '../../../api/index.ts';
import type { UpdatesReply } from '../../../api/views/updates.ts';
import { jobKeyText } from '../../storage/keys.ts';
import { STATUSES } from '../../updater/statuses.ts';
import { listed, matcher } from './list-query.ts';
import { updateRow } from './update-rows.ts';
import type { View } from './view-settings.ts';

/** Most active updates in one reply. */
const MOST_ACTIVE = 100;

const COLUMNS = {
  job: ({ key }: JobUpdateSummary) => jobKeyText(key.job),
  status: ({ state }: JobUpdateSummary) => state?.status,
  user: ({ user }: JobUpdateSummary) => user,
  started: ({ state }: JobUpdateSummary) => toNumber(state?.createdTimestampMs ?? 0),
  changed: ({ state }: JobUpdateSummary) => toNumber(state?.lastModifiedTimestampMs ?? 0),
};

/**
 * Active updates, and ended ones. `status`, `role`, `user` and `q` (a part of the job's key or the update's id) filter.
 */
export const updatesView: View = ({ storage }, query): UpdatesReply => {
  const { role = '', status = '', user = '' } = query;
  const fits = matcher(query.q);
  return storage.read((stores) => {
    const chosen = [...stores.jobUpdates.summaries()].filter(
      ({ key, state, user: by }) =>
        (role === '' || key.job.role === role) &&
        (user === '' || by === user) &&
        (status === '' || state?.status === status) &&
        fits(`${jobKeyText(key.job)} ${key.id}`),
    );
    const goesOn = ({ state }: JobUpdateSummary) => state && STATUSES[state.status].direction !== undefined;
    const rows = (summaries: readonly JobUpdateSummary[]) =>
      summaries.flatMap(({ key }) => updateRow(stores, key) ?? []);
    const active = chosen.filter(goesOn).sort((a, b) => COLUMNS.started(b) - COLUMNS.started(a));
    const over = listed(
      chosen.filter((summary) => !goesOn(summary)),
      COLUMNS,
      query.sort ? query : { ...query, sort: 'changed', dir: 'desc' },
    );
    return { active: rows(active.slice(0, MOST_ACTIVE)), ...over, rows: rows(over.rows) };
  });
};
