import type { SchedulerOptions } from './parse.ts';

/** Which part of the scheduler reads which flags; a part is handed its own and no others. */
const SLICES = {
  state: ['flappingTaskThresholdMs', 'initialFlappingTaskDelayMs', 'maxFlappingTaskDelayMs'],
  offers: [
    'enableRevocableCpus',
    'enableRevocableRam',
    'holdOffersForever',
    'idleOffersDelayMs',
    'minOfferHoldTimeMs',
    'offerHoldJitterWindowMs',
  ],
  placing: [
    'clusterName',
    'firstScheduleDelayMs',
    'initialSchedulePenaltyMs',
    'maxRescheduleDelayOnStartupMs',
    'maxScheduleAttemptsPerSec',
    'maxSchedulePenaltyMs',
    'maxTasksPerScheduleAttempt',
    'populateDiscoveryInfo',
    'schedulingMaxBatchSize',
    'unavailabilityThresholdMs',
  ],
  preempting: [
    'enablePreemptor',
    'offerReservationDurationMs',
    'preemptionDelayMs',
    'preemptionReservationMaxBatchSize',
    'preemptionSlotHoldTimeMs',
    'preemptionSlotSearchInitialDelayMs',
    'preemptionSlotSearchIntervalMs',
    'unavailabilityThresholdMs',
  ],
  watching: [
    'historyMaxPerJob',
    'historyMinRetentionMs',
    'historyPruneThresholdMs',
    'initialTaskKillRetryIntervalMs',
    'maxStatusUpdateBatchSize',
    'reconciliationBatchIntervalMs',
    'reconciliationBatchSize',
    'reconciliationExplicitIntervalMs',
    'reconciliationImplicitIntervalMs',
    'reconciliationInitialDelayMs',
    'reconciliationScheduleSpreadMs',
    'startingTaskTimeoutMs',
    'transientTaskStateTimeoutMs',
    'unknownTasks',
  ],
  measuring: ['asyncSlotStatUpdateIntervalMs', 'asyncTaskStatUpdateIntervalMs'],
  backingUp: ['backupDir', 'backupIntervalMs', 'dataDir', 'maxSavedBackups'],
  judging: [
    'allowContainerVolumes',
    'allowDockerParameters',
    'allowGpuResource',
    'allowedContainerTypes',
    'allowedJobEnvironments',
    'defaultDockerParameters',
    'enableMesosFetcher',
    'maxSlaDurationMs',
    'maxTasksPerJob',
    'minRequiredInstancesForSlaCheck',
    'requireDockerUseExecutor',
    'slaAwareKillNonProd',
  ],
  cron: ['cronTimezone'],
  maintaining: ['hostMaintenancePollingIntervalMs', 'unavailabilityThresholdMs'],
  slaNumbers: ['slaNonProdMetrics', 'slaProdMetrics', 'slaStatRefreshIntervalMs'],
  sla: [
    'clusterName',
    'maxParallelCoordinatedMaintenance',
    'minRequiredInstancesForSlaCheck',
    'slaAwareKillNonProd',
    'slaCoordinatorTimeoutMs',
  ],
  updating: [
    'jobUpdateHistoryIntervalMs',
    'jobUpdateHistoryMs',
    'jobUpdateHistoryPerJob',
    'maxUpdateInstanceFailures',
    'slaKillRetryMaxMs',
    'slaKillRetryMinMs',
  ],
  security: ['anonymousReads', 'httpAuthenticationMechanism', 'shiroIniPath'],
  serving: ['clusterName', 'vizJobUrlPrefix'],
  framework: [
    'allowGpuResource',
    'executorUser',
    'frameworkFailoverTimeoutMs',
    'frameworkName',
    'mesosRole',
    'partitionAware',
    'receiveRevocableResources',
  ],
} as const satisfies Record<string, readonly (keyof SchedulerOptions)[]>;

type SliceName = keyof typeof SLICES;

/** The flags of one part. */
export type FlagSlice<N extends SliceName> = Pick<SchedulerOptions, (typeof SLICES)[N][number]>;

/** Cuts a part's flags out of all of them. */
export const flagSlice = <N extends SliceName>(options: SchedulerOptions, name: N): FlagSlice<N> =>
  Object.fromEntries(SLICES[name].map((flag) => [flag, options[flag]])) as FlagSlice<N>;
