import type { Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { configDump } from './config-dump.ts';
import { handOver, runProgram } from './programs.ts';
import type { Session } from './session.ts';

type TaskConfig = Wire<'TaskConfig'>;

/** The exit code of `diff` and similar programs when they find differences. */
const DIFFERENT = 1;

/**
 * Shows two sides, each of one or more configurations, with the program that `DIFF_VIEWER` names, called as `PROGRAM
 * OLD NEW`. On a terminal the program gets the terminal; otherwise its output is returned. Throws COMMAND_FAILED when
 * it fails.
 */
export async function viewDiff(
  session: Session,
  viewer: string,
  before: readonly TaskConfig[],
  after: readonly TaskConfig[],
): Promise<string> {
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(`${tmpdir()}/aurora-diff-`);
  const [program = viewer, ...args] = viewer.trim().split(/\s+/);
  try {
    const files = [
      ['scheduler', before],
      ['file', after],
    ] as const;
    const paths = files.map(([name, configs]) => {
      const path = `${folder}/${name}`;
      writeFileSync(path, configs.map(configDump).join(''));
      return path;
    });
    const { status, stdout, stderr } = session.terminal()
      ? { status: await handOver(session, program, [...args, ...paths]), stdout: '', stderr: '' }
      : await runProgram(session, program, [...args, ...paths]);
    if (status === 0 || status === DIFFERENT) return stdout;
    throw new AuroraError(
      'COMMAND_FAILED',
      `Error running diff: ${stderr || `${program} ended with ${status}`}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
