/** What the message table lets through and what it does not; checked by the compiler, never run. */
import type { MesosMessage, Offer, SchedulerCall, TaskInfo, TaskStatus } from '../../src/mesos/index.ts';

export const status: TaskStatus = {
  task_id: { value: 't' },
  state: 'TASK_RUNNING',
  reason: 'REASON_RECONCILIATION',
};

// @ts-expect-error no such state
export const wrongState: TaskStatus = { task_id: { value: 't' }, state: 'TASK_RUNNIG' };

// @ts-expect-error state is required
export const noState: TaskStatus = { task_id: { value: 't' } };

// @ts-expect-error ids are messages
export const bareId: TaskStatus = { task_id: 't', state: 'TASK_LOST' };

// @ts-expect-error members are snake_case
export const camelCase: SchedulerCall = { type: 'ACCEPT', accept: { offerIds: [] } };

export const task: TaskInfo = {
  name: 'n',
  task_id: { value: 't' },
  agent_id: { value: 'a' },
  limits: { mem: { value: 1 } },
};

export const cpus = (offer: Offer): number | undefined => offer.resources?.[0]?.scalar?.value;

// @ts-expect-error lists may be absent
export const careless = (offer: Offer): number => offer.resources.length;

// @ts-expect-error no such message
export type Nothing = MesosMessage<'NoSuchMessage'>;
