/** POST /api/v1: the operator API, JSON only. Source: golden/mesos oper-05, oper-06, sched-18, 26, 27, 40. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { agentMessage } from '../agent-message.ts';
import { markGone } from '../agent-removal.ts';
import { deactivate, drain, reactivate } from '../drain.ts';
import { frameworkMessage } from '../framework-message.ts';
import type { MachineId } from '../machines.ts';
import {
  maintenanceSchedule,
  maintenanceStatus,
  schedule,
  startMaintenance,
  stopMaintenance,
} from '../maintenance.ts';
import { masterInfo } from '../master-info.ts';
import type { Agent, MaintenanceWindow, MasterState, MasterTask } from '../state.ts';
import { flagsState } from '../state-endpoints.ts';
import { taskMessage } from '../tasks.ts';
import { metricsState } from '../usage-endpoints.ts';
import { answerCall, answerEmpty, HttpRefusal, readBody, requireMethod } from './answers.ts';
import { contentTypeOf } from './media.ts';
import { openStream } from './stream.ts';

/** An unchecked call; members are checked where they are used. */
type OperatorCall = { readonly type?: string } & Readonly<Record<string, unknown>>;

const isLive = (task: MasterTask): boolean =>
  ['TASK_STAGING', 'TASK_STARTING', 'TASK_RUNNING', 'TASK_KILLING'].includes(task.state);

const tasksMember = (master: MasterState) => {
  const frameworks = [
    ...master.frameworks.values(),
    ...[...master.removedFrameworks.values()].map(({ framework }) => framework),
  ];
  const tasks = frameworks.flatMap((framework) => [...framework.tasks.values()]);
  return {
    tasks: tasks.filter(isLive).map(taskMessage),
    unreachable_tasks: frameworks.flatMap((one) => [...one.unreachable.values()]).map(taskMessage),
    completed_tasks: [
      ...frameworks.flatMap((one) => one.completed),
      ...tasks.filter((task) => !isLive(task)),
    ].map(taskMessage),
  };
};

const executorsMember = (master: MasterState) => ({
  executors: [...master.agents.values()].flatMap((agent) =>
    agent.executors.values().map(({ info }) => ({
      executor_info: info,
      agent_id: { value: agent.id },
    })),
  ),
});

const frameworksMember = (master: MasterState) => ({
  frameworks: [...master.frameworks.values()].map((framework) => frameworkMessage(master, framework)),
  completed_frameworks: [...master.removedFrameworks.values()].map(({ framework }) =>
    frameworkMessage(master, framework),
  ),
});

const agentsMember = (master: MasterState) => ({
  agents: [...master.agents.values()].map(agentMessage),
  recovered_agents: [...master.recoveredAgents].map(([id, info]) => ({ ...info, id: { value: id } })),
});

const stateMember = (master: MasterState) => ({
  get_tasks: tasksMember(master),
  get_executors: executorsMember(master),
  get_frameworks: frameworksMember(master),
  get_agents: agentsMember(master),
});

const operationsMember = (master: MasterState) => {
  const operations = [...master.operations.values()].map(({ framework, agentId, status, uuid }) => ({
    framework_id: { value: framework.id },
    agent_id: { value: agentId },
    latest_status: status,
    uuid: { value: uuid },
  }));
  return operations.length ? { operations } : {};
};

/** Read-only calls: type -> the answer's member, which is named after the type in lower case. */
const READS: Readonly<Record<string, (master: MasterState) => object>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: () => ({ version_info: { version: '1.11.0' } }),
  GET_FLAGS: (master) => ({
    flags: Object.entries(flagsState(master).flags).map(([name, value]) => ({ name, value })),
  }),
  GET_METRICS: (master) => ({
    metrics: Object.entries(metricsState(master)).map(([name, value]) => ({ name, value })),
  }),
  GET_MASTER: (master) => ({
    master_info: masterInfo(master),
    start_time: master.startedMs / 1000,
    elected_time: master.startedMs / 1000,
  }),
  GET_STATE: stateMember,
  GET_TASKS: tasksMember,
  GET_EXECUTORS: executorsMember,
  GET_FRAMEWORKS: frameworksMember,
  GET_AGENTS: agentsMember,
  GET_ROLES: (master) => ({
    roles: [...new Set([...master.frameworks.values()].flatMap(({ roles }) => roles))].map((name) => ({
      name,
      weight: 1,
    })),
  }),
  GET_WEIGHTS: () => ({}),
  GET_QUOTA: () => ({ status: {} }),
  GET_OPERATIONS: operationsMember,
  GET_MAINTENANCE_SCHEDULE: (master) => ({ schedule: maintenanceSchedule(master) }),
  GET_MAINTENANCE_STATUS: (master) => ({ status: maintenanceStatus(master) }),
};

