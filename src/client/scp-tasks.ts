import { posix } from 'node:path';
import { AuroraError } from '../base/errors.ts';
import { jobKeyText, parseInstanceKey } from './job-key.ts';
import { agentFolders, loginOf, optionWords, queryLive, sandboxOf } from './live-tasks.ts';
import { handOver } from './programs.ts';
import { joinedMessages, requireOk } from './response.ts';
import type { Session } from './session.ts';
import { tasksIn } from './tasks.ts';

export interface ScpTasks {
  /** The sources followed by the target, each `[CLUSTER/ROLE/ENV/NAME/INSTANCE:]PATH`. */
  readonly locations: readonly string[];
  readonly scpOptions?: string | undefined;
  readonly executorSandbox: boolean;
}

const bad = (text: string) => new AuroraError('BAD_PARAMETER', text);

/** Copies files to and from sandboxes; returns scp's exit status. Throws BAD_PARAMETER, API, CONFIG. */
export async function scpTasks(
  session: Session,
  { locations, scpOptions, executorSandbox }: ScpTasks,
): Promise<number> {
  if (locations.length < 2)
    throw new AuroraError('USAGE', 'where to copy to is missing', { next: 'write it last' });
  const words: string[] = [];
  for (const location of locations) words.push(await wordOf(session, location, executorSandbox));
  const status = await handOver(session, 'scp', [...optionWords(scpOptions), ...words]);
  session.give?.({ status });
  return status;
}

/** Converts a location to scp's syntax. */
async function wordOf(session: Session, location: string, executorSandbox: boolean): Promise<string> {
  const colon = location.indexOf(':');
  if (colon < 0) return location;
  const key = location.slice(0, colon);
  const path = location.slice(colon + 1);
  const meant = instanceIn(key);
  const response = await queryLive(session, meant);
  const header = `Unable to get information about instance: ${joinedMessages(response)}`;
  const [task] = tasksIn(requireOk(response, session.log, { header }));
  if (!task) throw bad(`Job or instance ${jobKeyText(meant.job)}/${meant.instances?.[0]} not found`);
  if (/^~(?:\/|$)/.test(path)) throw bad(`Command does not support tilde expansion for path: ${path}`);
  const wanted = posix.normalize(path || '.');
  const absolute = posix.isAbsolute(wanted)
    ? wanted
    : `${sandboxOf(task, agentFolders(session, meant.job.cluster), executorSandbox)}/${wanted}`;
  return `${loginOf(task)}:${absolute}`;
}

function instanceIn(key: string) {
  try {
    const meant = parseInstanceKey(key);
    if (meant.instances?.length === 1) return meant;
  } catch {
    // Reported below.
  }
  throw bad(`Task instance specifier ${key} is not in the form CLUSTER/ROLE/ENV/NAME/INSTANCE`);
}
