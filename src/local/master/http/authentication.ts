import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { MasterFlags } from '../flags.ts';
import { HttpRefusal } from './answers.ts';

const isSame = (a: string, b: string): boolean => {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
};

/**
 * The principal of a scheduler's request; undefined when the flags require no credentials.
 * @throws HttpRefusal 401 without valid Basic credentials
 */
export function principalOf(req: IncomingMessage, flags: MasterFlags): string | undefined {
  if (!flags.credentials) return undefined;
  const encoded = /^Basic (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
  const [, principal = '', secret = ''] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const known = flags.credentials.find((one) => one.principal === principal);
  if (known && isSame(known.secret, secret)) return principal;
  throw new HttpRefusal(401, '401 Unauthorized.', [
    'WWW-Authenticate',
    'Basic realm="mesos-master-scheduler"',
  ]);
}
