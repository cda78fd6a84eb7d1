import { processLines } from '../../src/client/process-lines.ts';
import { styleOf } from '../../src/client/screen-style.ts';
import { assert, suite } from '../harness/index.ts';

const test = suite('lines of processes');

test('pieces become whole lines, whatever they are cut into, and a line without an end has one', () => {
  let shown = '';
  const style = styleOf({}, { isTerminal: false });
  const sink = processLines(['a', 'long'], style, (text) => {
    shown += text;
  })('a', 'stderr');
  for (const byte of Buffer.from('größe\n\nrest')) sink.write(Uint8Array.of(byte));
  assert.is(shown, 'a    ! größe\na    ! \n');
  sink.close();
  assert.is(shown, 'a    ! größe\na    ! \na    ! rest\n');
  shown = '';
  sink.write(Buffer.alloc(70_000, 'x'));
  assert.ok(shown.length > 70_000, 'memory grows with a line that never ends');
});

test.run();
