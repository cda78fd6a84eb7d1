/**
 * What operators and users keep secret goes through a whole life of a scheduler: starts, logins that succeed and fail,
 * a reload of a broken file, calls, a stop. Afterwards none of it is in anything that the scheduler wrote or answered.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';
import { startZooKeeper } from '../zookeeper/server.ts';
import { freePort, until } from './product.ts';
import { runProgram } from './program.ts';
import { supervise } from './scheduler-process.ts';
import { startSimulatedMesos } from './simulated-mesos.ts';

/** Each is found by this beginning, whichever it is. */
const MARK = 'kept-secret';
const SECRETS = {
  password: `${MARK}-of-root`,
  wrongPassword: `${MARK}-mistyped`,
  token: `${MARK}-token-of-ci`,
  wrongToken: `${MARK}-token-of-nobody`,
  digest: `${MARK}-of-zookeeper`,
  framework: `${MARK}-of-the-framework`,
  broken: `${MARK}-in-a-broken-line`,
};
/** Also as HTTP Basic and a query of a URL carry it. */
const FORMS = [MARK, Buffer.from(`root:${MARK}`).toString('base64').slice(0, 16)];

const PAGES = ['/vars', '/vars.json', '/metrics', '/structdump/task/none', '/state', '/offers', '/agents'];
const VIEWS = ['/api/view/scheduler', '/quotas', '/threads', '/logconfig', '/health', '/leaderhealth'];

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

/** Every file below the folder. */
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());

const test = suite('secrets');

test('are in no log, page, metric, answer, audit line or stored record', async () => {
  const home = mkdtempSync(join(tmpdir(), 'aurora-secrets-'));
  const put = (name: string, text: string): string => {
    writeFileSync(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  const ini = put('security.ini', `[users]\nroot = ${SECRETS.password}, admin\n[roles]\nadmin = *\n`);
  const tokens = put('tokens', `${SECRETS.token} ci admin\n`);
  const framework = put(
    'framework.properties',
    `aurora_authentication_principal=aurora\naurora_authentication_secret=${SECRETS.framework}\n`,
  );
  const mesos = await startSimulatedMesos();
  const zooKeeper = await startZooKeeper({ heapMb: 128 });
  const data = join(home, 'data');
  const scheduler = supervise(await freePort(), [
    `-mesos_master_address=${mesos.master}`,
    `-zk_endpoints=${zooKeeper.address}`,
    '-serverset_path=/aurora/scheduler',
    `-data_dir=${data}`,
    '-thermos_executor_path=/executor',
    '-http_authentication_mechanism=BASIC,BEARER',
    `-shiro_ini_path=${ini}`,
    `-http_token_file=${tokens}`,
    `-zk_digest_credentials=aurora:${SECRETS.digest}`,
    `-framework_authentication_file=${framework}`,
  ]);
  const at = `http://127.0.0.1:${scheduler.port}`;
  const texts = new Map<string, string>();
  const ask = async (path: string, authorization: string, body?: string): Promise<number> => {
    const answer = await fetch(`${at}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { Authorization: authorization, 'Content-Type': 'application/json', Connection: 'close' },
      ...(body === undefined ? {} : { body }),
    });
    const heads = [...answer.headers].join('\n');
    texts.set(`${path} as ${authorization.slice(0, 20)} (${texts.size})`, `${heads}\n${await answer.text()}`);
    return answer.status;
  };
  const right = basic('root', SECRETS.password);
  const quota = JSON.stringify({
    ownerRole: 'www',
    quota: { resources: [{ numCpus: 1 }, { ramMb: 1 }, { diskMb: 1 }] },
  });
  try {
    await until('a leader', async () => (await ask('/leaderhealth', right).catch(() => 0)) === 200);
    assert.is(await ask('/apibeta/setQuota', right, quota), 200);
    assert.is(await ask('/apibeta/setQuota', `Bearer ${SECRETS.token}`, quota), 200);
    for (const wrong of [
      basic('root', SECRETS.wrongPassword),
      basic(SECRETS.wrongPassword, 'x'),
      `Bearer ${SECRETS.wrongToken}`,
      `Basic ${SECRETS.wrongPassword}`,
      `Digest username="root", response="${SECRETS.wrongPassword}"`,
    ])
      assert.is(await ask('/apibeta/setQuota', wrong, quota), 401, wrong);
    for (const path of [...PAGES, ...VIEWS]) await ask(path, right);

    // A line that is neither: the version before stays, and what is said about it does not quote it.
    writeFileSync(ini, `[users]\nroot = ${SECRETS.password}, admin\n${SECRETS.broken}\n`);
    await until('word of the broken file', async () => {
      await ask('/quotas', right);
      return scheduler.life().log().includes('security.ini:3');
    });

    put('clusters.json', JSON.stringify([{ name: 'test', scheduler_uri: at, auth_mechanism: 'BASIC' }]));
    put('.netrc', `machine 127.0.0.1 login root password ${SECRETS.wrongPassword}\n`);
    const client = await runProgram(home, 'job', 'list', 'test/www', '--verbose');
    assert.not(client.code === 0);
    texts.set('the client', client.stdout + client.stderr);
  } finally {
    texts.set('the log of the scheduler', scheduler.life().log());
    await scheduler.stop();
    texts.set('the log at its end', scheduler.life().log());
    await zooKeeper.stop();
    await mesos.stop();
  }
  for (const path of filesOf(data)) texts.set(path, readFileSync(path, 'latin1'));
  rmSync(home, { recursive: true });
  assert.ok([...texts.keys()].some((name) => name.endsWith('audit.log')));
  const told = [...texts].flatMap(([name, text]) =>
    FORMS.flatMap((form) => {
      const from = text.indexOf(form);
      return from < 0 ? [] : [`${name}: ${text.slice(Math.max(0, from - 60), from + 40)}`];
    }),
  );
  assert.equal(told, []);
  count('texts searched for secrets', texts.size);
}, 120_000);

test.run();
