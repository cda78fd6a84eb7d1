import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTask } from '../../../src/api/thermos/parse.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { accountNamed, ownAccount } from '../../../src/executor/process/account.ts';
import { launchRun } from '../../../src/executor/process/launch.ts';
import { assert, suite } from '../../harness/index.ts';

const test = suite('executor launch');

const { processes } = parseTask({ processes: [{ name: 'p', cmdline: 'id -u; id -g; id -G' }] });
const [command] = processes;

test('accounts are those of the machine', () => {
  assert.is(accountNamed('root')?.uid, 0);
  assert.is(accountNamed('no_such_user'), undefined);
  assert.is(ownAccount().uid, process.getuid?.());
});

for (const [how, cmdline, kills, says] of [
  [
    'killed by the kernel',
    'kill -KILL $$',
    [0, 1],
    /^failed: killed by SIGKILL, because the task was out of memory \(the kernel killed 1 process\)$/,
  ],
  [
    'of which a child was',
    "sh -c 'kill -KILL $$'; exit $?",
    [4, 6],
    /^failed: exit code 137, because the task was out of memory \(the kernel killed 2 processes\)$/,
  ],
  ['killed by somebody else', 'kill -KILL $$', [3, 3], /^failed: killed by SIGKILL$/],
  ['that fails while another one is killed', 'exit 3', [0, 1], /^failed: exit code 3$/],
] as const)
  test(`a process ${how} is told with what the kernel says`, async () => {
    const sandbox = mkdtempSync(join(tmpdir(), 'aurora-launch-'));
    const counts = [...kills];
    const [failing] = parseTask({ processes: [{ name: 'p', cmdline }] }).processes;
    try {
      const ended = new Promise<string>((done) => {
        launchRun(
          failing as NonNullable<typeof failing>,
          0,
          {
            sandbox,
            account: ownAccount(),
            switchUser: false,
            env: process.env,
            preserveEnv: false,
            logger: undefined,
            softFiles: undefined,
            clock: systemClock,
            onLogFault: () => {},
            oomKills: () => counts.shift() ?? 0,
          },
          {
            coordinated: () => {},
            started: () => {},
            reaped: () => {},
            ended: (outcome, detail) => done(`${outcome}: ${detail}`),
            gone: () => {},
          },
        );
      });
      assert.match(await ended, says);
    } finally {
      rmSync(sandbox, { recursive: true });
    }
  });

if (process.getuid?.() === 0)
  test('a user keeps all groups of his, and gets no other', async () => {
    const sandbox = mkdtempSync(join(tmpdir(), 'aurora-launch-'));
    try {
      const ended = new Promise((done) => {
        launchRun(
          command as NonNullable<typeof command>,
          0,
          {
            sandbox,
            account: { name: 'nobody', uid: 65_534, gid: 65_534, groups: [7, 9] },
            switchUser: true,
            env: process.env,
            preserveEnv: false,
            logger: undefined,
            softFiles: undefined,
            clock: systemClock,
            onLogFault: () => {},
          },
          {
            coordinated: () => {},
            started: () => {},
            reaped: () => {},
            ended: (outcome, detail) => done(`${outcome}: ${detail}`),
            gone: () => {},
          },
        );
      });
      assert.is(await ended, 'succeeded: exit code 0');
      assert.is(readFileSync(join(sandbox, '.logs/p/0/stdout'), 'utf8'), '65534\n65534\n65534 7 9\n');
    } finally {
      rmSync(sandbox, { recursive: true });
    }
  });

test.run();
