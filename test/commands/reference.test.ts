import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { COMMANDS } from '../../src/commands/table.ts';
import { assert, suite } from '../harness/index.ts';
import { cliPage, manPage } from './reference.ts';

const test = suite('reference of the commands');

const PAGES = [
  ['docs/cli.md', cliPage],
  ['docs/man/aurora.1', () => manPage('aurora')],
  ['docs/man/aurora_admin.1', () => manPage('aurora_admin')],
] as const;

for (const [file, make] of PAGES) {
  test(`${file} is what the commands say`, async () => {
    const text = await make();
    if (process.env.AURORA_UPDATE_DOCS === '1') {
      mkdirSync('docs/man', { recursive: true });
      writeFileSync(file, text);
    }
    assert.fixture(
      readFileSync(file, 'utf8'),
      text,
      'run AURORA_UPDATE_DOCS=1 npm test -- commands/reference',
    );
  });
}

test('every command has examples, and they begin with its words', async () => {
  for (const [id, load] of Object.entries(COMMANDS)) {
    const { examples } = (await load()).default;
    assert.ok(
      examples.some((example) => example.includes(`aurora ${id}`)),
      id,
    );
  }
});

test.run();
