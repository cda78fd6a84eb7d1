/** The job files that the client's recorded scenarios use, moved by the tool, proved against what the original sent. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../../src/base/errors.ts';
import { readExpected } from '../../src/client/expected-jobs.ts';
import { proveMigration } from '../../src/client/prove-migration.ts';
import type { Session } from '../../src/client/session.ts';
import { loadJobs } from '../../src/dsl/load/load.ts';
import { migrate } from '../../src/migrate/migrate.ts';
import { originalPlaces } from '../../src/migrate/original-places.ts';
import { writeMigrated } from '../../src/migrate/write-files.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite("the client's job files, moved by the tool");
const fixture = (name: string) =>
  fileURLToPath(new URL(`../golden/client/fixtures/${name}`, import.meta.url));
let folder = '';
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'aurora-migrate-'));
});
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Dump {
  readonly key: string;
  readonly bindings?: Readonly<Record<string, string>>;
  readonly updateSettings: object | null;
}

/** Moves a file, and compares it with the truth. */
async function proved(name: string, truth: string, binds: Readonly<Record<string, string>>) {
  const source = fixture(`${name}.aurora`);
  const files = migrate([source], { out: join(folder, name) });
  writeMigrated(files, true);
  assert.equal(
    files.flatMap(({ places }) => places),
    [],
  );
  let said = '';
  const session = {
    env: { LOGNAME: 'alice' },
    print: (text: string) => (said += text),
  } as unknown as Session;
  const target = files.find(({ asked }) => asked)?.target ?? '';
  const file = { target, originalPlaces: (field: string) => originalPlaces([source], field) };
  const { same } = await proveMigration(session, [file], { jobs: readExpected(truth, name) }, binds);
  return { same, said };
}

let unchanged = 0;
for (const name of ['frontend', 'included', 'many', 'nightly', 'rich', 'rollouts', 'template']) {
  test(`${name} is what the original sent`, async () => {
    const text = readFileSync(fixture(`${name}.aurora.jobs.json`), 'utf8');
    const dumps = JSON.parse(text) as readonly Dump[];
    const { same, said } = await proved(name, text, dumps[0]?.bindings ?? {});
    const refused =
      name === 'rollouts' ? dumps.filter(({ updateSettings }) => updateSettings === null).length - 1 : 0;
    assert.is(same, dumps.length - refused, said);
    unchanged += same;
  });
}

test('what differs is named with its places in both files', async () => {
  const text = readFileSync(fixture('frontend.aurora.jobs.json'), 'utf8').replaceAll(
    '"max_failures": 3',
    '"max_failures": 4',
  );
  const changed = text.replaceAll('max_failures\\": 3', 'max_failures\\": 4');
  const { same, said } = await proved('frontend', changed, {});
  assert.is(same, 0, said);
  assert.match(said, /maxFailures: 4 -> 3 {3}\(.*frontend\.aurora\.ts:\d+:\d+, .*frontend\.aurora:\d+\)/);
  assert.match(said, '0 unchanged, 1 different');
});

test('files that the original refuses are refused, with the place', async () => {
  assert.throws(
    () => migrate([fixture('syntax.aurora')]),
    /this is no Python that can be read \(.*syntax\.aurora:2:1\)/,
  );
  const [undefinedName] = migrate([fixture('undefined.aurora')]);
  assert.match(undefinedName?.places[0]?.reason ?? '', /no_such_variable is not defined/);
  const files = migrate([fixture('noresources.aurora')], { out: folder });
  writeMigrated(files, true);
  const loaded = await loadJobs(files[0]?.target ?? '').catch(messageOf);
  assert.ok(typeof loaded !== 'string', String(loaded));
});

test('a file that is there is not replaced unless that is asked for', () => {
  const files = migrate([fixture('nightly.aurora')], { out: join(folder, 'twice') });
  writeMigrated(files, false);
  assert.throws(
    () => writeMigrated(files, false),
    /is there already; choose another folder with --out, or pass --force/,
  );
  writeMigrated(files, true);
});

test('all jobs were compared', () => {
  count('golden/client jobs moved by the tool and unchanged', unchanged);
  assert.ok(unchanged >= 15, String(unchanged));
});

test.run();
