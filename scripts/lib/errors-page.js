// docs/errors.md is generated from the catalogue of errors. This checks that it is up to date, or rewrites it when
// AURORA_UPDATE_DOCS=1 is set.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from './files.js';

const PAGE = join(ROOT, 'docs/errors.md');

function catalogue() {
  const { outputFiles } = buildSync({
    entryPoints: [join(ROOT, 'src/base/errors.ts')],
    bundle: true,
    format: 'cjs',
    write: false,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  return module.exports.ERRORS;
}

function page() {
  const rows = Object.entries(catalogue()).map(
    ([code, { exit, http, means }]) => `| \`${code}\` | ${exit} | ${http} | ${means} |`,
  );
  return [
    '# Errors',
    '',
    'Every failure has one of these causes. A command ends with the exit code; a request over HTTP is answered with the',
    'status. The text says what was wrong, then where, then what to do. Exit codes are those of the original client; daemons',
    'end with 1. Success is 0.',
    '',
    '| cause | exit code | HTTP status | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
    '`AURORA_TRACE=1` shows where a `BUG` happened. This page is made of `src/base/errors.ts`.',
    '',
  ].join('\n');
}

/** Says what is wrong with the page; undefined when it is up to date. */
export function staleErrorsPage() {
  const text = page();
  if (process.env.AURORA_UPDATE_DOCS === '1') writeFileSync(PAGE, text);
  return existsSync(PAGE) && readFileSync(PAGE, 'utf8') === text
    ? undefined
    : 'docs/errors.md is not what the catalogue says: run AURORA_UPDATE_DOCS=1 npm run check';
}
