import { optional, repeated, required } from './schema.ts';

/** Offers of resources, requests to return them, and the filters that an answer sets. */
export const offerMessages = {
  Offer: {
    id: required(1, 'OfferID'),
    framework_id: required(2, 'FrameworkID'),
    agent_id: required(3, 'AgentID'),
    hostname: required(4, 'string'),
    url: optional(8, 'URL'),
    domain: optional(11, 'DomainInfo'),
    resources: repeated(5, 'Resource'),
    attributes: repeated(7, 'Attribute'),
    executor_ids: repeated(6, 'ExecutorID'),
    unavailability: optional(9, 'Unavailability'),
    allocation_info: optional(10, 'Resource.AllocationInfo'),
  },
  InverseOffer: {
    id: required(1, 'OfferID'),
    url: optional(2, 'URL'),
    framework_id: required(3, 'FrameworkID'),
    agent_id: optional(4, 'AgentID'),
    unavailability: required(5, 'Unavailability'),
    resources: repeated(6, 'Resource'),
  },
  Filters: {
    refuse_seconds: optional(1, 'double', 5),
  },
  Request: {
    agent_id: optional(1, 'AgentID'),
    resources: repeated(2, 'Resource'),
  },
} as const;
