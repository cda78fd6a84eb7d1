// Puts the tables of the API into the bundles of the commands as JSON, one text for each entry, which is parsed when it
// is asked for. As object literals all of them would be made at every start, and a command needs about a tenth.
import { sourceModule } from './source-module.js';

const texts = (entries) =>
  JSON.stringify(Object.fromEntries(entries.map(([name, value]) => [name, JSON.stringify(value)])));

async function lookup() {
  const { CALLS, TYPES } = await sourceModule('src/api/index.ts');
  return {
    contents: `
      const TYPES = ${texts(Object.entries(TYPES))};
      const ARGUMENTS = ${texts(Object.entries(CALLS).map(([method, { args }]) => [method, args]))};
      export const definitionOf = (name) => (Object.hasOwn(TYPES, name) ? JSON.parse(TYPES[name]) : undefined);
      export const isCallName = (method) => Object.hasOwn(ARGUMENTS, method);
      export const argumentsOf = (method) => JSON.parse(ARGUMENTS[method]);`,
    loader: 'js',
  };
}

/** An esbuild plugin that replaces src/api/tables/lookup.ts. */
export const tablesAsText = {
  name: 'tables as text',
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/api\/tables\/lookup\.ts$/ }, lookup);
  },
};
