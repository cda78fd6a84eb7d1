import { readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Start time of a process, epoch milliseconds, from /proc (see proc(5): starttime counts ticks since boot). */
function startMsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const uptimeSeconds = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return Date.now() - (uptimeSeconds - ticks / TICKS_PER_SECOND) * 1000;
}

/** When the command that the user typed began: the start of npm if npm runs this program, else of this program. */
export function commandStartMs() {
  try {
    let pid = process.ppid;
    // npm runs scripts through a shell, so the parent and the grandparent are examined.
    for (let up = 0; up < 2 && pid > 1; up++) {
      const name = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (name.startsWith('npm') || name.includes('npm-cli.js') || name.includes('/npm'))
        return startMsOf(pid);
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    }
  } catch {
    // Without /proc, this program's own start is used.
  }
  return Math.round(performance.timeOrigin);
}
