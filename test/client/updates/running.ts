import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { main } from '../../../src/commands/main.ts';
import { ANY_ARGS, type FakeScheduler, fakeScheduler } from '../../commands/golden/fake-scheduler.ts';
import { instantClock } from '../../commands/golden/instant-clock.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A scripted scheduler, a folder of its own, and a way to run commands in it. */
export interface Scene {
  readonly folder: string;
  /** Writes a file below the folder; the result is its path. */
  write(name: string, text: string): string;
  /** Runs `aurora WORDS` with the next replies, in order; the calls are kept. */
  aurora(
    words: readonly string[],
    replies: readonly (readonly [method: string, reply: object])[],
  ): Promise<Said>;
  /** Calls of the last run. */
  calls(): FakeScheduler['calls'];
  close(): void;
}

export function scene(): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'aurora-client-'));
  let calls: FakeScheduler['calls'] = [];
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  return {
    folder,
    write,
    async aurora(words, replies) {
      const scheduler = await fakeScheduler(
        replies.map(([method, reply]) => ({ method, args: ANY_ARGS, reply })),
      );
      const uri = `http://127.0.0.1:${scheduler.ports[0]}`;
      write('clusters.json', JSON.stringify([{ name: 'west', scheduler_uri: uri }]));
      let stdout = '';
      let stderr = '';
      const code = await main(words, {
        env: { HOME: folder, AURORA_CONFIG_ROOT: folder, LOGNAME: 'ana', PATH: process.env.PATH },
        clock: instantClock(Date.UTC(2026, 10, 29)),
        signal: new AbortController().signal,
        print: (text) => {
          stdout += text;
        },
        complain: (text) => {
          stderr += text;
        },
        openPage: () => {},
        terminal: () => undefined,
        stdio: [0, 1, 2],
      });
      calls = scheduler.calls;
      await scheduler.close();
      const unexpected = [...scheduler.problems, ...scheduler.missing()];
      if (unexpected.length > 0) throw new Error(`${unexpected.join('\n')}\n${stdout}${stderr}`);
      return { code, stdout, stderr };
    },
    calls: () => calls,
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A response that went well. */
export const ok = (result?: object): object => ({ responseCode: 'OK', ...(result ? { result } : {}) });

/** The stock tiers. */
export const TIERS = ok({
  getTierConfigResult: {
    defaultTierName: 'preemptible',
    tiers: [
      { name: 'preferred', settings: { preemptible: 'false', revocable: 'false' } },
      { name: 'preemptible', settings: { preemptible: 'true', revocable: 'false' } },
    ],
  },
});
