import type { Wire } from '../../api/index.ts';
import type { Logger } from '../../base/log.ts';
import type { ApiCall, ApiMethod } from '../../dsl/client-config.ts';
import type { JobOfFile } from '../job-config.ts';
import type { ClusterJobKey } from '../job-key.ts';

/** A call that hooks are run around. */
export interface HookedCall<M extends ApiMethod = ApiMethod> {
  readonly method: M;
  readonly job: ClusterJobKey;
  /** The job's file, where the command has read one. */
  readonly file?: JobOfFile | undefined;
  /** What else hooks are told. */
  readonly about: Omit<ApiCall<M>, 'method' | 'key' | 'cluster' | 'role' | 'environment' | 'name' | 'config'>;
}

/** What hooks need of a session. */
export interface HookSession {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/** What runs around calls to the scheduler; a session has it when the user's modules say something of the kind. */
export interface CallHooks {
  /** The call's answer. Throws HOOK when a hook stops it, and what the call throws. */
  around(
    session: HookSession,
    call: HookedCall,
    run: () => Promise<Wire<'Response'>>,
  ): Promise<Wire<'Response'>>;
}

/** Makes a call with the hooks around it, if there are any. */
export const hooked = <M extends ApiMethod>(
  session: HookSession & { readonly hooks?: CallHooks | undefined },
  call: HookedCall<M>,
  run: () => Promise<Wire<'Response'>>,
): Promise<Wire<'Response'>> =>
  session.hooks ? session.hooks.around(session, call as unknown as HookedCall, run) : run();
