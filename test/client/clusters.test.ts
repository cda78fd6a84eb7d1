import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuroraError } from '../../src/base/errors.ts';
import { silentLogger } from '../../src/base/log.ts';
import { clusterNamed, loadClusters } from '../../src/client/clusters.ts';
import { netrcAuthorization } from '../../src/client/netrc.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('clusters and credentials');

let folder: string;
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-clusters-'));
  mkdirSync(join(folder, 'etc'));
  mkdirSync(join(folder, '.aurora'));
});
test.afterEach(() => rmSync(folder, { recursive: true, force: true }));

const env = () => ({ AURORA_CONFIG_ROOT: join(folder, 'etc'), HOME: folder });
const write = (path: string, value: unknown) =>
  writeFileSync(join(folder, path), typeof value === 'string' ? value : JSON.stringify(value));
const load = (warn = (_: object, __: string) => {}) =>
  loadClusters({ env: env(), log: { ...silentLogger, warn } });
const code = (error: unknown) => (error instanceof AuroraError ? error.code : error);

test('local is built in, and an entry of that name takes its place', () => {
  assert.is(clusterNamed(load(), 'local').schedulerUri, 'http://127.0.0.1:8081');
  write('.aurora/clusters.json', [{ name: 'local', scheduler_uri: 'http://other:1' }]);
  assert.is(clusterNamed(load(), 'local').schedulerUri, 'http://other:1');
});

test('a wildcard means the clusters of the files, or local when there are none', () => {
  assert.equal(
    load().all.map(({ name }) => name),
    ['local'],
  );
  write('etc/clusters.json', [{ name: 'west' }, { name: 'east' }]);
  assert.equal(
    load().all.map(({ name }) => name),
    ['west', 'east'],
  );
});

test("the user's file goes over the system's; an object's values are entries, too", () => {
  const entry = { name: 'west', zk: 'a,b', zk_port: 2182, scheduler_zk_path: '/x' };
  write('etc/clusters.json', { any: entry });
  assert.equal(clusterNamed(load(), 'west'), {
    name: 'west',
    zk: 'a,b',
    zkPort: 2182,
    schedulerZkPath: '/x',
    ...{
      schedulerUri: undefined,
      proxyUrl: undefined,
      dockerRegistry: clusterNamed(load(), 'west').dockerRegistry,
      slaveRoot: undefined,
      slaveRunDirectory: undefined,
      access: undefined,
      hooks: undefined,
    },
    entry,
  });
  write('.aurora/clusters.json', [{ name: 'west', scheduler_uri: 'http://h' }]);
  assert.is(clusterNamed(load(), 'west').zk, undefined);
});

test('an entry without a name is left out, and the user is told', () => {
  const told: string[] = [];
  write('etc/clusters.json', [{ scheduler_uri: 'http://h' }]);
  load((_, text) => void told.push(text));
  assert.is(told.length, 1);
  assert.match(told[0] as string, /clusters\.json has no name/);
});

test('a file that is not what it should be is named', () => {
  for (const broken of [
    '{nonsense',
    '"text"',
    '[1]',
    '{"a": []}',
    [{ name: 'x', zk: 7 }],
    [{ name: 'x', zk_port: 'y' }],
  ]) {
    write('etc/clusters.json', broken);
    try {
      load();
      assert.unreachable(JSON.stringify(broken));
    } catch (error) {
      assert.is(code(error), 'CONFIG');
      assert.match((error as Error).message, `${folder}/etc/clusters.json`);
    }
  }
});

test('an unknown cluster is refused with those that are known', () => {
  assert.throws(() => clusterNamed(load(), 'south'), /Unknown cluster: south; known are local/);
});

const authorization = (text: string, host: string) => {
  write('.netrc', text);
  const header = netrcAuthorization(env(), host);
  return header && Buffer.from(header.replace('Basic ', ''), 'base64').toString();
};

test('credentials are those of the host in netrc, else the default ones', () => {
  const text =
    'machine a\n  login x password "p q"\nmacdef m\n  machine b login no\n\nmachine c login z password w\ndefault login d password e\n';
  assert.is(authorization(text, 'a'), 'x:p q');
  assert.is(authorization(text, 'c'), 'z:w');
  assert.is(authorization(text, 'b'), 'd:e');
  assert.is(authorization('# machine a login x password y\nmachine b login x', 'a'), undefined);
  assert.is(authorization('machine b login x', 'b'), 'x:');
});

test('without a netrc file, or with one that cannot be read, there are no credentials', () => {
  assert.is(netrcAuthorization(env(), 'a'), undefined);
  mkdirSync(join(folder, '.netrc'));
  chmodSync(join(folder, '.netrc'), 0o700);
  assert.is(netrcAuthorization(env(), 'a'), undefined);
});

test.run();
