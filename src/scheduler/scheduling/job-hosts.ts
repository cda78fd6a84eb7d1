import type { JobKey } from '../../api/index.ts';
import { type ScheduledTask, SLAVE_ASSIGNED_STATES } from '../../api/index.ts';
import type { AttributeValues } from '../offers/attribute-values.ts';
import type { AgentAttributes, ReadStores } from '../storage/index.ts';

/** Stored attributes are immutable, so each object is converted only once. */
const known = new WeakMap<AgentAttributes, AttributeValues>();

/** Stored attributes in the form that constraints use. */
export function storedValues(stored: AgentAttributes): AttributeValues {
  const same = known.get(stored);
  if (same) return same;
  const values = new Map(stored.attributes.map(({ name, values }) => [name, new Set(values)]));
  known.set(stored, values);
  return values;
}

/** The stored attributes of the agent that runs the task. */
export function attributesOf(
  stores: Pick<ReadStores, 'hosts'>,
  { assignedTask: { slaveId, slaveHost } }: ScheduledTask,
): AgentAttributes | undefined {
  const ofAgent = slaveId === undefined ? undefined : stores.hosts.ofAgent(slaveId);
  return ofAgent ?? (slaveHost === undefined ? undefined : stores.hosts.get(slaveHost));
}

/** The attributes of the agents that run tasks of the job, once for each task. */
export function* hostsOfJob(
  stores: Pick<ReadStores, 'hosts' | 'tasks'>,
  job: JobKey,
): Generator<AttributeValues> {
  for (const task of stores.tasks.activeOf(job)) {
    if (!SLAVE_ASSIGNED_STATES.has(task.status)) continue;
    const stored = attributesOf(stores, task);
    if (stored) yield storedValues(stored);
  }
}
