import { randomBytes } from 'node:crypto';
import type { Log, LogReader } from '../../../src/scheduler/storage/index.ts';
import { assert, type Suite } from '../../harness/index.ts';

/** A place that keeps what a log writes; `open` again stands for the next process. */
export interface LogHome {
  open(): Promise<Log>;
  destroy(): Promise<void>;
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const bytes = (value: string) => Buffer.from(value);

/** Keeps what a log gives back, as texts. */
export function collector(): LogReader & { readonly all: string[]; restarts(): number } {
  let restarts = 0;
  const all: string[] = [];
  return {
    all,
    restarts: () => restarts,
    restart() {
      restarts++;
      all.length = 0;
    },
    apply: (bytes) => void all.push(text(bytes)),
  };
}

/** Everything that the log gives back; an absent snapshot is one that was never begun with. */
export async function recovered(log: Log): Promise<{ snapshot: string[] | undefined; records: string[] }> {
  const { all, restarts, ...reader } = collector();
  const { records } = await log.recover(reader);
  const chunks = all.slice(0, all.length - records);
  return { snapshot: restarts() > 0 ? chunks : undefined, records: all.slice(chunks.length) };
}

async function* slowly(chunks: readonly string[], between: () => Promise<void>): AsyncIterable<Uint8Array> {
  for (const chunk of chunks) {
    await between();
    yield bytes(chunk);
  }
}

/** What every log must do, wherever it keeps its records. */
export function logSuite(test: Suite, makeHome: () => Promise<LogHome>): void {
  const within = (body: (home: LogHome) => Promise<void>) => async () => {
    const home = await makeHome();
    try {
      await body(home);
    } finally {
      await home.destroy();
    }
  };
  const opened = async (home: LogHome) => {
    const log = await home.open();
    return { log, before: await recovered(log) };
  };
  const reopened = async (home: LogHome) => {
    const { log, before } = await opened(home);
    await log.close();
    return before;
  };

  test(
    'a new log is empty',
    within(async (home) => {
      assert.equal(await reopened(home), { snapshot: undefined, records: [] });
    }),
  );

  test(
    'gives back records in the order of appending, over several lives, empty and large ones too',
    within(async (home) => {
      const large = randomBytes(6 * 2 ** 20).toString('base64');
      const lives = [['a', '', 'b'], [large], [], ['ü', 'c']];
      const all: string[] = [];
      for (const records of lives) {
        const { log, before } = await opened(home);
        assert.ok(JSON.stringify(before.records) === JSON.stringify(all));
        await Promise.all(records.map((record) => log.append(bytes(record))));
        all.push(...records);
        await log.close();
      }
      const last = await reopened(home);
      assert.ok(JSON.stringify(last.records) === JSON.stringify(all));
    }),
  );

  test(
    'appends become durable in order',
    within(async (home) => {
      const { log } = await opened(home);
      const order: number[] = [];
      const appends = Array.from({ length: 200 }, async (_, n) => {
        await log.append(bytes(`record ${n}`));
        order.push(n);
      });
      await Promise.all(appends);
      assert.equal(
        order,
        [...order].sort((a, b) => a - b),
      );
      await log.close();
    }),
  );

  test(
    'a snapshot replaces what was appended before it, and what comes meanwhile and later is kept',
    within(async (home) => {
      const { log } = await opened(home);
      await log.append(bytes('old'));
      const waiting = log.append(bytes('old, still on its way'));
      assert.ok(log.bytesSinceSnapshot() > 0);
      const meanwhile: Promise<void>[] = [];
      const chunks = slowly(['state 1', 'state 2'], async () => {
        meanwhile.push(log.append(bytes(`during ${meanwhile.length}`)));
        await meanwhile.at(-1);
      });
      const written = log.writeSnapshot(chunks);
      const early = log.append(bytes('right after'));
      await Promise.all([waiting, written, early, ...meanwhile]);
      await log.append(bytes('later'));
      await log.close();
      assert.equal(await reopened(home), {
        snapshot: ['state 1', 'state 2'],
        records: ['right after', 'during 0', 'during 1', 'later'],
      });
    }),
  );

  test(
    'the newest snapshot counts',
    within(async (home) => {
      const { log } = await opened(home);
      for (const state of ['1', '2', '3']) {
        await log.append(bytes(`before ${state}`));
        await log.writeSnapshot([bytes(state)]);
      }
      await log.close();
      assert.equal(await reopened(home), { snapshot: ['3'], records: [] });
    }),
  );

  test(
    'a snapshot that fails leaves everything as it was, and the next one succeeds',
    within(async (home) => {
      const { log } = await opened(home);
      await log.append(bytes('a'));
      const size = log.bytesSinceSnapshot();
      const broken = slowly(['x', 'y'], async () => {
        throw new Error('cannot encode');
      });
      await log.writeSnapshot(broken).then(
        () => assert.unreachable('must fail'),
        (error) => assert.is(error.message, 'cannot encode'),
      );
      assert.is(log.bytesSinceSnapshot(), size);
      await log.append(bytes('b'));
      await log.close();
      const { log: next, before } = await opened(home);
      assert.equal(before, { snapshot: undefined, records: ['a', 'b'] });
      await next.writeSnapshot([bytes('state')]);
      await next.close();
      assert.equal(await reopened(home), { snapshot: ['state'], records: [] });
    }),
  );

  test(
    'closing waits for what was appended',
    within(async (home) => {
      const { log } = await opened(home);
      const append = log.append(bytes('last words'));
      await log.close();
      await append;
      assert.equal((await reopened(home)).records, ['last words']);
    }),
  );
}
