/**
 * An executor's side of Mesos' v1 executor API. This file and its imports are kept small and speak only JSON, because
 * one executor runs beside every task.
 */
import type { Clock, Timer } from '../base/clock.ts';
import type { Logger } from '../base/log.ts';
import { type Random, uuid } from '../base/random.ts';
import { refused } from './call-refusal.ts';
import type { ExecutorEnvironment } from './executor-environment.ts';
import { answerTo, type CallLane, callLane } from './http/call-lane.ts';
import { type EventStream, openEventStream, type StreamEnd } from './http/event-stream.ts';
import { type Answer, type Connect, nameOf } from './http/target.ts';
import type { ExecutorCall, ExecutorEvent, TaskInfo, TaskStatus } from './messages/types.ts';
import { wholeRecords } from './recordio.ts';
import { updateQueue } from './update-queue.ts';

export interface ExecutorDriverOptions {
  readonly environment: ExecutorEnvironment;
  /** Opens encrypted connections to the agent, which is then spoken to over https; undefined means http. */
  readonly connect?: Connect | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  /**
   * Called with every record except ERROR and HEARTBEAT, in order. SHUTDOWN comes at most once: from the agent, or from
   * the driver when the agent is lost for good. Called synchronously; must not throw.
   */
  readonly on: (event: ExecutorEvent) => void;
  /** Called once for every stream that is lost. */
  readonly onDisconnected?: ((reason: string) => void) | undefined;
  /** The agent is lost for good; nothing is sent or received any more. Called at most once, before the driver's SHUTDOWN. */
  readonly onLost?: (() => void) | undefined;
}

