/** A task whose sandbox is on another machine. */
export interface RemoteTask {
  readonly taskId: string;
  readonly host: string;
  readonly agentId?: string | undefined;
  /** Mesos' id of the executor that runs it. */
  readonly executorId: string;
  /** Mesos' id of the framework; undefined when only the agent knows it. */
  readonly frameworkId?: string | undefined;
}

/** Addresses of the servers on a task's host. */
export interface ServerAddresses {
  /** Base of the observer's address on the task's host, without a slash at the end. */
  observer(task: RemoteTask): string;
  agent(task: RemoteTask): string;
}

/** Host names as Mesos gives them; any other text must not get into an address. */
const HOST = /^[A-Za-z0-9._:%-]+$/;

/** Fills the host into a template like `http://{host}:1338`; an invalid host becomes `invalid.invalid`. */
export function addressFrom(template: string, host: string): string {
  const name = HOST.test(host) ? host : 'invalid.invalid';
  return template.replaceAll('{host}', name.includes(':') ? `[${name}]` : name).replace(/\/+$/, '');
}

/** Default addresses of the original's observer and of the Mesos agent. */
export const DEFAULT_OBSERVER = 'http://{host}:1338';
export const DEFAULT_AGENT = 'http://{host}:5051';
