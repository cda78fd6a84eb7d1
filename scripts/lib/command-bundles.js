// Builds the CLI as CommonJS bundles in dist/cli: one for each line of src/commands/table.ts, and `aurora` with all of
// them for help, mistyped commands and the `admin` commands. Separate bundles of the `admin` commands would make up a
// third of the package. V8's code cache lies beside each bundle; bin/aurora.js reads both.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from './files.js';
import { lateModules } from './late-modules.js';
import { leanAxios } from './lean-axios.js';
import { leanOclif } from './lean-oclif.js';
import { partFiles } from './parts.js';
import { tablesAsText } from './tables-as-text.js';

const LINE = /^ {2}'?([a-z_ -]+)'?: \(\) => import\('\.\/([a-z/-]+\.ts)'\),$/gm;

/** All commands, each with its words and its file below src/commands. */
export function commands() {
  const table = readFileSync(join(ROOT, 'src/commands/table.ts'), 'utf8');
  const found = [...table.matchAll(LINE)].map(([, id, file]) => ({ id, file }));
  const lines = table.match(/import\('/g)?.length ?? 0;
  if (found.length === 0 || found.length !== lines)
    throw new Error('src/commands/table.ts is not as expected');
  return found;
}

const commandEntry = ({ id, file }) => `
  import command from './src/commands/${file}';
  import { thisProcess } from './src/commands/outside.ts';
  import { runCommand } from './src/commands/run.ts';
  export const start = (words) =>
    runCommand(command, words.slice(${id.split(' ').length}), thisProcess()).then((code) => process.exit(code));`;

const mainEntry = `
  import { main } from './src/commands/main.ts';
  import { thisProcess } from './src/commands/outside.ts';
  export const start = (words) => main(words, thisProcess()).then((code) => process.exit(code));`;

/** Parts that few command lines need. They are in files of their own, shared by all commands and loaded on demand. */
const APART = {
  /** The prompt that asks the user. */
  ask: { file: 'src/commands/ask.ts', imported: /^\.\/ask\.ts$/ },
  /** What loads the user's own modules and runs them around commands and calls. */
  hooks: { file: 'src/client/hooks/command-modules.ts', imported: /\/hooks\/command-modules\.ts$/ },
};

/** Packages of code that is itself run late: a cluster without ZooKeeper, or a run that nobody traces, needs none. */
const PACKAGES_APART = [
  { by: /\/src\/zookeeper\//, of: /^node-zookeeper-client/, part: 'zookeeper', withImporter: true },
  { by: /\/src\/base\/tracing\.ts$/, of: /^@opentelemetry\/api$/, part: 'tracing', withImporter: true },
];

const partsApart = {
  name: 'parts apart',
  setup({ onResolve }) {
    for (const [name, { imported }] of Object.entries(APART))
      onResolve({ filter: imported }, () => ({ path: `../${name}.cjs`, external: true }));
  },
};

/** An esbuild plugin that supplies the text of entries, which are not files. */
const entryTexts = (entries) => ({
  name: 'entry texts',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^entry:/ }, ({ path }) => ({
      path: path.slice('entry:'.length),
      namespace: 'entry',
    }));
    onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => ({
      contents: entries.find(({ name }) => name === path).contents,
      resolveDir: ROOT,
      loader: 'ts',
    }));
  },
});

const buildApart = (common, dist) =>
  build({
    ...common,
    format: 'cjs',
    minify: true,
    entryPoints: Object.fromEntries(Object.entries(APART).map(([name, { file }]) => [name, file])),
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    banner: {
      js: 'const auroraFile = { get url() { return require("node:url").pathToFileURL(__filename).href; } };',
    },
    define: { 'import.meta': 'auroraFile' },
  });

/** Builds all bundles below `dist`; returns their names. */
export async function buildCommands(common, dist) {
  const entries = [
    { name: 'aurora', contents: mainEntry },
    ...commands()
      .filter(({ id }) => !id.startsWith('admin '))
      .map((command) => ({
        name: command.id.replace(' ', '-'),
        contents: commandEntry(command),
      })),
  ];
  // One build for all entries with the same plugins, so that the sources they share are read and parsed once.
  const together = (group, plugins) =>
    build({
      ...common,
      format: 'cjs',
      minify: true,
      entryPoints: group.map(({ name }) => ({ in: `entry:${name}`, out: name })),
      outdir: join(dist, 'cli'),
      outExtension: { '.js': '.cjs' },
      // Wraps the bundle in a function that bin/aurora.js calls as Node would; `import.meta` is computed on demand.
      banner: {
        js: [
          '(function (exports, require, module, __filename, __dirname) {',
          'const auroraFile = { get url() { return require("node:url").pathToFileURL(__filename).href; } };',
        ].join(' '),
      },
      footer: { js: '})' },
      define: { 'import.meta': 'auroraFile' },
      // A script that is loaded from a code cache cannot use `import()`.
      supported: { 'dynamic-import': false },
      plugins: [entryTexts(group), partsApart, ...plugins],
    });
  const [main, ...others] = entries;
  const parts = partFiles();
  const lean = [tablesAsText, lateModules(parts, PACKAGES_APART), ...leanAxios(parts)];
  await Promise.all([
    buildApart(common, dist),
    together([main], lean),
    together(others, [...lean, ...leanOclif(parts)]),
  ]);
  await parts.build(common, dist);
  return entries.map(({ name }) => name);
}
