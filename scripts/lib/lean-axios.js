// Parts of axios that the CLI never uses and that cost at every start, left out of its bundles. Reading
// `globalThis.FormData` alone makes Node load undici, 30 ms of it; form-data brings the table of all MIME types.
import { readFileSync } from 'node:fs';

const replaced = (path, from, to) => {
  const text = readFileSync(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} no longer holds: ${from}`);
  return { contents: text.replace(from, to), loader: 'js' };
};

const absent = () => ({ contents: 'export const getFetch = () => null; export default null;', loader: 'js' });

/** Node's modules that axios reads without need, or only for https and http2: loaded at the first use. */
const LATE = /^(crypto|http2|https|zlib)$/;

/** An esbuild plugin. */
export const leanAxios = {
  name: 'lean axios',
  setup({ onLoad, onResolve }) {
    onLoad({ filter: /axios\/lib\/adapters\/(fetch|xhr)\.js$/ }, absent);
    onLoad({ filter: /axios\/lib\/platform\/node\/classes\/FormData\.js$/ }, absent);
    onLoad({ filter: /axios\/lib\/helpers\/(formDataToStream|readBlob)\.js$/ }, absent);
    onLoad({ filter: /axios\/lib\/utils\.js$/ }, ({ path }) =>
      replaced(path, "typeof G.FormData !== 'undefined' ? G.FormData : undefined", 'undefined'),
    );
    onResolve({ filter: LATE }, ({ path, importer }) =>
      /node_modules\/(axios|follow-redirects|https-proxy-agent|agent-base)\//.test(importer)
        ? { path, namespace: 'late' }
        : undefined,
    );
    onLoad({ filter: LATE, namespace: 'late' }, ({ path }) => ({
      contents: `
        let loaded;
        const load = () => (loaded ??= require('node:${path}'));
        module.exports = new Proxy({}, { get: (_, name) => load()[name], has: (_, name) => name in load() });`,
    }));
  },
};
