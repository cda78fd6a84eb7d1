/**
 * What a test file imports: uvu's suites with a time limit on every test, and figures for the closing report.
 *
 *   import { assert, suite } from '../harness/index.ts';
 *   const test = suite('backoff');
 *   test('grows between one and two times', () => { ... });
 *   test.run();
 */
import { suite as uvuSuite } from 'uvu';
import * as assert from 'uvu/assert';
import { report } from './report.ts';

export { assert };

/** Milliseconds a test may take on an idle machine unless it says otherwise. */
const DEFAULT_LIMIT_MS = 10_000;
/** Limits are there to end what hangs. A machine may be slower by this factor and everything is still right. */
const SLOWEST = 3;

type Body = () => void | Promise<void>;

export interface Suite {
  (name: string, body: Body, limitMs?: number): void;
  before(body: Body, limitMs?: number): void;
  after(body: Body): void;
  beforeEach(body: Body): void;
  afterEach(body: Body): void;
  /** Must be called once, after the last test of the suite. */
  run(): void;
}

function limited(what: string, body: Body, idleMs: number): () => Promise<void> {
  const limitMs = idleMs * SLOWEST;
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: not done after ${limitMs} ms`)), limitMs);
    });
    try {
      await Promise.race([body(), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Opens a suite; its name stands before the names of its tests in the report. */
export function suite(name: string): Suite {
  const inner = uvuSuite(name);
  const hook =
    (add: (body: () => Promise<void>) => void, kind: string) =>
    (body: Body, limitMs = DEFAULT_LIMIT_MS) => {
      const run = limited(`${name}: ${kind}`, body, limitMs);
      add(async () => {
        try {
          await run();
        } catch (error) {
          console.error(`${name}: ${kind}:`, error);
          report({ kind: 'failed', suite: name, test: kind, ms: 0 });
          throw error;
        }
      });
    };
  const add = (test: string, body: Body, limitMs = DEFAULT_LIMIT_MS) => {
    const run = limited(`${name}: ${test}`, body, limitMs);
    inner(test, async () => {
      const startMs = performance.now();
      try {
        await run();
        report({ kind: 'passed', suite: name, test, ms: performance.now() - startMs });
      } catch (error) {
        report({ kind: 'failed', suite: name, test, ms: performance.now() - startMs });
        throw error;
      }
    });
  };
  return Object.assign(add, {
    before: hook(inner.before, 'before'),
    after: hook(inner.after, 'after'),
    beforeEach: hook(inner.before.each, 'before each'),
    afterEach: hook(inner.after.each, 'after each'),
    run: () => inner.run(),
  });
}

/**
 * Adds to a line of the closing report, for example how many golden cases a table-driven test went through:
 * `count('golden/thrift decode', 560)`.
 */
export function count(what: string, cases: number): void {
  report({ kind: 'count', what, cases });
}
