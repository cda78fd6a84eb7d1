// The table of doors in docs/security.md is generated from the code. This checks that it is up to date, or rewrites it
// when AURORA_UPDATE_DOCS=1 is set.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { ROOT } from './files.js';

const PAGE = join(ROOT, 'docs/security.md');
const [BEGIN, END] = ['<!-- doors: made of the code -->', '<!-- end of doors -->'];

function code() {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `export { DOORS } from './src/scheduler/security/doors.ts';
        export { scopeOf } from './src/scheduler/security/call-permission.ts';
        export { CALLS } from './src/api/tables/calls.ts';`,
      resolveDir: ROOT,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(
    module,
    module.exports,
    createRequire(import.meta.url),
  );
  return module.exports;
}

const SCOPES = {
  nothing: '',
  'the job': ':role:environment:name',
  'what is asked for': '[:role[:environment[:name]]]',
};

function table() {
  const { CALLS, DOORS, scopeOf } = code();
  const needs = ({ name, opens, scope = [] }) =>
    opens === 'everyone'
      ? 'nothing'
      : opens === 'calls' && !name
        ? 'that of the call'
        : `\`${['http', name, ...scope].join(':')}\``;
  return [
    '| path | shows | needs |',
    '|---|---|---|',
    ...DOORS.map((door) => `| \`${door.path}\` | ${door.shows} | ${needs(door)} |`),
    '| anything else | nothing | `http:unlisted` |',
    '',
    '| call | needs |',
    '|---|---|',
    ...Object.entries(CALLS).map(
      ([method, { service }]) => `| ${method} | \`thrift.${service}:${method}${SCOPES[scopeOf(method)]}\` |`,
    ),
  ].join('\n');
}

/** Says what is wrong with the page; undefined when it is up to date. */
export function staleDoorsTable() {
  const text = readFileSync(PAGE, 'utf8');
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (after === undefined) return `docs/security.md has no table between ${BEGIN} and ${END}`;
  const made = `${before}${BEGIN}\n${table()}\n${END}${after}`;
  if (process.env.AURORA_UPDATE_DOCS === '1') writeFileSync(PAGE, made);
  return readFileSync(PAGE, 'utf8') === made
    ? undefined
    : 'the doors of docs/security.md are not what the code says: run AURORA_UPDATE_DOCS=1 npm run check';
}
