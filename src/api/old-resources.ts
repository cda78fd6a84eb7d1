import type { I64 } from './i64.ts';
import type { Wire } from './types.ts';

/** How clients before 0.18 express resources of a task or quota; those of 0.16 and 0.17 send both forms. */
interface OldResources {
  readonly numCpus?: number | undefined;
  readonly ramMb?: I64 | undefined;
  readonly diskMb?: I64 | undefined;
  readonly requestedPorts?: readonly string[] | undefined;
  readonly resources?: readonly Wire<'Resource'>[] | undefined;
}

/**
 * Converts old resource fields to `resources`, unless `resources` is given. Source: the original's ThriftBackfill of
 * the versions that knew both.
 */
export function withResources<T extends OldResources>(
  value: T,
): Omit<T, keyof OldResources> & { readonly resources: readonly Wire<'Resource'>[] } {
  const { numCpus, ramMb, diskMb, requestedPorts = [], resources = [], ...rest } = value;
  if (resources.length > 0) return { ...rest, resources };
  return {
    ...rest,
    resources: [
      ...(numCpus === undefined ? [] : [{ numCpus }]),
      ...(ramMb === undefined ? [] : [{ ramMb }]),
      ...(diskMb === undefined ? [] : [{ diskMb }]),
      ...requestedPorts.map((namedPort) => ({ namedPort })),
    ],
  };
}
