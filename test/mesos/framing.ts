import { type Random, randomBelow } from '../../src/base/random.ts';
import { encodeRecord } from '../../src/mesos/index.ts';
import type { ReplayStream } from './replay-server.ts';
import { bytesOf, type Step } from './transcript.ts';

/** How records become HTTP chunks. */
export type Framing = (
  stream: ReplayStream,
  records: readonly Step[],
  name: 'SchedulerEvent' | 'ExecutorEvent',
) => void;

/** In the recorded chunks. */
export const recordedChunks: Framing = (stream, records, name) => {
  for (const step of records) stream.write(encodeRecord(bytesOf(step, name)), step.chunks);
};

/** All bytes together, cut anywhere: inside lengths, inside characters, several records in one. */
export const oddChunks =
  (random: Random): Framing =>
  (stream, records, name) => {
    const bytes = Buffer.concat(records.map((step) => encodeRecord(bytesOf(step, name))));
    const sizes: number[] = [];
    for (let left = bytes.length; left > 0 && sizes.length < 40; left -= sizes.at(-1) as number)
      sizes.push(1 + randomBelow(random, sizes.length % 2 === 0 ? 7 : 900));
    stream.write(bytes, sizes);
  };
