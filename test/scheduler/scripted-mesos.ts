import type {
  Offer,
  SchedulerCall,
  SchedulerCallType,
  SchedulerDriver,
  SchedulerDriverOptions,
  SchedulerEvent,
  TaskState,
  TaskStatus,
} from '../../src/mesos/index.ts';
import { posting } from '../harness/posting.ts';

/** A Mesos whose every word the test chooses; it hears the scheduler's calls in order. */
export interface ScriptedMesos {
  readonly makeDriver: (options: SchedulerDriverOptions) => SchedulerDriver;
  /** What the newest driver was made with. */
  options(): SchedulerDriverOptions;
  /** Sends SUBSCRIBED; without it nothing happens. */
  subscribe(frameworkId?: string): void;
  disconnect(): void;
  say(event: SchedulerEvent): void;
  offer(...offers: Offer[]): void;
  update(taskId: string, state: TaskState, more?: Partial<TaskStatus>): void;
  /** The next call of the type that nobody has taken yet; waits for it. */
  next(type: SchedulerCallType): Promise<SchedulerCall>;
  /** Calls of the type that nobody has taken. */
  waiting(type: SchedulerCallType): number;
  /** How many calls of the type there were in all. */
  heard(type: SchedulerCallType): number;
  /** Every later call of the type is answered so; a function may throw. */
  answer(type: SchedulerCallType, how: () => Promise<void>): void;
}

export function scriptedMesos(): ScriptedMesos {
  let options: SchedulerDriverOptions | undefined;
  let subscribed = false;
  let uuids = 0;
  const untaken: SchedulerCall[] = [];
  const heard = new Map<string, number>();
  const awaited: { type: SchedulerCallType; resolve: (call: SchedulerCall) => void }[] = [];
  const answers = new Map<SchedulerCallType, () => Promise<void>>();
  const current = (): SchedulerDriverOptions => {
    if (!options) throw new Error('the scheduler has made no driver');
    return options;
  };
  const say = (event: SchedulerEvent) => current().on(event);
  return {
    makeDriver(given) {
      options = given;
      subscribed = false;
      const send = async (call: SchedulerCall) => {
        const type = call.type as SchedulerCallType;
        heard.set(type, (heard.get(type) ?? 0) + 1);
        const at = awaited.findIndex((one) => one.type === type);
        if (at >= 0) awaited.splice(at, 1)[0]?.resolve(call);
        else untaken.push(call);
        await answers.get(type)?.();
      };
      return {
        start: () => {},
        send,
        post: posting(send),
        subscribed: () => subscribed,
        stop: async () => {
          subscribed = false;
        },
      };
    },
    options: current,
    subscribe(frameworkId = 'framework') {
      subscribed = true;
      say({ type: 'SUBSCRIBED', subscribed: { framework_id: { value: frameworkId } } });
    },
    disconnect() {
      subscribed = false;
      current().onDisconnected?.('scripted');
    },
    say,
    offer: (...offers) => say({ type: 'OFFERS', offers: { offers } }),
    update: (taskId, state, more = {}) =>
      say({
        type: 'UPDATE',
        update: {
          status: {
            task_id: { value: taskId },
            agent_id: { value: 'a' },
            state,
            source: 'SOURCE_EXECUTOR',
            uuid: Buffer.from(`uuid-${uuids++}`).toString('base64'),
            ...more,
          },
        },
      }),
    next: (type) =>
      new Promise((resolve) => {
        const at = untaken.findIndex((call) => call.type === type);
        if (at >= 0) resolve(untaken.splice(at, 1)[0] as SchedulerCall);
        else awaited.push({ type, resolve });
      }),
    waiting: (type) => untaken.filter((call) => call.type === type).length,
    heard: (type) => heard.get(type) ?? 0,
    answer: (type, how) => void answers.set(type, how),
  };
}
