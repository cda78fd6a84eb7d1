import { optional, repeated, required } from './schema.ts';

/** The calls of a scheduler to the master. */
export const schedulerCallMessages = {
  SchedulerCall: {
    framework_id: optional(1, 'FrameworkID'),
    type: optional(2, 'SchedulerCall.Type'),
    subscribe: optional(3, 'SchedulerCall.Subscribe'),
    accept: optional(4, 'SchedulerCall.Accept'),
    decline: optional(5, 'SchedulerCall.Decline'),
    accept_inverse_offers: optional(13, 'SchedulerCall.AcceptInverseOffers'),
    decline_inverse_offers: optional(14, 'SchedulerCall.DeclineInverseOffers'),
    revive: optional(15, 'SchedulerCall.Revive'),
    kill: optional(6, 'SchedulerCall.Kill'),
    shutdown: optional(7, 'SchedulerCall.Shutdown'),
    acknowledge: optional(8, 'SchedulerCall.Acknowledge'),
    acknowledge_operation_status: optional(17, 'SchedulerCall.AcknowledgeOperationStatus'),
    reconcile: optional(9, 'SchedulerCall.Reconcile'),
    reconcile_operations: optional(18, 'SchedulerCall.ReconcileOperations'),
    message: optional(10, 'SchedulerCall.Message'),
    request: optional(11, 'SchedulerCall.Request'),
    suppress: optional(16, 'SchedulerCall.Suppress'),
    update_framework: optional(19, 'SchedulerCall.UpdateFramework'),
  },
  'SchedulerCall.Subscribe': {
    framework_info: required(1, 'FrameworkInfo'),
    suppressed_roles: repeated(2, 'string'),
    offer_constraints: optional(3, 'OfferConstraints'),
  },
  'SchedulerCall.Accept': {
    offer_ids: repeated(1, 'OfferID'),
    operations: repeated(2, 'Offer.Operation'),
    filters: optional(3, 'Filters'),
  },
  'SchedulerCall.Decline': {
    offer_ids: repeated(1, 'OfferID'),
    filters: optional(2, 'Filters'),
  },
  'SchedulerCall.AcceptInverseOffers': {
    inverse_offer_ids: repeated(1, 'OfferID'),
    filters: optional(2, 'Filters'),
  },
  'SchedulerCall.DeclineInverseOffers': {
    inverse_offer_ids: repeated(1, 'OfferID'),
    filters: optional(2, 'Filters'),
  },
  'SchedulerCall.Revive': {
    roles: repeated(1, 'string'),
  },
  'SchedulerCall.Kill': {
    task_id: required(1, 'TaskID'),
    agent_id: optional(2, 'AgentID'),
    kill_policy: optional(3, 'KillPolicy'),
  },
  'SchedulerCall.Shutdown': {
    executor_id: required(1, 'ExecutorID'),
    agent_id: required(2, 'AgentID'),
  },
  'SchedulerCall.Acknowledge': {
    agent_id: required(1, 'AgentID'),
    task_id: required(2, 'TaskID'),
    uuid: required(3, 'bytes'),
  },
  'SchedulerCall.AcknowledgeOperationStatus': {
    agent_id: optional(1, 'AgentID'),
    resource_provider_id: optional(2, 'ResourceProviderID'),
    uuid: required(3, 'bytes'),
    operation_id: required(4, 'OperationID'),
  },
  'SchedulerCall.Reconcile': {
    tasks: repeated(1, 'SchedulerCall.Reconcile.Task'),
  },
  'SchedulerCall.Reconcile.Task': {
    task_id: required(1, 'TaskID'),
    agent_id: optional(2, 'AgentID'),
  },
  'SchedulerCall.ReconcileOperations': {
    operations: repeated(1, 'SchedulerCall.ReconcileOperations.Operation'),
  },
  'SchedulerCall.ReconcileOperations.Operation': {
    operation_id: required(1, 'OperationID'),
    agent_id: optional(2, 'AgentID'),
    resource_provider_id: optional(3, 'ResourceProviderID'),
  },
  'SchedulerCall.Message': {
    agent_id: required(1, 'AgentID'),
    executor_id: required(2, 'ExecutorID'),
    data: required(3, 'bytes'),
  },
  'SchedulerCall.Request': {
    requests: repeated(1, 'Request'),
  },
  'SchedulerCall.Suppress': {
    roles: repeated(1, 'string'),
  },
  'SchedulerCall.UpdateFramework': {
    framework_info: required(1, 'FrameworkInfo'),
    suppressed_roles: repeated(2, 'string'),
    offer_constraints: optional(3, 'OfferConstraints'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const schedulerCallEnums = {
  'SchedulerCall.Type': {
    UNKNOWN: 0,
    SUBSCRIBE: 1,
    TEARDOWN: 2,
    ACCEPT: 3,
    DECLINE: 4,
    ACCEPT_INVERSE_OFFERS: 13,
    DECLINE_INVERSE_OFFERS: 14,
    REVIVE: 5,
    KILL: 6,
    SHUTDOWN: 7,
    ACKNOWLEDGE: 8,
    ACKNOWLEDGE_OPERATION_STATUS: 15,
    RECONCILE: 9,
    RECONCILE_OPERATIONS: 16,
    MESSAGE: 10,
    REQUEST: 11,
    SUPPRESS: 12,
    UPDATE_FRAMEWORK: 17,
  },
} as const;
