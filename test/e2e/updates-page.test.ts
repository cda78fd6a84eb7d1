/** docs/updates.md from start to end, as somebody would follow it: every command of the page is typed, on an embedded cluster. */
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { assert, count, suite } from '../harness/index.ts';
import { newProduct } from './product.ts';

const test = suite('the page on updates');

const PAGE = readFileSync('docs/updates.md', 'utf8');
/** An update of the page takes 10 seconds at least, of which it does two, and one that is taken back. */
const LIMIT_MS = 150_000;

interface Typed {
  readonly command: string;
  /** What the page says that came; `...` stands for lines that it leaves out. */
  readonly came: readonly string[];
}

const section = (PAGE.split('\n## ').find((part) => part.startsWith('Start to end\n')) ?? '').split('\n');

/** Fenced blocks of the section, by their language. */
function blocks(language: string): string[][] {
  const found: string[][] = [];
  let open: { readonly language: string; readonly lines: string[] } | undefined;
  for (const line of section) {
    if (!line.startsWith('```')) open?.lines.push(line);
    else if (open) {
      if (open.language === language) found.push(open.lines);
      open = undefined;
    } else open = { language: line.slice(3), lines: [] };
  }
  return found;
}

const typed = blocks('').flatMap((lines) => {
  const all: { command: string; came: string[] }[] = [];
  for (const line of lines)
    if (line.startsWith('$ ')) all.push({ command: line.slice(2), came: [] });
    else all.at(-1)?.came.push(line);
  return all as Typed[];
});

/** Times, ids, ports and numbers of instances are other ones each time, and how far a watch sees an update is chance. */
const comparable = (lines: readonly string[]): string[] =>
  lines
    .filter((line) => !/^ INFO\]|ROLLING_(FORWARD|BACK) \d\/4/.test(line))
    .map((line) =>
      line
        .replace(/^\d{4}-\d\d-\d\dT[\d:]+Z/, 'TIME')
        .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
        .replace(/127\.0\.0\.1:\d+/, 'HOST')
        .replace(/after (\d+m )?\d+s/, 'after SOME s')
        .replace(/^TIME instance \d/, 'TIME instance N')
        .replace(/allowed \(\d\)$/, 'allowed (N)')
        .replace(/\S*\/shop\.aurora\.ts has/, '/home/you/shop.aurora.ts has')
        .trimEnd(),
    );

/** Whether the lines are those of the page. */
function isSaid(page: readonly string[], lines: readonly string[]): boolean {
  const [first, ...rest] = page;
  if (first === undefined) return lines.length === 0;
  if (first !== '...') return first === lines[0] && isSaid(rest, lines.slice(1));
  return lines.some((_, at) => isSaid(rest, lines.slice(at))) || rest.length === 0;
}

test(
  'what it says is what comes',
  async () => {
    assert.ok(typed.length >= 10, `${typed.length} commands on the page`);
    const product = await newProduct();
    const uri = `http://127.0.0.1:${product.port}`;
    writeFileSync(
      join(product.home, 'etc/clusters.json'),
      JSON.stringify([{ name: 'demo', scheduler_uri: uri }]),
    );
    const program = join(product.home, 'aurora');
    writeFileSync(program, `#!/bin/sh\nexec "${process.execPath}" "${resolve('bin/aurora.js')}" "$@"\n`);
    chmodSync(program, 0o755);
    product.jobFile('shop.aurora.ts', `${blocks('ts')[0]?.join('\n')}\n`);
    const env = {
      PATH: `${product.home}:${process.env.PATH}`,
      HOME: product.home,
      AURORA_CONFIG_ROOT: join(product.home, 'etc'),
      LOGNAME: 'you',
      TZ: 'UTC',
    };
    /** What comes on both streams. */
    const type = (command: string): Promise<string[]> =>
      new Promise((done) => {
        execFile('/bin/bash', ['-c', `exec 2>&1; ${command}`], { cwd: product.home, env }, (_, stdout) =>
          done(stdout.split('\n').slice(0, -1)),
        );
      });
    const scheduler = await product.startScheduler('--cluster-name', 'demo');
    try {
      for (const { command, came } of typed) {
        const page = comparable(came);
        const lines = comparable(await type(command));
        assert.ok(
          isSaid(page, lines),
          `$ ${command}\n${lines.join('\n')}\n-- is not what the page says:\n${page.join('\n')}`,
        );
      }
      count('commands of the page on updates', typed.length);
    } finally {
      await scheduler.stop();
      product.remove();
    }
  },
  LIMIT_MS,
);

test.run();
