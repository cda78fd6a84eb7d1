import { uuid } from '../../base/random.ts';
import type { FrameworkInfo, MesosMessage, SchedulerEvent } from '../../mesos/index.ts';
import { isTerminal } from '../agent/task-states.ts';
import { allocateSoon } from './allocator.ts';
import { readConstraints } from './constraints.ts';
import { frameworkEventMessage } from './framework-message.ts';
import { masterInfo } from './master-info.ts';
import { takeInverseOffer, withdraw } from './offers.ts';
import {
  type MasterFramework,
  type MasterState,
  type SchedulerStream,
  tell,
  tellOperators,
} from './state.ts';
import { masterStatus, recordStatus, removeExecutor, removeTask } from './tasks.ts';
import { capabilitiesOf, frameworkFault, rolesOf } from './validation/framework.ts';

const heartbeat: SchedulerEvent = { type: 'HEARTBEAT' };

function beat(master: MasterState, framework: MasterFramework): void {
  framework.heartbeat?.cancel();
  framework.heartbeat = master.clock.after(master.flags.heartbeatIntervalMs, () => {
    tell(framework, heartbeat);
    beat(master, framework);
  });
}

function open(master: MasterState, framework: MasterFramework, stream: SchedulerStream): void {
  framework.failover?.cancel();
  framework.failover = undefined;
  framework.recovered = false;
  framework.stream = stream;
  stream.send({
    type: 'SUBSCRIBED',
    subscribed: {
      framework_id: { value: framework.id },
      heartbeat_interval_seconds: master.flags.heartbeatIntervalMs / 1000,
      master_info: masterInfo(master),
    },
  });
  stream.send(heartbeat);
  beat(master, framework);
}

/** Takes over a new FrameworkInfo, except for user and checkpoint, which do not change. */
function adopt(framework: MasterFramework, info: FrameworkInfo, suppressed: readonly string[]): void {
  framework.info = { ...info, id: { value: framework.id } };
  framework.capabilities = capabilitiesOf(info);
  framework.roles = rolesOf(info);
  framework.suppressed.clear();
  for (const role of suppressed) framework.suppressed.add(role);
}

/** Creates a framework without tasks, offers and stream. */
function createFramework(master: MasterState, id: string, info: FrameworkInfo): MasterFramework {
  const nowMs = master.clock.nowMs();
  const framework: MasterFramework = {
    id,
    info: { ...info, id: { value: id } },
    principal: info.principal,
    roles: rolesOf(info),
    capabilities: capabilitiesOf(info),
    suppressed: new Set(),
    constraints: new Map(),
    stream: undefined,
    heartbeat: undefined,
    failover: undefined,
    recovered: false,
    tasks: new Map(),
    unreachable: new Map(),
    completed: [],
    offers: new Set(),
    inverseOffers: new Set(),
    filters: new Map(),
    inverseFilters: new Map(),
    held: new Map(),
    registeredMs: nowMs,
    reregisteredMs: nowMs,
    unregisteredMs: 0,
  };
  master.frameworks.set(id, framework);
  return framework;
}

/** Creates a framework that agents reported and that has not subscribed since the master's restart. */
export function recoverFramework(master: MasterState, info: FrameworkInfo): MasterFramework {
  const framework = createFramework(master, info.id?.value ?? '', info);
  framework.recovered = true;
  const patienceMs = Math.max((info.failover_timeout ?? 0) * 1000, master.flags.agentReregisterTimeoutMs);
  framework.failover = master.clock.after(patienceMs, () => removeFramework(master, framework));
  return framework;
}

const dropOffers = (master: MasterState, framework: MasterFramework): void => {
  for (const record of framework.offers) withdraw(master, record);
  for (const record of framework.inverseOffers) takeInverseOffer(master, record);
};

const refuseWith = (stream: SchedulerStream, message: string): void => {
  stream.send({ type: 'ERROR', error: { message } });
  stream.end();
};

const ID_DIGITS = 4;

const nextFrameworkId = (master: MasterState): string =>
  `${master.id}-${String(master.nextFramework++).padStart(ID_DIGITS, '0')}`;

const newFramework = (master: MasterState, id: string, info: FrameworkInfo): MasterFramework =>
  createFramework(master, id || nextFrameworkId(master), info);

/** Whether a principal may register in these roles; without ACLs everything is allowed. */
function isPermitted(master: MasterState, info: FrameworkInfo, principal: string | undefined): boolean {
  const acl = master.flags.registerFrameworks?.find(
    ({ principals }) => !principals || (principal !== undefined && principals.includes(principal)),
  );
  if (!acl) return true;
  return acl.roles === 'any' || rolesOf(info).every((role) => acl.roles?.includes(role));
}

/**
 * Subscribes a scheduler: as a new framework, as one that was away, or as the successor of its own older instance. A
 * faulty FrameworkInfo ends the stream with an ERROR.
 */
