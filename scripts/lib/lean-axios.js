// Parts of axios that the CLI never uses and that cost at every start, left out of its bundles. Reading
// `globalThis.FormData` alone makes Node load undici, 30 ms of it; form-data brings the table of all MIME types.
import { lateModules } from './late-modules.js';
import { replaced } from './replaced.js';

const absent = () => ({ contents: 'export const getFetch = () => null; export default null;', loader: 'js' });

/** esbuild plugins. */
export const leanAxios = [
  lateModules([
    {
      by: /node_modules\/(axios|follow-redirects|https-proxy-agent|agent-base)\//,
      of: /^(crypto|http2|https|zlib|tls|https-proxy-agent)$/,
    },
  ]),
  {
    name: 'lean axios',
    setup({ onLoad }) {
      onLoad({ filter: /axios\/lib\/adapters\/(fetch|xhr)\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/platform\/node\/classes\/FormData\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/helpers\/(formDataToStream|readBlob)\.js$/ }, absent);
      onLoad({ filter: /axios\/lib\/utils\.js$/ }, ({ path }) =>
        replaced(path, "typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined'),
      );
    },
  },
];
