// Leaves out of the CLI's bundles what axios loads at every start but the CLI never uses. Just reading
// `globalThis.FormData` makes Node load undici, which takes 30 ms; form-data brings the table of all MIME types.
import { lateModules } from './late-modules.js';
import { replaced } from './replaced.js';

const AXIOS = /node_modules\/axios\//;

const absent = () => ({ contents: 'export const getFetch = () => null; export default null;', loader: 'js' });

/**
 * A substitute for zlib that has what axios reads at its start; the real one is loaded for the first compressed answer.
 */
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

/** One of Node's modules as an ES module with nothing but its default export. */
const defaultOnly = ({ path }) => ({ contents: `export default require('node:${path}');`, loader: 'js' });

/** esbuild plugins; `parts` are the files for what few commands need. */
export const leanAxios = (parts) => [
  lateModules(parts, [
    { by: AXIOS, of: /^(crypto|http2|https|tls)$/ },
    { by: AXIOS, of: /^https-proxy-agent$/, part: 'proxy' },
  ]),
  {
    name: 'lean axios',
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^zlib$/ }, ({ importer }) =>
        AXIOS.test(importer) ? { path: 'zlib', namespace: 'lean' } : undefined,
      );
      onLoad({ filter: /^zlib$/, namespace: 'lean' }, zlib);
      // For an importer of the default export esbuild makes a getter for each of a module's exports, hundreds in all.
      onResolve({ filter: /^(http|stream|util)$/ }, ({ path, importer }) =>
        AXIOS.test(importer) ? { path, namespace: 'default only' } : undefined,
      );
      onLoad({ filter: /./, namespace: 'default only' }, defaultOnly);
      onLoad({ filter: /axios\/lib\/helpers\/HttpStatusCode\.js$/ }, () => ({
        contents: 'export default {};',
      }));
      // The client follows redirects itself, so that it controls where credentials go.
      onLoad({ filter: /node_modules\/follow-redirects\/index\.js$/ }, () => ({
        contents: 'export default {};',
      }));
      // Reading `performance` loads a module. It is only used for how long a rejected call took, and Date serves as
      // well.
      onLoad({ filter: /axios\/lib\/core\/dispatchRequest\.js$/ }, ({ path }) =>
        replaced(path, "typeof performance !== 'undefined'", 'false'),
      );
      // Node collects all its options for this question. Where it does not know that option, no agent has `proxyEnv`, the
      // lack of which the lines below ask for and answer the same.
      onLoad({ filter: /axios\/lib\/adapters\/http\.js$/ }, ({ path }) =>
        replaced(
          path,
          `    !process.allowedNodeEnvironmentFlags ||
    !process.allowedNodeEnvironmentFlags.has('--use-env-proxy')`,
          '    false',
        ),
      );
      onLoad({ filter: /axios\/lib\/adapters\/(fetch|xhr)\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/platform\/node\/classes\/FormData\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/helpers\/(formDataToStream|readBlob)\.js$/ }, absent);
      // Forms, parameters of addresses, data URIs, limits of bandwidth, proxies that axios itself finds.
      onLoad(
        {
          filter:
            /axios\/lib\/helpers\/(AxiosTransformStream|AxiosURLSearchParams|formDataToJSON|fromDataURI|shouldBypassProxy|toFormData|toURLEncodedForm)\.js$/,
        },
        absent,
      );
      onLoad({ filter: /node_modules\/proxy-from-env\// }, () => ({
        contents: 'export const getProxyForUrl = null;',
      }));
      onLoad({ filter: /axios\/lib\/helpers\/Http2Sessions\.js$/ }, () => ({
        contents: 'export default class {}',
      }));
      onLoad({ filter: /axios\/lib\/utils\.js$/ }, ({ path }) =>
        replaced(path, "typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined'),
      );
    },
  },
];
