import { join, resolve } from 'node:path';
import { type JobKey, normalise, type Wire } from '../api/index.ts';
import { AuroraError } from '../base/errors.ts';
import { configChanges, type FieldChange } from '../client/config-diff.ts';
import { requireOk } from '../client/response.ts';
import { schedulerOf } from '../client/scheduler-client.ts';
import type { Session } from '../client/session.ts';
import { loadJobs } from '../dsl/load/load.ts';
import { convertJob, selectJob } from '../dsl/load/loaded-job.ts';
import { writeNewFiles } from '../dsl/package-templates.ts';
import { type JobFile, jobFiles } from '../migrate/from-cluster/job-files.ts';

type JobConfiguration = Wire<'JobConfiguration'>;

/** The exit code when a job could not be written, or when its file differs from what runs. */
const INCOMPLETE = 3;

/** Parses `CLUSTER/ROLE`. @throws AuroraError USAGE */
function placeOf(text: string): { readonly cluster: string; readonly role: string } {
  const [, cluster, role] = /^([^/]+)\/([^/]+)$/.exec(text) ?? [];
  if (cluster === undefined || role === undefined)
    throw new AuroraError('USAGE', `"${text}" is not CLUSTER/ROLE`, {
      next: 'write for example --from west/web',
    });
  return { cluster, role };
}

const keyText = ({ key }: JobConfiguration): string => `${key?.role}/${key?.environment}/${key?.name}`;

/** The fields that an update to the file's job would change. */
async function changesOf(path: string, running: JobConfiguration): Promise<readonly FieldChange[]> {
  const { key, taskConfig = {} } = running;
  const { role, environment, name } = key as JobKey;
  const job = selectJob(await loadJobs(path), { role, environment, name });
  const { jobConfiguration } = convertJob(job, { user: taskConfig.owner?.user ?? '' });
  // A file without a tier gets it from the scheduler, so that is no difference.
  const made = { tier: taskConfig.tier, ...jobConfiguration.taskConfig } as Wire<'TaskConfig'>;
  return configChanges(normalise('TaskConfig', taskConfig), normalise('TaskConfig', made));
}

const changeText = ({ name, before, after }: FieldChange): string =>
  `    ${name}: runs ${JSON.stringify(before) ?? 'unset'}, file ${JSON.stringify(after) ?? 'unset'}\n`;

/** For each job of a file, a line that says whether it equals what runs, or what differs. */
async function proofOf(folder: string, file: JobFile): Promise<readonly [text: string, isEqual: boolean][]> {
  const lines: [string, boolean][] = [];
  for (const job of file.jobs) {
    try {
      const changes = await changesOf(join(folder, file.name), job);
      lines.push(
        changes.length === 0
          ? [`  ${keyText(job)}: no change\n`, true]
          : [`  ${keyText(job)}: differs in ${file.name}\n${changes.map(changeText).join('')}`, false],
      );
    } catch (error) {
      if (!(error instanceof AuroraError)) throw error;
      lines.push([`  ${keyText(job)}: ${error.message}\n`, false]);
    }
  }
  return lines;
}

/**
 * Writes job files for the jobs that a role runs in a cluster, and compares each with what runs. Returns the exit code:
 * 3 when a job could not be written or differs. Throws whatever the call throws, and COMMAND_FAILED when files are in
 * the way.
 */
export async function initFrom(session: Session, from: string, into: string): Promise<number> {
  const { cluster, role } = placeOf(from);
  const scheduler = schedulerOf(session, cluster);
  const { result } = requireOk(await scheduler.query('getJobs', { ownerRole: role }), session.log, {
    code: 'COMMAND_FAILED',
  });
  const jobs = (result?.getJobsResult?.configs ?? []) as readonly JobConfiguration[];
  if (jobs.length === 0)
    throw new AuroraError('COMMAND_FAILED', `role ${role} runs no job in ${cluster}`, {
      next: `see which roles do: aurora job list '${cluster}/*/*/*'`,
    });
  const folder = resolve(into);
  const { files, unwritten } = jobFiles(cluster, jobs);
  const written = writeNewFiles(
    folder,
    files.map(({ name, text }) => ({ path: join(folder, name), text })),
  );
  session.print(written.map((path) => `wrote ${path}\n`).join(''));
  session.print('against what runs:\n');
  let equal = true;
  for (const file of files)
    for (const [text, isEqual] of await proofOf(folder, file)) {
      session.print(text);
      equal &&= isEqual;
    }
  for (const { job, why } of unwritten) session.print(`  ${keyText(job)}: not written, ${why}\n`);
  session.print('How updates go is not kept with a job: add updateConfig where the default is not meant.\n');
  return equal && unwritten.length === 0 ? 0 : INCOMPLETE;
}
