import { loseAgent } from './agent-removal.ts';
import { allocateSoon } from './allocator.ts';
import { isMachine, type MachineId, machineKey, machineOf } from './machines.ts';
import { rescind, rescindInverse } from './offers.ts';
import { type MaintenanceWindow, type MasterState, nanoseconds } from './state.ts';

const hasTarget = (machine: MachineId): boolean => machine.hostname !== undefined || machine.ip !== undefined;

/** Why a schedule is refused; undefined when it is valid. */
function scheduleFault(master: MasterState, windows: readonly MaintenanceWindow[]): string | undefined {
  const seen = new Set<string>();
  for (const { machine_ids } of windows)
    for (const machine of machine_ids) {
      if (!hasTarget(machine)) return "Both 'hostname' and 'ip' for a machine are empty";
      const key = machineKey(machine);
      if (seen.has(key)) return `Machine '${key}' appears more than once in the schedule`;
      seen.add(key);
    }
  for (const key of master.downMachines)
    if (!seen.has(key)) return `Machine '${key}' is deactivated and cannot be removed from the schedule`;
  return undefined;
}

/**
 * Posts a schedule. Offers of its agents are rescinded and made again with the unavailability. Returns why not, if refused.
 */
export function schedule(master: MasterState, windows: readonly MaintenanceWindow[]): string | undefined {
  const fault = scheduleFault(master, windows);
  if (fault) return fault;
  master.schedule = windows;
  for (const agent of master.agents.values()) {
    const unavailability = machineOf(master, agent.info.hostname, agent.ip)?.unavailability;
    if (JSON.stringify(unavailability) === JSON.stringify(agent.unavailability)) continue;
    agent.unavailability = unavailability;
    agent.inverseStatuses.clear();
    for (const record of agent.offers) rescind(master, record);
    for (const record of agent.inverseOffers) rescindInverse(master, record);
  }
  allocateSoon(master);
  return undefined;
}

/** Takes machines down: removes their agents and tells these to shut down. Returns why not, if refused. */
export function startMaintenance(master: MasterState, machines: readonly MachineId[]): string | undefined {
  for (const machine of machines) {
    const isScheduled = master.schedule.some(({ machine_ids }) =>
      machine_ids.some((one) => machineKey(one) === machineKey(machine)),
    );
    if (!hasTarget(machine)) return "Both 'hostname' and 'ip' for a machine are empty";
    if (!isScheduled) return `Machine '${machineKey(machine)}' is not part of a maintenance schedule`;
    if (master.downMachines.has(machineKey(machine)))
      return `Machine '${machineKey(machine)}' is not in DRAINING mode and cannot be brought down`;
  }
  for (const machine of machines) {
    master.downMachines.add(machineKey(machine));
    for (const agent of [...master.agents.values()])
      if (isMachine(machine, agent.info.hostname, agent.ip)) {
        agent.link.shutdown({ text: "Operator initiated 'Machine DOWN'" });
        loseAgent(master, agent, "Operator initiated 'Machine DOWN'");
      }
  }
  return undefined;
}

/** Takes machines out of maintenance and off the schedule. Returns why not, if refused. */
export function stopMaintenance(master: MasterState, machines: readonly MachineId[]): string | undefined {
  for (const machine of machines)
    if (!master.downMachines.has(machineKey(machine)))
      return `Machine '${machineKey(machine)}' is not in DOWN mode and cannot be brought up`;
  const keys = new Set(machines.map(machineKey));
  for (const key of keys) master.downMachines.delete(key);
  master.schedule = master.schedule
    .map((window) => ({
      ...window,
      machine_ids: window.machine_ids.filter((machine) => !keys.has(machineKey(machine))),
    }))
    .filter(({ machine_ids }) => machine_ids.length > 0);
  return undefined;
}

/** Machines that will go down, with the frameworks' answers, and machines that are down. */
export function maintenanceStatus(master: MasterState) {
  const machines = master.schedule.flatMap(({ machine_ids }) => machine_ids);
  const down = machines.filter((machine) => master.downMachines.has(machineKey(machine)));
  const draining = machines
    .filter((machine) => !master.downMachines.has(machineKey(machine)))
    .map((id) => {
      const statuses = [...master.agents.values()]
        .filter((agent) => isMachine(id, agent.info.hostname, agent.ip))
        .flatMap((agent) =>
          [...agent.inverseStatuses].map(([frameworkId, { status, atMs }]) => ({
            status,
            framework_id: { value: frameworkId },
            timestamp: nanoseconds(atMs),
          })),
        );
      return { id, ...(statuses.length ? { statuses } : {}) };
    });
  return {
    ...(draining.length ? { draining_machines: draining } : {}),
    ...(down.length ? { down_machines: down } : {}),
  };
}

export const maintenanceSchedule = (master: MasterState) =>
  master.schedule.length ? { windows: master.schedule } : {};
