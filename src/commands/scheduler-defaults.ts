import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Session } from '../client/session.ts';

/** Default flags of a scheduler; the command line can override them. */
export const schedulerDefaults = (env: Session['env']): readonly string[] => [
  `--data_dir=${join(env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state'), 'aurora')}`,
];
