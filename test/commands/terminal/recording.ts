import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../harness/index.ts';

const FOLDER = 'test/commands/terminal/recordings';
const UPDATES = process.env.AURORA_UPDATE_RECORDINGS === '1';
/** How often to look whether a screen shows what it should. */
const LOOK_EVERY_MS = 40;
const LIMIT_MS = 120_000;

/** The screens of one session, one after the other, as they are kept in a file of `recordings/`. */
export interface Recording {
  /**
   * Waits until the screen shows what is recorded for this moment, which has to be a lasting one: until the scheduler's
   * next stage, or the next key. `until` says what to wait for when the recording is made.
   */
  moment(name: string, look: () => string | Promise<string>, until?: RegExp): Promise<void>;
  /** Ends the session; fails when the recording has further moments. */
  end(): void;
}

/** Opens the recording of this name. AURORA_UPDATE_RECORDINGS=1 makes it anew, to be read before it is committed. */
export function recording(name: string): Recording {
  const file = join(FOLDER, `${name}.txt`);
  const known =
    existsSync(file) && !UPDATES ? momentsOf(readFileSync(file, 'utf8')) : new Map<string, string>();
  const taken = new Map<string, string>();
  return {
    async moment(moment, look, until = /^/) {
      const wanted = known.get(moment);
      const isThere = (seen: string, before: string | undefined) =>
        UPDATES ? until.test(seen) && seen === before : seen === wanted;
      const startMs = performance.now();
      let before: string | undefined;
      let seen = masked(await look());
      while (!isThere(seen, before) && performance.now() - startMs < LIMIT_MS) {
        await new Promise((done) => setTimeout(done, UPDATES ? 500 : LOOK_EVERY_MS));
        before = seen;
        seen = masked(await look());
      }
      if (UPDATES) assert.match(seen, until);
      else assert.is(seen, wanted, `${file}, ${moment} (AURORA_UPDATE_RECORDINGS=1 makes it anew)`);
      taken.set(moment, seen);
    },
    end() {
      if (UPDATES) writeFileSync(file, textOf(taken));
      assert.equal([...taken.keys()], [...(UPDATES ? taken : known).keys()], `moments of ${file}`);
    },
  };
}

const HEAD = '======== ';
const textOf = (moments: ReadonlyMap<string, string>): string =>
  [...moments].map(([name, seen]) => `${HEAD}${name}\n${seen}\n`).join('');

const momentsOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text
      .split(new RegExp(`^${HEAD}`, 'm'))
      .slice(1)
      .map((part) => {
        const [name = '', ...seen] = part.split('\n');
        return [name, seen.slice(0, -1).join('\n')] as const;
      }),
  );

const COLOURS: Readonly<Record<string, string>> = {
  '': '/',
  0: '/',
  1: 'bold',
  2: 'dim',
  31: 'red',
  32: 'green',
  33: 'yellow',
  34: 'blue',
  36: 'cyan',
  39: '/',
  '39;49': '/',
};

/** A text in which colours can be read, and in which nothing depends on the time or on the scheduler's port. */
const masked = (text: string): string =>
  text
    .replace(/\x1b\[([\d;]*)m/g, (_, code: string) => (code === '49' ? '' : `<${COLOURS[code] ?? code}>`))
    .replaceAll('</></>', '</>')
    .replace(/ {2}\d+:\d\d$/gm, '  M:SS')
    .replace(/ [\d.]+\/s/g, ' N/s')
    .replace(/about (?:\d+[a-z]+ ?)+ left/g, 'about TIME left')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PPPPP');
