import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the fake scheduler does with a call; `times` equal ones in a row. */
export interface Rpc {
  readonly method: string;
  readonly args: unknown;
  readonly reply: object;
  readonly times?: number;
  readonly target?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly anyOrder?: boolean;
  readonly match?: Readonly<Record<string, unknown>>;
}

/** A recorded run of the original; test/golden/client/README.md says what each field means. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly program: string;
  readonly clusters: unknown;
  readonly scheduler?: 'unreachable';
  readonly files?: readonly { readonly name: string; readonly source?: string; readonly content?: string }[];
  readonly homeFiles?: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly interrupt?: boolean;
  readonly stdin?: string;
  readonly fakeBin?: Readonly<Record<string, FakeProgram>>;
  readonly spawned?: readonly Spawned[];
  readonly outFiles?: Readonly<Record<string, string>>;
  /** What `$NOW` in the replies stands for. */
  readonly clockMs?: number;
  readonly rpcs: readonly Rpc[];
  readonly stdout: string;
  readonly stdoutCompare: 'exact' | 'json' | 'loose';
  readonly stdoutRule?: string;
  readonly stderrGist?: readonly Gist[];
  readonly exitCode: number;
  readonly waitsSecs?: readonly (number | { readonly secs: number; readonly times: number })[];
  readonly browser?: readonly string[];
  readonly originalDefect?: boolean;
  readonly right?: string;
  readonly rightExitCode?: number | 'nonzero';
  readonly rightStdout?: string;
}

/** A program of the user's machine, as a recording needs it. */
export interface FakeProgram {
  readonly stdout?: string;
  readonly stderr?: string;
  readonly exit?: number;
}

/** A program that was started. */
export interface Spawned {
  readonly prog: string;
  readonly argv: readonly string[];
}

/** A line on stderr. */
export interface Gist {
  readonly level: string | null;
  readonly text: string;
  readonly times?: number;
}

export const GOLDEN = 'test/golden/client';

/** All recorded groups, in order of their names. */
export function groups(): readonly { readonly name: string; readonly scenarios: readonly Scenario[] }[] {
  const folder = join(GOLDEN, 'scenarios');
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      name: file.replace('.json', ''),
      scenarios: JSON.parse(readFileSync(join(folder, file), 'utf8')) as Scenario[],
    }));
}

/** Spells out `times`. */
export const spelledOut = <T extends { readonly times?: number }>(items: readonly T[]): readonly T[] =>
  items.flatMap((item) => Array.from({ length: item.times ?? 1 }, () => item));
