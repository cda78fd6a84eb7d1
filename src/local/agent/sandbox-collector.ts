/** Removes sandboxes that nobody will ask for any more. Source: Mesos' --gc_delay. */
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import { executorsOf } from './agent-model.ts';
import type { AgentCore } from './core.ts';

/** How long a sandbox is kept after the last word in it. */
const KEEP_MS = 7 * 86_400_000;
const LOOK_EVERY_MS = 3_600_000;

async function entries(directory: string): Promise<string[]> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

/** Every run directory of every agent that ever worked here. */
async function allRuns(workDir: string): Promise<string[]> {
  let level = [join(workDir, 'slaves')];
  for (const below of ['', 'frameworks', '', 'executors', '', 'runs', '']) {
    const next =
      below === '' ? await Promise.all(level.map(entries)) : level.map((path) => [join(path, below)]);
    level = next.flat();
  }
  return level;
}

/** When something was last written there. */
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

async function collect(core: AgentCore): Promise<void> {
  for (const run of await allRuns(core.settings.workDir)) {
    const isUsed = [...core.frameworks.values()].flatMap(executorsOf).some(({ sandbox }) => sandbox === run);
    if (core.phase === 'STOPPED' || isUsed) continue;
    if (core.clock.nowMs() - (await lastWordMs(run)) < KEEP_MS) continue;
    await rm(run, { recursive: true, force: true });
    const others = await entries(join(run, '..'));
    if (others.length > 0) continue;
    await rm(join(run, '..'), { recursive: true, force: true });
    await rmdir(join(run, '../..')).catch(() => {});
  }
}

/** Looks for old sandboxes now and every hour. */
export function collectSandboxes(core: AgentCore): void {
  collect(core).catch((error) => core.log.warn({ error: messageOf(error) }, 'old sandboxes not removed'));
  core.clock.after(LOOK_EVERY_MS, () => collectSandboxes(core));
}
