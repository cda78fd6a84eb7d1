/** What the scheduler of a recording says, as calls of the master, and what it heard, as calls of the agent. */
import {
  type FrameworkInfo,
  parseJson,
  parseProtobuf,
  type SchedulerCall,
  type SchedulerEvent,
  type TaskInfo,
  toJson,
} from '../../../src/mesos/index.ts';
import { assert } from '../../harness/index.ts';
import { bytesOf, type Step } from '../../mesos/transcript.ts';
import { comparable, type Json, jsonOf, same } from './recording.ts';
import type { MasterCall } from './rig.ts';
import type { Stage } from './stage.ts';

function accept(stage: Stage, framework: FrameworkInfo, call: SchedulerCall): void {
  const role = framework.roles?.[0] ?? framework.role ?? '*';
  const allocated = (resources: TaskInfo['resources']) =>
    (resources ?? []).map((resource) => ({ ...resource, allocation_info: { role } }));
  const tasks = (call.accept?.operations ?? [])
    .flatMap(({ launch }) => launch?.task_infos ?? [])
    .map((task) => ({
      ...task,
      resources: allocated(task.resources),
      ...(task.executor && {
        executor: { ...task.executor, resources: allocated(task.executor.resources) },
      }),
    }));
  if (tasks.length > 0) stage.tell((link) => link.runTasks({ framework, tasks }));
}

export function schedulerSends(stage: Stage, step: Step): void {
  const raw = step.base64 !== undefined ? parseProtobuf('SchedulerCall', bytesOf(step)) : jsonOf(step);
  let call: SchedulerCall;
  try {
    call = stage.here(parseJson('SchedulerCall', JSON.stringify(raw)));
  } catch {
    return; // The master refuses it.
  }
  const elsewhere = call.kill?.agent_id ?? call.message?.agent_id ?? call.shutdown?.agent_id;
  if (elsewhere !== undefined && elsewhere.value !== stage.r.agent().agentId()) return;
  const frameworkId = call.framework_id?.value ?? '';
  const framework = stage.frameworks.get(frameworkId);
  if (!framework) return;
  const taskId = (call.kill ?? call.acknowledge)?.task_id.value ?? '';
  switch (call.type) {
    case 'ACCEPT':
      accept(stage, framework, call);
      break;
    case 'ACKNOWLEDGE': {
      const recorded = call.acknowledge?.uuid ?? '';
      const uuid = stage.uuids.get(recorded) ?? recorded;
      if (call.acknowledge?.agent_id.value === stage.r.agent().agentId())
        stage.tell((link) => link.acknowledgeUpdate({ frameworkId, taskId, uuid }));
      break;
    }
    case 'KILL': {
      const policy = call.kill?.kill_policy;
      stage.tell((link) => link.killTask({ frameworkId, taskId, ...(policy && { killPolicy: policy }) }));
      break;
    }
    case 'MESSAGE': {
      const executorId = call.message?.executor_id.value ?? '';
      stage.tell((link) =>
        link.frameworkMessage({ frameworkId, executorId, data: call.message?.data ?? '' }),
      );
      break;
    }
    case 'SHUTDOWN': {
      const executorId = call.shutdown?.executor_id.value ?? '';
      stage.tell((link) => link.shutdownExecutor({ frameworkId, executorId }));
      break;
    }
    case 'TEARDOWN':
      stage.tell((link) => link.shutdownFramework({ frameworkId }));
      break;
    default:
  }
}

/** The event as the scheduler would get it; undefined for calls that make none. */
function eventOf({ call, message }: MasterCall): { frameworkId: string; event: Json } | undefined {
  if (call === 'forwardUpdate')
    return {
      frameworkId: message.frameworkId,
      event: { type: 'UPDATE', update: { status: message.status } },
    };
  if (call === 'executorTerminated') {
    const failure = {
      agent_id: { value: message.agentId },
      executor_id: { value: message.executorId },
      status: message.status,
    };
    return { frameworkId: message.frameworkId, event: { type: 'FAILURE', failure } };
  }
  if (call !== 'executorMessage') return undefined;
  const { agentId, executorId, data } = message;
  const event = { agent_id: { value: agentId }, executor_id: { value: executorId }, data };
  return { frameworkId: message.frameworkId, event: { type: 'MESSAGE', message: event } };
}

const asWritten = (stage: Stage, event: Json): Json =>
  JSON.parse(stage.there(toJson('SchedulerEvent', event as unknown as SchedulerEvent))) as Json;

export async function schedulerReceives(stage: Stage, step: Step): Promise<void> {
  const event = jsonOf(step) as unknown as SchedulerEvent;
  if (event.type === 'SUBSCRIBED') {
    const at = stage.scenario.steps.indexOf(step);
    const asked = stage.scenario.steps
      .slice(0, at)
      .findLast(
        (other) => other.conn === step.conn && (other.json as Json | undefined)?.type === 'SUBSCRIBE',
      );
    const call = parseJson('SchedulerCall', JSON.stringify(asked?.json));
    const id = event.subscribed?.framework_id;
    if (call.subscribe && id) stage.frameworks.set(id.value, { ...call.subscribe.framework_info, id });
    return;
  }
  const isOurs =
    (event.type === 'UPDATE' && event.update?.status.source !== 'SOURCE_MASTER') ||
    (event.type === 'FAILURE' && event.failure?.executor_id !== undefined) ||
    event.type === 'MESSAGE';
  if (!isOurs) return;
  const wanted = JSON.parse(toJson('SchedulerEvent', event)) as Json;
  // Pending updates come again when the agent registers again: how many are pending then depends on the moment.
  const isRepeated = event.type === 'UPDATE' && stage.uuids.has(event.update?.status.uuid ?? '');
  if (isRepeated && !stage.r.calls.some((call) => same(asWritten(stage, eventOf(call)?.event ?? {}), wanted)))
    return;
  const found = await stage.r.take(
    (call) => {
      const mine = eventOf(call);
      return mine !== undefined && same(asWritten(stage, mine.event), wanted);
    },
    JSON.stringify(comparable(wanted)),
  );
  if (found.call === 'forwardUpdate') {
    const { container_status: container } = found.message.status;
    if (container) assert.ok((container.executor_pid ?? 0) > 0);
    stage.matched.add(found.message.status.uuid ?? '');
    const recorded = event.update?.status.container_status?.container_id?.value;
    if (recorded && container?.container_id) stage.containers.set(recorded, container.container_id.value);
    stage.uuids.set(event.update?.status.uuid ?? '', found.message.status.uuid ?? '');
  }
  stage.compared++;
}
