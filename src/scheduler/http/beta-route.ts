import type { Context, Hono } from 'hono';
import { CALLS, type Call, decodePlainArgs, isCallName, type Wire } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { CallerEnv } from './caller.ts';
import type { Denials } from './denials.ts';
import { plainBody } from './large-reply.ts';
import { escaped, tablePage } from './pages/html.ts';
import type { GuardedDispatch } from './rpc/guarded.ts';

const answer = (c: Context, response: Wire<'Response'>, status: 200 | 400 | 404) =>
  c.body(plainBody(response) as string, status, { 'Content-Type': 'application/json; charset=utf-8' });

const failure = (message: string): Wire<'Response'> => ({ responseCode: 'ERROR', details: [{ message }] });

const ALLOW = { Allow: 'OPTIONS, POST' };

/** An HTML page that lists every call with its arguments, for people who write clients. */
function* helpPage(): Generator<string> {
  const rows = Object.entries(CALLS).map(([method, call]) => {
    const args = Object.entries(call.args).map(([name, [, type]]) => `${name}: ${type}`);
    return [method, args.join(', '), 'result' in call ? call.result : '', call.service].map(escaped);
  });
  yield* tablePage(
    'POST /apibeta/METHOD with an object of arguments',
    ['Method', 'Arguments', 'Result', 'Service'],
    rows,
  );
}

/**
 * Serves the API as plain JSON: POST /apibeta/METHOD with an object of named arguments. GET /apibeta redirects to a
 * list of the methods.
 */
export function betaRoute(app: Hono<CallerEnv>, dispatch: GuardedDispatch, denials: Denials): void {
  app.get('/apibeta', (c) => c.redirect('/apihelp/index.html', 303));
  app.get('/apihelp/index.html', (c) => c.html([...helpPage()].join('')));
  app.post('/apibeta/:method', async (c) => {
    const method = c.req.param('method');
    if (!isCallName(method)) return answer(c, failure(`There is no method ${method}.`), 404);
    let args: Call['args'];
    try {
      args = decodePlainArgs(method, new Uint8Array(await c.req.arrayBuffer()));
    } catch (error) {
      return answer(c, failure(messageOf(error)), 400);
    }
    const call = { method, args } as Pick<Call, 'method' | 'args'>;
    const response = await dispatch(call, c.get('caller'));
    return response === 'unauthenticated'
      ? denials.anonymous(c, c.get('caller'), call)
      : answer(c, response, 200);
  });
  app.on('OPTIONS', '/apibeta/:method', (c) => c.body(null, 200, ALLOW));
  app.all('/apibeta/:method', (c) => c.text('Method Not Allowed\n', 405, ALLOW));
}
