// Parts of axios that the CLI never uses and that cost at every start, left out of its bundles. Reading
// `globalThis.FormData` alone makes Node load undici, 30 ms of it; form-data brings the table of all MIME types.
import { lateModules } from './late-modules.js';
import { replaced } from './replaced.js';

const absent = () => ({ contents: 'export const getFetch = () => null; export default null;', loader: 'js' });

/** zlib as axios reads it when it starts; what unpacks an answer is loaded with the first packed one. */
const zlib = () => ({
  contents: `
    const late = (name) => (options) => require('node:zlib')[name](options);
    export default {
      constants: { Z_SYNC_FLUSH: 2, BROTLI_OPERATION_FLUSH: 1 },
      createUnzip: late('createUnzip'),
      createBrotliDecompress: late('createBrotliDecompress'),
    };`,
  loader: 'js',
});

/** esbuild plugins. */
export const leanAxios = [
  lateModules([
    {
      by: /node_modules\/(axios|https-proxy-agent|agent-base)\//,
      of: /^(crypto|http2|https|tls|https-proxy-agent)$/,
    },
  ]),
  {
    name: 'lean axios',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^zlib$/ }, ({ importer }) =>
        /node_modules\/axios\//.test(importer) ? { path: 'zlib', namespace: 'lean' } : undefined,
      );
      onLoad({ filter: /^zlib$/, namespace: 'lean' }, zlib);
      // the client follows redirects itself, for the sake of the credentials
      onLoad({ filter: /node_modules\/follow-redirects\/index\.js$/ }, () => ({
        contents: 'export default {};',
      }));
      // reading `performance` loads a module for what Date does as well here: how long a rejected call took
      onLoad({ filter: /axios\/lib\/core\/dispatchRequest\.js$/ }, ({ path }) =>
        replaced(path, "typeof performance !== 'undefined'", 'false'),
      );
      onLoad({ filter: /axios\/lib\/adapters\/(fetch|xhr)\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/platform\/node\/classes\/FormData\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/helpers\/(formDataToStream|readBlob)\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/utils\.js$/ }, ({ path }) =>
        replaced(path, "typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined'),
      );
    },
  },
];
