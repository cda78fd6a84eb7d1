// Defers modules of a bundle until their first use.

/**
 * The code of a stand-in that loads the module at its first use. `__esModule` must be known beforehand, because
 * importers read it at once.
 */
const standIn = (path, esModule) => `
  let loaded;
  const load = () => (loaded ??= require(${JSON.stringify(path)}));
  module.exports = new Proxy(function () {}, {
    get: (_, name) => (name === '__esModule' ? ${esModule} : load()[name]),
    has: (_, name) => name in load(),
    apply: (_, self, args) => Reflect.apply(load(), self, args),
    construct: (_, args) => Reflect.construct(load(), args),
  });`;

/**
 * An esbuild plugin that defers modules. Each rule matches the path of the importing file (`by`) and the specifier
 * (`of`), and says whether the module is a compiled ES module (`esModule`).
 */
export const lateModules = (rules) => ({
  name: 'late modules',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, namespace, pluginData }) => {
      if (pluginData?.isLate || namespace === 'late') return undefined;
      const rule = rules.find(({ by, of }) => of.test(path) && by.test(importer));
      if (!rule) return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: { isLate: true } });
      const target = found.external ? path : found.path;
      return { path: target, namespace: 'late', pluginData: { esModule: rule.esModule ?? false } };
    });
    onLoad({ filter: /./, namespace: 'late' }, ({ path, pluginData }) => ({
      contents: standIn(path, pluginData.esModule),
      resolveDir: '/',
    }));
  },
});
