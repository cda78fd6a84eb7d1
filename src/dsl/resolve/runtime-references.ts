import { parseAddress, type TemplateAddress } from '../template/address.ts';
import { interpolate } from '../template/interpolate.ts';
import type { Scope } from '../template/scopes.ts';

const RUNTIME = new Set(['thermos.task_id', 'mesos.instance', 'mesos.hostname']);

/** The port that an address refers to, e.g. `thermos.ports[http]`; else undefined. */
function portOf(address: string): string | undefined {
  const { steps } = parseAddress(address);
  const isPort = steps.length === 3 && address.startsWith('thermos.ports[') && steps[2]?.kind === 'key';
  return isPort ? steps[2]?.text : undefined;
}

/** Whether the executor or runner fills in the reference when the task starts; all others must be known before. */
export const isRuntime = (address: string): boolean => RUNTIME.has(address) || portOf(address) !== undefined;

const standIns: Scope = {
  lookup: (address: TemplateAddress) => (isRuntime(address.text) ? { value: '0', scopes: [] } : undefined),
};

/**
 * The references that remain in a settled text after executor and runner have filled in theirs, and that nobody will ever
 * know. Includes references whose address contains a runtime reference (except in a port's name), and unescaped `{{&x}}`.
 */
export const neverBound = (text: string): readonly string[] =>
  text.includes('{{') ? interpolate(text, [standIns]).unbound : [];

/** The ports that a settled text refers to, except those whose name is only known at run time. */
export const portsIn = (text: string): readonly string[] =>
  text.includes('{{thermos.ports[')
    ? interpolate(text, [])
        .unbound.map(portOf)
        .filter((name) => name !== undefined)
    : [];
