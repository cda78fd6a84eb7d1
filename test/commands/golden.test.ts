/**
 * The original's recorded runs, replayed: same calls, output, exit code and pauses, against a scripted scheduler at
 * /api.
 */
import { COMMANDS } from '../../src/commands/table.ts';
import { assert, count, suite } from '../harness/index.ts';
import { type Right, replay } from './golden/replay.ts';
import { groups, type Rpc, type Scenario } from './golden/scenario.ts';

process.env.TZ = 'UTC';

/** The calls of another recording. */
const callsOf = (id: string): readonly Rpc[] =>
  groups()
    .flatMap(({ scenarios }) => scenarios)
    .find((scenario) => scenario.id === id)?.rpcs ?? [];

/** Where the recording leaves open what is right. */
const RIGHT: Readonly<Record<string, Right>> = {
  // a refused poll says nothing about the tasks: the command fails and says so
  'create-wait-refused': { exitCode: 10, stdout: '', endsEarly: true },
  'kill-wait-refused': { exitCode: 10, stdout: '' },
  'kill-none-active': { exitCode: 6, stdout: '' },
  'killall-none': { exitCode: 6, stdout: '' },
  // the scheduler is asked, and does not know the job
  'list-exact': { exitCode: 0, stdout: '', reads: ['getJobs'] },
  // mistakes in the command line are 2 everywhere
  'asnapshot-extra': { exitCode: 2, stdout: '' },
  'aquota-set-few': { exitCode: 2, stdout: '' },
  'aprune-no-cluster': { exitCode: 2, stdout: '' },
  'aunknown-command': { exitCode: 2, stdout: '' },
  'ano-args': { exitCode: 2, stdout: '' },
  'aflag-first': { exitCode: 2, stdout: '' },
  // a size needs its unit
  'aquota-set-bytes': { exitCode: 1, stdout: '', endsEarly: true },
  // a blank line names no host
  'ahost-deactivate-blank': {
    exitCode: 0,
    stdout: '',
    rpcs: callsOf('ahost-deactivate-blank').map((rpc) => ({
      ...rpc,
      args: { hosts: { hostNames: ['h1', 'h2'] } },
    })),
  },
  // a refused look at the tasks says nothing about them: the host stays
  'ahost-drain-query-error': { exitCode: 1, stdout: '', endsEarly: true, waitsSecs: [] },
  // options count wherever they stand
  'ahost-flags-after': {
    exitCode: 0,
    stdout: '',
    rpcs: callsOf('ahost-bypass').map((rpc) => ({ ...rpc, headers: {} })),
  },
  'aprune-flags-after': {
    exitCode: 0,
    stdout: 'Tasks pruned.\n',
    rpcs: callsOf('aprune').map((rpc) => ({ ...rpc, args: { query: { role: 'web' } } })),
  },
  'add-zero': { exitCode: 2, stdout: '', endsEarly: true },
  'sla-upcount-error': { exitCode: 10, stdout: '' },
  'task-run-ssh-fails': { exitCode: 4, stdout: 'node0.example.com:  denied\n' },
  // the compared job is another one: three calls
  'diff-from': {
    exitCode: 0,
    stdout: 'This job update will:\n',
    reads: ['getTierConfigs', 'populateJobConfig', 'getJobUpdateDiff'],
  },
  // refused before anybody is asked
  'ustart-pulse-short': { exitCode: 3, stdout: '', endsEarly: true },
  'ustart-strategy-and-wait': { exitCode: 3, stdout: '', endsEarly: true },
  'ustart-batch-zero': { exitCode: 3, stdout: '', endsEarly: true },
  // the settings themselves are held against the recording in test/dsl
  'ustart-queue-strategy': {
    exitCode: 0,
    stdout: 'This job update will:\n',
    reads: ['getTierConfigs', 'getJobUpdateDiff', 'startJobUpdate'],
  },
  // without an id the active update is meant, and looked for first
  'uwait-no-id': {
    exitCode: 0,
    stdout: 'Current state ROLLED_FORWARD\n',
    rpcs: [...callsOf('upause-ok').slice(0, 1), ...callsOf('uwait-done')],
  },
  // taken for a wildcard
  'status-question-mark': { exitCode: 6, stdout: '', reads: ['getJobs'] },
};

/** Of a command that exists, or about the command line as such. */
const isBuilt = ({ program, argv }: Scenario, group: string): boolean =>
  program === 'aurora'
    ? group === 'general' || argv.slice(0, 2).join(' ') in COMMANDS
    : `admin ${argv[0]}` in COMMANDS || group === 'admin-general';

for (const { name, scenarios } of groups()) {
  const built = scenarios.filter((scenario) => isBuilt(scenario, name));
  const test = suite(`golden/client ${name}`);

  for (const scenario of built) {
    test(`${scenario.id}: ${scenario.title}`, () => replay(scenario, RIGHT[scenario.id]), 30_000);
  }

  test('every scenario is of a command that exists', () => {
    assert.equal(
      scenarios.filter((scenario) => !isBuilt(scenario, name)).map(({ id }) => id),
      [],
    );
  });

  if (built.length > 0) count(`golden/client ${name}`, built.length);
  test.run();
}
