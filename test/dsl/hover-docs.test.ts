import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { STRUCTS } from '../../src/dsl/schema/table.ts';
import { assert, count, suite } from '../harness/index.ts';

const test = suite('docs in the editor');

const source = fileURLToPath(new URL('../../src/dsl/', import.meta.url));
const entry = join(source, 'index.ts');
const program = ts.createProgram(
  [entry, ...readdirSync(join(source, 'fields')).map((name) => join(source, 'fields', name))],
  {
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    noLib: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
  },
);
const checker = program.getTypeChecker();

const target = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
const docOf = (symbol: ts.Symbol): string =>
  ts.displayPartsToString(target(symbol).getDocumentationComment(checker)).trim();
const defaultOf = (symbol: ts.Symbol): string | undefined => {
  const tag = symbol.getJsDocTags(checker).find(({ name }) => name === 'default');
  return tag && ts.displayPartsToString(tag.text);
};

const exported = checker.getExportsOfModule(
  checker.getSymbolAtLocation(program.getSourceFile(entry) as ts.SourceFile) as ts.Symbol,
);

test('everything that the language exports has a sentence', () => {
  const silent = exported.filter((symbol) => docOf(symbol).length < 5).map(({ name }) => name);
  assert.equal(silent, []);
  count('dsl exports with docs', exported.length);
});

test('every field has a sentence, and the default that the table has', () => {
  let fields = 0;
  for (const [struct, table] of Object.entries(STRUCTS)) {
    const symbol = exported.find(({ name }) => name === `${struct}Fields`);
    assert.ok(symbol, `${struct}Fields is not exported`);
    const properties = checker.getDeclaredTypeOfSymbol(target(symbol)).getProperties();
    assert.equal(properties.map(({ name }) => name).sort(), Object.keys(table).sort(), struct);
    for (const property of properties) {
      const where = `${struct}.${property.name}`;
      assert.ok(docOf(property).length >= 5, `${where} has no doc`);
      const field = table[property.name as keyof typeof table] as { presence: string; default?: unknown };
      const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      assert.is(optional, field.presence !== 'required', `${where} required`);
      const standard = field.presence === 'optional' ? 'unset' : field.default;
      const expected =
        field.presence === 'required'
          ? undefined
          : typeof standard === 'object'
            ? JSON.stringify(standard)
            : String(standard);
      assert.is(defaultOf(property), expected, `${where} default`);
      fields++;
    }
  }
  count('dsl fields with docs', fields);
});

test.run();
