import { optional, repeated, required } from './schema.ts';

/** How masters and agents describe themselves. */
export const agentMessages = {
  MasterInfo: {
    id: required(1, 'string'),
    ip: required(2, 'uint32'),
    port: required(3, 'uint32', 5050),
    pid: optional(4, 'string'),
    hostname: optional(5, 'string'),
    version: optional(6, 'string'),
    address: optional(7, 'Address'),
    domain: optional(8, 'DomainInfo'),
    capabilities: repeated(9, 'MasterInfo.Capability'),
  },
  'MasterInfo.Capability': {
    type: optional(1, 'MasterInfo.Capability.Type'),
  },
  AgentInfo: {
    hostname: required(1, 'string'),
    port: optional(8, 'int32', 5051),
    resources: repeated(3, 'Resource'),
    attributes: repeated(5, 'Attribute'),
    id: optional(6, 'AgentID'),
    domain: optional(10, 'DomainInfo'),
  },
  DomainInfo: {
    fault_domain: optional(1, 'DomainInfo.FaultDomain'),
  },
  'DomainInfo.FaultDomain': {
    region: required(1, 'DomainInfo.FaultDomain.RegionInfo'),
    zone: required(2, 'DomainInfo.FaultDomain.ZoneInfo'),
  },
  'DomainInfo.FaultDomain.RegionInfo': {
    name: required(1, 'string'),
  },
  'DomainInfo.FaultDomain.ZoneInfo': {
    name: required(1, 'string'),
  },
  Attribute: {
    name: required(1, 'string'),
    type: required(2, 'Value.Type'),
    scalar: optional(3, 'Value.Scalar'),
    ranges: optional(4, 'Value.Ranges'),
    set: optional(6, 'Value.Set'),
    text: optional(5, 'Value.Text'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const agentEnums = {
  'MasterInfo.Capability.Type': { UNKNOWN: 0, AGENT_UPDATE: 1, AGENT_DRAINING: 2 },
} as const;
