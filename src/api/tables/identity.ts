import type { Definitions } from './definitions.ts';

/** Users, hosts with their attributes, and the constraints that match them. */
export const IDENTITY = {
  Identity: {
    struct: {
      user: [2, 'string', 'unset'],
    },
  },
  Attribute: {
    struct: {
      name: [1, 'string'],
      values: [2, 'set<string>'],
    },
  },
  HostAttributes: {
    struct: {
      host: [1, 'string'],
      attributes: [2, 'set<Attribute>'],
      mode: [3, 'MaintenanceMode', 'opt'],
      slaveId: [4, 'string', 'opt'],
    },
  },
  ValueConstraint: {
    struct: {
      negated: [1, 'bool'],
      values: [2, 'set<string>'],
    },
  },
  LimitConstraint: {
    struct: {
      limit: [1, 'i32'],
    },
  },
  TaskConstraint: {
    union: {
      value: [1, 'ValueConstraint'],
      limit: [2, 'LimitConstraint'],
    },
  },
  Constraint: {
    struct: {
      name: [1, 'string'],
      constraint: [2, 'TaskConstraint'],
    },
  },
} as const satisfies Definitions;
