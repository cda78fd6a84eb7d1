import type { EnumValue, Wire } from '../../../src/api/index.ts';

export const START_MS = Date.UTC(2026, 10, 29, 3, 53, 0);
export const JOB = { cluster: 'west', role: 'web', environment: 'prod', name: 'api' };
export const KEY = {
  job: { role: 'web', environment: 'prod', name: 'api' },
  id: '3fa8c1d2-watched',
};

type Action = EnumValue<'JobUpdateAction'>;
type Status = EnumValue<'ScheduleStatus'>;

/** An instance event, seconds after the start. */
export const event = (instanceId: number, atSecs: number, action: Action, message?: string) => ({
  instanceId,
  timestampMs: START_MS + atSecs * 1000,
  action,
  ...(message ? { message } : {}),
});

/** A task whose states began so many seconds after the start. */
export const task = (
  instanceId: number,
  states: readonly (readonly [status: Status, atSecs: number, message?: string])[],
): Wire<'ScheduledTask'> => ({
  assignedTask: { taskId: `task-${instanceId}-${states[0]?.[1]}`, instanceId, task: { job: KEY.job } },
  status: states.at(-1)?.[0],
  taskEvents: states.map(([status, atSecs, message]) => ({
    status,
    timestamp: START_MS + atSecs * 1000,
    ...(message ? { message } : {}),
  })),
});

export interface Sample {
  readonly status?: EnumValue<'JobUpdateStatus'>;
  readonly endSecs?: number;
  readonly count?: number;
  readonly settings?: Wire<'JobUpdateSettings'>;
  readonly events?: readonly Wire<'JobInstanceUpdateEvent'>[];
  readonly updateEvents?: readonly Wire<'JobUpdateEvent'>[];
}

/** An update of instances 0 to count - 1, in batches of three, watched for 45 s. */
export const details = ({
  status = 'ROLLING_FORWARD',
  endSecs = 0,
  count = 9,
  settings = {},
  events = [],
  updateEvents = [],
}: Sample = {}): Wire<'JobUpdateDetails'> => {
  const instances = [{ first: 0, last: count - 1 }];
  return {
    update: {
      summary: {
        key: KEY,
        user: 'ana',
        state: {
          status,
          createdTimestampMs: START_MS,
          lastModifiedTimestampMs: START_MS + endSecs * 1000,
        },
      },
      instructions: {
        initialState: [{ instances, task: {} }],
        desiredState: { instances, task: {} },
        settings: {
          updateStrategy: { batchStrategy: { groupSize: 3, autopauseAfterBatch: false } },
          minWaitInInstanceRunningMs: 45_000,
          maxFailedInstances: 1,
          ...settings,
        },
      },
    },
    updateEvents: [
      { status: 'ROLLING_FORWARD', timestampMs: START_MS, user: 'ana', message: 'raise heap' },
      ...updateEvents,
    ],
    instanceEvents: [...events],
  };
};
