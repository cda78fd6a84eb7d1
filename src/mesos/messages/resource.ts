import { optional, repeated, required } from './schema.ts';

/** Amounts of cpus, mem, disk and ports, and their reservations. */
export const resourceMessages = {
  Resource: {
    provider_id: optional(12, 'ResourceProviderID'),
    name: required(1, 'string'),
    type: required(2, 'Value.Type'),
    scalar: optional(3, 'Value.Scalar'),
    ranges: optional(4, 'Value.Ranges'),
    set: optional(5, 'Value.Set'),
    role: optional(6, 'string'),
    allocation_info: optional(11, 'Resource.AllocationInfo'),
    reservation: optional(8, 'Resource.ReservationInfo'),
    reservations: repeated(13, 'Resource.ReservationInfo'),
    disk: optional(7, 'Resource.DiskInfo'),
    revocable: optional(9, 'Resource.RevocableInfo'),
    shared: optional(10, 'Resource.SharedInfo'),
  },
  'Resource.AllocationInfo': {
    role: optional(1, 'string'),
  },
  'Resource.ReservationInfo': {
    type: optional(4, 'Resource.ReservationInfo.Type'),
    role: optional(3, 'string'),
    principal: optional(1, 'string'),
    labels: optional(2, 'Labels'),
  },
  'Resource.DiskInfo': {
    persistence: optional(1, 'Resource.DiskInfo.Persistence'),
    volume: optional(2, 'Volume'),
    source: optional(3, 'Resource.DiskInfo.Source'),
  },
  'Resource.DiskInfo.Persistence': {
    id: required(1, 'string'),
    principal: optional(2, 'string'),
  },
  'Resource.DiskInfo.Source': {
    type: required(1, 'Resource.DiskInfo.Source.Type'),
    path: optional(2, 'Resource.DiskInfo.Source.Path'),
    mount: optional(3, 'Resource.DiskInfo.Source.Mount'),
    vendor: optional(7, 'string'),
    id: optional(4, 'string'),
    metadata: optional(5, 'Labels'),
    profile: optional(6, 'string'),
  },
  'Resource.DiskInfo.Source.Path': {
    root: optional(1, 'string'),
  },
  'Resource.DiskInfo.Source.Mount': {
    root: optional(1, 'string'),
  },
  'Resource.RevocableInfo': {},
  'Resource.SharedInfo': {},
  'Value.Scalar': {
    value: required(1, 'double'),
  },
  'Value.Range': {
    begin: required(1, 'uint64'),
    end: required(2, 'uint64'),
  },
  'Value.Ranges': {
    range: repeated(1, 'Value.Range'),
  },
  'Value.Set': {
    item: repeated(1, 'string'),
  },
  'Value.Text': {
    value: required(1, 'string'),
  },
} as const;

/** Names and numbers of the enums in these messages. */
export const resourceEnums = {
  'Resource.ReservationInfo.Type': { UNKNOWN: 0, STATIC: 1, DYNAMIC: 2 },
  'Resource.DiskInfo.Source.Type': { UNKNOWN: 0, PATH: 1, MOUNT: 2, BLOCK: 3, RAW: 4 },
  'Value.Type': { SCALAR: 0, RANGES: 1, SET: 2, TEXT: 3 },
} as const;
