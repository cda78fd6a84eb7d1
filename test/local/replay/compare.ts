import type { Bindings } from './bindings.ts';

type Json = { readonly [member: string]: unknown };

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Numbers that differ from run to run: only that they are numbers counts. */
const VOLATILE = new Set([
  'timestamp',
  'executor_pid',
  'start_time',
  'elected_time',
  'registered_time',
  'reregistered_time',
  'unregistered_time',
  'unreachable_time',
  'estimated_drain_start_time',
  'port',
  'pid',
  'flags',
  'statistics',
  'resource_statistics',
]);

/** Members that hold an id made by the cluster, bare or as `{ value }`. */
const IDS = new Set([
  'uuid',
  'container_id',
  'id',
  'agent_id',
  'framework_id',
  'offer_id',
  'inverse_offer_id',
]);
const ADDITIONAL_IDS = new Set(['executor_id', 'task_id', 'parent', 'slave_id', 'value']);

/** Lists whose order means nothing. Source: golden/mesos fact 49 and oper-01. */
const UNORDERED = new Set([
  '', // a body that is a list: /containers
  'resources',
  'executor_ids',
  'offers',
  'inverse_offers',
  'tasks',
  'completed_tasks',
  'total_resources',
  'allocated_resources',
  'offered_resources',
  'unreserved_resources_full',
  'used_resources_full',
  'offered_resources_full',
]);

/** Members whose absence, in protobuf, means the same as this value. */
const DEFAULTS: Json = { protocol: 'IPv4' };

/** SIGKILL of an executor below a shell or without one. Source: golden/mesos sched-15. */
const KILLED = new Set([9, 35072]);

const looksLikeId = (value: string): boolean =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(value) || value.length === 24;

function compareText(
  recorded: string,
  ours: unknown,
  member: string,
  path: string,
  ids: Bindings,
): string | undefined {
  if (typeof ours !== 'string') return `${path}: expected a text, got ${JSON.stringify(ours)}`;
  const bound = ids.get(recorded);
  const mayBind = (IDS.has(member) || ADDITIONAL_IDS.has(member)) && looksLikeId(recorded);
  if (bound === undefined && mayBind) {
    if (!looksLikeId(ours)) return `${path}: expected an id like ${recorded}, got ${ours}`;
    ids.bind(recorded, ours);
    return undefined;
  }
  const expected = bound ?? ids.translate(recorded);
  return expected === ours
    ? undefined
    : `${path}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(ours)}`;
}

/** Finds for each recorded item one of ours, in any order. Nothing is bound unless all are found. */
function compareUnordered(
  recorded: readonly unknown[],
  ours: readonly unknown[],
  member: string,
  path: string,
  ids: Bindings,
): string | undefined {
  const left = [...ours];
  for (const [index, item] of recorded.entries()) {
    let first: string | undefined;
    const at = left.findIndex((candidate) => {
      const trial: [string, string][] = [];
      const tentative: Bindings = {
        ...ids,
        get: (id) => trial.find(([key]) => key === id)?.[1] ?? ids.get(id),
        bind: (id, mine) => void trial.push([id, mine]),
      };
      const fault = compare(item, candidate, member, `${path}[${index}]`, tentative);
      first ??= fault;
      if (fault === undefined) for (const [id, mine] of trial) ids.bind(id, mine);
      return fault === undefined;
    });
    if (at < 0) return first ?? `${path}[${index}]: nothing like ${JSON.stringify(item)}`;
    left.splice(at, 1);
  }
  return left.length > 0
    ? `${path}: ${left.length} more than recorded: ${JSON.stringify(left[0])}`
    : undefined;
}

/** A container's id in a text is never seen elsewhere when the container did not start. */
const withoutContainer = (text: unknown): unknown =>
  typeof text === 'string' ? text.replace(/container '[^']*'/, 'container') : text;

const sortedTexts = (text: string): string =>
  /\(allocated: /.test(text)
    ? text
        .split(/; | than available /)
        .sort()
        .join()
    : text;

/**
 * Why a value of ours is not what was recorded; undefined when it is. Ids are bound when they are first seen; times,
 * pids and ports only have to be there.
 */
export function compare(
  recorded: unknown,
  ours: unknown,
  member: string,
  path: string,
  ids: Bindings,
): string | undefined {
  if (VOLATILE.has(member)) return ours === undefined ? `${path}: missing` : undefined;
  if (member === 'status' && KILLED.has(recorded as number) && KILLED.has(ours as number)) return undefined;
  if (typeof recorded === 'string') {
    if (member === 'message' && typeof ours === 'string' && /\(allocated: /.test(recorded))
      return sortedTexts(recorded) === sortedTexts(ours)
        ? undefined
        : `${path}: expected ${recorded}, got ${ours}`;
    if (member === 'message' && withoutContainer(recorded) === withoutContainer(ours)) return undefined;
    return compareText(recorded, ours, member, path, ids);
  }
  if (Array.isArray(recorded)) {
    if (!Array.isArray(ours)) return `${path}: expected a list, got ${JSON.stringify(ours)}`;
    if (UNORDERED.has(member)) return compareUnordered(recorded, ours, member, path, ids);
    if (recorded.length !== ours.length)
      return `${path}: expected ${recorded.length} items, got ${ours.length}: ${JSON.stringify(ours).slice(0, 400)}`;
    for (const [index, item] of recorded.entries()) {
      const fault = compare(item, ours[index], member, `${path}[${index}]`, ids);
      if (fault) return fault;
    }
    return undefined;
  }
  if (isObject(recorded)) return compareObjects(recorded, ours, member, path, ids);
  return Object.is(recorded, ours) || recorded === ours
    ? undefined
    : `${path}: expected ${JSON.stringify(recorded)}, got ${JSON.stringify(ours)}`;
}

/** The third capability of a master is one that this version of the API does not name. */
const isNamelessCapability = (value: unknown): boolean => isObject(value) && Object.keys(value).length === 0;

function compareObjects(
  recorded: Json,
  ours: unknown,
  member: string,
  path: string,
  ids: Bindings,
): string | undefined {
  if (!isObject(ours)) return `${path}: expected an object, got ${JSON.stringify(ours)}`;
  if ('master/uptime_secs' in recorded || 'slave/uptime_secs' in recorded) {
    const invented = Object.keys(ours).find((name) => !(name in recorded));
    return invented === undefined ? undefined : `${path}.${invented}: not a metric of Mesos`;
  }
  const extra = Object.keys(ours).find((name) => !(name in recorded) && DEFAULTS[name] !== ours[name]);
  if (extra !== undefined) return `${path}.${extra}: not in the recording: ${JSON.stringify(ours[extra])}`;
  for (const [name, value] of Object.entries(recorded)) {
    if (name === 'checkpoint' && path.endsWith('.agent_info')) continue; // A leftover of old versions.
    if (!(name in ours)) return `${path}.${name}: missing`;
    const cleaned =
      name === 'capabilities' && Array.isArray(value)
        ? value.filter((item) => !isNamelessCapability(item))
        : value;
    const fault = compare(cleaned, ours[name], name === 'value' ? member : name, `${path}.${name}`, ids);
    if (fault) return fault;
  }
  return undefined;
}
