/** What the API's types must refuse, and what they must let through. Checked by the compiler; never run. */
import {
  type Call,
  type CallArgs,
  type Container,
  callOf,
  decodeStruct,
  encodeStruct,
  type JobKey,
  normalise,
  type ScheduledTask,
  type TaskConfig,
  type Wire,
} from '../../src/api/index.ts';

declare const config: TaskConfig;
declare const task: ScheduledTask;

// Names of fields.
// @ts-expect-error a wrong field name in a literal
encodeStruct('JobKey', { role: 'a', enviroment: 'b' });
// @ts-expect-error a wrong field name, read
config.isServce;
// @ts-expect-error a wrong name, deep inside
encodeStruct('TaskConfig', { resources: [{ numCpu: 1 }] });
// @ts-expect-error a type that does not exist
decodeStruct('TaskConf', new Uint8Array());
// @ts-expect-error storage types have their prefix
decodeStruct('Snapshot', new Uint8Array());

// Enums are names.
export const running: boolean = task.status === 'RUNNING';
// @ts-expect-error no member of the enum
export const wrong: boolean = task.status === 'RUNING';
// @ts-expect-error a number is no enum value
encodeStruct('TaskEvent', { status: 2 });

// Unions have one key.
export const docker: Container = { docker: { image: 'i', parameters: [] } };
// @ts-expect-error two keys
export const both: Container = { mesos: { volumes: [] }, docker: { image: 'i', parameters: [] } };
// @ts-expect-error no key
export const none: Container = {};
// @ts-expect-error two keys on the wire
encodeStruct('Resource', { numCpus: 1, ramMb: 2 });
export const image = (container: Container): string | undefined =>
  container.docker ? container.docker.image : container.mesos.volumes[0]?.hostPath;

// Normalised: filled in, or knowingly unset.
export const uris: number = config.mesosFetcherUris.length;
export const production: boolean = config.production;
// @ts-expect-error unset while the task is pending
export const host: string = task.assignedTask.slaveHost;
// @ts-expect-error decoded, not normalised: the key may be missing
export const key: JobKey = decodeStruct('JobKey', new Uint8Array());
export const whole: JobKey = normalise('JobKey', decodeStruct('JobKey', new Uint8Array()));
export const back: Wire<'ScheduledTask'> = task;
// @ts-expect-error values are not changed in place
config.priority = 1;
// @ts-expect-error a 64-bit number may be a bigint
export const timestamp: number = normalise('TaskEvent', {}).timestamp;

// Calls.
callOf('killTasks', { job: { role: 'a', environment: 'b', name: 'c' } });
// @ts-expect-error the job is missing
callOf('killTasks', { instances: [1] });
// @ts-expect-error the argument is called description
callOf('createJob', { job: {} });
// @ts-expect-error no such method
callOf('acquireLock', {});
export const all: CallArgs<'getJobs'> = {};
export function described(call: Call): string | undefined {
  if (call.method === 'killTasks') return call.args.message;
  // @ts-expect-error getJobs has no message
  if (call.method === 'getJobs') return call.args.message;
  return undefined;
}
