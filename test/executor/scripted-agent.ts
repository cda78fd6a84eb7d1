/** An agent that does as it is told: real sockets and RecordIO, no opinions. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { encodeStruct } from '../../src/api/index.ts';
import type { ExecutorCall, ExecutorEvent, TaskStatus } from '../../src/mesos/index.ts';
import { encodeRecord } from '../../src/mesos/index.ts';

export interface ScriptedAgent {
  /** What an agent puts into an executor's environment. */
  environment(runDirectory: string): Record<string, string>;
  /** Every update that arrived, repeated ones included. */
  readonly updates: readonly TaskStatus[];
  readonly calls: readonly ExecutorCall[];
  /** Resolves when an update with this state is there. */
  reported(state: string): Promise<TaskStatus>;
  /** Resolves when the executor has subscribed for the n-th time. */
  subscribed(times?: number): Promise<void>;
  send(event: ExecutorEvent): void;
  launch(taskId: string, data: string | undefined): void;
  /** Whether updates are acknowledged; they are unless told. */
  acknowledge(on: boolean): void;
  /** Ends the executor's stream. */
  drop(): void;
  close(): Promise<void>;
}

const value = <T extends string>(text: T) => ({ value: text });

/** @param tls makes it speak https. */
export async function scriptedAgent(tls?: ServerOptions): Promise<ScriptedAgent> {
  const updates: TaskStatus[] = [];
  const calls: ExecutorCall[] = [];
  const waiting: { holds: () => boolean; done: () => void }[] = [];
  let stream: ServerResponse | undefined;
  let subscriptions = 0;
  let acknowledging = true;

  const settle = () => {
    for (const one of waiting.filter(({ holds }) => holds())) one.done();
  };
  const wait = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const one = {
        holds,
        done: () => {
          waiting.splice(waiting.indexOf(one), 1);
          resolve();
        },
      };
      waiting.push(one);
      settle();
    });
  const send = (event: ExecutorEvent) => void stream?.write(encodeRecord(Buffer.from(JSON.stringify(event))));

  const subscribe = (response: ServerResponse) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    stream = response;
    send({
      type: 'SUBSCRIBED',
      subscribed: {
        executor_info: { executor_id: value('thermos-test'), command: {} },
        framework_info: { user: 'root', name: 'aurora' },
        agent_info: { hostname: 'host.example' },
      },
    } as ExecutorEvent);
    subscriptions++;
  };
  const update = ({ status }: NonNullable<ExecutorCall['update']>, response: ServerResponse) => {
    response.writeHead(202).end();
    updates.push(status);
    if (!acknowledging || !status.uuid) return;
    send({ type: 'ACKNOWLEDGED', acknowledged: { task_id: status.task_id, uuid: status.uuid } });
  };

  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const call = JSON.parse(Buffer.concat(parts).toString('utf8')) as ExecutorCall;
      calls.push(call);
      if (call.type === 'SUBSCRIBE') subscribe(response);
      else if (call.update) update(call.update, response);
      else response.writeHead(202).end();
      settle();
    });
  };
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    environment: (runDirectory) => ({
      PATH: process.env.PATH ?? '/usr/bin:/bin',
      MESOS_FRAMEWORK_ID: 'framework-1',
      MESOS_EXECUTOR_ID: 'thermos-test',
      MESOS_AGENT_ENDPOINT: `127.0.0.1:${port}`,
      MESOS_DIRECTORY: runDirectory,
      MESOS_SANDBOX: runDirectory,
      MESOS_CHECKPOINT: '1',
      MESOS_RECOVERY_TIMEOUT: '15mins',
      MESOS_SUBSCRIPTION_BACKOFF_MAX: '50ms',
      MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: '5secs',
    }),
    updates,
    calls,
    async reported(state) {
      const find = () => updates.find((status) => status.state === state);
      await wait(() => find() !== undefined);
      return find() as TaskStatus;
    },
    subscribed: (times = 1) => wait(() => subscriptions >= times),
    send,
    launch: (taskId, data) =>
      send({
        type: 'LAUNCH',
        launch: {
          task: {
            name: 'test',
            task_id: value(taskId),
            agent_id: value('agent-1'),
            ...(data === undefined ? {} : { data }),
          },
        },
      } as ExecutorEvent),
    acknowledge(on) {
      acknowledging = on;
    },
    drop: () => void stream?.destroy(),
    async close() {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** TaskInfo.data for a task, or for another executor configuration as a whole. */
export const taskData = (
  task: object,
  taskId = 'task-1',
  configuration: object = { role: 'nobody', task: { name: 'test', ...task } },
): string =>
  Buffer.from(
    encodeStruct('AssignedTask', {
      taskId,
      slaveHost: 'host.example',
      instanceId: 0,
      assignedPorts: {},
      task: {
        job: { role: 'nobody', environment: 'test', name: 'job' },
        executorConfig: {
          name: 'AuroraExecutor',
          data: JSON.stringify(configuration),
        },
      },
    }),
  ).toString('base64');
