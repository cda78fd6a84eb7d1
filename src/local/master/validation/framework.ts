import type { FrameworkInfo } from '../../../mesos/index.ts';
import { idFault } from './ids.ts';

function componentFault(component: string, role: string): string | undefined {
  if (component === '.' || component === '..' || component === '*')
    return `Role '${role}' cannot include '${component}' as a component`;
  if (component.startsWith('-'))
    return `Role component '${component}' is invalid because it starts with a dash`;
  if (/[\s\b]/.test(component))
    return `Role component '${component}' is invalid because it contains backspace or whitespace`;
  return undefined;
}

/** Why a role name is refused; undefined when it is valid. */
function roleFault(role: string): string | undefined {
  if (role === '*') return undefined;
  if (role === '') return 'Empty role name is invalid';
  if (role.startsWith('/')) return `Role '${role}' cannot start with a slash`;
  if (role.endsWith('/')) return `Role '${role}' cannot end with a slash`;
  if (role.includes('//')) return `Role '${role}' cannot contain two adjacent slashes`;
  for (const component of role.split('/')) {
    const fault = componentFault(component, role);
    if (fault) return fault;
  }
  return undefined;
}

export const capabilitiesOf = (info: FrameworkInfo): ReadonlySet<string> =>
  new Set((info.capabilities ?? []).flatMap(({ type }) => (type === undefined ? [] : [type])));

/** The roles of a framework: `roles` with MULTI_ROLE, else `role`, else `*`. */
export const rolesOf = (info: FrameworkInfo): readonly string[] =>
  capabilitiesOf(info).has('MULTI_ROLE') ? (info.roles ?? []) : [info.role ?? '*'];

function rolesFault(info: FrameworkInfo): string | undefined {
  if (!capabilitiesOf(info).has('MULTI_ROLE')) {
    if (info.roles?.length)
      return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
    const fault = roleFault(info.role ?? '*');
    return fault && `'FrameworkInfo.role' is not a valid role: ${fault}`;
  }
  if (info.role !== undefined)
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  const roles = info.roles ?? [];
  const twice = [...new Set(roles.filter((role, index) => roles.indexOf(role) !== index))];
  if (twice.length) return `'FrameworkInfo.roles' contains duplicate items: { ${twice.join(', ')} }`;
  for (const role of roles) {
    const fault = roleFault(role);
    if (fault) return `'FrameworkInfo.roles' contains invalid role: ${fault}`;
  }
  return undefined;
}

/** The longest time that Mesos can count: nanoseconds in 63 bits. */
const LONGEST_TIMEOUT_SECONDS = 2 ** 63 / 1e9;

/**
 * Why a FrameworkInfo is refused with an ERROR event; undefined when it is valid. Source of the texts: golden/mesos
 * sched-20b.
 */
export function frameworkFault(info: FrameworkInfo, suppressed: readonly string[]): string | undefined {
  const roles = rolesFault(info);
  if (roles) return roles;
  const id = info.id?.value;
  const idText = id ? idFault(id) : undefined;
  if (idText) return idText;
  const timeout = info.failover_timeout ?? 0;
  if (Math.abs(timeout) > LONGEST_TIMEOUT_SECONDS)
    return `The framework failover_timeout (${timeout}) is invalid`;
  const held = rolesOf(info);
  const foreign = suppressed.find((role) => !held.includes(role));
  return foreign === undefined
    ? undefined
    : `Suppressed role '${foreign}' is not contained in the list of roles`;
}

/**
 * Why a change of a FrameworkInfo is refused; undefined when it is valid. Source: golden/mesos sched-27.
 */
export function frameworkUpdateFault(before: FrameworkInfo, after: FrameworkInfo): string | undefined {
  if ((before.principal ?? '') !== (after.principal ?? ''))
    return "Changing framework's principal is not allowed.";
  if (before.user !== after.user)
    return `Updating 'FrameworkInfo.user' is unsupported; attempted to update from '${before.user}' to '${after.user}'`;
  if ((before.checkpoint ?? false) !== (after.checkpoint ?? false))
    return `Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from '${before.checkpoint ?? false}' to '${after.checkpoint ?? false}'`;
  return undefined;
}
