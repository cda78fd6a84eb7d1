import { AuroraError } from '../../src/base/errors.ts';
import type { SchedulerCall, SchedulerDriver, SchedulerDriverOptions } from '../../src/mesos/index.ts';
import type { Wraps } from './scheduler-process.ts';

/** A scheduler as it is. */
export const NO_BUG: Wraps = {
  disk: (disk) => disk,
  log: (log) => log,
  driver: (make) => make,
  call: (call) => call,
};

type MakeDriver = (options: SchedulerDriverOptions) => SchedulerDriver;

/** Replaces how a driver sends; `next` is how it really does. */
const sending =
  (send: (call: SchedulerCall, next: (call: SchedulerCall) => Promise<void>) => Promise<void>) =>
  (make: MakeDriver): MakeDriver =>
  (options) => {
    const driver = make(options);
    return { ...driver, send: (call) => send(call, driver.send) };
  };

/** Changes the arguments of createJob on their way in. */
const creating =
  (change: (description: object) => object): Wraps['call'] =>
  (next) =>
  (method, args) => {
    if (method !== 'createJob') return next(method, args);
    const { description } = args as unknown as { description: object };
    return next(method, { ...args, description: change(description) });
  };

interface SentJob {
  readonly taskConfig: {
    readonly constraints: readonly {
      readonly name: string;
      readonly constraint: { readonly limit: { readonly limit: number } };
    }[];
  };
}

/** Whether a thing of this name falls into the given share of all things. */
const inShare = (name: string, share: number): boolean => {
  let hash = 7;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) >>> 0;
  return hash % 1000 < share * 1000;
};

/** Longer than the penalty of a task that ended as soon as it began. */
const LATE_MS = 120_000;

/**
 * Bugs put in on purpose, to see that the simulation can find them. Each breaks one rule, at one of the places where
 * the scheduler meets its world, so that its own code stays as it is.
 */
export const PLANTED: Readonly<Record<string, Wraps>> = {
  /** A write counts as durable when it was handed to the log. */
  'ack before commit': {
    ...NO_BUG,
    log: (log) => ({
      ...log,
      async append(record) {
        void log.append(record).catch(() => undefined);
      },
    }),
  },
  /** The log never waits for the disk. */
  'no sync': {
    ...NO_BUG,
    disk: (disk) => ({
      ...disk,
      open: async (path, mode) => ({ ...(await disk.open(path, mode)), datasync: async () => undefined }),
    }),
  },
  /** An update is acknowledged when it comes in. */
  'update acknowledged early': {
    ...NO_BUG,
    driver: (make) => (options) => {
      const driver = make({
        ...options,
        on(event) {
          const status = event.update?.status;
          if (status?.uuid !== undefined && status.agent_id) {
            const { task_id, agent_id, uuid } = status;
            void driver
              .send({ type: 'ACKNOWLEDGE', acknowledge: { task_id, agent_id, uuid } })
              .catch(() => undefined);
          }
          options.on(event);
        },
      });
      return driver;
    },
  },
  /** A launch whose answer was lost counts as one that did not happen; the kill of what it left comes too late. */
  'double launch': {
    ...NO_BUG,
    driver(make, { time }) {
      const writtenOffMs = new Map<string, number>();
      return sending(async (call, next) => {
        const sinceMs = writtenOffMs.get(call.kill?.task_id.value ?? '');
        if (sinceMs !== undefined && time.monotonicMs() < sinceMs + LATE_MS) return;
        try {
          await next(call);
        } catch (error) {
          if (call.type !== 'ACCEPT') throw error;
          for (const { launch } of call.accept?.operations ?? [])
            for (const info of launch?.task_infos ?? [])
              writtenOffMs.set(info.task_id.value, time.monotonicMs());
          const cause = { status: 503, text: 'no answer' };
          throw new AuroraError('MESOS', 'no answer, so nothing happened', { cause });
        }
      })(make);
    },
  },
  /** A limit lets one task more through. */
  'limit off by one': {
    ...NO_BUG,
    call: creating((description) => {
      const job = description as SentJob;
      const constraints = job.taskConfig.constraints.map(({ name, constraint }) => ({
        name,
        constraint: { limit: { limit: constraint.limit.limit + 1 } },
      }));
      return { ...job, taskConfig: { ...job.taskConfig, constraints } };
    }),
  },
  /** Some kills never leave, however often they are tried. */
  'lost kill': {
    ...NO_BUG,
    driver: sending(async (call, next) => {
      if (!inShare(call.kill?.task_id.value ?? '', 0.3) || call.type !== 'KILL') await next(call);
    }),
  },
  /** Two jobs that come at the same time are both measured against the quota that was free before. */
  'quota race': {
    ...NO_BUG,
    call(next) {
      let underWay = 0;
      const racing = creating((description) => {
        const job = description as { readonly taskConfig: object };
        return underWay > 0 ? { ...job, taskConfig: { ...job.taskConfig, tier: 'preemptible' } } : job;
      })(next);
      return async (method, args) => {
        const answer = racing(method, args);
        underWay += method === 'createJob' ? 1 : 0;
        try {
          return await answer;
        } finally {
          underWay -= method === 'createJob' ? 1 : 0;
        }
      };
    },
  },
  /** Offers are taken to hold a few ports more than they do. */
  oversold: {
    ...NO_BUG,
    driver: (make) => (options) =>
      make({
        ...options,
        on(event) {
          const offers = event.offers?.offers?.map((offer) => ({
            ...offer,
            resources: (offer.resources ?? []).map((resource) =>
              resource.name === 'ports' && resource.ranges?.range
                ? {
                    ...resource,
                    ranges: {
                      range: resource.ranges.range.map(({ begin, end }) => ({ begin, end: end + 5 })),
                    },
                  }
                : resource,
            ),
          }));
          options.on(offers ? { ...event, offers: { ...event.offers, offers } } : event);
        },
      }),
  },
  /** Mesos is never asked how tasks are. */
  'no reconciliation': {
    ...NO_BUG,
    driver: sending(async (call, next) => {
      if (call.type !== 'RECONCILE') await next(call);
    }),
  },
};
