import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { containerProcesses, killContainer } from '../../../src/local/agent/process-tree.ts';
import { identify, isRunning, type ProcessId, signalProcess } from '../../../src/proc/process-id.ts';
import { assert, suite } from '../../harness/index.ts';
import { eventually } from './rig.ts';

const test = suite('processes of a container');

const FOLDER = `/nowhere/${process.pid}`;
const directory = mkdtempSync(join(tmpdir(), 'aurora-tree-'));

/** Starts `script` as a container; every process of interest writes its number to a file of its name. */
function start(script: string): ProcessId {
  const child = spawn('/bin/sh', ['-c', script], {
    cwd: directory,
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env.PATH, MESOS_DIRECTORY: FOLDER },
  });
  return identify(child.pid as number) as ProcessId;
}

const named = (name: string) =>
  eventually(() => {
    try {
      const pid = Number(readFileSync(join(directory, name), 'utf8'));
      return pid > 0 ? identify(pid) : undefined;
    } catch {
      return undefined;
    }
  }, `process ${name}`);

const marks = (leader: ProcessId, leaderIsFresh = true) => ({
  leader,
  folder: FOLDER,
  leaderIsFresh,
});

/** A command that writes its number and stays. */
const stay = (name: string) => `echo $$ > ${name}; exec sleep 300`;

test.after(() => rmSync(directory, { recursive: true, force: true }));

test('children, daemons, and processes without the mark are all found and killed', async () => {
  const leader = start(
    [
      `sh -c '${stay('child')}' &`,
      `(setsid sh -c '${stay('daemon')}' &)`,
      `env -i /bin/sh -c '${stay('bare')}' &`,
      `env -i setsid /bin/sh -c '${stay('bareSession')}' &`,
      stay('leader'),
    ].join('\n'),
  );
  const all = await Promise.all(['leader', 'child', 'daemon', 'bare', 'bareSession'].map(named));
  const found = new Set(containerProcesses(marks(leader)).map(({ pid }) => pid));
  for (const { pid } of all) assert.ok(found.has(pid));
  assert.equal(await killContainer(marks(leader)), []);
  for (const one of all) assert.not.ok(isRunning(one));
});

test('what survives its leader is found by mark and session', async () => {
  const leader = start(
    `rm -f left; sh -c '${stay('left')}' & (setsid sh -c '${stay('gone')}' &) ; sleep 0.05; exit 0`,
  );
  const left = await named('left');
  const gone = await named('gone');
  await eventually(() => !isRunning(leader) || undefined, 'end of the leader');
  assert.equal(await killContainer(marks(leader)), []);
  assert.not.ok(isRunning(left));
  assert.not.ok(isRunning(gone));
});

test("a task's process that outlived executor and session is found by the HOME it was given", async () => {
  const home = `env -i HOME=${FOLDER}/sandbox`;
  const leader = start(`rm -f task; (${home} setsid /bin/sh -c '${stay('task')}' &) ; sleep 0.05; exit 0`);
  const task = await named('task');
  await eventually(() => !isRunning(leader) || undefined, 'end of the leader');
  assert.equal(await killContainer(marks(leader, false)), []);
  assert.not.ok(isRunning(task));
});

test('a process that replaces its program all the time is found, although it shows no HOME meanwhile', async () => {
  const home = `env -i HOME=${FOLDER}/sandbox`;
  const again = join(directory, 'again');
  writeFileSync(again, '#!/bin/sh\nexec "$0"\n', { mode: 0o755 });
  for (let round = 0; round < 40; round++) {
    rmSync(join(directory, 'restless'), { force: true });
    const leader = start(
      `(${home} setsid /bin/sh -c 'echo $$ > restless; exec ${again}' &) ; sleep 0.02; exit 0`,
    );
    const restless = await named('restless');
    await eventually(() => !isRunning(leader) || undefined, 'end of the leader');
    assert.equal(await killContainer(marks(leader, false)), []);
    assert.not.ok(isRunning(restless), `round ${round}`);
  }
});

test('a number that has passed to another process is left alone', async () => {
  const leader = start(stay('innocent'));
  const innocent = await named('innocent');
  const stale = { pid: innocent.pid, startTicks: innocent.startTicks - 1 };
  assert.not.ok(isRunning(stale));
  signalProcess(stale, 'SIGKILL');
  const others = { leader: stale, folder: '/another', leaderIsFresh: false };
  assert.equal(containerProcesses(others), []);
  assert.equal(await killContainer(others), []);
  assert.ok(isRunning(innocent));
  await killContainer(marks(leader));
});

test('a name with blanks and brackets does not confuse the reader of /proc', async () => {
  copyFileSync('/bin/sleep', join(directory, 'a) Z (b'));
  const leader = start("exec './a) Z (b' 300");
  await eventually(
    () => readFileSync(`/proc/${leader.pid}/comm`, 'utf8').includes('a) Z (b') || undefined,
    'the renamed program',
  );
  assert.ok(isRunning(leader));
  assert.equal(identify(leader.pid), leader);
  await killContainer(marks(leader));
  assert.not.ok(isRunning(leader));
});

test.run();
