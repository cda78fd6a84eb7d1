import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock.ts';
import { main } from '../../src/commands/main.ts';
import type { TestScheduler } from '../scheduler/running.ts';

/** Runs `aurora WORDS`; each pause of the command lasts as long as the next of `meanwhile` takes. */
export async function aurora(
  { running }: TestScheduler,
  words: readonly string[],
  meanwhile: readonly (() => Promise<unknown>)[] = [],
) {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-drain-'));
  const uri = `http://127.0.0.1:${running().httpPort}`;
  writeFileSync(join(folder, 'clusters.json'), JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
  const said = { stdout: '', stderr: '' };
  const left = [...meanwhile];
  const code = await main(words, {
    env: { HOME: folder, AURORA_CONFIG_ROOT: folder, TZ: 'UTC' },
    clock: {
      ...systemClock,
      after(_, task) {
        void Promise.resolve(left.shift()?.()).then(task);
        return { cancel: () => {} };
      },
    },
    signal: new AbortController().signal,
    print: (text) => {
      said.stdout += text;
    },
    complain: (text) => {
      said.stderr += text;
    },
    openPage: () => {},
    terminal: () => undefined,
    stdio: [0, 1, 2],
  });
  rmSync(folder, { recursive: true, force: true });
  return { code, ...said };
}
