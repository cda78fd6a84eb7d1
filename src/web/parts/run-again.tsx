import { useState } from 'preact/hooks';
import type { Can } from '../../api/views/shared.ts';
import type { UpdateRow } from '../../api/views/updates.ts';
import { askCall } from '../data/call.ts';
import { session } from '../data/first-view.ts';
import { type ChangedInstances, type EarlierUpdate, requestOf, runAgainWrite } from '../writes/run-again.ts';
import { say } from './toast.tsx';
import { begin } from './write-dialog.tsx';

/** Fetches the instructions of an earlier update, and what running it again would change now. */
async function look({ id, job }: UpdateRow): Promise<readonly [EarlierUpdate, ChangedInstances]> {
  const [role = '', environment = '', name = ''] = job.split('/');
  const { getJobUpdateDetailsResult } = await askCall<{
    readonly getJobUpdateDetailsResult?: {
      readonly detailsList?: readonly { readonly update?: { readonly instructions?: EarlierUpdate } }[];
    };
  }>('getJobUpdateDetails', { query: { key: { job: { role, environment, name }, id } } });
  const earlier = getJobUpdateDetailsResult?.detailsList?.[0]?.update?.instructions;
  if (!earlier?.desiredState) throw new Error('The scheduler has forgotten what this update brought.');
  const { getJobUpdateDiffResult } = await askCall<{ readonly getJobUpdateDiffResult?: ChangedInstances }>(
    'getJobUpdateDiff',
    { request: requestOf(earlier) },
  );
  return [earlier, getJobUpdateDiffResult ?? {}];
}

/** A button that starts an update to the version that this update brought. */
export function RunAgain({ can, row }: { readonly row: UpdateRow; readonly can: Can }) {
  const [busy, setBusy] = useState(false);
  const allowed = can.startJobUpdate;
  const why = allowed === true ? undefined : allowed;
  const onClick = async () => {
    if (why !== undefined || busy) return;
    setBusy(true);
    try {
      const [earlier, changed] = await look(row);
      await begin(runAgainWrite(session.cluster, row, earlier, changed));
    } catch (error) {
      say((error as Error).message, true);
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" aria-disabled={why !== undefined || busy} title={why} onClick={onClick}>
        {busy ? 'Looking …' : 'Run this version again'}
      </button>
      {why && <small class="faint">{why}</small>}
    </>
  );
}
