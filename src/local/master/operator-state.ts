/** Resources and agents in the form of /state and /slaves. Source: golden/mesos oper-01. */
import type { Attribute } from '../../mesos/index.ts';
import { AGENT_CAPABILITIES, pidOf } from './agent-message.ts';
import type { NumberRange } from './resources/number-ranges.ts';
import { add, type Pool, reservedFor, unallocated } from './resources/pool.ts';
import { type ResourceForm, writeResources } from './resources/resource-form.ts';
import { rangesText } from './resources/text.ts';
import type { Agent, MasterFramework } from './state.ts';

/** Version and build as all parts of the cluster report them; the build dates are those of Mesos 1.11.0. */
export const BUILD = {
  build_date: '2020-11-16 00:00:00 UTC',
  build_time: 1605484800,
  build_user: 'root',
  version: '1.11.0',
};

const plainForm: ResourceForm = { reservations: 'plain', allocation: true };

/** Resources as one value for each name: a number, or the text of ranges or a set. */
export function resourceMap(pool: Pool): Record<string, number | string> {
  const map: Record<string, number | string> = { disk: 0, mem: 0, gpus: 0, cpus: 0 };
  const ranges = new Map<string, NumberRange[]>();
  for (const amount of unallocated(pool)) {
    const { name } = amount.kind;
    if ('milli' in amount) map[name] = (Number(map[name] ?? 0) * 1000 + amount.milli) / 1000;
    else if ('ranges' in amount) ranges.set(name, [...(ranges.get(name) ?? []), ...amount.ranges]);
    else map[name] = `{${amount.items.join(', ')}}`;
  }
  for (const [name, list] of ranges) map[name] = rangesText(list);
  return map;
}

/** The sum of all pools. */
export const sum = (pools: Iterable<Pool>): Pool =>
  [...pools].reduce<Pool>((total, pool) => add(total, pool), []);

/** All resources that are offered from an agent, or to a framework. */
export const offeredOf = (owner: Agent | MasterFramework): Pool =>
  sum([...owner.offers].map(({ pool }) => pool));

/** An attribute's value as one text or number. */
export function attributeValue(attribute: Attribute): string | number {
  if (attribute.scalar) return attribute.scalar.value;
  if (attribute.ranges) return rangesText(attribute.ranges.range ?? []);
  return attribute.text?.value ?? '';
}

/** Reserved resources by role. */
export const byReservation = (pool: Pool): Record<string, Pool> => {
  const result: Record<string, Pool> = {};
  for (const amount of pool) {
    const role = reservedFor(amount.kind);
    if (role !== '*') result[role] = [...(result[role] ?? []), amount];
  }
  return result;
};

/** Replaces the values and keeps the keys. */
export const mapValues = <A, B>(record: Record<string, A>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

/** Resources without a reservation. */
export const unreserved = (pool: Pool): Pool => pool.filter(({ kind }) => kind.reservations.length === 0);

/** An agent in the form of /state. */
export const agentState = (agent: Agent) => ({
  id: agent.id,
  hostname: agent.info.hostname,
  port: agent.info.port ?? 5051,
  attributes: Object.fromEntries((agent.info.attributes ?? []).map((one) => [one.name, attributeValue(one)])),
  pid: pidOf(agent),
  registered_time: agent.registeredMs / 1000,
  ...(agent.reregisteredMs === undefined ? {} : { reregistered_time: agent.reregisteredMs / 1000 }),
  resources: resourceMap(agent.total),
  used_resources: resourceMap(agent.used),
  offered_resources: resourceMap(offeredOf(agent)),
  reserved_resources: mapValues(byReservation(agent.total), resourceMap),
  unreserved_resources: resourceMap(unreserved(agent.total)),
  active: agent.connected && !agent.deactivated,
  deactivated: agent.deactivated,
  version: agent.version,
  capabilities: AGENT_CAPABILITIES,
});

const full = (pool: Pool) => writeResources(pool, plainForm);

/** An agent in the form of /slaves. */
export const agentDetail = (agent: Agent) => ({
  ...agentState(agent),
  reserved_resources_full: mapValues(byReservation(agent.total), full),
  unreserved_resources_full: full(unreserved(agent.total)),
  used_resources_full: full(agent.used),
  offered_resources_full: full(offeredOf(agent)),
});
