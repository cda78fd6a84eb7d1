import type { MesosMessage, Operation, TaskInfo, TaskStatus } from '../../mesos/index.ts';
import { returnOffered, useOffered } from './accounting.ts';
import { refuse, takeOffer, withdraw } from './offers.ts';
import { applyOperation, dropOperation } from './operations.ts';
import { add, type Pool, subtract } from './resources/pool.ts';
import {
  type Agent,
  isPartitionAware,
  type MasterFramework,
  type MasterState,
  type OfferRecord,
} from './state.ts';
import { addExecutor, addTask, masterStatus, tellStatus } from './tasks.ts';
import { judgeGroup, judgeTask, type ReadTask, refineExecutor, refineTask } from './validation/task.ts';

type Accept = MesosMessage<'SchedulerCall.Accept'>;

/** What an ACCEPT can still spend. */
interface Purse {
  readonly framework: MasterFramework;
  readonly agent: Agent;
  readonly role: string;
  left: Pool;
}

/** The offers of an ACCEPT, or why they cannot be used together. */
function judgeOffers(
  master: MasterState,
  framework: MasterFramework,
  ids: readonly string[],
): readonly OfferRecord[] | string {
  if (ids.length === 0) return 'No offers specified';
  const seen = new Set<string>();
  const records: OfferRecord[] = [];
  for (const id of ids) {
    if (seen.has(id)) return `Duplicate offer ${id} in offer list`;
    seen.add(id);
  }
  for (const id of ids) {
    const record = master.offers.get(id);
    if (record?.framework !== framework) return `Offer ${id} is no longer valid`;
    records.push(record);
  }
  const first = records[0] as OfferRecord;
  for (const record of records) {
    if (record.agent !== first.agent)
      return `Aggregated offers must belong to one single agent. Offer ${record.id} uses agent ${record.agent.id} and agent ${first.agent.id}`;
    if (record.role !== first.role)
      return `Aggregated offers must be allocated to the same role. Offer ${record.id} uses role '${record.role}' but another is using role '${first.role}'`;
  }
  return records;
}

const tasksOf = (operation: Operation): readonly TaskInfo[] =>
  operation.launch?.task_infos ?? operation.launch_group?.task_group.tasks ?? [];

/** Handles unusable offers: reports all tasks of the ACCEPT as lost and takes back those of its offers that were valid. */
function refuseAll(master: MasterState, framework: MasterFramework, accept: Accept, fault: string): void {
  for (const { value } of accept.offer_ids ?? []) {
    const record = master.offers.get(value);
    if (record?.framework === framework) withdraw(master, record);
  }
  for (const operation of accept.operations ?? []) {
    if (!operation.launch && !operation.launch_group)
      dropOperation(master, framework, operation, `Operation attempted with invalid resources: ${fault}`);
    for (const task of tasksOf(operation))
      tellStatus(
        framework,
        masterStatus(master, task.task_id.value, {
          state: isPartitionAware(framework) ? 'TASK_DROPPED' : 'TASK_LOST',
          message: `Task launched with invalid offers: ${fault}`,
          reason: 'REASON_INVALID_OFFERS',
          agent_id: task.agent_id,
        }),
      );
  }
}

const refuseTask = (
  master: MasterState,
  framework: MasterFramework,
  task: TaskInfo,
  message: string,
  reason: NonNullable<TaskStatus['reason']>,
): void =>
  tellStatus(
    framework,
    masterStatus(master, task.task_id.value, {
      state: 'TASK_ERROR',
      message,
      reason,
      agent_id: task.agent_id,
    }),
  );

/** Records an accepted task; its resources are in use from now on. */
function book(master: MasterState, purse: Purse, read: ReadTask): void {
  const { framework, agent } = purse;
  let taken = read.pool;
  if (read.newExecutor) {
    addExecutor(master, agent, framework.id, read.newExecutor);
    taken = add(taken, read.newExecutor.pool);
  }
  purse.left = subtract(purse.left, taken);
  useOffered(agent, taken);
  addTask(master, framework, agent, read.info, read.pool);
}

function launch(master: MasterState, purse: Purse, tasks: readonly TaskInfo[]): void {
  const { framework, agent, role } = purse;
  for (const task of tasks) {
    const read = judgeTask(task, purse);
    if (typeof read === 'string') {
      refuseTask(master, framework, task, read, 'REASON_TASK_INVALID');
      continue;
    }
    book(master, purse, read);
    const refined = refineTask(task, framework.id, role, read.newExecutor?.info);
    agent.link.runTasks({ framework: framework.info, tasks: [refined] });
  }
}

function launchGroup(
  master: MasterState,
  purse: Purse,
  group: MesosMessage<'Offer.Operation.LaunchGroup'>,
): void {
  const { framework, agent, role } = purse;
  const tasks = group.task_group.tasks ?? [];
  const reads = judgeGroup(group.executor, tasks, purse);
  if (typeof reads === 'string') {
    for (const task of tasks) refuseTask(master, framework, task, reads, 'REASON_TASK_GROUP_INVALID');
    return;
  }
  const withExecutor = (info: TaskInfo): TaskInfo => ({ ...info, executor: group.executor });
  for (const read of reads) book(master, purse, { ...read, info: withExecutor(read.info) });
  agent.link.runTasks({
    framework: framework.info,
    tasks: tasks.map((task) => refineTask(task, framework.id, role)),
    groupExecutor: refineExecutor(group.executor, framework.id, role),
  });
}

/** Handles ACCEPT: spends the offers on the operations in order; the filter then refuses what is left for its time. */
export function accept(master: MasterState, framework: MasterFramework, call: Accept): void {
  const records = judgeOffers(
    master,
    framework,
    (call.offer_ids ?? []).map(({ value }) => value),
  );
  if (typeof records === 'string') {
    refuseAll(master, framework, call, records);
    return;
  }
  const { agent, role } = records[0] as OfferRecord;
  const purse: Purse = { framework, agent, role, left: [] };
  for (const record of records) {
    takeOffer(master, record);
    purse.left = add(purse.left, record.pool);
  }
  for (const operation of call.operations ?? []) {
    if (operation.type === 'LAUNCH') launch(master, purse, operation.launch?.task_infos ?? []);
    else if (operation.type === 'LAUNCH_GROUP' && operation.launch_group)
      launchGroup(master, purse, operation.launch_group);
    else purse.left = applyOperation(master, framework, agent, role, operation, purse.left);
  }
  returnOffered(framework, agent, purse.left);
  refuse(master, framework, agent, role, purse.left, call.filters?.refuse_seconds);
}

/** Handles DECLINE: returns the offers and refuses similar ones for the filter's time. Unknown ids are ignored. */
export function decline(
  master: MasterState,
  framework: MasterFramework,
  call: MesosMessage<'SchedulerCall.Decline'>,
): void {
  for (const { value } of call.offer_ids ?? []) {
    const record = master.offers.get(value);
    if (record?.framework !== framework) continue;
    withdraw(master, record);
    refuse(master, framework, record.agent, record.role, record.pool, call.filters?.refuse_seconds);
  }
}
