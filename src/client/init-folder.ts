import { join, relative } from 'node:path';
import { scaffold } from '../dsl/scaffold.ts';
import { type Session, userName } from './session.ts';

/** The options for a new folder of job files; `scaffold` has the defaults. */
export interface NewFolder {
  readonly folder: string;
  readonly name?: string | undefined;
  /** Default: the user who runs the command. */
  readonly role?: string | undefined;
  readonly cluster?: string | undefined;
}

/**
 * Creates a folder with a service, a cron job and a test of both, and prints what to do next. Asks nothing and
 * overwrites nothing. Throws BAD_PARAMETER for names that a scheduler would refuse, and COMMAND_FAILED when files are
 * in the way.
 */
export async function initFolder(session: Session, { folder, role, ...names }: NewFolder): Promise<void> {
  const files = await scaffold({ folder, role: role ?? (await userName(session.env)), ...names });
  const shown = (path: string) => relative(process.cwd(), path) || '.';
  session.print(files.map((path) => `wrote ${shown(path)}\n`).join(''));
  session.give?.({ files: files.map(shown) });
  const enter = shown(folder) === '.' ? '' : `cd ${shown(folder)} && `;
  session.print(`next: ${enter}npm install && npm test\n`);
  session.print(`      aurora config check ${shown(join(folder, 'service.aurora.ts'))}\n`);
}
