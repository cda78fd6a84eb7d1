/** What a person sees of a scheduler that asks who they are, from the password in a file to the audit log. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';
import { wireJob } from '../scheduler/builders.ts';
import { callScheduler, testScheduler } from '../scheduler/running.ts';
import { commandLine } from './command-line.ts';

const test = suite('commands with a login');

test('a hashed password, a netrc file, a token; who is wrong ends in 30, who may not in 10, and all of it is written down', async () => {
  const line = commandLine();
  const hashOf = async (secret: string, ...words: string[]) => {
    const input = openSync(line.write('secret', `${secret}\n`), 'r');
    const { code, stdout, stderr } = await line.run(['admin', 'hash_password', ...words], {
      stdio: [input, 1, 2],
    });
    closeSync(input);
    assert.is(code, 0, stderr);
    return stdout.trim();
  };
  const hash = await hashOf('apple');
  const token = 'a-token-of-some-length';
  const ini = line.write(
    'security.ini',
    `[users]\nsally = ${hash}, admin\njim = ${hash}, reader\n[roles]\nadmin = *\nreader = thrift.ReadOnlyScheduler, http\n`,
  );
  const tokens = line.write('tokens', `${await hashOf(token, '--token')} ci admin\n`);
  const scheduler = await testScheduler({}, [
    '-http_authentication_mechanism=BASIC,BEARER',
    `-shiro_ini_path=${ini}`,
    `-http_token_file=${tokens}`,
    '-audit_log_sync=true',
  ]);
  const port = scheduler.running().httpPort;
  line.useScheduler(port);
  const netrc = (login: string, password: string) =>
    line.write('.netrc', `machine 127.0.0.1 login ${login} password ${password}\n`);
  const kill = ['job', 'killall', 'west/web/prod/hello', '--no-batching'];
  const Authorization = `Bearer ${token}`;
  const made = await callScheduler(
    port,
    'createJob',
    { description: wireJob({ instanceCount: 2 }) },
    { Authorization },
  );
  assert.is(made.responseCode, 'OK');

  const none = await line.run(kill);
  assert.is(none.code, 30, none.stderr);
  assert.match(none.stderr, /^401 .*no credentials were sent: give some for 127/m);
  netrc('sally', 'wrong');
  assert.is((await line.run(kill)).code, 30);
  netrc('jim', 'apple');
  assert.is((await line.run(['job', 'status', 'west/web/prod/hello'])).code, 0);
  const jim = await line.run(kill);
  assert.is(jim.code, 10, jim.stderr);
  assert.match(
    jim.stderr,
    /jim does not have the permission thrift\.AuroraSchedulerManager:killTasks:web:prod:hello/,
  );
  netrc('sally', 'apple');
  assert.is((await line.run(kill)).code, 0);
  assert.is((await fetch(`http://127.0.0.1:${port}/health`)).status, 200);
  assert.is((await fetch(`http://127.0.0.1:${port}/vars`)).status, 401);

  const file = join(scheduler.directory, 'data', 'audit.log');
  const audit = async (...words: string[]) => {
    const { code, stdout, stderr } = await line.run(['admin', 'audit', '--file', file, ...words]);
    assert.is(code, 0, stderr);
    return stdout.split('\n').filter((text) => text !== '');
  };
  const [created, ...killed] = await audit('--job', 'web/prod', '--result', 'OK');
  assert.match(created ?? '', /OK {2}ci \(token\) {2}from 127\.0\.0\.1 {2}createJob {2}web\/prod\/hello/);
  assert.match(killed.at(-1) ?? '', /sally \(basic\).*killTasks/);
  assert.match(
    (await audit('--denied', '--user', 'jim')).at(-1) ?? '',
    /AUTH_FAILED.*denied killTasks.*: jim does not/,
  );
  const wrong = (await audit('--result=401', '--write-json')).map((text) => JSON.parse(text).why);
  assert.ok(wrong.includes('no credentials') && wrong.includes('credentials are wrong'), String(wrong));
  assert.equal(await audit('--until', '2020-01-01'), []);
  const missing = await line.run(['admin', 'audit', '--file', join(line.home, 'nothing.log')]);
  assert.is(missing.code, 1);
  assert.match(missing.stderr, /there is no audit log/);
  await scheduler.stop();
  line.remove();
}, 30_000);

test('a password that is empty is refused, and never taken from the command line', async () => {
  const line = commandLine();
  const input = openSync(line.write('secret', '\n'), 'r');
  assert.is((await line.run(['admin', 'hash_password'], { stdio: [input, 1, 2] })).code, 2);
  closeSync(input);
  assert.is((await line.run(['admin', 'hash_password', 'apple'])).code, 2);
  line.remove();
});

test.run();
