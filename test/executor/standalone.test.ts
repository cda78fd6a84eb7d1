import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { scriptedAgent, taskData } from './scripted-agent.ts';

const test = suite('standalone executor');

let directory: string;
let program: string;
test.before(() => {
  directory = mkdtempSync(join(tmpdir(), 'aurora-standalone-test-'));
  program = join(directory, 'aurora-executor-standalone');
  const build = `import('./scripts/lib/standalone.js').then((one) => one.buildStandaloneExecutor(${JSON.stringify(program)}))`;
  const { status, stderr } = spawnSync(process.execPath, ['-e', build], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
});
test.after(() => rmSync(directory, { recursive: true, force: true }));

test('runs a task where there is neither Node nor a PATH', async () => {
  const agent = await scriptedAgent();
  const runDirectory = join(directory, 'run');
  mkdirSync(runDirectory);
  const env = { ...agent.environment(runDirectory), PATH: '' };
  const child = spawn(program, ['--nosetuid'], { cwd: runDirectory, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
  try {
    await agent.subscribed();
    agent.launch('task-1', taskData({ processes: [{ name: 'hi', cmdline: 'echo "hello from [$PATH]"' }] }));
    assert.is(await exited, 0, output);
    const states = [...new Set(agent.updates.map(({ state }) => state))];
    assert.equal(states, ['TASK_STARTING', 'TASK_RUNNING', 'TASK_FINISHED'], output);
    const log = readFileSync(join(runDirectory, 'sandbox/.logs/hi/0/stdout'), 'utf8');
    assert.is(log, 'hello from []\n');
    assert.not.match(output, /Warning/);
  } finally {
    child.kill('SIGKILL');
    await agent.close();
  }
}, 60_000);

test.run();
