/**
 * What a job file costs a command: the time of a new process that loads and converts it, compared with a bare `node -e
 * 0`. The program is bundled first, like in the build, so that the bench measures what users run.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { figure, median } from './harness.ts';

const ROUNDS = 15;
const root = fileURLToPath(new URL('..', import.meta.url));

/** Makes a package like the installed one, with a program that converts every job of a file. */
async function installProgram(folder: string): Promise<string> {
  mkdirSync(join(folder, 'dist'));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const contents = `
    import { loadJobs } from './src/dsl/load/load.ts';
    import { convertJob } from './src/dsl/load/loaded-job.ts';
    const { jobs } = await loadJobs(process.argv[2]);
    for (const job of jobs) convertJob(job, { user: 'bench' });
    if (jobs.length !== Number(process.argv[3])) throw new Error('wrong number of jobs');`;
  const program = join(folder, 'program.ts');
  writeFileSync(program, contents.replaceAll("'./src", `'${root}src`));
  await build({
    absWorkingDir: root,
    entryPoints: {
      program,
      dsl: join(root, 'src/dsl/index.ts'),
      'dsl-runtime': join(root, 'src/dsl/load/runtime.ts'),
    },
    bundle: true,
    external: ['esbuild'],
    format: 'esm',
    minifySyntax: true,
    minifyWhitespace: true,
    nodePaths: [join(root, 'node_modules')],
    outdir: join(folder, 'dist'),
    platform: 'node',
    splitting: true,
    target: 'node20.19',
  });
  return join(folder, 'dist/program.js');
}

const jobFile = (count: number): string => `
  import { instance, limit, MB, Process, port, Resources, SequentialTask, Service } from 'aurora';
  const job = (number: number) => Service({
    cluster: 'east', role: 'shop', environment: 'prod', name: 'web-' + number, instances: 3,
    constraints: { host: limit(1) },
    task: SequentialTask({
      processes: [
        Process({ name: 'fetch', cmdline: 'fetch {{version}} for {{name}}' }),
        Process({ name: 'serve', cmdline: \`./serve --port \${port('http')} --shard \${instance}\` }),
      ],
      resources: Resources({ cpu: 0.5, ram: 128 * MB, disk: 256 * MB }),
    }),
  }).bind({ version: '4.' + number });
  export default Array.from({ length: ${count} }, (_, number) => job(number));`;

function runMs(args: readonly string[]): number {
  const startMs = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return performance.now() - startMs;
}

const folder = mkdtempSync(join(tmpdir(), 'aurora-bench-'));
try {
  const program = await installProgram(folder);
  for (const count of [1, 1000]) {
    const file = join(folder, `jobs-${count}.aurora.ts`);
    writeFileSync(file, jobFile(count));
    runMs([program, file, String(count)]);
    const over = Array.from({ length: ROUNDS }, () => {
      const bareMs = runMs(['-e', '0']);
      return runMs([program, file, String(count)]) - bareMs;
    });
    figure({
      name: count === 1 ? 'job_1_over_node_ms' : `jobs_${count}_over_node_ms`,
      value: median(over),
      unit: 'ms',
      conditions: `load and convert a file with ${count} job(s) in a new process, above a bare node start, median of ${ROUNDS}`,
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
