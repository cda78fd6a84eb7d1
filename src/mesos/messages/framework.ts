import { map, optional, repeated, required } from './schema.ts';

/** What a framework says about itself when it subscribes. */
export const frameworkMessages = {
  FrameworkInfo: {
    user: required(1, 'string'),
    name: required(2, 'string'),
    id: optional(3, 'FrameworkID'),
    failover_timeout: optional(4, 'double', 0),
    checkpoint: optional(5, 'bool', false),
    role: optional(6, 'string'),
    roles: repeated(12, 'string'),
    hostname: optional(7, 'string'),
    principal: optional(8, 'string'),
    webui_url: optional(9, 'string'),
    capabilities: repeated(10, 'FrameworkInfo.Capability'),
    labels: optional(11, 'Labels'),
    offer_filters: map(13, 'OfferFilters'),
  },
  'FrameworkInfo.Capability': {
    type: optional(1, 'FrameworkInfo.Capability.Type'),
  },
  OfferFilters: {
    min_allocatable_resources: optional(1, 'OfferFilters.MinAllocatableResources'),
  },
  'OfferFilters.ResourceQuantities': {
    quantities: map(1, 'Value.Scalar'),
  },
  'OfferFilters.MinAllocatableResources': {
    quantities: repeated(1, 'OfferFilters.ResourceQuantities'),
  },
  OfferConstraints: {
    role_constraints: map(1, 'OfferConstraints.RoleConstraints'),
  },
  'OfferConstraints.RoleConstraints': {
    groups: repeated(1, 'OfferConstraints.RoleConstraints.Group'),
  },
  'OfferConstraints.RoleConstraints.Group': {
    attribute_constraints: repeated(1, 'AttributeConstraint'),
  },
  AttributeConstraint: {
    selector: required(1, 'AttributeConstraint.Selector'),
    predicate: required(2, 'AttributeConstraint.Predicate'),
  },
  'AttributeConstraint.Selector': {
    pseudoattribute_type: optional(1, 'AttributeConstraint.Selector.PseudoattributeType'),
    attribute_name: optional(2, 'string'),
  },
  'AttributeConstraint.Predicate': {
    exists: optional(1, 'AttributeConstraint.Predicate.Exists'),
    not_exists: optional(2, 'AttributeConstraint.Predicate.NotExists'),
    text_equals: optional(3, 'AttributeConstraint.Predicate.TextEquals'),
    text_not_equals: optional(4, 'AttributeConstraint.Predicate.TextNotEquals'),
    text_matches: optional(5, 'AttributeConstraint.Predicate.TextMatches'),
    text_not_matches: optional(6, 'AttributeConstraint.Predicate.TextNotMatches'),
  },
  'AttributeConstraint.Predicate.Exists': {},
  'AttributeConstraint.Predicate.NotExists': {},
  'AttributeConstraint.Predicate.TextEquals': {
    value: required(1, 'string'),
  },
  'AttributeConstraint.Predicate.TextNotEquals': {
    value: required(1, 'string'),
  },
  'AttributeConstraint.Predicate.TextMatches': {
    regex: required(1, 'string'),
  },
  'AttributeConstraint.Predicate.TextNotMatches': {
    regex: required(1, 'string'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const frameworkEnums = {
  'FrameworkInfo.Capability.Type': {
    UNKNOWN: 0,
    REVOCABLE_RESOURCES: 1,
    TASK_KILLING_STATE: 2,
    GPU_RESOURCES: 3,
    SHARED_RESOURCES: 4,
    PARTITION_AWARE: 5,
    MULTI_ROLE: 6,
    RESERVATION_REFINEMENT: 7,
    REGION_AWARE: 8,
  },
  'AttributeConstraint.Selector.PseudoattributeType': { UNKNOWN: 0, HOSTNAME: 1, REGION: 2, ZONE: 3 },
} as const;
