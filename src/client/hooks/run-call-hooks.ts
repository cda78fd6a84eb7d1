import type { Wire } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { ApiCall, ApiEvent, ApiHook } from '../../dsl/client-config.ts';
import { jobKeyText } from '../job-key.ts';
import { joinedMessages } from '../response.ts';
import type { CallHooks, HookedCall, HookSession } from './call-hooks.ts';
import type { Fail } from './fail.ts';
import type { LoadedModule } from './loaded-modules.ts';

/**
 * Runs hooks around calls. Hooks of a cluster's modules always run for its jobs; hooks beside a job file run when the
 * command has read the file and the job has `enableHooks`. Before a call all of them are asked, even after one has
 * stopped it; what they do after the call changes nothing. Source: the original's rules.
 */
export const callHooks = (modules: readonly LoadedModule[], fail: Fail): CallHooks => ({
  async around(session, hookedCall, run) {
    const call = callOf(hookedCall);
    const hooks = meant(session, modules, hookedCall);
    const vetoes: string[] = [];
    for (const hook of hooks) {
      const veto = await asked(session, hook, call);
      if (veto !== undefined) vetoes.push(`${hook.name}${veto && `: ${veto}`}`);
    }
    if (vetoes.length > 0) {
      throw fail(
        'HOOK',
        `${call.method} of ${call.key} was stopped by ${vetoes.length > 1 ? 'hooks' : 'hook'} ${vetoes.join('; ')}`,
      );
    }
    let response: Wire<'Response'>;
    try {
      response = await run();
    } catch (error) {
      await tell(session, hooks, { event: 'err', call, error: error as Error });
      throw error;
    }
    const messages = (response.details ?? []).map(({ message }) => message ?? '');
    if (response.responseCode === 'OK')
      await tell(session, hooks, { event: 'post', call, result: { messages } });
    else {
      const error = new Error(`${response.responseCode}: ${joinedMessages(response)}`);
      await tell(session, hooks, { event: 'err', call, error });
    }
    return response;
  },
});

const callOf = ({ method, job, file, about }: HookedCall): ApiCall =>
  ({
    method,
    key: jobKeyText(job),
    ...job,
    ...about,
    config: file?.jobConfiguration,
  }) as unknown as ApiCall;

function meant(
  { log }: HookSession,
  modules: readonly LoadedModule[],
  { job, file }: HookedCall,
): readonly ApiHook[] {
  return modules.flatMap(({ path, cluster, config: { apiHooks = [] } }) => {
    if (cluster !== undefined) return cluster === job.cluster ? apiHooks : [];
    if (file?.job.enableHooks) return apiHooks;
    if (file && apiHooks.length > 0)
      log.info({}, `${jobKeyText(job)} has no enableHooks: true, so the API hooks of ${path} are left out`);
    return [];
  });
}

type Function = ((...given: readonly unknown[]) => unknown) | undefined;

/** The function of a hook for an event. It is called with the hook as `this`, so it can read `this.name`. */
const own = (hook: ApiHook, { event, call }: ApiEvent): Function =>
  (hook as unknown as Readonly<Record<string, Function>>)[`${event}_${call.method}`];

/** The reason why a hook stops the call, possibly empty; undefined when it does not. */
async function asked({ env, log }: HookSession, hook: ApiHook, call: ApiCall): Promise<string | undefined> {
  const event = { event: 'pre', call } as const;
  try {
    const specific = own(hook, event);
    const verdict = specific ? await specific.call(hook, call) : await hook.generic_hook?.(event);
    if (typeof verdict === 'string') return verdict;
    return verdict === false ? '' : undefined;
  } catch (error) {
    if (env.AURORA_TRACE && error instanceof Error) log.warn({}, `${error.stack}`);
    return messageOf(error);
  }
}

async function tell({ env, log }: HookSession, hooks: readonly ApiHook[], event: ApiEvent): Promise<void> {
  for (const hook of hooks) {
    try {
      const specific = own(hook, event);
      if (!specific) await hook.generic_hook?.(event);
      else if (event.event === 'err') await specific.call(hook, event.error, event.call);
      else if (event.event === 'post') await specific.call(hook, event.result, event.call);
    } catch (error) {
      const trace = env.AURORA_TRACE && error instanceof Error ? `\n${error.stack}` : '';
      log.warn({}, `hook ${hook.name} failed after ${event.call.method}: ${messageOf(error)}${trace}`);
    }
  }
}
