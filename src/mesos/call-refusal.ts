import { AuroraError } from '../base/errors.ts';
import type { Answer } from './http/target.ts';

/** A call that got an answer other than success. */
export interface CallRefusal {
  readonly status: number;
  /** The reason that the master or agent gives. */
  readonly text: string;
}

/** The rejection of a refused call; `refusalOf` returns its status and text again. */
export const refused = (what: string, { status, text }: Answer, where: string): AuroraError =>
  new AuroraError('MESOS', `${what} was refused with ${status}: ${text || 'no text'}`, {
    where,
    cause: { status, text } satisfies CallRefusal,
  });

/** Status and text when the error is a refused call; undefined for anything else, such as a broken connection. */
export function refusalOf(error: unknown): CallRefusal | undefined {
  if (!(error instanceof AuroraError) || error.code !== 'MESOS') return undefined;
  const cause = error.cause as Partial<CallRefusal> | undefined;
  return typeof cause?.status === 'number' && typeof cause.text === 'string'
    ? { status: cause.status, text: cause.text }
    : undefined;
}
