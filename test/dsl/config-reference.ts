import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { wireName } from '../../src/dsl/schema/struct-table.ts';
import { type SchemaField, type SchemaFieldType, STRUCTS } from '../../src/dsl/schema/table.ts';

/**
 * docs/config.md, made from the table of the language (types, defaults, what is required) and the docs that editors
 * show (the interfaces in fields/, and what index.ts exports).
 */

const HEAD = `# Configuration reference

<!-- Made by test/dsl/config-reference.ts from the language itself. To make it again:
     AURORA_UPDATE_DOCS=1 npm test -- dsl/config-reference -->

A job file is a TypeScript module, usually called \`NAME.aurora.ts\`. It imports the language from \`aurora\` and exports a
list of jobs:

\`\`\`ts
import { instance, MB, Process, port, Resources, SequentialTask, Service } from 'aurora';

const serve = Process({ name: 'serve', cmdline: \`./serve --port \${port('http')} --shard \${instance}\` });

export default [
  Service({
    cluster: 'east',
    role: 'shop',
    environment: 'prod',
    name: 'web',
    instances: 12,
    task: SequentialTask({
      processes: [serve],
      resources: Resources({ cpu: 0.5, ram: 128 * MB, disk: 1 * GB }),
    }),
  }),
];
\`\`\`

Coming from Pystachio? [from-pystachio.md](from-pystachio.md) puts every idiom side by side.

## Values

Everything that a builder returns is a value that cannot be changed, with two methods:

- \`value.with({ ... })\` is a copy with other fields. A value or list replaces what was there; a plain object changes only
  the named fields of the struct that was there, at any depth; \`undefined\` takes a field back to its default.
- \`value.bind({ ... })\` is a copy in which \`{{names}}\` stand for values.

Reuse is TypeScript: functions that return jobs, modules that export values, loops and conditions. Where a struct is
wanted, a plain object with its fields will do, too; containers, SLA policies and update strategies, of which there are
several kinds, are made by their builders.

## Templates

Any text may hold references in double braces: \`{{name}}\`, \`{{settings.version}}\`, \`{{hosts[db/main]}}\`. So may numbers
and truth values, as text: \`instances: '{{shards}}'\`. References stand inside one another, the inner ones first:
\`{{hosts[{{which}}]}}\`. No blanks are allowed between the braces.

| Reference | Filled in | Typed as |
|---|---|---|
| what \`bind\` or \`--bind NAME=VALUE\` binds | when the file is loaded | \`refer('name')\` |
| a field of the struct, or of one around it: \`{{role}}\`, \`{{task.name}}\` | when the file is loaded | |
| \`{{mesos.instance}}\` | when the task starts | \`instance\` |
| \`{{mesos.hostname}}\` | when the task starts | \`hostname\` |
| \`{{thermos.task_id}}\` | when the task starts | \`taskId\` |
| \`{{thermos.ports[NAME]}}\` | when the task starts | \`port('NAME')\` |
| \`{{docker.image[NAME][TAG]}}\` | when the job is submitted: the image by its digest | \`imageDigest('NAME', 'TAG')\` |

The first that knows a name wins: fields of the struct in which the text stands (also as \`{{self.name}}\`), its bindings
(a later \`bind\` beats an earlier one), then the same for the struct around it, up to the job. \`--bind\` counts as one more
\`bind\` on the job. \`{{super.name}}\` skips the struct itself.

In \`bind\`, plain objects are addressed with dots, a \`Map\` with brackets, a list with \`[0]\`, a \`Profile\` with dots; the
fields of a Profile see one another. Numbers read as they are written, except that \`float(1)\` reads \`1.0\`; truth values
read \`True\` and \`False\`.

What nobody binds is a mistake. A text that never settles, because it refers to itself, is one, too. Double braces that
are meant for somebody else (\`docker inspect -f '{{.State}}'\`) have to be put together by the shell, or in a script of
their own: there is no escape that the executor would leave alone.

## Checking and testing

\`aurora init FOLDER\` makes a folder with a service, a cron job, a test of both and what the compiler needs. It asks
nothing (\`--role\`, \`--name\` and \`--cluster\` replace its guesses) and writes nothing over.

\`aurora config check FILE\` tells everything that is wrong with a file in one run, as \`FILE:LINE:COLUMN: what\`, and
exits with 3 when there is anything; \`--json\` is for programs, \`--typecheck\` asks the TypeScript of the file's project,
too. No scheduler is needed. \`aurora job inspect KEY FILE\` shows a job as the scheduler would get it.

\`aurora job try KEY FILE\` runs one instance right here, without a scheduler; see [executor.md](executor.md).

\`aurora/testing\` is for tests of your own jobs, in any runner:

\`\`\`ts
import { mistakesIn, renderFile, renderJob } from 'aurora/testing';

assert.deepEqual(await mistakesIn('web.aurora.ts'), []);
expect(await renderFile('web.aurora.ts', { binds: { version: '4.2' } })).toMatchSnapshot();
\`\`\`
`;

