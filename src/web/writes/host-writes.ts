import { countText } from '../text/amounts.ts';
import { shellWord, type Write } from './write.ts';

/** The names in a list of hosts separated by blanks or commas. */
const hostsIn = (text: string): readonly string[] => [
  ...new Set(text.split(/[\s,]+/).filter((host) => host !== '')),
];

const listed = (hosts: readonly string[]) => ({ hosts: { hostNames: hosts } });

/** Takes a host out of service; its tasks are moved elsewhere. */
export const drainWrite = (cluster: string, host: string, tasks: number): Write => ({
  call: 'drainHosts',
  verb: 'Drain',
  title: `Drain ${host}`,
  stops: true,
  ask: () => ({
    effect: `${tasks === 0 ? 'No task runs there' : `${countText(tasks, 'task goes', 'tasks go')} elsewhere, as their promises allow`}; nothing new is placed there.`,
    command: `aurora admin drain ${shellWord(host)} --cluster ${cluster}`,
    args: listed([host]),
  }),
});

/** Takes several hosts out of service; the reader enters their names. */
export const drainSeveralWrite = (cluster: string): Write => ({
  call: 'drainHosts',
  verb: 'Drain hosts',
  title: 'Drain hosts',
  stops: true,
  fields: [{ name: 'hosts', label: 'Hosts', value: '', hint: 'names with blanks or commas between them' }],
  ask({ hosts = '' }) {
    const names = hostsIn(hosts);
    if (names.length === 0) return { problem: 'Say which hosts.' };
    return {
      effect: `Every task on ${countText(names.length, 'host')} goes elsewhere, as its promises allow; nothing new is placed there.`,
      command: `aurora admin host_drain ${cluster} --hosts=${shellWord(names.join(','))}`,
      args: listed(names),
      ...(names.length > 1 ? { type: names[0] as string } : {}),
    };
  },
});

/** Puts a host back into service. */
export const activateWrite = (cluster: string, host: string): Write => ({
  call: 'endMaintenance',
  verb: 'Put back into service',
  title: `Put ${host} back into service`,
  atOnce: true,
  ask: () => ({
    effect: 'Tasks may be placed there again.',
    command: `aurora admin host_activate ${cluster} --hosts=${shellWord(host)}`,
    args: listed([host]),
  }),
});
