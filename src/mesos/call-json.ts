import type { SchedulerCall } from './messages/types.ts';

/** The JSON of parts that occur in many messages; empty until it is needed for the first time. */
const texts = new WeakMap<object, string>();

/**
 * Marks a part of many messages that never changes, such as the command that all executors of a job share: its JSON is
 * made once and kept for as long as the part itself.
 */
export function lasting<T extends object>(part: T): T {
  texts.set(part, '');
  return part;
}

function partText(part: unknown): string {
  const known = typeof part === 'object' && part !== null ? texts.get(part) : undefined;
  if (known) return known;
  const text = JSON.stringify(part);
  if (known === '') texts.set(part as object, text);
  return text;
}

type WriteMember = (value: unknown, name: string) => string;

function objectText(object: object, member: WriteMember): string {
  let text = '';
  // Messages are plain objects, which inherit nothing that this would list.
  for (const name in object) {
    const value = (object as Record<string, unknown>)[name];
    if (value !== undefined) text += `${text === '' ? '{' : ','}"${name}":${member(value, name)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** Writes a list of objects in which `of` writes the member `name`, and JSON.stringify all others. */
const deeper =
  (name: string, of: WriteMember): WriteMember =>
  (object) =>
    objectText(object as object, (value, key) => (key === name ? of(value, key) : JSON.stringify(value)));
const listOf =
  (item: WriteMember): WriteMember =>
  (list, name) => {
    let text = '';
    for (const one of list as readonly unknown[])
      text += text === '' ? item(one, name) : `,${item(one, name)}`;
    return `[${text}]`;
  };

/** One of Mesos' ids: an object with a text. */
const idText = (id: unknown): string => {
  const { value } = id as { readonly value: unknown };
  return typeof value === 'string' ? `{"value":${JSON.stringify(value)}}` : JSON.stringify(id);
};

/** The members of a task and of its executor that are not written as they are. */
const taskMember: WriteMember = (value, name) => {
  switch (name) {
    case 'task_id':
    case 'agent_id':
    case 'executor_id':
      return idText(value);
    case 'resources':
      return resourcesText(value, name);
    case 'executor':
      return objectText(value as object, taskMember);
    case 'data':
      // Bytes, which are base64 in JSON: there is nothing to escape.
      return `"${value}"`;
    default:
      return partText(value);
  }
};
const resourcesText = listOf(partText);
const taskText: WriteMember = (task) => objectText(task as object, taskMember);

const acceptText = deeper('operations', listOf(deeper('launch', deeper('task_infos', listOf(taskText)))));
const callText = deeper('accept', acceptText);

/** Writes a call as JSON.stringify does; an ACCEPT is put together from the texts of its lasting parts. */
export const callJson = (call: SchedulerCall): string =>
  call.type === 'ACCEPT' ? callText(call, '') : JSON.stringify(call);
