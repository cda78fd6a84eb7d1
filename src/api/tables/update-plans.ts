import type { Definitions } from './definitions.ts';

/**
 * Not in the original: what an update would do now (call planJobUpdate). Its digest goes into
 * JobUpdateRequest.planDigest; startJobUpdate then starts exactly this plan, or refuses and returns the current plan.
 */
export const UPDATE_PLANS = {
  JobUpdatePlan: {
    struct: {
      /**
       * Identifies the request (configuration as stored, instance count, settings; not the metadata), the job's active
       * instances with their configurations, and the job's last update. Opaque, at most 200 characters.
       */
      digest: [1, 'string'],
      /** Groups as in getJobUpdateDiff; those to be updated show their current configuration. */
      diff: [2, 'GetJobUpdateDiffResult'],
      /** The requested configuration as it would be stored, including what the scheduler fills in. */
      taskConfig: [3, 'TaskConfig'],
      /** The settings as they would be stored; `updateStrategy` is always set. */
      settings: [4, 'JobUpdateSettings'],
      /** In order; empty when nothing would change. */
      batches: [5, 'list<JobUpdatePlanBatch>'],
      forecast: [6, 'PlacementForecast'],
      /** The currently active update; no other can start while it is active. */
      activeUpdate: [7, 'JobUpdateSummary', 'unset'],
      /** The job's most recently started update, whatever its outcome; unset when none is stored. */
      lastUpdate: [8, 'JobUpdateSummary', 'unset'],
      /** The shortest possible duration of the update in milliseconds: the watch times of all batches in a row. */
      leastMs: [9, 'i64'],
      /** Why startJobUpdate would refuse it now, as sentences: task limit, quota (not an active update). */
      refusals: [10, 'list<string>'],
    },
  },
  /** Instances that are updated together; the queue strategy has a single batch with all of them. */
  JobUpdatePlanBatch: {
    struct: {
      /** Instances without an active task: a task of the new configuration is created. */
      create: [1, 'set<Range>'],
      /** Instances with another configuration: killed, then created anew. */
      replace: [2, 'set<Range>'],
      /** Instances beyond the instance count: killed. */
      remove: [3, 'set<Range>'],
      /** The most instances of the batch that change at a time; with the queue strategy fewer than all of them. */
      inFlight: [4, 'i32'],
      /** Whether the update pauses by itself after this batch. */
      pausesAfter: [5, 'bool'],
    },
  },
  /** Where the new instances would be placed if the update began now and all of them were scheduled at once. */
  PlacementForecast: {
    struct: {
      /** New tasks of the whole update: created and replaced ones. */
      wanted: [1, 'i32'],
      /** How many of them have a place now: in current offers, or where the replaced instance runs. */
      fitting: [2, 'i32'],
      /** How many of the fitting ones only fit into what the replaced task frees. */
      inPlace: [3, 'i32'],
      /** The outcome for every agent, as in getPendingReason, for those without a place; unset when all fit. */
      funnel: [4, 'PendingFunnel', 'unset'],
    },
  },
  PlanJobUpdateResult: {
    struct: {
      plan: [1, 'JobUpdatePlan'],
    },
  },
} as const satisfies Definitions;
