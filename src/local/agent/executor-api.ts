/**
 * `POST /api/v1/executor`: the checks of a call, in Mesos' order and with its texts.
 * Source: golden/mesos exec-03, facts 14 to 21.
 */
import { AuroraError } from '../../base/errors.ts';
import {
  type ExecutorCall,
  type ExecutorEvent,
  encodeRecord,
  parseJson,
  parseProtobuf,
  type TaskStatus,
  toJson,
  toProtobuf,
} from '../../mesos/index.ts';
import type { AgentExecutor } from './agent-model.ts';
import { type AgentCore, liveExecutor } from './core.ts';
import { isUuid, subscribe, update } from './executor-calls.ts';
import {
  accepted,
  type HttpReply,
  type HttpRequest,
  type HttpStream,
  methodNotAllowed,
  textReply,
} from './http-server.ts';
import type { StampedStatus } from './update-streams.ts';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

/** Thrown to send this reply instead of carrying out the call. */
class Refusal extends Error {
  readonly reply: HttpReply;
  constructor(reply: HttpReply) {
    super(String(reply.body));
    this.reply = reply;
  }
}

const refuse = (status: number, text: string): never => {
  throw new Refusal(textReply(status, text));
};

function parseCall(request: HttpRequest): ExecutorCall {
  const type = request.header('content-type');
  if (type === undefined) return refuse(400, "Expecting 'Content-Type' to be present");
  if (type !== JSON_TYPE && type !== PROTOBUF_TYPE)
    return refuse(415, `Expecting 'Content-Type' of ${JSON_TYPE} or ${PROTOBUF_TYPE}`);
  try {
    return type === JSON_TYPE
      ? parseJson('ExecutorCall', request.body.toString('utf8'))
      : parseProtobuf('ExecutorCall', request.body);
  } catch (error) {
    if (error instanceof AuroraError) return refuse(400, error.text);
    throw error;
  }
}

/** Prefers JSON where both types are accepted. */
function answerType(request: HttpRequest): string {
  const wanted = (request.header('accept') ?? '*/*').split(',').map((item) => item.split(';')[0]?.trim());
  const allows = (type: string) =>
    wanted.some((item) => item === type || item === '*/*' || item === 'application/*');
  if (allows(JSON_TYPE)) return JSON_TYPE;
  if (allows(PROTOBUF_TYPE)) return PROTOBUF_TYPE;
  return refuse(406, `Expecting 'Accept' to allow '${PROTOBUF_TYPE}' or '${JSON_TYPE}'`);
}

const MEMBER_OF = { SUBSCRIBE: 'subscribe', UPDATE: 'update', MESSAGE: 'message' } as const;

/** What is wrong with an update; undefined when it is valid. */
function faultOfUpdate(call: ExecutorCall, status: TaskStatus): string | undefined {
  const own = call.executor_id.value;
  const named = status.executor_id?.value ?? own;
  const sender = `executor ${own} of framework ${call.framework_id.value}`;
  if (status.uuid === undefined) return "Expecting 'uuid' to be present";
  if (!isUuid(status.uuid)) return 'Not a valid UUID';
  if (named !== own) return `ExecutorID in Call: ${own} does not match ExecutorID in TaskStatus: ${named}`;
  if (status.source !== 'SOURCE_EXECUTOR')
    return `Received Call from ${sender} with invalid source, expecting 'SOURCE_EXECUTOR'`;
  if (status.state === 'TASK_STAGING') return `Received TASK_STAGING from ${sender} which is not allowed`;
  return undefined;
}

/** What is wrong with a parsed call; undefined when it is valid. */
function faultOf(call: ExecutorCall): string | undefined {
  if (call.type === undefined) return "Expecting 'type' to be present";
  if (call.type === 'HEARTBEAT' || call.type === 'UNKNOWN') return undefined;
  const member = MEMBER_OF[call.type];
  if (call[member] === undefined) return `Expecting '${member}' to be present`;
  return call.type === 'UPDATE' && call.update ? faultOfUpdate(call, call.update.status) : undefined;
}

function findExecutor(core: AgentCore, call: ExecutorCall): AgentExecutor {
  if (!core.frameworks.has(call.framework_id.value)) return refuse(400, 'Framework cannot be found');
  const executor = liveExecutor(core, call.framework_id.value, call.executor_id.value);
  return executor ?? refuse(400, 'Executor cannot be found');
}

function subscription(
  core: AgentCore,
  executor: AgentExecutor,
  call: ExecutorCall,
  type: string,
): HttpStream {
  const encode = (event: ExecutorEvent) =>
    type === JSON_TYPE ? Buffer.from(toJson('ExecutorEvent', event)) : toProtobuf('ExecutorEvent', event);
  return {
    headers: [['Content-Type', type]],
    open(response) {
      const stream = {
        send: (event: ExecutorEvent) => response.write(encodeRecord(encode(event))),
        end: () => response.end(),
      };
      response.onClose(() => {
        if (executor.stream === stream) executor.stream = undefined;
      });
      subscribe(core, executor, call.subscribe ?? {}, stream);
    },
  };
}

function act(core: AgentCore, call: ExecutorCall, request: HttpRequest): HttpReply | HttpStream {
  if (call.type === 'HEARTBEAT') return accepted;
  const type = call.type === 'SUBSCRIBE' ? answerType(request) : JSON_TYPE;
  if (core.phase === 'RECOVERING' && call.type !== 'SUBSCRIBE')
    return refuse(503, 'Agent has not finished recovery');
  const executor = findExecutor(core, call);
  if (call.type === 'SUBSCRIBE') return subscription(core, executor, call, type);
  if (executor.state === 'REGISTERING') return refuse(403, 'Executor is not subscribed');
  if (call.update) update(core, executor, call.update.status as StampedStatus);
  if (call.message)
    core.master?.executorMessage({
      agentId: core.agentId,
      frameworkId: executor.framework.id,
      executorId: executor.id,
      data: call.message.data,
    });
  return accepted;
}

/** Answers one request of an executor. */
export function executorApi(core: AgentCore, request: HttpRequest): HttpReply | HttpStream {
  try {
    if (request.method !== 'POST') return methodNotAllowed('POST', request.method);
    if (core.phase === 'STOPPED') return refuse(503, 'Agent is terminating');
    if (core.phase === 'STARTING') return refuse(503, 'Agent has not finished recovery');
    const call = parseCall(request);
    const fault = faultOf(call);
    if (fault !== undefined) return textReply(400, `Failed to validate Executor::Call: ${fault}`);
    if (call.type === 'UNKNOWN') return textReply(501, "Received 'UNKNOWN' call");
    return act(core, call, request);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    throw error;
  }
}