interface AgentCall {
  readonly agent_id?: { readonly value?: string };
  readonly max_grace_period?: { readonly seconds?: number | string; readonly nanoseconds?: number };
  readonly mark_gone?: boolean;
}

function agentOf(master: MasterState, call: AgentCall | undefined): Agent {
  const id = call?.agent_id?.value ?? '';
  const agent = master.agents.get(id);
  if (!agent) throw new HttpRefusal(404, `Agent '${id}' not found`);
  return agent;
}

/** The grace period, in the JSON form of Google's Duration (`seconds`) or Mesos' own (`nanoseconds`). */
const graceOf = ({ max_grace_period: grace }: AgentCall) =>
  grace === undefined
    ? {}
    : { maxGracePeriod: { nanoseconds: Number(grace.seconds ?? 0) * 1e9 + (grace.nanoseconds ?? 0) } };

const orRefuse = (fault: string | undefined): void => {
  if (fault !== undefined) throw new HttpRefusal(400, fault);
};

/** Calls that change something; they are answered with 200 and no body. */
const WRITES: Readonly<Record<string, (master: MasterState, member: never) => void>> = {
  MARK_AGENT_GONE(master, member: AgentCall) {
    const id = member.agent_id?.value ?? '';
    if (!markGone(master, id)) throw new HttpRefusal(404, `Agent '${id}' not found`);
  },
  DRAIN_AGENT: (master, member: AgentCall) =>
    drain(
      master,
      agentOf(master, member),
      { ...graceOf(member), markGone: member.mark_gone ?? false },
      markGone,
    ),
  DEACTIVATE_AGENT: (master, member: AgentCall) => deactivate(master, agentOf(master, member)),
  REACTIVATE_AGENT: (master, member: AgentCall) => reactivate(agentOf(master, member)),
  UPDATE_MAINTENANCE_SCHEDULE: (
    master,
    member: { readonly schedule?: { readonly windows?: readonly MaintenanceWindow[] } },
  ) => orRefuse(schedule(master, member.schedule?.windows ?? [])),
  START_MAINTENANCE: (master, member: { readonly machines?: readonly MachineId[] }) =>
    orRefuse(startMaintenance(master, member.machines ?? [])),
  STOP_MAINTENANCE: (master, member: { readonly machines?: readonly MachineId[] }) =>
    orRefuse(stopMaintenance(master, member.machines ?? [])),
};

function parseCall(body: Buffer): OperatorCall {
  let call: unknown;
  try {
    call = JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpRefusal(400, 'Failed to parse body into JSON');
  }
  if (typeof call !== 'object' || call === null || Array.isArray(call))
    throw new HttpRefusal(400, 'Failed to convert JSON into Call protobuf: Expecting a JSON object');
  return call as OperatorCall;
}

/** Handles SUBSCRIBE: sends the state, then every event. */
function subscribe(master: MasterState, res: ServerResponse): void {
  let timer = master.clock.after(0, () => {});
  const send = (event: object) => records.write(JSON.stringify(event));
  const records = openStream(res, ['Content-Type', 'application/json'], () => {
    timer.cancel();
    master.operators.delete(send);
  });
  const beat = () => {
    send({ type: 'HEARTBEAT' });
    timer.cancel();
    timer = master.clock.after(master.flags.heartbeatIntervalMs, beat);
  };
  send({
    type: 'SUBSCRIBED',
    subscribed: {
      get_state: stateMember(master),
      heartbeat_interval_seconds: master.flags.heartbeatIntervalMs / 1000,
    },
  });
  beat();
  master.operators.add(send);
}

/** Answers one operator call. @throws HttpRefusal */
export async function operatorEndpoint(
  master: MasterState,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  requireMethod(req, ['POST']);
  const body = await readBody(req);
  if (contentTypeOf(req) !== 'application/json')
    throw new HttpRefusal(415, "Expecting 'Content-Type' of application/json");
  const call = parseCall(body);
  const type = call.type ?? '';
  const read = READS[type];
  const write = WRITES[type];
  const member = type.toLowerCase();
  if (type === 'SUBSCRIBE') subscribe(master, res);
  else if (read) answerCall(res, { type, [member]: read(master) });
  else if (!write)
    throw new HttpRefusal(400, "Failed to validate master::Call: Expecting 'type' to be present");
  else if (call[member] === undefined)
    throw new HttpRefusal(400, `Failed to validate master::Call: Expecting '${member}' to be present`);
  else {
    write(master, call[member] as never);
    answerEmpty(res, 200);
  }
}
