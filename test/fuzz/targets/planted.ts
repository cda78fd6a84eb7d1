import { AuroraError } from '../../../src/base/errors.ts';
import { assertSame, type FuzzTarget } from '../target.ts';

/** A reader of words that has a fault where there is an exclamation mark, and then does no more. */
const planted = (fault: () => void): FuzzTarget => ({
  samples: () => [Buffer.from('one two'), Buffer.from('three')],
  words: ['!', '?'],
  run(input) {
    const text = input.toString('latin1');
    if (text.includes('?')) throw new AuroraError('CODEC', 'a question');
    if (text.includes('!')) fault();
    return true;
  },
});

const kept: Buffer[] = [];

export const plantedTargets: Readonly<Record<string, FuzzTarget>> = {
  'planted-throw': planted(() => void (undefined as unknown as string).length),
  'planted-hang': planted(() => {
    for (;;);
  }),
  'planted-memory': planted(() => {
    kept.splice(0, 1, Buffer.alloc(150 * 2 ** 20));
  }),
  'planted-change': planted(() => assertSame('a word', 'one', 'two')),
};
