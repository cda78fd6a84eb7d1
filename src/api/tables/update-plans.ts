import type { Definitions } from './definitions.ts';

/**
 * Not in the original: what an update would do, judged now (call planJobUpdate). The digest of a plan goes into
 * JobUpdateRequest.planDigest; startJobUpdate with it starts exactly this, or is refused with what a plan would be now.
 */
export const UPDATE_PLANS = {
  JobUpdatePlan: {
    struct: {
      /**
       * Stands for the request (configuration as stored, instance count, settings; not the metadata), for the job's
       * active instances with their configurations, and for the job's last update. Opaque, at most 200 characters.
       */
      digest: [1, 'string'],
      /** Groups as getJobUpdateDiff answers them: those to update show the configuration that they have. */
      diff: [2, 'GetJobUpdateDiffResult'],
      /** The requested configuration as it would be stored, with what the scheduler fills in. */
      taskConfig: [3, 'TaskConfig'],
      /** As they would be stored; `updateStrategy` is always set. */
      settings: [4, 'JobUpdateSettings'],
      /** In order; empty when nothing would change. */
      batches: [5, 'list<JobUpdatePlanBatch>'],
      forecast: [6, 'PlacementForecast'],
      /** The update that is active now: as long as it is, no other can start. */
      activeUpdate: [7, 'JobUpdateSummary', 'unset'],
      /** The update of the job that was started last, whatever became of it; unset when none is remembered. */
      lastUpdate: [8, 'JobUpdateSummary', 'unset'],
      /** No update of this plan ends sooner, milliseconds: the waits in RUNNING of all batches in a row. */
      leastMs: [9, 'i64'],
      /** Why startJobUpdate would refuse it now (an active update aside), as sentences: task limit, quota. */
      refusals: [10, 'list<string>'],
    },
  },
  /** Instances that are taken on together; with the queue strategy there is one batch with all of them. */
  JobUpdatePlanBatch: {
    struct: {
      /** No active task now: gets one of the new configuration. */
      create: [1, 'set<Range>'],
      /** Has another configuration now: killed, then created anew. */
      replace: [2, 'set<Range>'],
      /** Beyond the instance count: killed. */
      remove: [3, 'set<Range>'],
      /** Most instances of the batch that are under way at a time; less than all of them with the queue strategy. */
      inFlight: [4, 'i32'],
      /** The update pauses by itself when this batch is done. */
      pausesAfter: [5, 'bool'],
    },
  },
  /** Where the new instances would go if the update began now and all of them looked for a place at once. */
  PlacementForecast: {
    struct: {
      /** New tasks of the whole update: created and replaced ones. */
      wanted: [1, 'i32'],
      /** Of these, how many have a place now: in present offers, or where the instance runs that they replace. */
      fitting: [2, 'i32'],
      /** Of the fitting ones: replaced instances that find room only in what the old task gives back. */
      inPlace: [3, 'i32'],
      /** What becomes of every agent for those that have no place, as in getPendingReason; unset when all fit. */
      funnel: [4, 'PendingFunnel', 'unset'],
    },
  },
  PlanJobUpdateResult: {
    struct: {
      plan: [1, 'JobUpdatePlan'],
    },
  },
} as const satisfies Definitions;
