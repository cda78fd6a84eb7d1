import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Terminal } from '../../src/client/session.ts';
import { main } from '../../src/commands/main.ts';
import type { Outside } from '../../src/commands/run.ts';
import { instantClock } from './golden/instant-clock.ts';

/** A home of its own, in which command lines run inside this process. */
export interface CommandLine {
  readonly home: string;
  /** Pages that were opened in the browser. */
  readonly pages: readonly string[];
  /** Writes a file below the home. */
  write(name: string, content: string | object): string;
  /** Says where the cluster `west` is, and what else its entry has. */
  useScheduler(port: number, entry?: object): void;
  run(words: readonly string[], given?: Given): Promise<Said>;
  remove(): void;
}

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Given = Partial<Omit<Outside, 'env'>> & {
  readonly env?: Readonly<Record<string, string>>;
  readonly screen?: Terminal;
};

/** Waits take no time, unless a clock is given. */
export function commandLine(): CommandLine {
  const home = mkdtempSync(join(tmpdir(), 'aurora-line-'));
  const pages: string[] = [];
  const write: CommandLine['write'] = (name, content) => {
    const path = join(home, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  return {
    home,
    pages,
    write,
    useScheduler: (port, entry = {}) =>
      void write('clusters.json', [{ name: 'west', scheduler_uri: `http://127.0.0.1:${port}`, ...entry }]),
    async run(words, { env = {}, screen, ...given } = {}) {
      const said = { stdout: '', stderr: '' };
      const code = await main(words, {
        env: { HOME: home, AURORA_CONFIG_ROOT: home, PATH: process.env.PATH, ...env },
        clock: instantClock(Date.UTC(2026, 0, 1)),
        signal: new AbortController().signal,
        print(text) {
          said.stdout += text;
        },
        complain(text) {
          said.stderr += text;
        },
        openPage: (url) => void pages.push(url),
        terminal: () => screen,
        stdio: [0, 1, 2],
        ...given,
      });
      return { code, ...said };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
