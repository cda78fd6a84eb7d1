import type { Context, Hono } from 'hono';
import { type Call, decodePlainArgs, encodePlain, isCallName, type Wire } from '../../api/index.ts';
import { messageOf } from '../../base/errors.ts';
import type { Dispatch } from './rpc/dispatch.ts';
import { UNSECURE } from './rpc/outcome.ts';

const answer = (c: Context, response: Wire<'Response'>, status: 200 | 400 | 404) =>
  c.body(encodePlain('Response', response), status, { 'Content-Type': 'application/json; charset=utf-8' });

const failure = (message: string): Wire<'Response'> => ({ responseCode: 'ERROR', details: [{ message }] });

/** Serves the API as plain JSON: POST /apibeta/METHOD with an object of named arguments. */
export function betaRoute(app: Hono, dispatch: Dispatch): void {
  app.post('/apibeta/:method', async (c) => {
    const method = c.req.param('method');
    if (!isCallName(method)) return answer(c, failure(`There is no method ${method}.`), 404);
    let args: Call['args'];
    try {
      args = decodePlainArgs(method, new Uint8Array(await c.req.arrayBuffer()));
    } catch (error) {
      return answer(c, failure(messageOf(error)), 400);
    }
    return answer(c, await dispatch({ method, args } as Pick<Call, 'method' | 'args'>, UNSECURE), 200);
  });
}
