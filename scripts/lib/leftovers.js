import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const cwdOf = (pid) => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
};

/**
 * Kills every process that a test run left behind, and returns their names. `mark` is in the environment of the
 * processes that the run started. It is also in the path of the run's temporary folder, which holds the sandboxes of
 * tasks, whose environment is clean.
 */
export function leftovers(mark) {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    const marked =
      read(`/proc/${pid}/environ`).includes(mark) || cwdOf(pid).includes(mark) || command.includes(mark);
    if (!marked || command === '') continue;
    found.push(`${pid} ${command}`);
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // The process ended by itself meanwhile.
    }
  }
  return found;
}
