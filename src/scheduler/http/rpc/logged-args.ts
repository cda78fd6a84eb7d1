import type { Call } from '../../../api/index.ts';

const BLANKED = { name: 'BLANKED', data: 'BLANKED' };

interface WithTask {
  readonly taskConfig?: { readonly executorConfig?: unknown };
}

/**
 * The arguments of a call for the log, with the executor's configuration blanked: it may hold secrets, and is long.
 * Source: the original's LoggingInterceptor.
 */
export function blanked(args: Call['args']): object {
  const shown: Record<string, unknown> = { ...args };
  for (const [name, value] of Object.entries(shown)) {
    const { taskConfig } = (value ?? {}) as WithTask;
    if (taskConfig?.executorConfig !== undefined)
      shown[name] = { ...(value as object), taskConfig: { ...taskConfig, executorConfig: BLANKED } };
  }
  return shown;
}
