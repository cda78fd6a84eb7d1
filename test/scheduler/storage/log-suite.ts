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

  test(
    'every leadership has the next term, also one that appended nothing, and waits to be allowed',
    within(async (home) => {
      for (let life = 1; life <= 3; life++) {
        const log = await home.open();
        let allow = () => {};
        let isLed = false;
        const lead = new Promise<void>((resolve) => {
          allow = resolve;
        });
        const recovering = log.recover(collector(), { lead }).then(({ term }) => {
          isLed = true;
          return term;
        });
        await new Promise(setImmediate);
        assert.is(isLed, false);
        allow();
        assert.is(await recovering, life);
        await log.close();
      }
    }),
  );

  test(
    'a log that is closed before it may lead says so',
    within(async (home) => {
      const log = await home.open();
      const recovering = log.recover(collector(), { lead: new Promise(() => {}) }).then(
        () => 'led',
        (error) => error.code,
      );
      await log.close();
      assert.is(await recovering, 'STORAGE');
    }),
  );

  test(
    'the past is kept for one snapshot more: where it begins, what was in it, and no more than is wanted',
    within(async (home) => {
      const beforeMs = Date.now();
      const { log } = await opened(home);
      const past = async (index: number, enough = Number.POSITIVE_INFINITY) => {
        const { all, restarts, ...reader } = collector();
        const apply = (one: Uint8Array) => {
          reader.apply(one);
          return all.length < enough;
        };
        await (await log.generations())[index]?.read({ ...reader, apply });
        return [restarts(), ...all];
      };
      assert.equal(
        (await log.generations()).map(({ startMs }) => startMs),
        [Number.NEGATIVE_INFINITY],
      );
      await log.append(bytes('a'));
      const early = log.append(bytes('b'));
      const first = log.writeSnapshot([bytes('state 1')]);
      await Promise.all([early, first, log.append(bytes('c'))]);
      assert.equal(await past(0), [0, 'a', 'b']);
      assert.equal(await past(1), [1, 'state 1', 'c']);
      const [oldest] = await log.generations();
      await log.writeSnapshot([bytes('state 2'), bytes('state 2, continued')]);
      await log.append(bytes('d'));
      await log.append(bytes('e'));
      assert.equal(await past(0), [1, 'state 1', 'c']);
      assert.equal(await past(1), [1, 'state 2', 'state 2, continued', 'd', 'e']);
      assert.equal(await past(1, 3), [1, 'state 2', 'state 2, continued', 'd']);
      const starts = (await log.generations()).map(({ startMs }) => startMs);
      assert.ok(beforeMs <= starts[0]! && starts[0]! <= starts[1]! && starts[1]! <= Date.now());
      const gone = await oldest!.read(collector()).catch((error) => error.code);
      assert.is(gone, 'STORAGE', 'what has been given up is not read as if it had been empty');
      await log.close();
      const { log: next } = await opened(home);
      await next.append(bytes('f'));
      const { all, ...reader } = collector();
      await (await next.generations())[1]!.read(reader);
      assert.equal(all, ['state 2', 'state 2, continued', 'd', 'e', 'f'], 'in another life, too');
      await next.close();
    }),
  );

  test(
    'the past can be read while appends and a snapshot go on',
    within(async (home) => {
      const { log } = await opened(home);
      for (let n = 0; n < 300; n++) void log.append(bytes(`record ${n}`));
      await log.append(bytes('last before'));
      const [generation] = await log.generations();
      const { all, ...reader } = collector();
      await Promise.all([
        generation!.read(reader),
        ...Array.from({ length: 300 }, (_, n) => log.append(bytes(`later ${n}`))),
        log.writeSnapshot([bytes('state')]),
        generation!.read(collector()),
      ]);
      assert.is(all[300], 'last before');
      assert.ok(all.length >= 301);
      assert.equal(
        all.slice(301),
        Array.from({ length: all.length - 301 }, (_, n) => `later ${n}`),
      );
      await log.close();
    }),
  );

  test(
    'bytes since the snapshot are the same for the one who wrote them and the one who reads them',
    within(async (home) => {
      const { log } = await opened(home);
      await log.append(bytes('x'.repeat(10_000)));
      await log.writeSnapshot([bytes('state')]);
      assert.ok(log.bytesSinceSnapshot() < 100);
      for (let n = 0; n < 5; n++) await log.append(bytes('x'.repeat(10_000)));
      const written = log.bytesSinceSnapshot();
      await log.close();
      const { log: next } = await opened(home);
      assert.ok(written >= 50_000 && Math.abs(next.bytesSinceSnapshot() - written) < 1_000);
      await next.close();
    }),
  );
}
