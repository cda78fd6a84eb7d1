/** `POST /api/v1`: the agent's operator API, JSON only. Source: golden/mesos, oper-02 and oper-03. */
import { type MesosMessage, type MessageName, toJson } from '../../mesos/index.ts';
import { BUILD } from '../master/operator-state.ts';
import { type AgentExecutor, type AgentTask, executorsOf } from './agent-model.ts';
import { agentFlags, agentMetrics, containerStatistics, runningExecutors } from './agent-state-view.ts';
import { type AgentCore, agentInfo } from './core.ts';
import { type HttpReply, type HttpRequest, methodNotAllowed, textReply } from './http-server.ts';
import { listFiles, ownerNames, readPart, resolveSandboxPath } from './sandbox-files.ts';
import { isTerminal } from './task-states.ts';

/** An unchecked call; members are checked where they are used. */
type OperatorCall = { readonly type?: unknown } & Readonly<Record<string, unknown>>;

/** The value for the answer's member, which is named after the call; or a reply that replaces the answer. */
type Answer = { readonly member: unknown } | HttpReply;

/** A message in Mesos' JSON form: empty lists omitted, defaults included. */
const asMessage = <N extends MessageName>(name: N, message: MesosMessage<N>): unknown =>
  JSON.parse(toJson(name, message));

const taskMessage = (executor: AgentExecutor, { info, state, statuses }: AgentTask) => ({
  name: info.name,
  task_id: info.task_id,
  framework_id: { value: executor.framework.id },
  ...(!executor.builtIn && { executor_id: { value: executor.id } }),
  agent_id: info.agent_id,
  state,
  resources: info.resources ?? [],
  statuses: statuses.map((status) => asMessage('TaskStatus', status)),
  ...(statuses.at(-1) && {
    status_update_state: statuses.at(-1)?.state,
    status_update_uuid: statuses.at(-1)?.uuid,
  }),
  ...(info.labels && { labels: info.labels }),
  ...(info.discovery && { discovery: info.discovery }),
});

const allExecutors = (core: AgentCore): AgentExecutor[] => [...core.frameworks.values()].flatMap(executorsOf);

function tasksMember(core: AgentCore) {
  const executors = allExecutors(core);
  const messages = (pick: (executor: AgentExecutor) => readonly AgentTask[]) =>
    executors.flatMap((executor) => pick(executor).map((task) => taskMessage(executor, task)));
  const delivered = (terminal: boolean) => (executor: AgentExecutor) =>
    [...executor.tasks.values()].filter(({ state }) => isTerminal(state) === terminal);
  const queued = executors.flatMap((executor) =>
    executor.queue
      .flatMap(({ tasks }) => tasks)
      .map((info) =>
        taskMessage(executor, { info, state: 'TASK_STAGING', statuses: [], acknowledged: undefined }),
      ),
  );
  return {
    pending_tasks: [],
    queued_tasks: queued,
    launched_tasks: messages(delivered(false)),
    terminated_tasks: messages(delivered(true)),
    completed_tasks: messages(({ completed }) => completed),
  };
}

const executorMessage = ({ info }: AgentExecutor) => ({ executor_info: asMessage('ExecutorInfo', info) });

const executorsMember = (core: AgentCore) => ({
  executors: allExecutors(core).map(executorMessage),
  completed_executors: [...core.frameworks.values()].flatMap(({ completed }) =>
    completed.map(executorMessage),
  ),
});

const frameworksMember = (core: AgentCore) => ({
  frameworks: [...core.frameworks.values()].map(({ info }) => ({
    framework_info: asMessage('FrameworkInfo', info),
  })),
  completed_frameworks: core.completedFrameworks.map(({ info }) => ({
    framework_info: asMessage('FrameworkInfo', info),
  })),
});

const containersMember = (core: AgentCore) => ({
  containers: runningExecutors(core).map((executor) => {
    const id = { value: executor.run.containerId };
    const { leader } = executor.container ?? {};
    return {
      framework_id: { value: executor.framework.id },
      executor_id: { value: executor.id },
      executor_name: executor.info.name ?? '',
      container_id: id,
      container_status: { container_id: id, ...(leader && { executor_pid: leader.pid }) },
      resource_statistics: containerStatistics(core, executor),
    };
  }),
});

const pairs = (record: Readonly<Record<string, string | number>>) =>
  Object.entries(record).map(([name, value]) => ({ name, value }));

/** The path that a file call names and the file there, or the reply that refuses it; undefined without a path. */
function sandboxPath(core: AgentCore, call: unknown) {
  const path = (call as { path?: unknown }).path;
  if (typeof path !== 'string') return undefined;
  const resolved = resolveSandboxPath(core, path);
  if (resolved === 'unknown') return textReply(404, '');
  if (resolved === 'inaccessible') return textReply(400, `'${path}' is inaccessible.\n`);
  return { path, ...resolved };
}

const missing = (name: string): HttpReply => textReply(400, `Missing required fields: ${name}`);

