import type { Call, Wire } from '../../../api/index.ts';
import { callPermissions } from '../../security/call-permission.ts';
import type { Caller } from '../caller.ts';
import type { Denials } from '../denials.ts';
import type { Dispatch } from './dispatch.ts';

/** Answers a call, or returns 'unauthenticated' when it needs credentials and the caller has none. */
export type GuardedDispatch = (
  call: Pick<Call, 'method' | 'args'>,
  caller: Caller,
) => Promise<Wire<'Response'> | 'unauthenticated'>;

/** Replies that are made before a handler runs have no server info, as in the original. */
const refusal = (responseCode: 'AUTH_FAILED' | 'INVALID_REQUEST', message: string): Wire<'Response'> => ({
  responseCode,
  details: [{ message }],
});

/** Checks permissions before the handlers run. Source of the order of checks: the original's interceptors. */
export function guarded(dispatch: Dispatch, denials: Denials): GuardedDispatch {
  return async (call, caller) => {
    const { args, method } = call;
    const needed = callPermissions(method, args);
    const isAnonymous = caller.authenticatedBy === 'none';
    if (!needed) {
      if (isAnonymous) return 'unauthenticated';
      return refusal('INVALID_REQUEST', await denials.unnamedJob(caller, call));
    }
    const missing = needed.find((permission) => !caller.grants.permits(permission));
    if (!missing) return dispatch(call, caller);
    if (isAnonymous) return 'unauthenticated';
    return refusal('AUTH_FAILED', await denials.permission(caller, missing, call));
  };
}
