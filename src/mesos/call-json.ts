import { bytesOf, putAscii, putBytes, putString, putText } from './json-bytes.ts';
import type { SchedulerCall } from './messages/types.ts';

type Acknowledge = NonNullable<SchedulerCall['acknowledge']>;

/** The JSON of parts that occur in many messages; undefined until it is needed for the first time. */
const known = new WeakMap<object, Uint8Array | undefined>();

/**
 * Marks a part of many messages that never changes, such as the command that all executors of a job share: its JSON is
 * made once and kept for as long as the part itself.
 */
export function lasting<T extends object>(part: T): T {
  known.set(part, undefined);
  return part;
}

type Put = (value: unknown, name: string) => void;

const putJson: Put = (value) => putText(JSON.stringify(value));

const putPart: Put = (value) => {
  const part = value as object;
  const bytes = typeof value === 'object' && value !== null ? known.get(part) : undefined;
  if (bytes) return putBytes(bytes);
  const text = JSON.stringify(value);
  if (typeof value === 'object' && value !== null && known.has(part)) known.set(part, Buffer.from(text));
  putText(text);
};

function putObject(object: object, put: Put): void {
  let isFirst = true;
  // Messages are plain objects, which inherit nothing that this would list.
  for (const name in object) {
    const value = (object as Record<string, unknown>)[name];
    if (value === undefined) continue;
    putAscii(isFirst ? '{"' : ',"');
    putAscii(name);
    putAscii('":');
    put(value, name);
    isFirst = false;
  }
  putAscii(isFirst ? '{}' : '}');
}

/** Writes a list of objects in which `of` writes the member `name`, and JSON.stringify all others. */
const deeper =
  (name: string, of: Put): Put =>
  (object) =>
    putObject(object as object, (value, key) => (key === name ? of : putJson)(value, key));
const listOf =
  (item: Put): Put =>
  (list, name) => {
    putAscii('[');
    let isFirst = true;
    for (const one of list as readonly unknown[]) {
      if (!isFirst) putAscii(',');
      item(one, name);
      isFirst = false;
    }
    putAscii(']');
  };

/** One of Mesos' ids: an object with a text. */
const putId: Put = (id) => {
  const { value } = id as { readonly value: unknown };
  if (typeof value !== 'string') return putJson(id, '');
  putAscii('{"value":');
  putString(value);
  putAscii('}');
};

/** The members of a task and of its executor that are not written as they are. */
const putTaskMember: Put = (value, name) => {
  switch (name) {
    case 'task_id':
    case 'agent_id':
    case 'executor_id':
      return putId(value, name);
    case 'name':
    case 'source':
      return putString(value as string);
    case 'resources':
      return putResources(value, name);
    case 'executor':
      return putObject(value as object, putTaskMember);
    case 'data':
      // Bytes, which are base64 in JSON: there is nothing to escape.
      putAscii('"');
      putAscii(value as string);
      return putAscii('"');
    default:
      return putPart(value, name);
  }
};
const putResources = listOf(putPart);
const putTask: Put = (task) => putObject(task as object, putTaskMember);
const putAccept = deeper('operations', listOf(deeper('launch', deeper('task_infos', listOf(putTask)))));

const putCallMember: Put = (value, name) => {
  if (name === 'accept') putAccept(value, name);
  else if (name === 'framework_id') putId(value, name);
  else putJson(value, name);
};

/** Whether it has what Mesos requires; others are sent as they are, for Mesos to refuse. */
const isComplete = ({ agent_id, task_id, uuid }: Partial<Acknowledge>): boolean =>
  typeof agent_id?.value === 'string' && typeof task_id?.value === 'string' && typeof uuid === 'string';

/** Written out, member by member, because there are two for each task that starts. */
function putAcknowledge(frameworkId: string, { agent_id, task_id, uuid }: Acknowledge): void {
  putAscii('{"framework_id":{"value":');
  putString(frameworkId);
  putAscii('},"type":"ACKNOWLEDGE","acknowledge":{"task_id":{"value":');
  putString(task_id.value);
  putAscii('},"agent_id":{"value":');
  putString(agent_id.value);
  putAscii('},"uuid":');
  putString(uuid);
  putAscii('}}');
}

/**
 * Writes a call as JSON.stringify does; an ACCEPT is put together from the bytes of its lasting parts, and in an ACKNOWLEDGE
 * the framework comes first. Bytes are valid until the next call is written.
 */
export function callJson(call: SchedulerCall): Uint8Array | string {
  const { acknowledge, framework_id, type } = call;
  if (type === 'ACCEPT') return bytesOf(() => putObject(call, putCallMember));
  if (type === 'ACKNOWLEDGE' && acknowledge && framework_id && isComplete(acknowledge))
    return bytesOf(() => putAcknowledge(framework_id.value, acknowledge));
  return JSON.stringify(call);
}
