import type { Wire } from '../../api/index.ts';
import type { Logger } from '../../base/log.ts';
import type { ApiCall, ApiMethod } from '../../dsl/client-config.ts';
import type { JobOfFile } from '../job-config.ts';
import type { ClusterJobKey } from '../job-key.ts';

/** A call that hooks are run around. */
export interface HookedCall<M extends ApiMethod = ApiMethod> {
  readonly method: M;
  readonly job: ClusterJobKey;
  /** The job of a file, when the command has read one. */
  readonly file?: JobOfFile | undefined;
  /** The other things that hooks are told about the call. */
  readonly about: Omit<ApiCall<M>, 'method' | 'key' | 'cluster' | 'role' | 'environment' | 'name' | 'config'>;
}

/** The parts of a session that hooks need. */
export interface HookSession {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
}

/**
 * Runs the user's hooks around calls to the scheduler; a session only has it when the user's modules define such hooks.
 */
export interface CallHooks {
  /** Makes the call and returns its answer. Throws HOOK when a hook stops it, and whatever the call throws. */
  around(
    session: HookSession,
    call: HookedCall,
    run: () => Promise<Wire<'Response'>>,
  ): Promise<Wire<'Response'>>;
}

/** Makes a call, with the hooks around it if there are any. */
export const hooked = <M extends ApiMethod>(
  session: HookSession & { readonly hooks?: CallHooks | undefined },
  call: HookedCall<M>,
  run: () => Promise<Wire<'Response'>>,
): Promise<Wire<'Response'>> =>
  session.hooks ? session.hooks.around(session, call as unknown as HookedCall, run) : run();
