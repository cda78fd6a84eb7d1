import { GOOD_IDENTIFIER, type JobKey as WireJobKey } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { hasGlob } from './glob.ts';

/** The key of a job, with the cluster that it runs on. */
export interface ClusterJobKey {
  readonly cluster: string;
  readonly role: string;
  readonly environment: string;
  readonly name: string;
}

/** The key of a job and some of its instances, sorted; undefined means all of them. */
export interface ClusterInstanceKey {
  readonly job: ClusterJobKey;
  readonly instances: readonly number[] | undefined;
}

const usage = (text: string, next: string) => new AuroraError('USAGE', text, { next });

const FORM = 'write CLUSTER/ROLE/ENV/NAME';
const INSTANCES_FORM = 'write CLUSTER/ROLE/ENV/NAME/INSTANCES, INSTANCES like 0,1-3,5';
const WILDCARD_FORM = 'write CLUSTER[/ROLE[/ENV[/NAME]]]';

/** `cluster/role/environment/name`. */
export const jobKeyText = ({ cluster, role, environment, name }: ClusterJobKey): string =>
  `${cluster}/${role}/${environment}/${name}`;

/** The job as the scheduler knows it: without its cluster. */
export const wireJobKey = ({ role, environment, name }: ClusterJobKey): WireJobKey => ({
  role,
  environment,
  name,
});

function checked(parts: readonly string[], text: string, form: string): ClusterJobKey {
  const [cluster = '', role = '', environment = '', name = ''] = parts;
  const bad = [role, environment, name].find((part) => !GOOD_IDENTIFIER.test(part));
  if (bad !== undefined) {
    throw usage(
      `"${text}" is no job key: "${bad}" may hold letters, digits, dashes, dots and underscores only`,
      form,
    );
  }
  return { cluster, role, environment, name };
}

/** Reads `CLUSTER/ROLE/ENV/NAME`. Throws USAGE. */
export function parseJobKey(text: string): ClusterJobKey {
  const parts = text.split('/');
  if (parts.length !== 4) throw usage(`"${text}" is no job key`, FORM);
  return checked(parts, text, FORM);
}

/** Reads `CLUSTER/ROLE/ENV/NAME[/INSTANCES]`; an empty last part means all instances. Throws USAGE. */
export function parseInstanceKey(text: string): ClusterInstanceKey {
  const parts = text.split('/');
  if (parts.length < 4 || parts.length > 5)
    throw usage(`"${text}" names no instances of a job`, INSTANCES_FORM);
  return {
    job: checked(parts, text, INSTANCES_FORM),
    instances: parts[4] ? parseInstances(parts[4]) : undefined,
  };
}

/** Reads a list of numbers and ranges such as `0,1-3,5`. The result is sorted and without repetitions. Throws USAGE. */
export function parseInstances(text: string): readonly number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from === undefined) throw usage(`"${part}" is no instance`, INSTANCES_FORM);
    if (Number(from) > Number(to)) throw usage(`"${part}" runs backwards`, INSTANCES_FORM);
    if (Number(to) - Number(from) >= MOST_INSTANCES) throw usage(`"${part}" is too wide`, INSTANCES_FORM);
    for (let instance = Number(from); instance <= Number(to); instance++) found.add(instance);
  }
  return [...found].sort((a, b) => a - b);
}

/** A larger range must be a typing error, because no job has that many instances. */
const MOST_INSTANCES = 1_000_000;

/**
 * Reads `CLUSTER[/ROLE[/ENV[/NAME]]]`, whose parts may contain wildcards; missing parts become `*`. A part without
 * wildcards must be an identifier. Throws USAGE.
 */
export function parseWildcardKey(text: string): ClusterJobKey {
  const parts = text.split('/');
  if (parts.length > 4) throw usage(`"${text}" has too many parts`, WILDCARD_FORM);
  const [cluster = '', role = '*', environment = '*', name = '*'] = parts;
  const plain = [role, environment, name].map((part) => (hasGlob(part) ? 'any' : part));
  checked([cluster, ...plain], text, WILDCARD_FORM);
  return { cluster, role, environment, name };
}

/** Reads a number of instances, at least 1. Throws USAGE. */
export function parseCount(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_INSTANCES) return Number(text);
  throw usage(`"${text}" is no number of instances`, 'write a whole number, at least 1');
}

/** A role of a cluster. */
export interface RoleKey {
  readonly cluster: string;
  readonly role: string;
}

/** Reads `CLUSTER/ROLE`. Throws USAGE. */
export function parseRoleKey(text: string): RoleKey {
  const [cluster = '', role = '', ...others] = text.split('/');
  if (cluster === '' || role === '' || others.length > 0)
    throw usage(`"${text}" is no role`, 'write CLUSTER/ROLE');
  return { cluster, role };
}

/** Reads `CLUSTER/ROLE/ENV/NAME/INSTANCE`: exactly one instance. Throws USAGE. */
export function parseOneInstance(text: string): ClusterInstanceKey {
  const form = 'write CLUSTER/ROLE/ENV/NAME/INSTANCE';
  const parts = text.split('/');
  if (parts.length !== 5 || !/^\d+$/.test(parts[4] ?? '')) throw usage(`"${text}" names no instance`, form);
  return { job: checked(parts, text, form), instances: [Number(parts[4])] };
}

/** Whether a key names one job only. */
export const isExact = (key: ClusterJobKey): boolean => !Object.values(key).some(hasGlob);
