import { keepFirstLines } from '../../src/base/first-lines.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('the first line of a repeated header');

const others = (count: number) => Array.from({ length: count }, (_, at) => [`X-${at}`, 'x']).flat();

test('counts in requests with few and with many headers; names of equal length are other names', () => {
  for (const count of [0, 3, 30]) {
    const headers = { accept: 'a, b', cookie: 'c; d' };
    const raw = ['Accept', 'a', ...others(count), 'Cookie', 'c', 'aCCEPT', 'b', 'cookie', 'd', 'Accepd', 'e'];
    const request = { rawHeaders: raw, headers };
    keepFirstLines(request);
    assert.is(headers.accept, 'a');
    assert.is(headers.cookie, 'c; d', 'a list is kept');
    assert.equal(request.rawHeaders, [
      ...['Accept', 'a', ...others(count)],
      ...['Cookie', 'c', 'cookie', 'd', 'Accepd', 'e'],
    ]);
  }
});

test('a request without repetitions stays as it is', () => {
  for (const count of [0, 30]) {
    const raw = ['Accept', 'a', 'Origin', 'b', ...others(count)];
    const request = { rawHeaders: raw, headers: { accept: 'a' } };
    keepFirstLines(request);
    assert.is(request.rawHeaders, raw);
  }
});

test.run();
