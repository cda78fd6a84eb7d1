import { AuroraError, messageOf } from '../base/errors.ts';
import type { CallLimits, Session } from '../client/session.ts';
import { parseTimeMs } from './flags.ts';

/**
 * How long to keep trying when a scheduler does not answer: from the flags, else the environment, else the client's
 * defaults. Throws USAGE.
 */
export function callLimits(flags: object, env: Session['env']): CallLimits {
  const given = flags as { readonly 'retry-for'?: number; readonly 'call-timeout'?: number };
  return {
    retryForMs: given['retry-for'] ?? timeIn(env, 'AURORA_RETRY_FOR'),
    callTimeoutMs: given['call-timeout'] ?? timeIn(env, 'AURORA_CALL_TIMEOUT'),
  };
}

function timeIn(env: Session['env'], name: string): number | undefined {
  const text = env[name];
  if (!text) return undefined;
  try {
    return parseTimeMs(text);
  } catch (error) {
    throw new AuroraError('USAGE', `${name} is no time: ${messageOf(error)}`);
  }
}
