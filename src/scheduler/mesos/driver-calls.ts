import type { Clock } from '../../base/clock.ts';
import { type AuroraError, messageOf } from '../../base/errors.ts';
import type { Logger } from '../../base/log.ts';
import { refusalOf, type SchedulerCall } from '../../mesos/index.ts';
import type { Counters } from '../metrics/counters.ts';
import type { MesosCalls, TaskOnAgent } from './mesos-calls.ts';

/** The sending part of the driver. */
export interface CallSender {
  send(call: SchedulerCall): Promise<void>;
  post(call: SchedulerCall, settled: (error: AuroraError | undefined) => void): void;
  subscribed(): boolean;
}

export interface DriverCallsOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counters: Counters;
  /** How long declined offers are not offered again. */
  readonly declineFilterMs: number;
}

const ids = (offerIds: readonly string[]) => offerIds.map((value) => ({ value }));

const named = ({ taskId, agentId }: TaskOnAgent) => ({
  task_id: { value: taskId },
  ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
});

/** Sends the scheduler's calls through a driver. Failed calls are logged; the next session's reconciliation repairs that. */
export function driverCalls(driver: CallSender, options: DriverCallsOptions): MesosCalls {
  const { clock, counters, log } = options;
  /** The failures of this turn of the event loop by kind and reason: with a connection, thousands of calls are lost at once. */
  const failures = new Map<
    string,
    { readonly call: SchedulerCall['type']; readonly error: string; calls: number }
  >();
  const tell = () => {
    for (const failure of failures.values()) log.warn(failure, 'calls to Mesos failed');
    failures.clear();
  };
  // What waits for answers knows calls by their types only: a call, which may be large, is not kept until then.
  const failed = (type: SchedulerCall['type'], error: unknown) => {
    counters.add('mesos_scheduler_call_failures');
    const text = messageOf(error);
    const same = failures.get(`${type} ${text}`);
    if (same) {
      same.calls++;
      return;
    }
    if (failures.size === 0) clock.after(0, tell);
    failures.set(`${type} ${text}`, { call: type, error: text, calls: 1 });
  };
  const send = (call: SchedulerCall) => {
    const { type } = call;
    if (driver.subscribed()) driver.send(call).catch((error) => failed(type, error));
  };
  const heard = async (call: SchedulerCall): Promise<boolean> => {
    const { type } = call;
    if (!driver.subscribed()) return false;
    const sent = driver.send(call);
    try {
      await sent;
      return true;
    } catch (error) {
      failed(type, error);
      return false;
    }
  };
  /** One function for all acknowledgements: thousands may wait for their answers. */
  const acknowledged = (error: AuroraError | undefined) => {
    if (error) failed('ACKNOWLEDGE', error);
  };
  const decline = (offerIds: readonly string[]) =>
    send({
      type: 'DECLINE',
      decline: { offer_ids: ids(offerIds), filters: { refuse_seconds: options.declineFilterMs / 1000 } },
    });
  return {
    accept(offerIds, tasks, settled) {
      if (!driver.subscribed()) {
        queueMicrotask(() => settled(false));
        return;
      }
      const launch = {
        offer_ids: ids(offerIds),
        operations: [{ type: 'LAUNCH' as const, launch: { task_infos: tasks } }],
        filters: { refuse_seconds: 0 },
      };
      driver.post({ type: 'ACCEPT', accept: launch }, (error) => {
        if (error) failed('ACCEPT', error);
        const isRefused = error !== undefined && refusalOf(error) !== undefined;
        // The offers of a refused call are still ours, and nobody else would give them back.
        if (isRefused) decline(offerIds);
        settled(!isRefused);
      });
    },
    decline,
    kill: (task) =>
      void heard({ type: 'KILL', kill: named(task) }).then((sent) => {
        if (!sent) counters.add('scheduler_driver_kill_failures');
      }),
    acknowledge({ taskId, agentId, uuid }) {
      if (uuid === undefined || agentId === undefined || !driver.subscribed()) return;
      const acknowledge = { task_id: { value: taskId }, agent_id: { value: agentId }, uuid };
      driver.post({ type: 'ACKNOWLEDGE', acknowledge }, acknowledged);
    },
    reconcile: (tasks) => send({ type: 'RECONCILE', reconcile: { tasks: tasks.map(named) } }),
    suppress: () => heard({ type: 'SUPPRESS', suppress: {} }),
    revive: () => heard({ type: 'REVIVE', revive: {} }),
    acceptInverseOffers: (offerIds) =>
      send({ type: 'ACCEPT_INVERSE_OFFERS', accept_inverse_offers: { inverse_offer_ids: ids(offerIds) } }),
    declineInverseOffers: (offerIds) =>
      send({ type: 'DECLINE_INVERSE_OFFERS', decline_inverse_offers: { inverse_offer_ids: ids(offerIds) } }),
  };
}
