import { parseAddress, type TemplateAddress } from '../template/address.ts';
import { interpolate } from '../template/interpolate.ts';
import type { Scope } from '../template/scopes.ts';

const RUNTIME = new Set(['thermos.task_id', 'mesos.instance', 'mesos.hostname']);

/** The port that an address stands for, or undefined: `thermos.ports[http]`. */
function portOf(address: string): string | undefined {
  const { steps } = parseAddress(address);
  const isPort = steps.length === 3 && address.startsWith('thermos.ports[') && steps[2]?.kind === 'key';
  return isPort ? steps[2]?.text : undefined;
}

/** True for what executor and runner fill in when the task starts; everything else has to be known before. */
export const isRuntime = (address: string): boolean => RUNTIME.has(address) || portOf(address) !== undefined;

const standIns: Scope = {
  lookup: (address: TemplateAddress) => (isRuntime(address.text) ? { value: '0', scopes: [] } : undefined),
};

/**
 * References that a settled text still has when executor and runner have filled in theirs: what nobody will know. That
 * includes references whose address holds a runtime reference (but a port's name may), and unescaped `{{&x}}`.
 */
export const neverBound = (text: string): readonly string[] =>
  text.includes('{{') ? interpolate(text, [standIns]).unbound : [];

/** Ports that a settled text refers to. A port whose name is only known at run time is not among them. */
export const portsIn = (text: string): readonly string[] =>
  text.includes('{{thermos.ports[')
    ? interpolate(text, [])
        .unbound.map(portOf)
        .filter((name) => name !== undefined)
    : [];
