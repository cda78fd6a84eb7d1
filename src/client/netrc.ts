import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeOf } from './clusters.ts';
import type { Session } from './session.ts';

/**
 * The value of the Authorization header for a host, from the user's netrc file; undefined when the file has no login
 * for it. The file is `$NETRC`, else `~/.netrc`, else `~/_netrc`; one that cannot be read counts as absent.
 */
export function netrcAuthorization(env: Session['env'], hostname: string): string | undefined {
  const files = env.NETRC ? [env.NETRC] : [join(homeOf(env), '.netrc'), join(homeOf(env), '_netrc')];
  for (const file of files) {
    const text = readable(file);
    if (text === undefined) continue;
    const entry = entryFor(text, hostname);
    return entry && `Basic ${Buffer.from(`${entry.login}:${entry.password}`).toString('base64')}`;
  }
  return undefined;
}

function readable(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

interface Entry {
  login: string;
  password: string;
}

/** Finds the entry of a host. Words may be spread over any number of lines; a `macdef` ends at the next empty line. */
function entryFor(text: string, hostname: string): Entry | undefined {
  const words = text
    .replace(/^[ \t]*#.*$/gm, '')
    .replace(/\bmacdef\b[\s\S]*?(\n[ \t]*\n|$)/g, '\n')
    .match(/"(?:[^"\\]|\\.)*"|\S+/g);
  let entry: Entry | undefined;
  const found: Record<'machine' | 'default', Entry | undefined> = { machine: undefined, default: undefined };
  const queue = (words ?? []).map((word) =>
    word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word,
  );
  while (queue.length > 0) {
    const word = queue.shift();
    if (word === 'default') entry = found.default ??= { login: '', password: '' };
    else if (word === 'machine') {
      entry = { login: '', password: '' };
      if (queue.shift() === hostname) found.machine ??= entry;
    } else if (word === 'login' && entry) entry.login = queue.shift() ?? '';
    else if (word === 'password' && entry) entry.password = queue.shift() ?? '';
  }
  return found.machine ?? found.default;
}
