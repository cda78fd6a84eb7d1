import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { AuroraError, messageOf } from '../../base/errors.ts';
import type { AgentInfo } from '../../mesos/index.ts';
import { replaceFile } from '../../proc/replace-file.ts';
import type { AbsentAgent, MasterState } from './state.ts';

/** What a master must remember across restarts: the agents it has admitted, lost sight of, and marked gone. */
interface Registry {
  readonly agents: readonly { readonly id: string; readonly info: AgentInfo }[];
  readonly unreachable: readonly AbsentAgent[];
  readonly gone: readonly AbsentAgent[];
}

/** Writes the registry if the flags name a file; replaces the file atomically. */
export function saveRegistry(master: MasterState): void {
  const file = master.flags.registryFile;
  if (file === undefined || master.stopped) return;
  const registry: Registry = {
    agents: [
      ...[...master.agents.values()].map(({ id, info }) => ({ id, info })),
      ...[...master.recoveredAgents].map(([id, info]) => ({ id, info })),
    ],
    unreachable: [...master.unreachableAgents.values()],
    gone: [...master.goneAgents.values()],
  };
  mkdirSync(dirname(file), { recursive: true });
  replaceFile(file, JSON.stringify(registry));
}

/**
 * Reads the registry of the previous run into the state.
 * @throws AuroraError STORAGE when the file exists and cannot be read
 */
export function loadRegistry(master: MasterState): void {
  const file = master.flags.registryFile;
  if (file === undefined || !existsSync(file)) return;
  let registry: Registry;
  try {
    registry = JSON.parse(readFileSync(file, 'utf8')) as Registry;
  } catch (error) {
    throw new AuroraError('STORAGE', `the cluster's registry cannot be read: ${messageOf(error)}`, {
      where: file,
      next: 'remove the file: agents then register as new ones',
      cause: error,
    });
  }
  for (const { id, info } of registry.agents) master.recoveredAgents.set(id, info);
  for (const agent of registry.unreachable) master.unreachableAgents.set(agent.id, agent);
  for (const agent of registry.gone) master.goneAgents.set(agent.id, agent);
}
