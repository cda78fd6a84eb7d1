import type { JobUpdateDetails } from '../../../api/index.ts';
import { AuroraError } from '../../../base/errors.ts';
import { refused } from '../../jobs/job-refusal.ts';
import { jobUpdateKeyText } from '../../storage/keys.ts';
import { jobDiff, wireDiff } from '../../updater/job-diff.ts';
import { toldUpdate } from '../../updater/restart.ts';
import type { UpdateKills } from '../../updater/update-kills.ts';
import { type RequestRules, validRequest } from '../../updater/update-request.ts';
import { type Handlers, ok } from './outcome.ts';
import type { RpcSettings } from './rpc-settings.ts';
import { planned, refuseCronJob } from './update-plans.ts';
import { findUpdates, requiredUpdateKey } from './update-queries.ts';

const DEPRECATED = 'The argument key of getJobUpdateDetails is deprecated; use a query.';

/** Calls that read job updates, or tell what an update would do. */
export function updateReads(
  settings: RpcSettings & RequestRules & { readonly kills: Pick<UpdateKills, 'waiting'> },
) {
  const { kills, storage } = settings;
  /** The stored update for the reply, with the instances that wait for their SLA at the moment, if any. */
  const told = (stored: JobUpdateDetails): JobUpdateDetails => {
    const update = toldUpdate(stored.update);
    const details = update === stored.update ? stored : { ...stored, update };
    const slaWaits = kills.waiting(update.summary.key);
    return slaWaits.length === 0 ? details : { ...details, slaWaits };
  };
  return {
    getJobUpdateSummaries({ jobUpdateQuery: query }) {
      if (!query) throw new AuroraError('API', 'a query of updates is needed');
      const updateSummaries = storage.read((stores) => findUpdates(stores, query));
      return ok({ getJobUpdateSummariesResult: { updateSummaries } });
    },
    getJobUpdateDetails({ key, query }) {
      if (query) {
        const detailsList = storage.read((stores) =>
          findUpdates(stores, query)
            .flatMap((found) => stores.jobUpdates.get(found.key) ?? [])
            .map(told),
        );
        return ok({ getJobUpdateDetailsResult: { detailsList } });
      }
      if (!key) throw new AuroraError('API', 'a query or the key of an update is needed');
      const wanted = requiredUpdateKey(key);
      const details = storage.read(({ jobUpdates }) => jobUpdates.get(wanted));
      if (!details) throw refused(`Update does not exist: ${jobUpdateKeyText(wanted)}`);
      return { ...ok({ getJobUpdateDetailsResult: { details: told(details) } }), details: [DEPRECATED] };
    },
    getJobUpdateDiff({ request: wire }) {
      const request = validRequest(wire, settings);
      return storage.read((stores) => {
        refuseCronJob(stores, request);
        return ok({ getJobUpdateDiffResult: wireDiff(request, jobDiff(stores, request)) });
      });
    },
    async planJobUpdate({ request: wire }) {
      return ok({ planJobUpdateResult: { plan: await planned(validRequest(wire, settings), settings) } });
    },
  } satisfies Handlers;
}
