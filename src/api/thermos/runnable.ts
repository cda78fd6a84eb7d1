import type { JobKey } from '../names.ts';
import { taskIdLetters } from '../rules/task-id.ts';
import { object } from './fields.ts';
import { boundTask, jobInstance } from './instance.ts';
import { parseTask } from './parse.ts';
import { planOf } from './plan.ts';
import { resolvePorts } from './ports.ts';
import { bound } from './references.ts';

/** What is known of a job's tasks before they run. */
interface Prospect {
  readonly job: JobKey;
  readonly instances: number;
  /** Names of the ports that the scheduler assigns. */
  readonly ports: readonly string[];
}

/** The longest host name that Linux allows. */
const HOST_LETTERS = 64;
const SOME_PORT = 65_535;

/** Stand-ins for everything that is known only at run time, with maximum lengths, so that sizes can be checked. */
const standIns = ({ job, instances }: Pick<Prospect, 'job' | 'instances'>) => ({
  instance: Math.max(0, instances - 1),
  hostname: 'h'.repeat(HOST_LETTERS),
  taskId: 't'.repeat(taskIdLetters(job, instances)),
  user: job.role,
});

/**
 * Reads executor data as the executor will, with stand-ins for what is not known yet.
 * @throws AuroraError EXECUTOR with the message that the executor would give instead of running the task
 */
export function checkRunnable(data: string, prospect: Prospect): void {
  const known = standIns(prospect);
  const instance = jobInstance(data, known);
  const { portmap = {} } = object(instance.announce ?? {}, 'announce');
  const assigned = Object.fromEntries(prospect.ports.map((name) => [name, SOME_PORT]));
  const ports = resolvePorts(object(portmap, 'announce.portmap'), assigned);
  const task = parseTask(boundTask(instance.task, { ...known, ports }));
  planOf(task, 'regular');
  planOf(task, 'final');
}

const PORT = /\{\{(thermos\.ports\[[^[\]{}]+\])\}\}/g;

/** A text in the longest form that it can have at run time. */
export function atRunTime(text: string, job: Pick<Prospect, 'job' | 'instances'>): string {
  if (!text.includes('{{')) return text;
  const { instance, hostname, taskId, user } = standIns(job);
  const bindings = new Map([
    ['mesos.instance', String(instance)],
    ['mesos.hostname', hostname],
    ['thermos.task_id', taskId],
    ['thermos.user', user],
  ]);
  return (bound(text, bindings) as string).replaceAll(PORT, String(SOME_PORT));
}
