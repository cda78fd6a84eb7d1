/** The check that every loop of the tree that tries again has a pause, against loops that it must and must not refuse. */
import { busyRetries, retriesWithoutPause } from '../../scripts/lib/retry-pauses.js';
import { assert, suite } from '../harness/index.ts';

const test = suite('pauses of retries');

const problemsOf = (body: string): string[] =>
  retriesWithoutPause(`async function work() { ${body} }`, 'work.ts').map((line: string) =>
    line.replace(/^work.ts:\d+ /, ''),
  );

const REFUSED: Readonly<Record<string, string>> = {
  'a loop that swallows what it meets': 'for (;;) { try { return await ask(); } catch {} }',
  'one that goes on for some failures':
    'for (;;) { try { return await ask(); } catch (e) { if (lost(e)) continue; await sleep(clock, 5); } }',
  'a while loop': 'while (!done) { try { await ask(); done = true; } catch (e) { log(e); } }',
  'one whose pause is only on the other way':
    'for (;;) { try { await ask(); await sleep(clock, 5); } catch (e) { if (final(e)) throw e; } }',
  'a function that calls itself': 'try { await ask(); } catch { return work(); }',
};
const ALLOWED: Readonly<Record<string, string>> = {
  'a pause in the clause': 'for (;;) { try { return await ask(); } catch { await sleep(clock, 5); } }',
  'a pause at the end of the round':
    'for (;;) { try { return await ask(); } catch (e) { log(e); } await pause.next(); }',
  'a failure that ends it': 'for (;;) { try { await ask(); } catch (e) { throw e; } }',
  'a list that is gone through': 'for (const one of all) { try { await ask(one); } catch {} }',
  'nothing that waits': 'for (;;) { try { return parse(); } catch {} }',
};

for (const [name, body] of Object.entries(REFUSED))
  test(`refuses ${name}`, () => assert.is(problemsOf(body).length, 1, body));
for (const [name, body] of Object.entries(ALLOWED))
  test(`allows ${name}`, () => assert.equal(problemsOf(body), []));

test('the tree has none', () => assert.equal(busyRetries(), []));

test.run();
