import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert, suite } from '../harness/index.ts';
import { configReference } from './config-reference.ts';

const test = suite('docs/config.md');
const path = fileURLToPath(new URL('../../docs/config.md', import.meta.url));
const source = fileURLToPath(new URL('../../src/dsl', import.meta.url));

test('says what the language is', () => {
  const text = configReference(source);
  if (process.env.AURORA_UPDATE_DOCS === '1') writeFileSync(path, text);
  assert.is(
    existsSync(path) && readFileSync(path, 'utf8') === text,
    true,
    'run AURORA_UPDATE_DOCS=1 npm test -- config-reference',
  );
}, 30_000);

test.run();
