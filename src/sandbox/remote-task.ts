/** A task whose sandbox is on another machine. */
export interface RemoteTask {
  readonly taskId: string;
  readonly host: string;
  readonly agentId?: string | undefined;
  /** Of the executor that runs it, as Mesos knows it. */
  readonly executorId: string;
  /** Undefined when only the agent knows it. */
  readonly frameworkId?: string | undefined;
}

/** Where servers listen. */
export interface ServerAddresses {
  /** Base of the observer's address on the task's host, without a slash at the end. */
  observer(task: RemoteTask): string;
  agent(task: RemoteTask): string;
}

/** Names of hosts as Mesos gives them; what else a text may hold has no business in an address. */
const HOST = /^[A-Za-z0-9._:%-]+$/;

/** A template like `http://{host}:1338` filled in. */
export function addressFrom(template: string, host: string): string {
  const name = HOST.test(host) ? host : 'invalid.invalid';
  return template.replaceAll('{host}', name.includes(':') ? `[${name}]` : name).replace(/\/+$/, '');
}

/** Where the original's observer, and Mesos' agent, listen. */
export const DEFAULT_OBSERVER = 'http://{host}:1338';
export const DEFAULT_AGENT = 'http://{host}:5051';
