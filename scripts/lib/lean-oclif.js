// Defers or leaves out parts of oclif in the bundle of a single command. Loading plugins, spinners, colours and help
// are only needed by the program that lists all commands, or not at all.
import { readFileSync } from 'node:fs';
import { lateModules } from './late-modules.js';
import { replaced } from './replaced.js';

const OCLIF = /@oclif\/core\/lib\//;

/** esbuild plugins; `parts` are the files for what few commands need. */
export const leanOclif = (parts) => [
  lateModules(parts, [
    {
      by: OCLIF,
      of: /^(\.\.?\/)+(config|help|help\/(index|util)|screen|ux|ux\/list)$/,
      esModule: true,
      part: 'oclif',
    },
    {
      by: OCLIF,
      of: /^(semver|cli-spinners|tinyglobby|minimatch|lilconfig|ejs|wsl-utils|debug)$/,
      part: 'oclif',
    },
    {
      by: OCLIF,
      of: /^(ansis|ansi-escapes|clean-stack|indent-string|supports-color|wrap-ansi)$/,
      part: 'oclif',
    },
    { by: OCLIF, of: /^(node:)?(child_process|fs\/promises|os|perf_hooks|readline|tty)$/ },
  ]),
  {
    name: 'lean oclif',
    setup({ onLoad }) {
      // The commands do not write through process.stdout, and creating it costs as much as all of oclif's parser.
      onLoad({ filter: /@oclif\/core\/lib\/command\.js$/ }, ({ path }) =>
        replaced(path, "process.stdout.on('error',", '((_) => {})('),
      );
      onLoad({ filter: /@oclif\/core\/package\.json$/ }, ({ path }) => ({
        contents: JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
        loader: 'json',
      }));
    },
  },
];
