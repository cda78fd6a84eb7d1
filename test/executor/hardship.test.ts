/** A machine that has no room, and processes that overdo it: the task ends, or goes on, and says how. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processTable, startedWith } from '../../src/proc/process-table.ts';
import { assert, count, suite } from '../harness/index.ts';
import { type RunningTask, realTask, type TaskOptions } from './running-task.ts';

const test = suite('executor hardship');

async function running(
  task: object,
  body: (task: RunningTask) => Promise<void>,
  options?: TaskOptions,
): Promise<void> {
  const started = realTask(task, options);
  try {
    started.runner.start();
    await body(started);
  } finally {
    started.tree.killNow();
    started.remove();
  }
}

const survivors = (sandbox: string): number =>
  processTable().filter(({ pid, zombie }) => !zombie && startedWith(pid, 'HOME', sandbox)).length;

const shell = (line: string) => spawnSync('/bin/sh', ['-c', line], { stdio: 'ignore' }).status;

/** Calls back while temporary files lie on a disk of a megabyte; false where such a disk cannot be had. */
async function onSmallDisk(body: () => Promise<void>): Promise<boolean> {
  const place = mkdtempSync(join(tmpdir(), 'aurora-small-disk-'));
  const before = process.env.TMPDIR;
  try {
    if (shell(`mount -t tmpfs -o size=1m tmpfs ${place}`) !== 0) return false;
    process.env.TMPDIR = place;
    await body();
    return true;
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    shell(`umount -l ${place}`);
    rmSync(place, { recursive: true, force: true });
  }
}

test('on a full disk a process sees its error, and the end of the task is told', async () => {
  const cmdline = 'cat /dev/zero > big; test $? = 1 && exit 3';
  const ran = await onSmallDisk(() =>
    running({ processes: [{ name: 'fill', cmdline }] }, async (task) => {
      const { verdict, reason } = await task.ended;
      assert.is(verdict, 'FAILED');
      assert.match(reason, /^process "fill" failed: exit code 3/);
      assert.is(survivors(task.sandbox), 0);
    }),
  );
  count(ran ? 'full disks' : 'full disks skipped: needs root', 1);
});

test('a disk that is full for a while takes nothing from the task', async () => {
  const cmdline = 'cat /dev/zero > big; rm big; echo went on';
  const ran = await onSmallDisk(() =>
    running({ processes: [{ name: 'fill', cmdline }] }, async (task) => {
      const { verdict } = await task.ended;
      assert.is(verdict, 'SUCCESS');
      assert.is(task.output('fill'), 'went on\n');
    }),
  );
  count(ran ? 'full disks' : 'full disks skipped: needs root', 1);
});

test('100 MB of output at once are rotated, in little memory, and the last line is there', async () => {
  const logger = { mode: 'rotate', rotate: { log_size: 2 ** 20, backups: 2 } };
  const line = 'x'.repeat(99);
  const cmdline = `yes ${line} | head -n 1000000; echo the last line`;
  const before = process.memoryUsage.rss();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
  }, 20);
  try {
    await running({ processes: [{ name: 'loud', cmdline, logger }] }, async (task) => {
      const { verdict, reason } = await task.ended;
      assert.equal([verdict, reason], ['SUCCESS', 'all processes have ended']);
      assert.match(task.output('loud'), /the last line\n$/);
      const logs = join(task.sandbox, '.logs/loud/0');
      const outputs = readdirSync(logs).filter((name) => name.startsWith('stdout'));
      assert.equal(outputs.sort(), ['stdout', 'stdout.1', 'stdout.2']);
      for (const name of outputs) assert.ok(statSync(join(logs, name)).size <= 2 ** 20 + 100, name);
    });
    assert.ok(most - before < 90 * 2 ** 20, `held ${Math.round((most - before) / 2 ** 20)} MB`);
  } finally {
    clearInterval(watch);
  }
});

for (const mode of ['standard', 'rotate']) {
  test(`a process that closes its output, logger mode ${mode}, goes on and ends when it ends`, () => {
    const cmdline =
      'echo before; exec >&- 2>&-; echo y > closed; until test -e go; do sleep 0.02; done; echo y > after';
    return running({ processes: [{ name: 'quiet', cmdline, logger: { mode } }] }, async (task) => {
      await task.written('closed', 'y');
      assert.is(survivors(task.sandbox) > 0, true);
      task.write('go', '');
      const { verdict, reason } = await task.ended;
      assert.equal([verdict, reason], ['SUCCESS', 'all processes have ended']);
      assert.ok(existsSync(join(task.sandbox, 'after')));
      assert.is(task.output('quiet'), 'before\n');
    });
  });
}

test('a sandbox that was removed while the task runs is named when the next process is to start', () =>
  running(
    {
      processes: [
        { name: 'remove', cmdline: 'cd /; rm -rf "$HOME"' },
        { name: 'next', cmdline: 'true' },
      ],
      constraints: [{ order: ['remove', 'next'] }],
    },
    async (task) => {
      const { verdict, reason } = await task.ended;
      assert.is(verdict, 'FAILED');
      assert.match(
        reason,
        /^process "next" failed: could not be started: its sandbox is gone, \S+ was removed/,
      );
    },
  ));

test('a burst of forks that is killed in the middle leaves nothing', () => {
  // A tree of 127 shells at most; every other one in a session of its own, none of them cares for SIGTERM.
  const cmdline = `trap '' TERM
export DEPTH=6; cat > burst <<'SHELL'
trap '' TERM; echo up >> up
if test $DEPTH -gt 0; then DEPTH=$((DEPTH - 1)); bash burst & setsid bash burst & fi
while :; do sleep 0.2; done
SHELL
exec bash burst`;
  return running({ processes: [{ name: 'burst', cmdline }] }, async (task) => {
    await task.written('up', 'up\nup\nup\nup\n');
    task.runner.kill(100, 'enough');
    const { verdict, reason } = await task.ended;
    assert.equal([verdict, reason], ['KILLED', 'enough']);
    assert.is(survivors(task.sandbox), 0);
    count('shells of a burst that were killed', task.file('up').split('\n').length - 1);
  });
});

test.run();
