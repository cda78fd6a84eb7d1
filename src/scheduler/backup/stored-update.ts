import { type JobUpdateDetails, type Struct, toNumber, type Wire } from '../../api/index.ts';
import type { StoredUpdate, UpdateRun } from '../storage/index.ts';
import { failureOf, tryOf } from '../storage/update-failures.ts';

type WireRun = Wire<'storage.JobUpdateRun'>;

function wireRun({ progress, lastPulseMs, failures }: UpdateRun): WireRun {
  const { direction, ...counts } = progress ?? {};
  return {
    ...(progress ? { progress: { ...counts, rollingBack: direction === 'back' } } : {}),
    ...(lastPulseMs === undefined ? {} : { lastPulseMs }),
    failures: failures.map(tryOf),
  };
}

/** An update in the form of a backup: the original's details, and next to them what only we store. */
export const wireUpdate = ({ details, run }: StoredUpdate): Wire<'storage.StoredJobUpdateDetails'> => ({
  details,
  run: wireRun(run),
});

/** An update in the form of the stores. Backups of the original say nothing about an update's progress. */
export function storedUpdate(
  details: JobUpdateDetails,
  run: Struct<'storage.JobUpdateRun'> | undefined,
): StoredUpdate {
  const { progress, lastPulseMs, failures = [] } = run ?? {};
  return {
    details,
    run: {
      progress: progress && {
        direction: progress.rollingBack ? 'back' : 'forward',
        taken: progress.taken,
        batchStart: progress.batchStart,
        batchEnd: progress.batchEnd,
      },
      lastPulseMs: lastPulseMs === undefined ? undefined : toNumber(lastPulseMs),
      failures: failures.map(failureOf),
    },
  };
}
