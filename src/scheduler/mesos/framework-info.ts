import { userInfo } from 'node:os';
import type { FrameworkInfo } from '../../mesos/index.ts';
import type { FlagSlice } from '../flags/slices.ts';

export interface FrameworkFacts {
  /** The stored id; undefined before the first subscription. */
  readonly id: string | undefined;
  readonly hostname: string;
  readonly httpPort: number;
  readonly httpScheme: 'http' | 'https';
  /** Set only when it is to be announced. */
  readonly principal: string | undefined;
}

/** The user of executors unless a flag sets one: root if we are root and may ask for it, else our own. */
const defaultUser = (): string => (process.getuid?.() === 0 ? 'root' : userInfo().username);

/**
 * The FrameworkInfo for a subscription. Checkpointing is always on, so that tasks survive a restart of their agent.
 * Source: the original's FrameworkInfoFactory.
 */
export function frameworkInfo(options: FlagSlice<'framework'>, facts: FrameworkFacts): FrameworkInfo {
  const capabilities = [
    ...(options.receiveRevocableResources ? ([{ type: 'REVOCABLE_RESOURCES' }] as const) : []),
    ...(options.allowGpuResource ? ([{ type: 'GPU_RESOURCES' }] as const) : []),
    ...(options.partitionAware ? ([{ type: 'PARTITION_AWARE' }] as const) : []),
  ];
  return {
    name: options.frameworkName,
    user: options.executorUser ?? defaultUser(),
    ...(facts.id === undefined ? {} : { id: { value: facts.id } }),
    failover_timeout: options.frameworkFailoverTimeoutMs / 1000,
    checkpoint: true,
    hostname: facts.hostname,
    webui_url: `${facts.httpScheme}://${facts.hostname}:${facts.httpPort}`,
    ...(options.mesosRole === undefined ? {} : { role: options.mesosRole }),
    ...(facts.principal === undefined ? {} : { principal: facts.principal }),
    ...(capabilities.length > 0 ? { capabilities } : {}),
  };
}
