import { optional, repeated, required } from './schema.ts';

/** The events that the master sends to a scheduler. */
export const schedulerEventMessages = {
  SchedulerEvent: {
    type: optional(1, 'SchedulerEvent.Type'),
    subscribed: optional(2, 'SchedulerEvent.Subscribed'),
    offers: optional(3, 'SchedulerEvent.Offers'),
    inverse_offers: optional(9, 'SchedulerEvent.InverseOffers'),
    rescind: optional(4, 'SchedulerEvent.Rescind'),
    rescind_inverse_offer: optional(10, 'SchedulerEvent.RescindInverseOffer'),
    update: optional(5, 'SchedulerEvent.Update'),
    update_operation_status: optional(11, 'SchedulerEvent.UpdateOperationStatus'),
    message: optional(6, 'SchedulerEvent.Message'),
    failure: optional(7, 'SchedulerEvent.Failure'),
    error: optional(8, 'SchedulerEvent.Error'),
  },
  'SchedulerEvent.Subscribed': {
    framework_id: required(1, 'FrameworkID'),
    heartbeat_interval_seconds: optional(2, 'double'),
    master_info: optional(3, 'MasterInfo'),
  },
  'SchedulerEvent.Offers': {
    offers: repeated(1, 'Offer'),
  },
  'SchedulerEvent.InverseOffers': {
    inverse_offers: repeated(1, 'InverseOffer'),
  },
  'SchedulerEvent.Rescind': {
    offer_id: required(1, 'OfferID'),
  },
  'SchedulerEvent.RescindInverseOffer': {
    inverse_offer_id: required(1, 'OfferID'),
  },
  'SchedulerEvent.Update': {
    status: required(1, 'TaskStatus'),
  },
  'SchedulerEvent.UpdateOperationStatus': {
    status: required(1, 'OperationStatus'),
  },
  'SchedulerEvent.Message': {
    agent_id: required(1, 'AgentID'),
    executor_id: required(2, 'ExecutorID'),
    data: required(3, 'bytes'),
  },
  'SchedulerEvent.Failure': {
    agent_id: optional(1, 'AgentID'),
    executor_id: optional(2, 'ExecutorID'),
    status: optional(3, 'int32'),
  },
  'SchedulerEvent.Error': {
    message: required(1, 'string'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const schedulerEventEnums = {
  'SchedulerEvent.Type': {
    UNKNOWN: 0,
    SUBSCRIBED: 1,
    OFFERS: 2,
    INVERSE_OFFERS: 9,
    RESCIND: 3,
    RESCIND_INVERSE_OFFER: 10,
    UPDATE: 4,
    UPDATE_OPERATION_STATUS: 11,
    MESSAGE: 5,
    FAILURE: 6,
    ERROR: 7,
    HEARTBEAT: 8,
  },
} as const;
