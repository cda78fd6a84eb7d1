import type { MaintenanceWindow, MasterState } from './state.ts';

/** A machine of the maintenance schedule. */
export interface MachineId {
  readonly hostname?: string;
  readonly ip?: string;
}

/** Whether a machine of the schedule is this one; what it leaves out matches anything. */
export const isMachine = (machine: MachineId, hostname: string, ip: string): boolean =>
  (machine.hostname === undefined || machine.hostname.toLowerCase() === hostname.toLowerCase()) &&
  (machine.ip === undefined || machine.ip === ip) &&
  (machine.hostname !== undefined || machine.ip !== undefined);

/** The maintenance window of a machine. */
export const machineOf = (master: MasterState, hostname: string, ip: string): MaintenanceWindow | undefined =>
  master.schedule.find(({ machine_ids }) => machine_ids.some((machine) => isMachine(machine, hostname, ip)));

/** A machine's key for sets. */
export const machineKey = ({ hostname, ip }: MachineId): string =>
  `${hostname?.toLowerCase() ?? ''} ${ip ?? ''}`;
