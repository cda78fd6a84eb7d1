// Defers modules of a bundle until their first use.

/**
 * The code of a stand-in that loads the module at its first use. `__esModule` must be known beforehand, because
 * importers read it at once.
 */
const standIn = (loading, esModule) => `
  let loaded;
  const load = () => (loaded ??= ${loading});
  module.exports = new Proxy(function () {}, {
    get: (_, name) => (name === '__esModule' ? ${esModule} : load()[name]),
    has: (_, name) => name in load(),
    apply: (_, self, args) => Reflect.apply(load(), self, args),
    construct: (_, args) => Reflect.construct(load(), args),
  });`;

/**
 * An esbuild plugin that defers modules. Each rule matches the path of the importing file (`by`) and the specifier
 * (`of`). Rules for packages name the file among `parts` that gets the module instead of the bundle (`part`). By
 * default importers get a stand-in and the module is loaded at its first use; the rule says whether it is a compiled ES
 * module (`esModule`). With `withImporter` it is loaded together with the importing module, which is run late itself.
 */
export const lateModules = (parts, rules) => ({
  name: 'late modules',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /./ }, async ({ path, importer, resolveDir, kind, namespace, pluginData }) => {
      if (pluginData?.isLate || namespace === 'late') return undefined;
      const rule = rules.find(({ by, of }) => of.test(path) && by.test(importer));
      if (!rule) return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: { isLate: true } });
      const target = found.external ? path : found.path;
      // What takes its place is CommonJS, which esbuild would not believe of an .mjs file.
      return {
        path: `${target}.cjs`,
        namespace: 'late',
        pluginData: { rule, target },
      };
    });
    onResolve({ filter: /^\.\.\/parts\//, namespace: 'late' }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'late' }, ({ pluginData: { rule, target } }) => {
      const loading = rule.part ? parts.loading(rule.part, target) : `require(${JSON.stringify(target)})`;
      return {
        contents: rule.withImporter
          ? `module.exports = ${loading};`
          : standIn(loading, rule.esModule ?? false),
        resolveDir: '/',
      };
    });
  },
});
