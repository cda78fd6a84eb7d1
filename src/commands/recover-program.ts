import { resolve } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { systemRandom } from '../base/random.ts';
import type { Session } from '../client/session.ts';
import {
  type CheckedBackup,
  checkBackup,
  type RecoveredState,
  recoverLog,
} from '../scheduler/backup/recover-log.ts';
import { parseSchedulerFlags } from '../scheduler/flags/parse.ts';
import { logPlace } from '../scheduler/leader/ensemble.ts';
import { openLogHome } from '../scheduler/leader/log-home.ts';
import { jobKeyText } from '../scheduler/storage/keys.ts';
import { programLog } from './program-log.ts';
import { schedulerDefaults } from './scheduler-defaults.ts';

/** Separates `--from FILE` from the other words, which are flags of the scheduler. */
function fromFlag(words: readonly string[]): { readonly from: string; readonly rest: readonly string[] } {
  const at = words.findIndex((word) => /^--?from(=|$)/.test(word));
  const [, attached] = /=([\s\S]*)$/.exec(words[at] ?? '') ?? [];
  const from = attached ?? words[at + 1];
  if (at < 0 || !from)
    throw new AuroraError('USAGE', 'the backup is not named', { next: 'write --from FILE' });
  return { from, rest: [...words.slice(0, at), ...words.slice(at + (attached === undefined ? 2 : 1))] };
}

const lines = (amounts: readonly (readonly [count: number, one: string, many: string])[]): string =>
  amounts
    .filter(([count]) => count > 0)
    .map(([count, one, many]) => `  ${count} ${count === 1 ? one : many}\n`)
    .join('');

const takenText = ({ takenMs }: RecoveredState): string =>
  takenMs > 0 ? `, taken ${new Date(takenMs).toISOString()}` : '';

/** Describes what a backup holds, and what a recovery changes in it. */
function contents(state: RecoveredState): string {
  const { tasks, activeTasks, jobs, doubled } = state;
  return [
    `  ${tasks} tasks of ${jobs === 1 ? '1 job' : `${jobs} jobs`}, ${activeTasks} of them active\n`,
    lines([
      [state.cronJobs, 'cron job', 'cron jobs'],
      [state.quotas, 'quota', 'quotas'],
      [state.updates, 'job update', 'job updates'],
      [state.agents, 'agent', 'agents'],
      [state.maintenance, 'host in maintenance', 'hosts in maintenance'],
    ]),
    `  framework ${state.frameworkId ?? 'not registered yet'}\n`,
    ...doubled.map((taskId) => `Left out ${taskId}: a newer task of its instance is in the backup, too.\n`),
    state.renewed > 0 ? `Tasks without an agent that get new ids: ${state.renewed}.\n` : '',
    ...state.paused.map(({ key }) => `Paused: the update ${key.id} of ${jobKeyText(key.job)}.\n`),
  ].join('');
}

const report = (from: string, target: string, state: RecoveredState): string =>
  [
    `Restored ${from}${takenText(state)}, into ${target}:\n`,
    contents(state),
    'Running tasks that the backup does not know will be kept, and listed at /unknowntasks of the scheduler,\n',
    'until it is started with --unknown-tasks kill.\n',
  ].join('');

function checkReport(from: string, state: CheckedBackup): string {
  const leftOut = [...state.leftOut].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `${from}${takenText(state)}, would restore:\n`,
    contents(state),
    leftOut.length > 0 ? 'It holds what this version does not know, and would leave out:\n' : '',
    ...leftOut.map(([path, times]) => `  ${path}${times === 1 ? '' : ` (${times} times)`}\n`),
    leftOut.length === 0 ? 'Nothing in it would be left out. ' : '',
    'Nothing was written.\n',
  ].join('');
}

/** The exit code of a check that found parts which a recovery would leave out. */
const LEFT_OUT = 3;

async function check(session: Session, from: string): Promise<number> {
  const state = await checkBackup({ from, clock: session.clock, random: systemRandom });
  session.print(checkReport(from, state));
  return state.leftOut.size > 0 || state.doubled.length > 0 ? LEFT_OUT : 0;
}

/**
 * Writes a backup into an empty log and prints what it held; with `--check`, only prints what it would write. Returns
 * the exit code.
 */
export async function recoverScheduler(session: Session, allWords: readonly string[]): Promise<number> {
  const words = allWords.filter((word) => !/^--?check$/.test(word));
  const { from, rest } = fromFlag(words);
  if (words.length < allWords.length) return check(session, resolve(from));
  const options = parseSchedulerFlags([...schedulerDefaults(session.env), ...rest]);
  const { clock } = session;
  const path = resolve(from);
  const place = logPlace(options);
  const home = await openLogHome({
    clock,
    random: systemRandom,
    log: programLog(session.complain),
    place,
    dataDir: options.dataDir,
    maxEntryBytes: options.logMaxEntryBytes,
    openLog: undefined,
  });
  const target = place?.shown ?? resolve(options.dataDir);
  try {
    session.print(
      report(
        path,
        target,
        await recoverLog({ log: home.log, target, from: path, clock, random: systemRandom }),
      ),
    );
  } finally {
    await home.log.close();
    await home.close();
  }
  return 0;
}
