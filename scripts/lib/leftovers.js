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
 * Ends, and names, every process that a test run left behind. `mark` is in the environment of what the run started, and
 * in the path of its temporary folder, where processes with a clean environment (a task's) have their sandbox.
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
      // it ended by itself meanwhile
    }
  }
  return found;
}