function listFilesMember(core: AgentCore, call: unknown): Answer {
  const found = sandboxPath(core, call);
  if (!found) return missing('list_files.path');
  if ('status' in found) return found;
  const names = ownerNames();
  const infos = listFiles(found.path, found).map(({ path, stats }) => ({
    path,
    nlink: stats.nlink,
    size: stats.size,
    mtime: { nanoseconds: Math.floor(stats.mtimeMs / 1000) * 1e9 },
    mode: stats.mode,
    uid: names.user(stats.uid),
    gid: names.group(stats.gid),
  }));
  return { member: { file_infos: infos } };
}

/** Maximum size of one READ_FILE, and its default. */
const MOST_BYTES = 16 * 2 ** 20;

function readFileMember(core: AgentCore, call: unknown): Answer {
  const { offset, length } = call as { offset?: unknown; length?: unknown };
  const found = sandboxPath(core, call);
  if (!found) return missing('read_file.path');
  if (typeof offset !== 'number' || offset < 0) return missing('read_file.offset');
  if ('status' in found) return found;
  const wanted = typeof length === 'number' && length >= 0 ? Math.min(length, MOST_BYTES) : MOST_BYTES;
  try {
    const { size, data } = readPart(found.real, offset, wanted);
    return { member: { size, data: data.toString('base64') } };
  } catch {
    return textReply(400, 'Cannot read a directory.\n');
  }
}

type Call = (core: AgentCore, member: unknown) => Answer;
const give =
  (make: (core: AgentCore) => unknown): Call =>
  (core) => ({ member: make(core) });

/** All calls. `needs` marks a call that must have a member with its own name. */
const CALLS: Readonly<Record<string, { readonly act: Call; readonly needs?: true }>> = {
  GET_HEALTH: { act: give(() => ({ healthy: true })) },
  GET_VERSION: { act: give(() => ({ version_info: BUILD })) },
  GET_FLAGS: { act: give((core) => ({ flags: pairs(agentFlags(core)) })) },
  GET_METRICS: { act: give((core) => ({ metrics: pairs(agentMetrics(core)) })), needs: true },
  GET_LOGGING_LEVEL: { act: give(() => ({ level: 0 })) },
  GET_STATE: {
    act: give((core) => ({
      get_tasks: tasksMember(core),
      get_executors: executorsMember(core),
      get_frameworks: frameworksMember(core),
    })),
  },
  GET_AGENT: { act: give((core) => ({ agent_info: asMessage('AgentInfo', agentInfo(core)) })) },
  GET_CONTAINERS: { act: give(containersMember) },
  GET_TASKS: { act: give(tasksMember) },
  GET_EXECUTORS: { act: give(executorsMember) },
  GET_FRAMEWORKS: { act: give(frameworksMember) },
  GET_OPERATIONS: { act: give(() => ({})) },
  GET_RESOURCE_PROVIDERS: { act: give(() => ({})) },
  LIST_FILES: { act: listFilesMember, needs: true },
  READ_FILE: { act: readFileMember, needs: true },
};

/** Calls about nested containers, which the embedded agent does not have. */
const LEFT_OUT = /^(LAUNCH|WAIT|KILL|REMOVE)_(NESTED_)?CONTAINER(_SESSION)?$|^ATTACH_CONTAINER_(IN|OUT)PUT$/;

function parse(text: string): OperatorCall | HttpReply {
  try {
    const value: unknown = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value as OperatorCall;
    return textReply(400, 'Failed to convert JSON into Call protobuf: Expecting a JSON object');
  } catch {
    const near = text.split('\n', 1)[0] ?? '';
    return textReply(400, `Failed to parse body into JSON: syntax error at line 1 near: ${near}`);
  }
}

/** Answers one operator call. */
export function operatorApi(core: AgentCore, request: HttpRequest): HttpReply {
  if (request.method !== 'POST') return methodNotAllowed('POST', request.method);
  const contentType = request.header('content-type');
  if (contentType === undefined) return textReply(400, "Expecting 'Content-Type' to be present");
  if (contentType !== 'application/json')
    return textReply(415, "Expecting 'Content-Type' of application/json");
  const call = parse(request.body.toString('utf8'));
  if ('status' in call) return call as HttpReply;
  const type = String(call.type ?? '');
  if (LEFT_OUT.test(type)) return textReply(501, `${type} is not implemented by the embedded agent`);
  const known = Object.hasOwn(CALLS, type) ? CALLS[type] : undefined;
  if (!known) return textReply(400, "Failed to validate agent::Call: Expecting 'type' to be present");
  const name = type.toLowerCase();
  if (known.needs && (typeof call[name] !== 'object' || call[name] === null))
    return textReply(400, `Failed to validate agent::Call: Expecting '${name}' to be present`);
  const answer = known.act(core, call[name]);
  if ('status' in answer) return answer;
  return {
    status: 200,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify({ type, [name]: answer.member }),
  };
}