export interface ExecutorDriver {
  /** Subscribes. */
  start(): void;
  /**
   * Reports a task's state, in the order of the calls, and fills in `uuid`, `timestamp` and `source`. Resolves when the
   * agent has stored the update. That may never happen when the agent no longer knows the task, so wait with a limit.
   * @throws AuroraError (as a rejection): MESOS when the agent refuses it for good, see `refusalOf`; EXECUTOR when the
   * driver is stopped first
   */
  update(status: TaskStatus): Promise<void>;
  /**
   * Sends bytes to the scheduler once; delivery is not guaranteed.
   * @throws AuroraError MESOS (as a rejection) when the agent did not accept it
   */
  message(data: Uint8Array): Promise<void>;
  /** The number of updates that the agent has not acknowledged. */
  unacknowledged(): number;
  /** Disconnects from the agent and rejects the pending updates. Leaves nothing open. */
  stop(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 15_000;
const CALL_TIMEOUT_MS = 10_000;

/** Whether the answer means that the agent runs but is not ready yet. */
const isPatience = ({ status }: Answer): boolean => status === 404 || status >= 500;

export function executorDriver(options: ExecutorDriverOptions): ExecutorDriver {
  const { environment, clock, random, log } = options;
  const { frameworkId, executorId, agent, path } = environment;
  const lane: CallLane = callLane({
    clock,
    timeoutMs: CALL_TIMEOUT_MS,
    connect: options.connect,
  });
  const authorization: Record<string, string> = environment.authenticationToken
    ? { Authorization: `Bearer ${environment.authenticationToken}` }
    : {};

  let running = false;
  let stream: EventStream | undefined;
  let isShutDown = false;
  let connected = false;
  /** When the agent was lost, monotonic; undefined while connected. */
  let lostSinceMs: number | undefined;
  let retry: Timer | undefined;
  /** Launched tasks of which no update was acknowledged yet. */
  const unacknowledgedTasks = new Map<string, TaskInfo>();

  const postOf = (call: Omit<ExecutorCall, 'framework_id' | 'executor_id'>) => ({
    target: agent,
    path,
    headers: { ...authorization, 'Content-Type': 'application/json', Accept: 'application/json' },
    body: Buffer.from(
      JSON.stringify({
        ...call,
        framework_id: { value: frameworkId },
        executor_id: { value: executorId },
      } satisfies ExecutorCall),
    ),
  });
  const updates = updateQueue({
    clock,
    random,
    post: (status) => answerTo(lane, postOf({ type: 'UPDATE', update: { status } })),
    refusal: (answer) => refused('UPDATE', answer, nameOf(agent)),
  });

  function shutDown(reason: string) {
    log.warn({ reason, agent: nameOf(agent) }, 'shutting down: the agent is lost');
    options.onLost?.();
    if (isShutDown) return;
    isShutDown = true;
    options.on({ type: 'SHUTDOWN' });
  }

  /** How long the agent may be away before the executor gives up. */
  const patienceMs = (end: StreamEnd): number => {
    if (end.kind === 'answered') return isPatience(end.answer) ? environment.recoveryTimeoutMs : 0;
    return environment.checkpoint ? environment.recoveryTimeoutMs : 0;
  };

  function onEnd(end: StreamEnd) {
    const reason =
      end.kind === 'lost'
        ? end.reason
        : `SUBSCRIBE was refused with ${end.answer.status}: ${end.answer.text}`;
    const wasConnected = connected;
    connected = false;
    updates.pause();
    if (wasConnected) options.onDisconnected?.(reason);
    if (!running) return;
    const nowMs = clock.monotonicMs();
    lostSinceMs ??= nowMs;
    const leftMs = lostSinceMs + patienceMs(end) - nowMs;
    if (leftMs <= 0) return shutDown(reason);
    // An agent that comes back kills whoever has not come within that time: half of it is left for a machine that is slow.
    const waitMs = Math.min(leftMs, (random.next() * environment.subscriptionBackoffMaxMs) / 2);
    log.info({ reason, waitMs: Math.round(waitMs) }, 'subscribing to the agent again');
    retry = clock.after(waitMs, subscribe);
  }

  function onEvent(event: ExecutorEvent) {
    // After its first record, a healthy agent may be silent for any length of time.
    stream?.expectEvery(undefined);
    switch (event.type) {
      case 'ERROR':
        stream?.close();
        return onEnd({ kind: 'lost', reason: event.error?.message ?? 'error without a message' });
      case 'HEARTBEAT':
        return;
      case 'SUBSCRIBED':
        connected = true;
        lostSinceMs = undefined;
        options.on(event);
        return updates.open();
      case 'LAUNCH':
        if (event.launch) unacknowledgedTasks.set(event.launch.task.task_id.value, event.launch.task);
        break;
      case 'LAUNCH_GROUP':
        for (const task of event.launch_group?.task_group.tasks ?? [])
          unacknowledgedTasks.set(task.task_id.value, task);
        break;
      case 'ACKNOWLEDGED':
        if (event.acknowledged) {
          unacknowledgedTasks.delete(event.acknowledged.task_id.value);
          updates.acknowledge(event.acknowledged.uuid);
        }
        break;
      case 'SHUTDOWN':
        if (isShutDown) return;
        isShutDown = true;
        // It may be the first record, even without SUBSCRIBED. Updates are sent all the same.
        updates.open();
        break;
    }
    options.on(event);
  }

  function subscribe() {
    if (!running) return;
    const unacknowledged = updates.unacknowledged();
    stream = openEventStream<ExecutorEvent>({
      post: postOf({
        type: 'SUBSCRIBE',
        subscribe: {
          unacknowledged_tasks: [...unacknowledgedTasks.values()],
          unacknowledged_updates: unacknowledged.map((status) => ({ status })),
        },
      }),
      connect: options.connect,
      clock,
      answerTimeoutMs: ANSWER_TIMEOUT_MS,
      onOpen: () => {},
      decode: wholeRecords((record) => JSON.parse(record.toString('utf8')) as ExecutorEvent),
      onEvent,
      onEnd,
    });
  }

  return {
    start() {
      if (running) return;
      running = true;
      subscribe();
    },
    update: (status) =>
      updates.add({
        source: 'SOURCE_EXECUTOR',
        timestamp: clock.nowMs() / 1_000,
        uuid: Buffer.from(uuid(random).replaceAll('-', ''), 'hex').toString('base64'),
        ...status,
      }),
    async message(data) {
      const answer = await answerTo(
        lane,
        postOf({ type: 'MESSAGE', message: { data: Buffer.from(data).toString('base64') } }),
      );
      if (answer.status !== 202) throw refused('MESSAGE', answer, nameOf(agent));
    },
    unacknowledged: () => updates.unacknowledged().length,
    async stop() {
      running = false;
      retry?.cancel();
      stream?.close();
      updates.close('the driver was stopped');
      lane.close();
    },
  };
}
