import type { SessionReply } from '../../../api/views/shared.ts';
import { canOf } from '../allowance.ts';
import type { Caller } from '../caller.ts';
import { namedJob } from './required-names.ts';
import type { View, ViewWorld } from './view-settings.ts';

/** Who is logged in and what they may do, for the job that the query names if it names one. */
export function sessionOf(
  { clusterName, isReadOnly, version }: ViewWorld,
  caller: Caller,
  query = {},
): SessionReply {
  return {
    cluster: clusterName,
    ...(version === undefined ? {} : { version }),
    ...(caller.authenticatedBy === 'none' ? {} : { user: caller.user }),
    can: canOf(caller, isReadOnly, namedJob(query)),
  };
}

export const sessionView: View = (world, query, caller) => sessionOf(world, caller, query);
