/**
 * Removes old sandboxes; the fuller the disk, the sooner. Source: Mesos' --gc_delay, --gc_disk_headroom and
 * --disk_watch_interval with their defaults.
 */
import { readdir, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { executorsOf } from './agent-model.ts';
import type { AgentCore } from './core.ts';

/** How long a sandbox is kept after the last write, if the disk were empty and no headroom were needed. */
const DELAY_MS = 7 * 86_400_000;
/** The fraction of the disk that is kept free. */
const HEADROOM = 0.1;
const LOOK_EVERY_MS = 60_000;

/** The used fraction of a file system, 0 to 1. */
export async function usedPartOfDisk(directory: string): Promise<number> {
  const { blocks, bfree } = await statfs(directory);
  return blocks === 0 ? 0 : (blocks - bfree) / blocks;
}

async function entries(directory: string): Promise<string[]> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

/** Every run directory of every agent that ever used this work directory. */
async function allRuns(workDir: string): Promise<string[]> {
  let level = [join(workDir, 'slaves')];
  for (const below of ['', 'frameworks', '', 'executors', '', 'runs', '']) {
    const next =
      below === '' ? await Promise.all(level.map(entries)) : level.map((path) => [join(path, below)]);
    level = next.flat();
  }
  return level;
}

/** When the run's directory, stdout or stderr was last written, in epoch milliseconds. */
async function lastWordMs(run: string): Promise<number> {
  const times = await Promise.all(
    ['', 'stdout', 'stderr'].map((name) =>
      stat(join(run, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}

/** Removes the agent's records of a run, and the parent directories that are empty then. */
async function forgetRun(records: string): Promise<void> {
  await rm(records, { recursive: true, force: true });
  for (const above of ['..', '../..', '../../..', '../../../..'])
    await rmdir(join(records, above)).catch(() => {});
}

async function collect(core: AgentCore): Promise<void> {
  const { workDir, usedPart } = core.settings;
  const used = await usedPart(workDir);
  const keepMs = DELAY_MS * Math.max(0, 1 - HEADROOM - used);
  for (const run of await allRuns(workDir)) {
    const isUsed = [...core.frameworks.values()].flatMap(executorsOf).some(({ sandbox }) => sandbox === run);
    if (core.phase === 'STOPPED' || isUsed) continue;
    if (core.clock.nowMs() - (await lastWordMs(run)) < keepMs) continue;
    await rm(run, { recursive: true, force: true });
    await forgetRun(join(workDir, 'meta', relative(workDir, run)));
    const keptHours = Math.round(keepMs / 3_600_000);
    core.log.info({ run, keptHours, usedPart: used }, 'removed an old sandbox to free disk space');
    const others = await entries(join(run, '..'));
    if (others.length > 0) continue;
    await rm(join(run, '..'), { recursive: true, force: true });
    await rmdir(join(run, '../..')).catch(() => {});
  }
}

/** Removes old sandboxes now and then every minute. */
export function collectSandboxes(core: AgentCore): void {
  collect(core)
    .catch((error) => core.log.warn({ error: messageOf(error) }, 'old sandboxes could not be removed'))
    .finally(() => {
      if (core.phase !== 'STOPPED') core.clock.after(LOOK_EVERY_MS, () => collectSandboxes(core));
    });
}