interface Documented {
  readonly name: string;
  readonly doc: string;
  readonly signature: string;
}

/** Reads docs and signatures with the compiler, as an editor does. */
function documented(source: string): {
  readonly exports: readonly Documented[];
  field(struct: string, name: string): string;
} {
  const entry = join(source, 'index.ts');
  const fields = readdirSync(join(source, 'fields')).map((name) => join(source, 'fields', name));
  const program = ts.createProgram([entry, ...fields], {
    allowImportingTsExtensions: true,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  });
  const checker = program.getTypeChecker();
  const target = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const docOf = (symbol: ts.Symbol) =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
  const all = checker
    .getExportsOfModule(
      checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol,
    )
    .map(target);
  const exports = all.map((symbol) => {
    const declaration = symbol.valueDeclaration;
    const call = declaration && checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures()[0];
    const parameters = call?.getParameters().map(({ name }) => name) ?? [];
    return {
      name: symbol.name,
      doc: docOf(symbol),
      signature: call ? `${symbol.name}(${parameters.join(', ')})` : symbol.name,
    };
  });
  return {
    exports,
    field(struct, name) {
      const symbol = all.find((one) => one.name === `${struct}Fields`) as ts.Symbol;
      const property = checker.getDeclaredTypeOfSymbol(symbol).getProperty(name) as ts.Symbol;
      return docOf(property);
    },
  };
}

const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Order and tasks': ['order', 'SequentialTask', 'SimpleTask', 'combineTasks', 'concatTasks'],
  Units: ['BYTES', 'KB', 'MB', 'GB', 'TB', 'secs', 'mins', 'hours', 'days', 'cron'],
  References: ['port', 'instance', 'hostname', 'taskId', 'imageDigest', 'refer', 'referToMap', 'float'],
  'Scheduling constraints': ['limit', 'oneOf', 'not', 'dedicated'],
  Updates: ['canary'],
  'Stages, profiles, parameters, options': [
    'Service',
    'environment',
    'Profile',
    'parameters',
    'DisableLifecycle',
    'DefaultLifecycleConfig',
    'javaOptions',
    'pythonOptions',
  ],
};

/** The whole text of docs/config.md. @param source the folder src/dsl */
export function configReference(source: string): string {
  const docs = documented(source);
  const structs = Object.keys(STRUCTS).map((name) => {
    const doc = docs.exports.find((one) => one.name === name)?.doc ?? '';
    const rows = Object.entries(STRUCTS[name as keyof typeof STRUCTS]).map(([field, about]) =>
      row(field, about as SchemaField, docs.field(name, field)),
    );
    return `### ${name}\n\n${doc}\n\n| Field | Type | Default | Meaning |\n|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  const groups = Object.entries(GROUPS).map(([title, names]) => {
    const rows = names.map((name) => {
      const { doc, signature } = docs.exports.find((one) => one.name === name) as Documented;
      return `| \`${signature}\` | ${cell(doc)} |`;
    });
    return `### ${title}\n\n| Helper | Meaning |\n|---|---|\n${rows.join('\n')}\n`;
  });
  return [
    HEAD,
    '## Helpers\n',
    ...groups,
    '## Structs\n',
    "Names on the wire, and in templates if you like, are the original's: `maxFailures` is `max_failures`.\n",
    ...structs,
  ].join('\n');
}

const cell = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

function row(name: string, { type, presence, default: standard }: SchemaField, doc: string): string {
  const value =
    presence === 'required'
      ? '**required**'
      : presence === 'optional'
        ? '—'
        : `\`${typeof standard === 'object' ? JSON.stringify(standard) : standard === '' ? "''" : String(standard)}\``;
  const wire = wireName(name) === name ? '' : `<br>\`${wireName(name)}\``;
  return `| \`${name}\`${wire} | ${typeText(type)} | ${value} | ${cell(doc)} |`;
}

function typeText(type: SchemaFieldType): string {
  switch (type.kind) {
    case 'int':
      return 'whole number';
    case 'float':
      return 'number';
    case 'bool':
      return 'true or false';
    case 'text':
      return 'text';
    case 'enum':
      return type.words.map((word) => `\`${word}\``).join(', ');
    case 'struct':
      return link(type.name);
    case 'choice':
      return type.names.map(link).join(', ');
    case 'list':
      return `list of ${typeText(type.of)}`;
    case 'map':
      return `object of ${typeText(type.of)}`;
  }
}

const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;
