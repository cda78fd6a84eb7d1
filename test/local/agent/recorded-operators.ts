/** What operators asked in a recording, and what they were told. */
import { assert } from '../../harness/index.ts';
import type { Step } from '../../mesos/transcript.ts';
import { compareAnswer } from './operator-answers.ts';
import { type RawExchange, rawRequest } from './raw-http.ts';
import { comparableHeaders } from './recording.ts';
import { eventually } from './rig.ts';
import type { Stage } from './stage.ts';

/** A request of an operator, each on a connection of its own, and its answer. */
export async function operator(stage: Stage, step: Step, at: number): Promise<void> {
  if (step.dir === 'send' && step.what === 'head') {
    const body = stage.scenario.steps[at + 1];
    const hasBody = body?.dir === 'send' && body.what === 'body';
    const bytes = hasBody ? Buffer.from(stage.inPlace(JSON.stringify(body.json))) : Buffer.alloc(0);
    const headers = (step.headers ?? []).map(
      ([name, value]) => `${name}: ${name === 'Content-Length' ? bytes.length : value}`,
    );
    const head = stage.inPlace([step.start, ...headers].join('\r\n'));
    stage.heads.set(step.conn, step);
    stage.exchanges.set(step.conn, rawRequest(stage.r.agent().port, head, bytes));
  }
  const exchange = stage.exchanges.get(step.conn);
  if (step.dir !== 'recv' || !exchange || step.what === 'close') return;
  const path = stage.heads.get(step.conn)?.start?.split(' ')[1] ?? '';
  await eventually(() => exchange.complete || undefined, `answer to ${path}`);
  stage.compared++;
  if (step.what === 'head') {
    assert.is(exchange.head?.start, step.start, path);
    assert.equal(comparableHeaders(exchange.head?.headers), comparableHeaders(step.headers), path);
  } else if (step.base64 === undefined) await agree(stage, step, exchange, path);
}

/** The answer is the recorded one; asked again for a while, as a command may still be at its work. */
async function agree(stage: Stage, step: Step, exchange: RawExchange, path: string): Promise<void> {
  const untilMs = performance.now() + 3_000;
  for (let latest = exchange; ; ) {
    try {
      compareAnswer(step, stage.there(Buffer.concat(latest.chunks).toString()), path);
      return;
    } catch (error) {
      if (performance.now() > untilMs) throw error;
    }
    const again = latest.repeat();
    await eventually(() => again.complete || undefined, `second answer to ${path}`);
    latest = again;
  }
}
