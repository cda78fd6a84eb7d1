import { join } from 'node:path';
import { assert, suite } from '../harness/index.ts';

const test = suite('structure of the house');

type Rule = (files: ReadonlyMap<string, string>) => readonly string[];

// Scripts are plain JavaScript.
const { climbingImports, doubledTypeNames, mutualImports, sources } = (await import(
  join(import.meta.dirname, '../../scripts/lib/structure.js')
)) as Readonly<Record<'climbingImports' | 'doubledTypeNames' | 'mutualImports', Rule>> & {
  sources(): ReadonlyMap<string, string>;
};

/** The sources as they are, with these beside them. */
const withFiles = (files: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map([...sources(), ...Object.entries(files)]);

const holds = (rule: Rule) => assert.equal(rule(sources()), []);
const finds = (rule: Rule, files: Readonly<Record<string, string>>, problem: RegExp) => {
  const found = rule(withFiles(files));
  assert.is(found.length, 1, found.join('\n'));
  assert.match(found[0] ?? '', problem);
};

test('imports go down the floors, never up or sideways, and pure rooms do no I/O', () => {
  holds(climbingImports);
  const climbing: readonly [path: string, text: string, problem: RegExp][] = [
    ['src/base/planted.ts', "import { call } from '../api/index.ts';\n", /api is above base/],
    ['src/client/planted.ts', "import type { A } from '../scheduler/app.ts';\n", /on one floor/],
    ['src/mesos/planted.ts', "export {\n  a,\n  b,\n} from '../dsl/index.ts';\n", /on one floor/],
    ['src/zookeeper/planted.ts', "const a = await import('../mesos/index.ts');\n", /on one floor/],
    ['src/cellar/planted.ts', "import '../base/log.ts';\n", /cellar is no room/],
    ['src/api/planted.ts', "import { readFileSync } from 'node:fs';\n", /api does no I\/O/],
    ['src/base/planted.ts', "import { readFile } from 'node:fs/promises';\n", /base does no I\/O/],
  ];
  for (const [path, text, problem] of climbing) finds(climbingImports, { [path]: text }, problem);
});

test('no two files import each other, not even for types', () => {
  holds(mutualImports);
  finds(
    mutualImports,
    {
      'src/scheduler/one.ts': "import type { Two } from './state/two.ts';\n",
      'src/scheduler/state/two.ts': "import { one } from '../one.ts';\n",
    },
    /src\/scheduler\/one\.ts and src\/scheduler\/state\/two\.ts import each other/,
  );
});

test('no two files export a type of the same name, nor one that the API or Mesos has', () => {
  holds(doubledTypeNames);
  finds(
    doubledTypeNames,
    {
      'src/scheduler/one.ts': 'export interface PlantedThing {\n  a: 1;\n}\n',
      'src/client/two.ts': 'export type PlantedThing = 1;\n',
    },
    /both export type PlantedThing/,
  );
  finds(doubledTypeNames, { 'src/client/one.ts': 'export type JobKey = string;\n' }, /a name of the API/);
  finds(doubledTypeNames, { 'src/client/one.ts': 'export type TaskInfo = string;\n' }, /a name of Mesos/);
});

test.run();
