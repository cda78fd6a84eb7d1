import { resolve } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { systemRandom } from '../base/random.ts';
import type { Session } from '../client/session.ts';
import { type RecoveredState, recoverLog } from '../scheduler/backup/recover-log.ts';
import { parseSchedulerFlags } from '../scheduler/flags/parse.ts';
import { logPlace } from '../scheduler/leader/ensemble.ts';
import { openLogHome } from '../scheduler/leader/log-home.ts';
import { jobKeyText } from '../scheduler/storage/keys.ts';
import { programLog } from './program-log.ts';
import { schedulerDefaults } from './scheduler-defaults.ts';

/** Takes `--from FILE` out of the words; the others are flags of the scheduler. */
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

function report(from: string, target: string, state: RecoveredState): string {
  const taken = state.takenMs > 0 ? `, taken ${new Date(state.takenMs).toISOString()},` : '';
  const { tasks, activeTasks, jobs, doubled } = state;
  return [
    `Restored ${from}${taken} into ${target}:\n`,
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
    state.renewed > 0 ? `Tasks without an agent got new ids: ${state.renewed}.\n` : '',
    ...state.paused.map(({ key }) => `Paused the update ${key.id} of ${jobKeyText(key.job)}.\n`),
    'Running tasks that the backup does not know will be kept, and listed at /unknowntasks of the scheduler,\n',
    'until it is started with --unknown-tasks kill.\n',
  ].join('');
}

/** Writes a backup into an empty log and prints what it held; the result is the exit code. */
export async function recoverScheduler(session: Session, words: readonly string[]): Promise<number> {
  const { from, rest } = fromFlag(words);
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
