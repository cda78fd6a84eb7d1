import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { containerMembers, type KernelFiles, oomKills } from '../../src/proc/cgroup.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('control groups');

/** What /proc and /sys/fs/cgroup hold, by path. */
function machine(files: Readonly<Record<string, string>>, body: (kernel: KernelFiles) => void): void {
  const root = mkdtempSync(join(tmpdir(), 'aurora-cgroup-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    body({ proc: join(root, 'proc'), groups: join(root, 'sys') });
  } finally {
    rmSync(root, { recursive: true });
  }
}

const CONTAINER = '3f1c9a52-77aa-4c43-9a14-0d6c2c1f5b10';
const EVENTS = 'low 0\nhigh 0\nmax 812\noom 3\noom_kill 2\noom_group_kill 0\n';
const CONTROL = 'oom_kill_disable 0\nunder_oom 0\noom_kill 5\n';
const V1 = `11:memory:/mesos/${CONTAINER}\n4:cpu,cpuacct:/mesos/${CONTAINER}\n1:name=systemd:/user.slice\n`;

for (const [what, files, kills] of [
  ['version 2', { 'proc/self/cgroup': '0::/mesos/c\n', 'sys/mesos/c/memory.events': EVENTS }, 2],
  [
    'version 2 in a container, where the group is the root',
    { 'proc/self/cgroup': '0::/mesos/c\n', 'sys/memory.events': EVENTS },
    2,
  ],
  ['version 1', { 'proc/self/cgroup': V1, [`sys/memory/mesos/${CONTAINER}/memory.oom_control`]: CONTROL }, 5],
  [
    'version 1 in a container',
    { 'proc/self/cgroup': '9:memory:/docker/abc\n', 'sys/memory/memory.oom_control': CONTROL },
    5,
  ],
  [
    'both, the memory still with version 1',
    {
      'proc/self/cgroup': `${V1}0::/mesos/${CONTAINER}\n`,
      [`sys/unified/mesos/${CONTAINER}/cgroup.procs`]: '1\n',
      [`sys/memory/mesos/${CONTAINER}/memory.oom_control`]: CONTROL,
    },
    5,
  ],
  [
    'an older kernel, which does not count',
    { 'proc/self/cgroup': '9:memory:/a\n', 'sys/memory/a/memory.oom_control': 'under_oom 0\n' },
    0,
  ],
  ['none at all', {}, 0],
] as const)
  test(`kills for lack of memory: ${what}`, () =>
    machine(files as Record<string, string>, (kernel) => assert.is(oomKills(kernel), kills)));

for (const [what, files] of [
  [
    'version 2',
    { 'proc/7/cgroup': `0::/mesos/${CONTAINER}\n`, [`sys/mesos/${CONTAINER}/cgroup.procs`]: '7\n8\n9\n' },
  ],
  ['version 1', { 'proc/7/cgroup': V1, [`sys/memory/mesos/${CONTAINER}/cgroup.procs`]: '7\n8\n9\n' }],
  [
    'both',
    {
      'proc/7/cgroup': `2:name=systemd:/user.slice\n0::/mesos/${CONTAINER}\n`,
      [`sys/unified/mesos/${CONTAINER}/cgroup.procs`]: '7\n8\n9\n',
    },
  ],
] as const)
  test(`members of a container: ${what}`, () =>
    machine(files as Record<string, string>, (kernel) => {
      assert.equal(containerMembers([7], CONTAINER, kernel), [7, 8, 9]);
      assert.equal(containerMembers([7], 'another', kernel), []);
      assert.equal(containerMembers([7], '', kernel), []);
      assert.equal(containerMembers([], CONTAINER, kernel), []);
      assert.equal(containerMembers([6], CONTAINER, kernel), [], 'it has ended');
    }));

test('the machine that this runs on is read without a fault', () => assert.ok(oomKills() >= 0));

test.run();