export function subscribe(
  master: MasterState,
  call: MesosMessage<'SchedulerCall.Subscribe'>,
  principal: string | undefined,
  stream: SchedulerStream,
): MasterFramework | undefined {
  const info = call.framework_info;
  const suppressed = call.suppressed_roles ?? [];
  const fault = frameworkFault(info, suppressed);
  if (fault) return void refuseWith(stream, fault);
  const id = info.id?.value ?? '';
  if (!isPermitted(master, info, principal))
    return void refuseWith(
      stream,
      `Not authorized to register framework ${id} with roles { ${rolesOf(info).join(', ')} }`,
    );
  if (master.removedFrameworks.has(id)) return void refuseWith(stream, 'Framework has been removed');
  let constraints: ReturnType<typeof readConstraints>;
  try {
    constraints = readConstraints(call.offer_constraints);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return void refuseWith(stream, `'Subscribe.offer_constraints' are not valid: ${error.message}`);
  }

  const known = master.frameworks.get(id);
  const framework = known ?? newFramework(master, id, info);
  const takesOver = framework.stream !== undefined;
  if (framework.stream) {
    const old = framework.stream;
    framework.stream = undefined;
    refuseWith(old, 'Framework failed over');
    dropOffers(master, framework);
  }
  adopt(framework, { ...info, user: framework.info.user, ...checkpointOf(framework.info) }, suppressed);
  framework.constraints = constraints;
  framework.principal = principal ?? info.principal;
  framework.reregisteredMs = known ? master.clock.nowMs() : framework.registeredMs;
  open(master, framework, stream);
  if (!takesOver) allocateSoon(master);
  if (known)
    for (const agent of master.agents.values())
      if (agent.connected) agent.link.frameworkUpdated({ framework: framework.info });
  tellOperators(master, () =>
    known
      ? { type: 'FRAMEWORK_UPDATED', framework_updated: { framework: frameworkEventMessage(framework) } }
      : { type: 'FRAMEWORK_ADDED', framework_added: { framework: frameworkEventMessage(framework) } },
  );
  return framework;
}

const checkpointOf = ({ checkpoint }: FrameworkInfo) => (checkpoint === undefined ? {} : { checkpoint });

/** Handles the end of a scheduler's stream: drops its offers, and removes the framework after failover_timeout. */
export function disconnect(master: MasterState, framework: MasterFramework, stream: SchedulerStream): void {
  if (framework.stream !== stream) return;
  framework.stream = undefined;
  framework.heartbeat?.cancel();
  framework.filters.clear();
  dropOffers(master, framework);
  const timeoutMs = Math.max(0, framework.info.failover_timeout ?? 0) * 1000;
  if (timeoutMs === 0) removeFramework(master, framework);
  else framework.failover = master.clock.after(timeoutMs, () => removeFramework(master, framework));
}

/** Removes a framework for good: shuts down its executors, ends its stream, and never accepts its id again. */
export function removeFramework(master: MasterState, framework: MasterFramework): void {
  if (master.frameworks.get(framework.id) !== framework) return;
  framework.failover?.cancel();
  framework.heartbeat?.cancel();
  dropOffers(master, framework);
  for (const task of framework.tasks.values()) {
    const agent = master.agents.get(task.agentId);
    if (!isTerminal(task.state)) {
      const status = masterStatus(master, task.id, { state: 'TASK_KILLED' });
      recordStatus(master, agent, task, status, status.state);
    }
    removeTask(master, agent, task);
  }
  framework.unreachable.clear();
  for (const agent of master.agents.values()) {
    for (const executor of [...agent.executors.ofFramework(framework.id)])
      removeExecutor(master, agent, framework.id, executor.info.executor_id.value);
    if (agent.connected) agent.link.shutdownFramework({ frameworkId: framework.id });
  }
  for (const [uuidOfOperation, operation] of master.operations)
    if (operation.framework === framework) master.operations.delete(uuidOfOperation);
  master.frameworks.delete(framework.id);
  framework.unregisteredMs = master.clock.nowMs();
  master.removedFrameworks.set(framework.id, { framework });
  framework.stream?.end();
  framework.stream = undefined;
  tellOperators(master, () => ({
    type: 'FRAMEWORK_REMOVED',
    framework_removed: { framework_info: framework.info },
  }));
}

/** Carries out a checked UPDATE_FRAMEWORK: takes over the new info; existing offers stay. */
export function updateFramework(
  master: MasterState,
  framework: MasterFramework,
  call: MesosMessage<'SchedulerCall.UpdateFramework'>,
  constraints: MasterFramework['constraints'],
): void {
  adopt(framework, call.framework_info, call.suppressed_roles ?? []);
  framework.constraints = constraints;
  for (const agent of master.agents.values())
    if (agent.connected) agent.link.frameworkUpdated({ framework: framework.info });
  tellOperators(master, () => ({
    type: 'FRAMEWORK_UPDATED',
    framework_updated: { framework: frameworkEventMessage(framework) },
  }));
}

/** Handles REVIVE: clears the filters of these roles (of all roles when none is named) and offers at once. */
export function revive(master: MasterState, framework: MasterFramework, roles: readonly string[]): void {
  const wanted = roles.length ? roles : framework.roles;
  for (const role of wanted) {
    framework.suppressed.delete(role);
    for (const filters of framework.filters.values()) filters.delete(role);
  }
  if (roles.length === 0) framework.inverseFilters.clear();
  allocateSoon(master);
}

/** Handles SUPPRESS: stops offers for these roles, or for all roles when none is named. */
export function suppress(framework: MasterFramework, roles: readonly string[]): void {
  for (const role of roles.length ? roles : framework.roles)
    if (framework.roles.includes(role)) framework.suppressed.add(role);
}

/** A new Mesos-Stream-Id. */
export const newStreamId = (master: MasterState): string => uuid(master.random);
